"""What one file says about another: every id must exist, every helpline that is named must be one to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.check.view import View, near
from bot.content.findings import Finding
from bot.content.model import HelplineId, HelplineRef, ServiceRef
from bot.content.read import (
    HelplinesFile,
    InstitutionsFile,
    RoutingFile,
    ServicesFile,
    TopicsFile,
)
from bot.content.yaml_lines import Path


@dataclass(frozen=True)
class _Reference:
    file: str
    path: Path
    kind: str
    id: str


def unknown_reference(view: View) -> Iterator[Finding]:
    """Find ids of institutions, helplines, services and teams that nobody has defined."""
    # Without a services folder there are no services; any other missing file is found by the reading.
    services = view.known(ServicesFile, "services") if any(view.files(ServicesFile)) else frozenset[str]()
    known = {
        "institution": view.known(InstitutionsFile, "institutions"),
        "helpline": view.known(HelplinesFile, "helplines"),
        "service": services,
        "team": view.known(RoutingFile, "teams"),
    }
    for reference in _references(view):
        ids = known[reference.kind]
        if ids is not None and reference.id not in ids:
            yield view.error(
                reference.file,
                reference.path,
                f'there is no {reference.kind} "{reference.id}"{near(reference.id, ids)}.',
                _LOST[reference.kind],
                f"Correct the id, or add it to faq/{_HOME[reference.kind]}.",
            )


_HOME = {
    "institution": "institutions.yaml",
    "helpline": "helplines.yaml",
    "service": "services/national.yaml",
    "team": "routing.yaml",
}
_LOST = {
    "institution": "The answer cannot say which body is responsible.",
    "helpline": "The phone number cannot be shown.",
    "service": "The office cannot be named.",
    "team": "Questions would be handed to nobody.",
}


def _references(view: View) -> Iterator[_Reference]:
    yield from _of_entries(view)
    yield from _of_services(view)
    for file, topics in view.reading.of_kind(TopicsFile).items():
        for topic_id, topic in topics.topics.items():
            yield _Reference(file, ("topics", topic_id, "team"), "team", topic.team)
    for file, routing in view.reading.of_kind(RoutingFile).items():
        yield _Reference(file, ("default",), "team", routing.default)


def _of_entries(view: View) -> Iterator[_Reference]:
    for facts in view.facts:
        yield _Reference(facts.file, facts.path("body"), "institution", facts.facts.body)
        for name, value in facts.facts.values.items():
            if isinstance(value, HelplineRef):
                yield _Reference(facts.file, facts.path("values", name), "helpline", value.helpline)
            elif isinstance(value, ServiceRef):
                yield _Reference(facts.file, facts.path("values", name), "service", value.service)


def _of_services(view: View) -> Iterator[_Reference]:
    for file, services in view.reading.of_kind(ServicesFile).items():
        for key, service in services.services.items():
            if service.helpline is not None:
                yield _Reference(file, ("services", key, "helpline"), "helpline", service.helpline)


def unpublished_helpline(view: View) -> Iterator[Finding]:
    """Find values and services that name a helpline which must not be shown."""
    for reference in _references(view):
        line = view.helplines.get(HelplineId(reference.id)) if reference.kind == "helpline" else None
        if line is not None and not line.publish:
            yield view.error(
                reference.file,
                reference.path,
                f'the helpline "{reference.id}" has "publish: false".',
                "Its number is not confirmed: a family in need might call nobody, or a stranger.",
                'Name another helpline, or confirm this one and set "publish: true" in faq/helplines.yaml.',
            )

"""Helplines: what a family in danger is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from bot.content.check.view import View
from bot.content.findings import Finding
from bot.content.model import DangerKind, HelplineId, Hours, Opening, Weekday
from bot.content.read import HelplinesFile, ServicesFile
from bot.content.yaml_lines import Path

EMERGENCY = HelplineId("hl-112")
_NO_CARD = "A family in danger does not see 112 first."


def emergency_number(view: View) -> Iterator[Finding]:
    """Find that 112 is missing, hidden, not the first, or not listed for a kind of danger."""
    for file, lines in view.reading.of_kind(HelplinesFile).items():
        line = lines.helplines.get(EMERGENCY)
        path = ("helplines", EMERGENCY)
        if line is None:
            if EMERGENCY not in (view.keys(file, "helplines") or ()):
                yield view.error(file, ("helplines",), f"there is no {EMERGENCY}.", _NO_CARD, "Add it as the first.")
            continue
        if not line.publish:
            yield view.error(file, (*path, "publish"), "it is not published.", _NO_CARD, 'Set "publish: true".')
        if line.number is None:
            yield view.error(file, path, "it has no number.", _NO_CARD, 'Add "number: \\"112\\"".')
        missing = [kind for kind in DangerKind if kind not in line.danger]
        if missing:
            yield view.error(
                file,
                (*path, "danger"),
                f'"danger" does not list {", ".join(missing)}.',
                _NO_CARD,
                "List every kind of danger here.",
            )
        if next(iter(lines.helplines)) != EMERGENCY:
            yield view.error(file, path, "it is not the first in the list.", _NO_CARD, "Move it to the top.")


def published_without_contact(view: View) -> Iterator[Finding]:
    """Find published helplines that cannot be reached."""
    for file, lines in view.reading.of_kind(HelplinesFile).items():
        for key, line in lines.helplines.items():
            if line.publish and line.number is None and line.url is None:
                yield view.error(
                    file,
                    ("helplines", key),
                    "it is published without a number or an address.",
                    "A family is shown a name and cannot reach anybody.",
                    'Add "number" or "url", or set "publish: false".',
                )


def opening_hours(view: View) -> Iterator[Finding]:
    """Find hours that end before they begin, or overlap."""
    for file, path, hours in _hours(view):
        for day, problem in _wrong_days(hours):
            yield view.error(
                file,
                (*path, "hours", day),
                f'the hours of "{day}" {problem}.',
                "Families are told that it is open, or closed, when it is not.",
                'Write "09:00-19:00"; a night is two parts, until "24:00" and from "00:00" of the next day.',
            )


def _hours(view: View) -> Iterator[tuple[str, Path, Mapping[Weekday, tuple[Opening, ...]]]]:
    things: list[tuple[str, Path, Hours]] = []
    for file, lines in view.reading.of_kind(HelplinesFile).items():
        things += [(file, ("helplines", key), line.hours) for key, line in lines.helplines.items()]
    for file, services in view.reading.of_kind(ServicesFile).items():
        things += [(file, ("services", key), service.hours) for key, service in services.services.items()]
    return ((file, path, hours) for file, path, hours in things if isinstance(hours, Mapping))


def _wrong_days(hours: Mapping[Weekday, tuple[Opening, ...]]) -> Iterator[tuple[Weekday, str]]:
    for day, openings in hours.items():
        spans = sorted(tuple(opening.split("-")) for opening in openings)
        wrong = [f"{start}-{end}" for start, end in spans if start >= end]
        if wrong:
            yield day, f"end before they begin: {', '.join(wrong)}"
        elif any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            yield day, "overlap"

"""Names of topics, teams, institutions, helplines, services and towns, in all main languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from bot.content.check.texts import LONGEST, PHONE
from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import MAIN_LANGUAGES, Words
from bot.content.read import (
    ChecklistsFile,
    HelplinesFile,
    InstitutionsFile,
    MunicipalitiesFile,
    RoutingFile,
    ServicesFile,
    TopicsFile,
)
from bot.content.yaml_lines import Path

MUNICIPALITIES = 60
"""How many Lithuania has."""


@dataclass(frozen=True)
class _Name:
    file: str
    path: Path
    words: Words
    own_number: str = ""


def _names(view: View) -> Iterator[_Name]:
    return chain(_of_things(view), _of_helplines(view), _of_services(view), _of_checklists(view))


def _of_things(view: View) -> Iterator[_Name]:
    read = view.reading.of_kind
    for file, topics in read(TopicsFile).items():
        yield from (_Name(file, ("topics", key, "name"), topic.name) for key, topic in topics.topics.items())
    for file, routing in read(RoutingFile).items():
        yield from (_Name(file, ("teams", key, "name"), team.name) for key, team in routing.teams.items())
    for file, bodies in read(InstitutionsFile).items():
        yield from (_Name(file, ("institutions", key, "name"), body.name) for key, body in bodies.institutions.items())
    for file, places in read(MunicipalitiesFile).items():
        yield from (_Name(file, ("municipalities", key, "town"), x.town) for key, x in places.municipalities.items())


def _of_helplines(view: View) -> Iterator[_Name]:
    for file, helplines in view.reading.of_kind(HelplinesFile).items():
        for key, line in helplines.helplines.items():
            yield _Name(file, ("helplines", key, "name"), line.name, line.number or "")
            yield _Name(file, ("helplines", key, "for"), line.purpose, line.number or "")


def _of_services(view: View) -> Iterator[_Name]:
    for file, services in view.reading.of_kind(ServicesFile).items():
        for key, service in services.services.items():
            yield _Name(file, ("services", key, "name"), service.name)
            if service.serves:
                yield _Name(file, ("services", key, "serves"), service.serves)


def _of_checklists(view: View) -> Iterator[_Name]:
    for file, lists in view.reading.of_kind(ChecklistsFile).items():
        for key, checklist in lists.checklists.items():
            yield _Name(file, ("checklists", key, "name"), checklist.name)
            for step, todo in checklist.steps.items():
                yield _Name(file, ("checklists", key, "steps", step, "text"), todo.text)


def missing_in_a_main_language(view: View) -> Iterator[Finding]:
    """Find names that lack a main language."""
    for name in _names(view):
        missing = [language for language in MAIN_LANGUAGES if language not in name.words]
        if missing:
            languages = ", ".join(map(in_english, missing))
            yield view.error(
                name.file,
                name.path,
                f'"{name.path[-1]}" has no words in {languages}.',
                f"Families who read {languages} see it in another language.",
                f"Add {', '.join(f'{language}: …' for language in missing)}.",
            )


def too_long_for_a_button(view: View) -> Iterator[Finding]:
    """Find names of topics and checklists that a button cannot hold."""
    for name in _names(view):
        for language, words in name.words.items():
            on_a_button = (name.path[0], name.path[-1]) in {("topics", "name"), ("checklists", "name")}
            if on_a_button and len(words) > LONGEST["label"]:
                yield view.error(
                    name.file,
                    (*name.path, language),
                    f"the {in_english(language)} name has {len(words)} characters.",
                    "Phones cut it off, and families cannot read what they choose.",
                    f"Shorten it to at most {LONGEST['label']} characters.",
                )


def phone_in_a_name(view: View) -> Iterator[Finding]:
    """Find phone numbers in names; a helpline may be called by its own number, and name 112."""
    for name in _names(view):
        # 112 never changes, and a helpline may say that it is not for emergencies.
        allowed = {_bare(name.own_number), "112"} if name.path[0] == "helplines" else set[str]()
        for language, words in name.words.items():
            found = [piece for piece in PHONE.findall(words) if _bare(piece) not in allowed]
            if found:
                yield view.error(
                    name.file,
                    (*name.path, language),
                    f'the {in_english(language)} words have a phone number in them: "{found[0]}".',
                    "When the number changes, a family in need calls nobody, or a stranger.",
                    'Remove it; numbers stand only under "number" in faq/helplines.yaml.',
                )


def _bare(number: str) -> str:
    return re.sub(r"\D", "", number)


def number_of_municipalities(view: View) -> Iterator[Finding]:
    """Find that a municipality is missing, or one too many."""
    for file in view.files(MunicipalitiesFile):
        keys = view.keys(file, "municipalities")
        if keys is not None and len(keys) != MUNICIPALITIES:
            yield view.error(
                file,
                (),
                f"it lists {len(keys)} municipalities; Lithuania has {MUNICIPALITIES}.",
                "Families of the missing ones cannot say where they live, or one stands there twice.",
                "Compare the list with the official one.",
            )

"""What is different in a municipality, and who helps there."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.check.view import Text, View, in_english, near
from bot.content.findings import Finding
from bot.content.model import NATIONAL, EntryId
from bot.content.read import MunicipalitiesFile, ServicesFile, stem


def services_of_nowhere(view: View) -> Iterator[Finding]:
    """Find files of services that are named after no municipality."""
    places = view.known(MunicipalitiesFile, "municipalities")
    for file in view.files(ServicesFile):
        if places is not None and stem(file) not in places | {NATIONAL}:
            yield view.error(
                file,
                (),
                f'there is no municipality "{stem(file)}"{near(stem(file), places)}.',
                "Families of that place are not told of these services.",
                'Name the file after an id of faq/municipalities.yaml, or "national".',
            )


def municipality_without_file(view: View) -> Iterator[Finding]:
    """Find municipalities of which nobody said what is known there, be it nothing."""
    there = {stem(file) for file in view.files(ServicesFile)} - {NATIONAL}
    for place in sorted(view.known(MunicipalitiesFile, "municipalities") or ()):
        if there and place not in there:
            yield view.warning(
                "municipalities.yaml",
                ("municipalities", place),
                f"there is no faq/services/{place}.yaml.",
                "Nobody can see whether this place has no services or was forgotten.",
                f'Run "tiltas new-municipality {place}"; with nothing known the file says "services: {{}}".',
            )


def two_of_one_id(view: View) -> Iterator[Finding]:
    """Find services of two files that have the same id."""
    homes: dict[str, str] = {}
    for file in sorted(view.files(ServicesFile)):
        for service in sorted(view.keys(file, "services") or ()):
            if service in homes:
                yield view.error(
                    file,
                    ("services", service),
                    f"the same id stands in faq/{homes[service]} too.",
                    "Only one of the two is shown, and it may be the wrong town's.",
                    "Give one of them another id.",
                )
            homes.setdefault(service, file)


def kind_that_nobody_has(view: View) -> Iterator[Finding]:
    """Find kinds of services that an entry names and that exist nowhere."""
    kinds = {service.kind for service in view.services.values()}
    for facts in view.facts:
        for place, kind in enumerate(facts.facts.services):
            if kinds and kind not in kinds:
                yield view.warning(
                    facts.file,
                    facts.path("services", place),
                    f'no service of any town is of the kind "{kind}".',
                    "Nothing follows from it: no family is told of such a service.",
                    "Add such a service to faq/services/, or remove the kind here.",
                )


def unknown_town(view: View) -> Iterator[Finding]:
    """Find paragraphs about a town that does not exist."""
    places = view.known(MunicipalitiesFile, "municipalities")
    for text in view.texts:
        for town in text.text.towns:
            if places is not None and town not in places:
                yield view.error(
                    text.file,
                    ("entries", text.id, "towns", town),
                    f'there is no municipality "{town}"{near(town, places)}.',
                    "Families of that place never see this paragraph.",
                    "Write an id of faq/municipalities.yaml.",
                )


def town_in_some_languages(view: View) -> Iterator[Finding]:
    """Find paragraphs about a town that one language has and another has not."""
    for entry_id, texts in view.texts_of.items():
        for town in sorted({town for text in texts for town in text.text.towns}):
            silent = [text for text in texts if town not in text.text.towns]
            if silent:
                yield _untold(view, entry_id, town, silent)


def _untold(view: View, entry_id: EntryId, town: str, silent: list[Text]) -> Finding:
    languages = ", ".join(in_english(text.language) for text in silent)
    return view.error(
        silent[0].file,
        ("entries", entry_id, "towns"),
        f'what is different in "{town}" is not told in {languages}.',
        "Families there are told different facts in different languages.",
        f'Add "{town}" under "towns" in {languages}, or remove it everywhere.',
    )

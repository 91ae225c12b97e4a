"""The local part of an answer: what is different in a family's town, and who helps there.

The town is asked only where it changes the answer, and never in the way of the answer for the whole country. What
nobody knows of a town is said to be not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.content.model import (
    NATIONAL,
    Catalogue,
    Entry,
    EntryId,
    Language,
    LocalService,
    MunicipalityId,
    Service,
)
from bot.content.render import isolated, phone_of, render, words
from bot.conversation.model import (
    Button,
    ButtonSet,
    Conversation,
    InboxId,
    Line,
    Outgoing,
    OutgoingKind,
    Purpose,
    Verb,
)
from bot.conversation.notices import Voice, hours_in_words, language_name, person_button
from bot.matching.places import find_town

REMEMBERED = timedelta(days=1)
"""How long a town is kept in mind: families move, and phones are shared."""
GUESSES = 3
"""Buttons with towns: those where we know most of it."""
MOST_SERVICES = 4
"""Offices named in one answer; more are a list, not help."""
FEW_WORDS = 3
"""A reply of more words than that is no name of a town."""
_SHORT_LABEL = 14
"""Two buttons of so many characters fit into a row."""


def towns_of(catalogue: Catalogue, entry_id: EntryId, language: Language) -> list[MunicipalityId]:
    """Return the towns that an answer has something of its own for, those with most first."""
    entry = catalogue.entries[entry_id]
    known: dict[MunicipalityId, int] = {}
    for town in entry.texts[language].towns if language in entry.texts else ():
        known[town] = known.get(town, 0) + 1
    for service in _of_kinds(catalogue, entry):
        if service.municipality != NATIONAL:
            known[service.municipality] = known.get(service.municipality, 0) + 1
    return sorted(known, key=lambda town: -known[town])


def _of_kinds(catalogue: Catalogue, entry: Entry) -> list[LocalService]:
    return [service for service in catalogue.services.values() if service.kind in entry.facts.services]


def town_of(conversation: Conversation, v: Voice) -> MunicipalityId | None:
    """Return where the family lives, if they said so not long ago."""
    town, at = conversation.town, conversation.town_at
    return town if town in v.catalogue.municipalities and at is not None and v.now - at < REMEMBERED else None


def may_ask(conversation: Conversation, v: Voice) -> bool:
    """Tell whether the town may be asked for: it is not known, and nobody skipped the question today."""
    at = conversation.town_at
    return at is None or v.now - at >= REMEMBERED


def town_in(text: str, v: Voice, entry_id: EntryId, *, alike: bool = False) -> MunicipalityId | None:
    """Return the town that a question names, where the answer differs by town: nobody is asked what they have said.

    With `alike` also where it does not: "and in Kaunas?" is answered by saying that it is no other there.
    """
    if not alike and not towns_of(v.catalogue, entry_id, v.language):
        return None
    return find_town(text, v.catalogue.municipalities)


def lives_in(conversation: Conversation, town: MunicipalityId, v: Voice) -> Conversation:
    """Keep a town in mind; whoever was asked for it has answered."""
    return replace(conversation, town=town, town_at=v.now, town_for=None)


def name_of(v: Voice, town: MunicipalityId) -> str:
    """Return the name of a place as people call it."""
    return words(v.catalogue.municipalities[town].town, v.language)


def lines(v: Voice, entry_id: EntryId, town: MunicipalityId) -> list[Line]:
    """Return the local part: the town's own paragraph and offices; what is not known, with those for the country."""
    entry, t = v.catalogue.entries[entry_id], v.t
    text = entry.texts[v.language].towns.get(town) if v.language in entry.texts else None
    found = [Line(render(text, entry, v.language, v.catalogue))] if text else []
    offices = _of_kinds(v.catalogue, entry)
    here = [service for service in offices if service.municipality == town]
    found += [Line(_office(v, service)) for service in here[:MOST_SERVICES]]
    head = Line(t.gettext("In your town: {town}").format(town=name_of(v, town)), bold=True)
    if found:
        return [head, *found]
    unknown = Line(t.gettext("Nothing more is known for your town. The answer for the whole country holds."))
    country = [service for service in offices if service.municipality == NATIONAL]
    return [head, unknown, *(Line(_office(v, service)) for service in country[:MOST_SERVICES])]


def _office(v: Voice, service: Service) -> str:
    parts = [words(service.name, v.language)]
    if service.address and service.sure:
        parts.append(isolated(service.address, v.spoken))
    phone = phone_of(service, v.catalogue.helplines)
    if phone:
        parts.append(isolated(phone, v.spoken))
    if service.url:
        parts.append(isolated(service.url, v.spoken))
    if service.hours != "unknown":
        parts.append(hours_in_words(v, service.hours, "unknown"))
    if service.languages:
        names = ", ".join(language_name(language, v.spoken) for language in service.languages)
        parts.append(v.t.gettext("languages: {languages}").format(languages=names))
    if not service.sure:
        parts.append(v.t.gettext("We are not sure that this is still so."))
    return "\n".join(parts)


# Asking ---------------------------------------------------------------------------------------------------------------


def ask(
    v: Voice,
    entry_id: EntryId,
    question: InboxId | None,
    neighbours: Sequence[EntryId] = (),
    also: tuple[EntryId, ...] = (),
) -> Outgoing:
    """Ask for the town below an answer: why, and three guesses. It keeps the answer's words ("not this") in force.

    `also` are further answers for which the town is asked in the same breath.
    """
    t = v.t
    guesses = tuple(towns_of(v.catalogue, entry_id, v.language)[:GUESSES])
    picks = [Button(name_of(v, town)[:28], Verb.TOWN, i) for i, town in enumerate(guesses)]
    picks += [Button(t.gettext("Another town"), Verb.OTHER_TOWN), Button(t.gettext("Skip"), Verb.SKIP)]
    buttons = ButtonSet(
        v.new_token(),
        Purpose.TOWN,
        _in_rows(picks),
        question=question,
        entries=tuple(neighbours),
        shown=(*also, entry_id),
        towns=guesses,
    )
    text = t.gettext("Some of this differs from town to town. Where do you live?")
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (Line(text),), buttons, silent=True)


def _in_rows(picks: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    for pick in picks:
        beside = bool(rows) and len(rows[-1]) == 1 and len(rows[-1][0].label) <= _SHORT_LABEL
        if beside and len(pick.label) <= _SHORT_LABEL:
            rows[-1] = (*rows[-1], pick)
        else:
            rows.append((pick,))
    return tuple(rows)


def write_it(
    v: Voice,
    entry_id: EntryId,
    question: InboxId | None,
    neighbours: Sequence[EntryId],
    also: tuple[EntryId, ...] = (),
) -> Outgoing:
    """Ask to write the name of the town."""
    text = v.t.gettext("Write the name of your town or district.")
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),), _skip(v, (*also, entry_id), question, neighbours))


def not_found(v: Voice, entry_id: EntryId, question: InboxId | None, neighbours: Sequence[EntryId]) -> Outgoing:
    """Tell that a place is none of the sixty municipalities."""
    text = v.t.gettext("I do not find this place. Write the municipality, for example Akmenė.")
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),), _skip(v, (entry_id,), question, neighbours))


def _skip(v: Voice, shown: tuple[EntryId, ...], question: InboxId | None, neighbours: Sequence[EntryId]) -> ButtonSet:
    rows = ((Button(v.t.gettext("Skip"), Verb.SKIP),), (person_button(v),))
    return ButtonSet(v.new_token(), Purpose.TOWN, rows, question=question, entries=tuple(neighbours), shown=shown)


def told(
    v: Voice,
    entry_id: EntryId,
    town: MunicipalityId,
    question: InboxId | None = None,
    neighbours: Sequence[EntryId] = (),
) -> Outgoing:
    """Return the local part as a message of its own, below an answer that was there before the town was known."""
    rows = ((person_button(v),),)
    buttons = ButtonSet(
        v.new_token(), Purpose.ANSWER, rows, question=question, entries=tuple(neighbours), shown=(entry_id,)
    )
    return Outgoing(OutgoingKind.ANSWER, v.language, tuple(lines(v, entry_id, town)), buttons)

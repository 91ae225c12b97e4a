"""A family tells where it lives: by a button, by the name of the town, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.model import EntryId, MunicipalityId
from bot.conversation import local, notices
from bot.conversation.decide import decide
from bot.conversation.model import ButtonSet, Effects, InboxId, Outgoing, Press, Purpose, Verb
from bot.conversation.replies import Received, World, count, effects_of, reply_language
from bot.conversation.steps import HandOff, Reason
from bot.matching.places import find_town, is_only_a_town


def press_of_town(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects | None:
    """Do what a button below the question for the town says; None for a verb that is about none."""
    r = _in_our_language(r)
    v = w.voice(reply_language(r))
    known = [entry for entry in buttons.shown if entry in w.catalogue.entries]
    match press.verb:
        case Verb.SKIP:
            told = _marked(v, press, v.t.gettext("Skip")) or (notices.glad(v),)
            conversation = replace(r.conversation, town=None, town_at=v.now, town_for=None)
            return Effects(conversation, told, step="press", counts=(count(r, "town_skipped"),))
        case Verb.OTHER_TOWN if known:
            asked = local.write_it(v, known[-1], buttons.question, buttons.entries, also=tuple(known[:-1]))
            told = (*_marked(v, press, v.t.gettext("Another town")), asked)
            return Effects(replace(r.conversation, town_for=known[-1]), told, step="press")
        case Verb.TOWN if (
            known and set(buttons.towns[press.choice : press.choice + 1]) & w.catalogue.municipalities.keys()
        ):
            town = buttons.towns[press.choice]
            effects = _tell(r, w, known, town, buttons.question, buttons.entries)
            return replace(effects, outgoing=(*_marked(v, press, local.name_of(v, town)), *effects.outgoing))
    return None


def town_in_words(r: Received, w: World) -> Effects | None:
    """Take the name of a town for the answer to our question; None if we did not ask, or if it may be a new question."""
    entries, text, places = _asked_for(r, w), r.incoming.text, w.catalogue.municipalities
    if not entries:
        return None
    alone = is_only_a_town(text, places)
    if not alone and (_is_long(r) or not _has_no_answer(r, w)):
        return None
    town = find_town(text, places, mistyped=not alone)
    if town is None:
        return None
    question, neighbours = _of_the_answer(r)
    return _tell(_in_our_language(r), w, entries, town, question, neighbours)


def _asked_for(r: Received, w: World) -> list[EntryId]:
    """Return the entries for whose local part we asked for the town, unless people have taken over the talk since."""
    buttons, talking = r.conversation.latest_buttons, r.conversation.open_case(r.conversation.talking)
    if buttons is not None and buttons.purpose is Purpose.TOWN:
        entries = buttons.shown
    else:
        waiting = r.conversation.town_for if talking is None or not talking.in_hand else None
        entries = (waiting,) if waiting is not None else ()
    return [entry for entry in entries if entry in w.catalogue.entries]


def _of_the_answer(r: Received) -> tuple[InboxId | None, tuple[EntryId, ...]]:
    """Return the question and the neighbours of the answer that the town belongs to."""
    buttons = r.conversation.latest_buttons
    if buttons is not None and buttons.purpose is Purpose.TOWN:
        return buttons.question, buttons.entries
    return r.conversation.last_question, r.conversation.last_entries[1:]


def _is_long(r: Received) -> bool:
    return len(r.incoming.text.split()) > local.FEW_WORDS


def _has_no_answer(r: Received, w: World) -> bool:
    evidence = r.evidence
    if evidence is None or evidence.command is not None:
        return False
    return decide(evidence, w.policy) == HandOff(Reason.NO_MATCH)


def _in_our_language(r: Received) -> Received:
    # The name of a town is in no language: whoever writes "Kaunas" does not want Lithuanian.
    return replace(r, evidence=None)


def _tell(
    r: Received,
    w: World,
    entries: Sequence[EntryId],
    town: MunicipalityId,
    question: InboxId | None,
    neighbours: tuple[EntryId, ...],
) -> Effects:
    v = w.voice(reply_language(r))
    conversation = local.lives_in(r.conversation, town, v)
    there = [entry for entry in entries if v.language in w.catalogue.entries[entry].texts]
    if not there:
        return Effects(conversation, (notices.old_button(v),), step="old_button")
    told = (local.told(v, entry, town, question, neighbours) for entry in there)
    counts = tuple(count(r, "town", topic=w.catalogue.entries[entry].topic) for entry in there)
    return effects_of(conversation, *told, step="answer", counts=counts)


def is_perhaps_a_town(r: Received) -> bool:
    """Tell whether we have just asked to write the name of a town, and a message is short enough to be one."""
    buttons = r.conversation.latest_buttons
    asked = buttons is not None and buttons.purpose is Purpose.TOWN and r.conversation.town_for is not None
    return asked and not _is_long(r)


def no_such_town(r: Received, w: World) -> Effects:
    """Tell that we know no such place; the next words are a question again, unless they name a town."""
    r = _in_our_language(r)
    v, entry = w.voice(reply_language(r)), r.conversation.town_for
    told = local.not_found(v, entry, *_of_the_answer(r)) if entry is not None else notices.in_other_words(v)
    conversation = replace(r.conversation, town_for=None)
    return effects_of(conversation, told, step="town_unknown", counts=(count(r, "town_unknown"),))


def _marked(v: notices.Voice, press: Press, label: str) -> tuple[Outgoing, ...]:
    return (notices.chosen(v, label, press.message),) if press.message else ()

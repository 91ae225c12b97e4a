"""A family tells where it lives: by a button, by the name of the town, or not at all."""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import MunicipalityId
from bot.conversation import local, notices
from bot.conversation.model import ButtonSet, Effects, InboxId, Outgoing, Press, Verb
from bot.conversation.replies import Received, World, count, effects_of, heard, reply_language
from bot.matching.places import find_town


def press_of_town(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects | None:
    """Do what a button below the question for the town says; None for a verb that is about none."""
    v = w.voice(reply_language(r))
    known = [entry for entry in buttons.shown if entry in w.catalogue.entries]
    match press.verb:
        case Verb.SKIP:
            marked = _marked(v, press, v.t.gettext("Skip"))
            conversation = replace(r.conversation, town=None, town_at=v.now, town_for=None)
            return Effects(conversation, marked, step="press", counts=(count(r, "town_skipped"),))
        case Verb.OTHER_TOWN if known:
            told = (*_marked(v, press, v.t.gettext("Another town")), local.write_it(v, known[-1]))
            return Effects(replace(r.conversation, town_for=known[-1]), told, step="press")
        case Verb.TOWN if (
            known and set(buttons.towns[press.choice : press.choice + 1]) & w.catalogue.municipalities.keys()
        ):
            town = buttons.towns[press.choice]
            marked = _marked(v, press, local.name_of(v, town))
            asked = replace(r, conversation=replace(r.conversation, town_for=known[-1]))
            effects = _tell(asked, w, town, buttons.question)
            return replace(effects, outgoing=(*marked, *effects.outgoing))
    return None


def town_in_words(r: Received, w: World) -> Effects | None:
    """Take the name of a town for the answer to our question; None if we did not ask, or it names none."""
    buttons = r.conversation.latest_buttons
    shown = buttons.shown if buttons is not None and buttons.towns else ()
    entry = r.conversation.town_for or next((x for x in shown if x in w.catalogue.entries), None)
    if entry not in w.catalogue.entries or len(r.incoming.text.split()) > local.FEW_WORDS:
        return None
    town = find_town(r.incoming.text, w.catalogue.municipalities)
    if town is None:
        return None
    asked = replace(r, conversation=replace(r.conversation, town_for=entry))
    return _tell(asked, w, town, r.conversation.last_question)


def _tell(r: Received, w: World, town: MunicipalityId, question: InboxId | None) -> Effects:
    v, entry = w.voice(reply_language(r)), r.conversation.town_for
    conversation = local.lives_in(r.conversation, town, v)
    if entry is None or v.language not in w.catalogue.entries[entry].texts:
        return Effects(conversation, (notices.old_button(v),), step="old_button")
    told = local.told(v, entry, town, question)
    topic = w.catalogue.entries[entry].topic
    return effects_of(conversation, told, step="answer", counts=(count(r, "town", topic=topic),))


def is_perhaps_a_town(r: Received) -> bool:
    """Tell whether we wait for the name of a town, and a message is short enough to be one."""
    return r.conversation.town_for is not None and len(r.incoming.text.split()) <= local.FEW_WORDS


def no_such_town(r: Received, w: World) -> Effects:
    """Tell that we know no such place; the next words are a question again."""
    v, entry = w.voice(reply_language(r)), r.conversation.town_for
    conversation = replace(heard(r.conversation, r), town_for=None)
    told = local.not_found(v, entry) if entry is not None else notices.in_other_words(v)
    return effects_of(conversation, told, step="town_unknown", counts=(count(r, "town_unknown"),))


def _marked(v: notices.Voice, press: Press, label: str) -> tuple[Outgoing, ...]:
    return (notices.chosen(v, label, press.message),) if press.message else ()

"""A pressed button, or its twin in plain words."""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import Command, EntryId, Language, TopicId
from bot.conversation import notices
from bot.conversation.case_presses import press_of_case
from bot.conversation.checklists import press_of_checklist
from bot.conversation.local_presses import press_of_town
from bot.conversation.model import (
    Button,
    ButtonSet,
    Count,
    DangerOver,
    Effects,
    Outgoing,
    Press,
    Purpose,
    Verb,
)
from bot.conversation.replies import Received, World, ask_for_person, hand_off, reply_language, show
from bot.conversation.steps import Reason
from bot.matching.text import fold

_CHOSEN_BY_NUMBER = frozenset({Verb.LANGUAGE, Verb.TOPIC, Verb.TOWN, Verb.CHECKLIST, Verb.TICK})
_WORD_FOR: dict[Command, Verb] = {
    Command.HELPED: Verb.HELPED,
    Command.NOT_THIS: Verb.NOT_THIS,
    Command.SOMETHING_ELSE: Verb.SOMETHING_ELSE,
    Command.SHOW: Verb.SHOW,
}


def in_words(r: Received, w: World) -> Effects | None:
    """Take a message that says what a button of the latest message says, or its number, as a press; else None."""
    buttons = r.conversation.latest_buttons
    if buttons is None:
        return None
    found = _button_of_words(r, buttons)
    if found is None:
        return None
    press = Press(found.verb.value, buttons.token, found.choice, message="")
    return _press(replace(r, pressed=buttons), w, press, buttons)


def _button_of_words(r: Received, buttons: ButtonSet) -> Button | None:
    said = fold(r.incoming.text)
    offered = [button for row in buttons.rows for button in row if button.verb is not Verb.DONE]
    for button in offered:
        if said in {fold(button.label.removeprefix("✓ ")), _number_of(button)}:
            return button
    verb = _WORD_FOR.get(r.evidence.command) if r.evidence and r.evidence.command else None
    if verb in {Verb.HELPED, Verb.NOT_THIS} and _is_below_an_answer(buttons):
        return Button("", verb)
    if verb is not None:
        return next((button for button in offered if button.verb is verb), None)
    choices = _choices(buttons)
    if said.isdecimal() and 1 <= int(said) <= len(choices):
        return choices[int(said) - 1]
    return None


def _is_below_an_answer(buttons: ButtonSet) -> bool:
    """Tell whether a set belongs to an answer whose own buttons hang on the message above: it asks for the town, or tells of it."""
    there = {button.verb for row in buttons.rows for button in row}
    return bool(buttons.shown) and not there & {Verb.HELPED, Verb.NOT_THIS, Verb.DONE}


def _number_of(button: Button) -> str | None:
    """Return the number of the case that a button leads to, as people write it."""
    return fold(button.label.partition(" · ")[0]) if button.verb is Verb.CASE else None


def _choices(buttons: ButtonSet) -> list[Button]:
    # Neighbours listed under an answer can be asked for by number even where there was no room for a button.
    if buttons.purpose in {Purpose.ANSWER, Purpose.CLARIFY, Purpose.TOPIC} or (
        buttons.purpose is Purpose.TOWN and buttons.entries
    ):
        return [Button("", Verb.CHOICE, i) for i in range(len(buttons.entries))]
    return [button for row in buttons.rows for button in row if button.verb in _CHOSEN_BY_NUMBER]


def press(r: Received, w: World) -> Effects:
    """Do what a pressed button says. An unknown set, or a choice that it does not have, is an old button."""
    pressed, button = r.incoming.press, r.pressed
    if pressed is None or button is None:
        return _told(r, notices.old_button(w.voice(reply_language(r))), step="old_button")
    return _press(r, w, pressed, button)


def _press(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects:  # noqa: C901, PLR0911  one line for each verb
    if press.verb == Verb.DONE or buttons.purpose is Purpose.USED:
        return Effects(r.conversation, step="press")
    v = w.voice(reply_language(r))
    match press.verb:
        case Verb.HELPED:
            return _helped(r, w, buttons, press)
        case Verb.NOT_THIS:
            return _not_this(r, w, buttons, press)
        case Verb.PERSON:
            return _person(r, w, buttons)
        case Verb.CHOICE if press.choice < len(buttons.entries):
            return _chosen(r, w, buttons, press)
        case Verb.SOMETHING_ELSE:
            told = (*_marked(v, buttons, press, v.t.gettext("Something else")), notices.in_other_words(v))
            return Effects(r.conversation, told, step="press", counts=(_count(r, "something_else"),))
        case Verb.LANGUAGE if press.choice < len(buttons.languages):
            return _language(r, w, buttons, press)
        case Verb.TOPIC if set(buttons.topics[press.choice : press.choice + 1]) & w.catalogue.topics.keys():
            listed = notices.topic(v, buttons.topics[press.choice], edits=press.message or None)
            return _told(r, listed, step="press")
        case Verb.SHOW:
            told = _marked(v, buttons, press, v.t.gettext("Show it again"))
            return Effects(r.conversation, told, resend=buttons.owed, step="press")
        case Verb.CANNOT_CALL:
            return _told(r, notices.cannot_call(v), step="press")
        case Verb.DANGER_OVER:
            return _danger_over(r, w, buttons)
    return (
        press_of_town(r, w, press, buttons)
        or press_of_checklist(r, w, press, buttons)
        or press_of_case(r, w, press, buttons)
        or _told(r, notices.old_button(v), step="old_button")
    )


def _helped(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    v = w.voice(reply_language(r))
    marked = _marked(v, buttons, press, v.t.gettext("Helped"), keep=(notices.person_button(v),))
    told = marked or (notices.glad(v),)
    return Effects(r.conversation, told, step="press", counts=(_count(r, "helped", w, buttons.shown),))


def _not_this(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    """Take the next neighbour; when there is none left, a person."""
    v = w.voice(reply_language(r))
    marked = _marked(v, buttons, press, v.t.gettext("Not this"), keep=(notices.person_button(v),))
    counted = _count(r, "not_this", w, buttons.shown)
    left = [x for x in buttons.entries if x in w.catalogue.entries and x not in buttons.shown]
    if left:
        more = show(r, w, left[0], tuple(left[1:]), question=buttons.question, shown=buttons.shown)
    else:
        topic = _topic(buttons.shown, w)
        text = r.text_of(buttons.question)
        more = hand_off(r, w, Reason.NOT_HELPED, question=buttons.question, topic=topic, text=text, tried=buttons.shown)
    return replace(more, outgoing=(*marked, *more.outgoing), counts=(counted, *more.counts))


def _person(r: Received, w: World, buttons: ButtonSet) -> Effects:
    if buttons.question is None or not r.text_of(buttons.question):
        return ask_for_person(r, w)
    topic = _topic(buttons.shown or buttons.entries, w)
    text = r.text_of(buttons.question)
    return hand_off(r, w, Reason.PERSON_ASKED, question=buttons.question, topic=topic, text=text, tried=buttons.shown)


def _chosen(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    """Show the chosen entry; the choices not taken stay its neighbours."""
    v = w.voice(reply_language(r))
    entry_id = buttons.entries[press.choice]
    if entry_id not in w.catalogue.entries:
        return _told(r, notices.old_button(v), step="old_button")
    marked: tuple[Outgoing, ...] = ()
    if buttons.purpose is Purpose.CLARIFY and press.message:
        marked = (notices.chosen(v, v.label(entry_id), press.message),)
    others = tuple(x for x in buttons.entries if x != entry_id and x in w.catalogue.entries)
    near = () if buttons.purpose is Purpose.TOPIC else others
    more = show(r, w, entry_id, near, question=buttons.question, shown=buttons.shown)
    counted = _count(r, "chosen", w, (entry_id,))
    return replace(more, outgoing=(*marked, *more.outgoing), counts=(counted, *more.counts))


def _language(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    """Set the language; say the last answer again in it, so that nobody has to ask twice."""
    language = buttons.languages[press.choice]
    v = w.voice(language)
    conversation = replace(r.conversation, language=language, chosen=True, noticed=True)
    marked = _picker(v, buttons, press)
    again = buttons.entries[:1] or r.conversation.last_entries
    if again and again[0] in w.catalogue.entries and _has(w, again[0], language):
        question = buttons.question or r.conversation.last_question
        turned = replace(r, conversation=conversation)
        more = show(turned, w, again[0], tuple(again[1:]), question=question, language=language)
        return replace(more, outgoing=(*marked, *more.outgoing))
    return Effects(conversation, (*marked, notices.language_set(v)), step="press")


def _has(w: World, entry_id: EntryId, language: Language) -> bool:
    return language in w.catalogue.entries[entry_id].texts


def _picker(v: notices.Voice, buttons: ButtonSet, press: Press) -> tuple[Outgoing, ...]:
    if buttons.purpose is not Purpose.LANGUAGES or not press.message:
        return ()
    return (notices.repicked(v, buttons, press.message),)


def _danger_over(r: Received, w: World, buttons: ButtonSet) -> Effects:
    told = notices.danger_over(w.voice(reply_language(r)))
    case = next((x for x in r.conversation.open_cases if x.question == buttons.question), None)
    moves = (DangerOver(case.id),) if case else ()
    return Effects(r.conversation, (told,), moves=moves, step="press", counts=(_count(r, "danger_over"),))


def _marked(
    v: notices.Voice, buttons: ButtonSet, press: Press, label: str, *, keep: tuple[Button, ...] = ()
) -> tuple[Outgoing, ...]:
    if not press.message:
        return ()
    return (notices.used(v, buttons, label, press.message, keep=keep),)


def _topic(entries: tuple[EntryId, ...], w: World) -> TopicId | None:
    return next((w.catalogue.entries[x].topic for x in reversed(entries) if x in w.catalogue.entries), None)


def _told(r: Received, told: Outgoing, *, step: str) -> Effects:
    return Effects(r.conversation, (told,), step=step)


def _count(r: Received, step: str, w: World | None = None, entries: tuple[EntryId, ...] = ()) -> Count:
    topic = (_topic(entries, w) if w else None) or ""
    return Count(str(reply_language(r)), topic, step)

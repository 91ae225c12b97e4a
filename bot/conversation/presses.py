"""A pressed button, or its twin in plain words."""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import Command, EntryId, Language, TopicId
from bot.conversation import danger_notices, notices
from bot.conversation.case_presses import press_of_case
from bot.conversation.checklists import press_of_checklist
from bot.conversation.decide import all_siblings
from bot.conversation.hiding import kept_open, press_of_curtain
from bot.conversation.local_presses import press_of_town
from bot.conversation.model import (
    Acknowledgement,
    Button,
    ButtonSet,
    Count,
    DangerOver,
    Effects,
    Outgoing,
    Press,
    Purpose,
    Verb,
    Verdict,
    VerdictSource,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import Received, World, ask_for_person, hand_off, reply_language, show
from bot.conversation.steps import Reason
from bot.conversation.writers import known_writer
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
    return kept_open(_press(r, w, pressed, button), button, w)


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
            counts, none = (_count(r, "something_else"),), _none_of_these(buttons)
            return Effects(r.conversation, told, step="press", counts=counts, verdicts=none)
        case Verb.LANGUAGE if press.choice < len(buttons.languages):
            return _language(r, w, buttons, press)
        case Verb.TOPIC if set(buttons.topics[press.choice : press.choice + 1]) & w.catalogue.topics.keys():
            listed = notices.topic(v, buttons.topics[press.choice], edits=press.message or None)
            return _told(r, listed, step="press")
        case Verb.SHOW if buttons.purpose is Purpose.UNCERTAIN:
            told = _marked(v, buttons, press, v.t.gettext("Show it again"))
            return Effects(r.conversation, told, resend=buttons.owed, step="press")
        case Verb.CANNOT_CALL:
            return replace(
                _told(r, danger_notices.cannot_call(v, known_writer(r.conversation, w.now)), step="press"), bare=True
            )
        case Verb.DANGER_OVER:
            return _danger_over(r, w, buttons)
        case Verb.CLAIM if buttons.purpose is Purpose.CALL and buttons.case is not None:
            told = _marked(v, buttons, press, v.t.gettext("I have it"))
            return Effects(r.conversation, told, moves=(Acknowledgement(buttons.case),), step="press")
    return (
        press_of_curtain(r, w, press, buttons)
        or press_of_town(r, w, press, buttons)
        or press_of_checklist(r, w, press, buttons)
        or press_of_case(r, w, press, buttons)
        or _told(r, notices.old_button(v), step="old_button")
    )


def _helped(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    v = w.voice(reply_language(r))
    marked = _marked(v, buttons, press, v.t.gettext("Helped"), keep=(notices.person_button(v),))
    told = marked or (notices.glad(v),)
    counts, helped = (_count(r, "helped", w, buttons.shown),), _on_the_answer(buttons, VerdictSource.HELPED)
    return Effects(r.conversation, told, step="press", counts=counts, verdicts=helped)


def _not_this(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    """Take the next neighbour; when there is none left, a person."""
    v = w.voice(reply_language(r))
    marked = _marked(v, buttons, press, v.t.gettext("Not this"), keep=(notices.person_button(v),))
    counted = _count(r, "not_this", w, buttons.shown)
    left = [x for x in buttons.entries if x in w.catalogue.entries and x not in buttons.shown]
    if left:
        near, shown, follows = tuple(left[1:]), buttons.shown, buttons.follows
        more = show(r, w, left[0], near, question=buttons.question, shown=shown, follows=follows)
    else:
        more = _not_helped(r, w, buttons)
    verdicts = _on_the_answer(buttons, VerdictSource.NOT_HELPED)
    return replace(more, outgoing=(*marked, *more.outgoing), counts=(counted, *more.counts), verdicts=verdicts)


def _not_helped(r: Received, w: World, buttons: ButtonSet) -> Effects:
    """Hand a question over after all answers; whoever opened them from the menu asked none, and is asked for it now."""
    topic, text, tried = _topic(buttons.shown, w), r.text_of(buttons.question), _tried(buttons)
    told = hand_off(r, w, Reason.NOT_HELPED, question=buttons.question, topic=topic, text=text, tried=tried)
    if text or told.case is None:
        return told
    asked = notices.ask_for_the_question(w.voice(reply_language(r)), case_number(r.id), topic)
    conversation = replace(told.conversation, last_question=None)
    return replace(told, conversation=conversation, outgoing=(asked,), awaits_detail=True)


def _tried(buttons: ButtonSet) -> tuple[EntryId, ...]:
    """Return what was shown, with what a follow-up went on from: its own words alone tell a specialist little."""
    before = () if buttons.follows is None or buttons.follows in buttons.shown else (buttons.follows,)
    return (*before, *buttons.shown)


def _person(r: Received, w: World, buttons: ButtonSet) -> Effects:
    if buttons.question is None or not r.text_of(buttons.question):
        return ask_for_person(r, w)
    topic = _topic(buttons.shown or buttons.entries, w)
    text, tried = r.text_of(buttons.question), _tried(buttons)
    return hand_off(r, w, Reason.PERSON_ASKED, question=buttons.question, topic=topic, text=text, tried=tried)


def _chosen(r: Received, w: World, buttons: ButtonSet, press: Press) -> Effects:
    """Show the chosen entry; the choices not taken stay its neighbours, behind the siblings that were left out."""
    v = w.voice(reply_language(r))
    entry_id = buttons.entries[press.choice]
    if entry_id not in w.catalogue.entries:
        return _told(r, notices.old_button(v), step="old_button")
    marked: tuple[Outgoing, ...] = ()
    if buttons.purpose is Purpose.CLARIFY and press.message:
        marked = (notices.chosen(v, v.label(entry_id), press.message),)
    others = tuple(x for x in buttons.entries if x != entry_id and x in w.catalogue.entries)
    alike = all_siblings(w.catalogue).get(entry_id, frozenset()) if buttons.purpose is Purpose.CLARIFY else frozenset()
    others = tuple(dict.fromkeys((*(x for x in w.catalogue.entries if x in alike), *others)))
    near = () if buttons.purpose is Purpose.TOPIC else others
    more = show(r, w, entry_id, near, question=buttons.question, shown=buttons.shown, follows=buttons.follows)
    counts = (_count(r, "chosen", w, (entry_id,)), *more.counts)
    return replace(more, outgoing=(*marked, *more.outgoing), counts=counts, verdicts=_on_choices(buttons, entry_id))


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
    told = danger_notices.danger_over(w.voice(reply_language(r)))
    case = next((x for x in r.conversation.open_cases if x.question == buttons.question), None)
    moves = (DangerOver(case.id),) if case else ()
    return Effects(r.conversation, (told,), moves=moves, step="press", counts=(_count(r, "danger_over"),), bare=True)


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


# Verdicts -------------------------------------------------------------------------------------------------------------


def _on_the_answer(buttons: ButtonSet, source: VerdictSource) -> tuple[Verdict, ...]:
    return _verdicts(buttons, buttons.shown[-1:], source, right=source is VerdictSource.HELPED)


def _none_of_these(buttons: ButtonSet) -> tuple[Verdict, ...]:
    asked = buttons.entries if buttons.purpose is Purpose.CLARIFY else ()
    return _verdicts(buttons, asked, VerdictSource.NONE_OF_THESE, right=False)


def _on_choices(buttons: ButtonSet, chosen: EntryId) -> tuple[Verdict, ...]:
    """Return that the chosen entry was right and the others asked about were not; below an answer, nothing of others."""
    if buttons.purpose is not Purpose.CLARIFY:
        return _verdicts(buttons, (chosen,), VerdictSource.NEIGHBOUR, right=True)
    others = tuple(x for x in buttons.entries if x != chosen)
    return (
        *_verdicts(buttons, (chosen,), VerdictSource.CHOICE, right=True),
        *_verdicts(buttons, others, VerdictSource.CHOICE, right=False),
    )


def _verdicts(
    buttons: ButtonSet, entries: tuple[EntryId, ...], source: VerdictSource, *, right: bool
) -> tuple[Verdict, ...]:
    # What was opened from the menu answers no question, and a follow-up says little alone: neither tells of matching.
    question = buttons.question if buttons.follows is None else None
    return tuple(Verdict(question, entry, source, right) for entry in entries) if question is not None else ()

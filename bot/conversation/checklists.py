"""Life-event checklists: what to do in order, ticked in the chat, cleared by a press."""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import Checklist, ChecklistId, StepId
from bot.content.render import words
from bot.conversation import notices
from bot.conversation.model import (
    Button,
    ButtonSet,
    Conversation,
    Effects,
    Line,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    Verb,
)
from bot.conversation.notices import Voice, person_button
from bot.conversation.replies import Received, World, count, reply_language

TO_DO, DONE = "☐", "☑"
TICKS_IN_A_ROW = 4


def menu(v: Voice) -> Outgoing:
    """Ask which event of life it is about."""
    ids = tuple(v.catalogue.checklists)
    rows = tuple(
        (Button(words(v.catalogue.checklists[x].name, v.language), Verb.CHECKLIST, i),) for i, x in enumerate(ids)
    )
    buttons = ButtonSet(v.new_token(), Purpose.CHECKLISTS, (*rows, (person_button(v),)), checklists=ids)
    text = v.t.gettext("What is happening in your family?")
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (Line(text, bold=True),), buttons)


def checklist(v: Voice, checklist_id: ChecklistId, conversation: Conversation, edits: str | None = None) -> Outgoing:
    """Return a checklist with its ticks. It replaces itself as a family ticks."""
    t, known = v.t, v.catalogue.checklists[checklist_id]
    done = [_is_done(conversation, checklist_id, step) for step in known.steps]
    steps = [
        f"{DONE if ticked else TO_DO} {n}. {words(step.text, v.language)}"
        for n, (ticked, step) in enumerate(zip(done, known.steps.values(), strict=True), start=1)
    ]
    lines = (
        Line(words(known.name, v.language), bold=True),
        Line("\n".join(steps)),
        Line(t.gettext("Press a number when it is done. Nobody else sees your ticks.")),
    )
    ticks = [Button(f"{DONE if ticked else TO_DO} {i + 1}", Verb.TICK, i) for i, ticked in enumerate(done)]
    rows = [tuple(ticks[i : i + TICKS_IN_A_ROW]) for i in range(0, len(ticks), TICKS_IN_A_ROW)]
    rows.append((Button(t.gettext("How to do it"), Verb.HOW),))
    if any(done):
        rows.append((Button(t.gettext("Clear my ticks"), Verb.CLEAR),))
    rows.append((person_button(v),))
    buttons = ButtonSet(
        v.new_token(), Purpose.CHECKLIST, tuple(rows), checklists=(checklist_id,), steps=tuple(known.steps)
    )
    return Outgoing(OutgoingKind.NOTICE, v.spoken, lines, buttons, edits=edits)


def how(v: Voice, checklist_id: ChecklistId, conversation: Conversation) -> Outgoing:
    """Offer the answers of the steps that are not ticked; of all, where all are."""
    known = v.catalogue.checklists[checklist_id]
    left = [step.entry for key, step in known.steps.items() if not _is_done(conversation, checklist_id, key)]
    wanted = left or [step.entry for step in known.steps.values()]
    entries = tuple(x for x in dict.fromkeys(wanted) if x in v.catalogue.entries)
    rows = tuple((Button(v.label(x), Verb.CHOICE, i),) for i, x in enumerate(entries))
    buttons = ButtonSet(v.new_token(), Purpose.TOPIC, (*rows, (person_button(v),)), entries=entries)
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (Line(words(known.name, v.language), bold=True),), buttons)


def press_of_checklist(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects | None:
    """Do what a button of a checklist says; None for a verb that is about none."""
    v, conversation = w.voice(reply_language(r)), r.conversation
    match press.verb:
        case Verb.CHECKLIST if _known(buttons.checklists, press.choice, w) is not None:
            opened = checklist(v, buttons.checklists[press.choice], conversation)
            return Effects(conversation, (opened,), step="press", counts=(count(r, "checklist"),))
        case Verb.TICK | Verb.HOW | Verb.CLEAR if (
            buttons.purpose is Purpose.CHECKLIST and _known(buttons.checklists, 0, w) is not None
        ):
            return _changed(r, w, press, buttons)
    return None


def _known(ids: tuple[ChecklistId, ...], choice: int, w: World) -> Checklist | None:
    return w.catalogue.checklists.get(ids[choice]) if choice < len(ids) else None


def _changed(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects | None:
    v, (checklist_id,) = w.voice(reply_language(r)), buttons.checklists
    conversation, edits = r.conversation, press.message or None
    if press.verb == Verb.HOW:
        return Effects(conversation, (how(v, checklist_id, conversation),), step="press")
    if press.verb == Verb.CLEAR:
        mine = f"{checklist_id}/"
        conversation = replace(conversation, ticked=tuple(x for x in conversation.ticked if not x.startswith(mine)))
    elif set(buttons.steps[press.choice : press.choice + 1]) & w.catalogue.checklists[checklist_id].steps.keys():
        conversation = _turned(conversation, checklist_id, buttons.steps[press.choice])
    else:
        return Effects(conversation, (notices.old_button(v),), step="old_button")
    return Effects(conversation, (checklist(v, checklist_id, conversation, edits),), step="press")


def _turned(conversation: Conversation, checklist_id: ChecklistId, step: StepId) -> Conversation:
    key = f"{checklist_id}/{step}"
    rest = tuple(x for x in conversation.ticked if x != key)
    return replace(conversation, ticked=rest if key in conversation.ticked else (*rest, key))


def _is_done(conversation: Conversation, checklist_id: ChecklistId, step: StepId) -> bool:
    return f"{checklist_id}/{step}" in conversation.ticked

"""Quick exit: the chat is emptied as far as a channel allows, and what comes later waits behind a line that tells nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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
from bot.conversation.notices import Voice
from bot.conversation.replies import Received, World, count, reply_language

DELETABLE = timedelta(hours=48)
"""Telegram lets a bot delete messages of a private chat that are younger, its own and those it got (Bot API, deleteMessage)."""
NOTICE_STAYS = timedelta(minutes=2)
"""How long the words about hiding stay: long enough to be read twice, and then they would tell on whoever hid the chat."""
PHONE_ASKED_EVERY = timedelta(days=1)

_NEVER_BEHIND = frozenset({OutgoingKind.CARD, OutgoingKind.DELETION})
_STOPPED = frozenset({OutgoingKind.CASE})
"""Notices that nobody asked for; `/questions` tells the same to whoever does ask."""


def hide(r: Received, w: World) -> Effects:
    """Empty the chat and say truly what stays; from now on nothing is shown before somebody presses for it."""
    v = w.voice(reply_language(r))
    conversation = replace(r.conversation, hidden_at=w.now, noticed=True)
    return Effects(conversation, (_told(v),), hides=True, bare=True, step="hide", counts=(count(r, "hide"),))


def unhide(r: Received, w: World) -> Effects:
    """Show messages again at once, as before."""
    v = w.voice(reply_language(r))
    text = Line(v.t.gettext("From now on I show messages at once again."))
    told = Outgoing(OutgoingKind.NOTICE, v.spoken, (text,), silent=True)
    conversation = replace(r.conversation, hidden_at=None)
    return Effects(conversation, (told,), bare=True, step="unhide", counts=(count(r, "unhide"),))


def _told(v: Voice) -> Outgoing:
    t = v.t
    lines = (
        Line(t.gettext("Done."), bold=True),
        Line(t.gettext("I delete here what is younger than 48 hours. I cannot delete what is older.")),
        Line(t.gettext("To delete all by hand: open the menu of this chat and choose “Delete chat”.")),
        Line(t.gettext("I cannot delete what another phone or computer has shown or saved.")),
        Line(
            t.gettext(
                "I send no more notices. A new message comes without sound, and you see it when you press “Show”."
            )
        ),
        Line(t.gettext("This message goes after 2 minutes. To end hiding, write /unhide")),
    )
    rows = ((Button(t.gettext("End hiding"), Verb.UNHIDE),),)
    return Outgoing(OutgoingKind.NOTICE, v.spoken, lines, ButtonSet(v.new_token(), Purpose.HIDING, rows), silent=True)


# The curtain ----------------------------------------------------------------------------------------------------------


def behind_curtain(one: Outgoing, conversation: Conversation, w: World) -> tuple[Outgoing, ...]:
    """Return what leaves of a message for somebody: itself, a curtain before it, or, of a notice, nothing."""
    if conversation.hidden_at is None or one.kind in _NEVER_BEHIND:
        return (one,)
    if one.edits is not None and (not one.lines or _behind(one) is not None):
        return (one,)  # other buttons, or what somebody has open
    if one.kind in _STOPPED:
        return ()
    kind = one.kind if one.edits is None else OutgoingKind.NOTICE
    return (_curtain(replace(one, kind=kind, edits=None), w.voice(one.language), one.edits),)


def _behind(one: Outgoing) -> Outgoing | None:
    return one.buttons.behind if one.buttons is not None else None


def folded(one: Outgoing, conversation: Conversation, w: World) -> tuple[Outgoing, ...]:
    """Return what leaves of a message that is owed once more, and may have a curtain already."""
    if one.buttons is not None and one.buttons.purpose is Purpose.HIDING:
        return ()  # newer words about hiding follow
    behind = _behind(one)
    if behind is None or conversation.hidden_at is None:
        return behind_curtain(behind or one, conversation, w)
    return (_curtain(behind, w.voice(behind.language), one.edits),)


def _curtain(one: Outgoing, v: Voice, edits: str | None = None) -> Outgoing:
    rows = ((Button(v.t.gettext("Show"), Verb.SHOW),),)
    buttons = ButtonSet(v.new_token(), Purpose.CURTAIN, rows, behind=one)
    text = Line(v.t.gettext("A new message for you."))
    kind = one.kind if edits is None else OutgoingKind.EDIT
    return Outgoing(kind, v.spoken, (text,), buttons, silent=True, edits=edits)


def press_of_curtain(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects | None:
    """Show what is behind a curtain, or fold it away again; None for another button."""
    if press.verb == Verb.HIDE or (press.verb == Verb.FOLD and not press.message):
        return hide(r, w)  # in words, "Hide" means all of it
    if press.verb == Verb.UNHIDE:
        return unhide(r, w)
    if buttons.behind is None or press.verb not in {Verb.SHOW, Verb.FOLD}:
        return None
    v, one = w.voice(buttons.behind.language), buttons.behind
    if press.verb == Verb.SHOW:
        told = _shown(one, v, press.message)
    elif one.file is not None:
        told = Outgoing(OutgoingKind.DELETION, v.spoken, deletes=(press.message,))
    else:
        told = _curtain(one, v, press.message)
    return Effects(r.conversation, (told,), bare=True, step="curtain")


def _shown(one: Outgoing, v: Voice, message: str) -> Outgoing:
    buttons = _with_fold(one, v)
    if one.file is not None or not message:  # a line of words cannot be turned into a picture
        return replace(one, buttons=buttons)
    return replace(one, kind=OutgoingKind.EDIT, buttons=buttons, edits=message)


def _with_fold(one: Outgoing, v: Voice) -> ButtonSet:
    fold = (Button(v.t.gettext("Hide"), Verb.FOLD),)
    own = one.buttons or ButtonSet(v.new_token(), Purpose.CURTAIN, ())
    return replace(own, token=v.new_token(), rows=(*own.rows, fold), behind=one)


def kept_open(effects: Effects, buttons: ButtonSet, w: World) -> Effects:
    """Let a shown message stay open, and able to be folded away, whatever a press has made of it."""
    behind = buttons.behind
    if behind is None or effects.bare:
        return effects
    outgoing = tuple(_still_shown(one, behind, w) if one.edits else one for one in effects.outgoing)
    return replace(effects, outgoing=outgoing)


def _still_shown(one: Outgoing, behind: Outgoing, w: World) -> Outgoing:
    own = replace(one.buttons, behind=None) if one.buttons is not None else None
    now = replace(behind, language=one.language, lines=one.lines or behind.lines, buttons=own)
    return replace(one, buttons=_with_fold(now, w.voice(one.language)))


# Before it is needed --------------------------------------------------------------------------------------------------


def with_question_about_the_phone(effects: Effects, r: Received, w: World) -> Effects:
    """Put one neutral line before the first answer of a day on a sensitive topic: it is what a locked phone shows."""
    asked_at = effects.conversation.phone_asked_at
    answers = [one for one in effects.outgoing if one.kind is OutgoingKind.ANSWER]
    sensitive = any(_is_sensitive(one, w) for one in answers)
    if not sensitive or effects.conversation.hidden_at or (asked_at and w.now - asked_at < PHONE_ASKED_EVERY):
        return effects
    v = w.voice(reply_language(r))
    line = Line(v.t.gettext("Can somebody else read this phone? /hide empties this chat."))
    first = next(i for i, one in enumerate(effects.outgoing) if one.kind is OutgoingKind.ANSWER)
    told = replace(effects.outgoing[first], lines=(line, *effects.outgoing[first].lines))
    outgoing = (*effects.outgoing[:first], told, *effects.outgoing[first + 1 :])
    return replace(effects, conversation=replace(effects.conversation, phone_asked_at=w.now), outgoing=outgoing)


def _is_sensitive(answer: Outgoing, w: World) -> bool:
    shown = answer.buttons.shown if answer.buttons else ()
    return any(w.catalogue.topics[w.catalogue.entries[x].topic].sensitive for x in shown[-1:])

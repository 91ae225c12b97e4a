"""What a person reads when they write faster than we answer, or when a specialist has limited them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.model import emergency_number
from bot.content.opening import VILNIUS
from bot.content.render import format_instant
from bot.conversation import case_notices
from bot.conversation.model import Line, OpenCase, Outgoing, OutgoingKind
from bot.conversation.notices import Voice

_MINUTE = timedelta(minutes=1)


def instant(v: Voice, at: datetime) -> str:
    """Return an instant in Lithuania, up to a minute late: at what is promised it must be over."""
    whole = at.replace(second=0, microsecond=0)
    return format_instant((whole if whole == at else whole + _MINUTE).astimezone(VILNIUS), v.spoken)


def paused(v: Voice, until: datetime) -> Outgoing:
    """Tell somebody who writes too fast that nothing is answered for a while, but for danger."""
    t = v.t
    return _told(
        v,
        Line(t.gettext("You write faster than I can answer."), bold=True),
        Line(
            t.gettext("Please write your question again after: {instant}. Write it in one message.").format(
                instant=instant(v, until)
            )
        ),
    )


def barred(v: Voice, until: datetime) -> Outgoing:
    """Tell somebody once that a specialist has limited them, until when, and what works all the same."""
    t = v.t
    return _told(
        v,
        Line(
            t.gettext("I answer no questions from you until: {instant}.").format(instant=instant(v, until)), bold=True
        ),
        Line(t.gettext("A person of our team has decided this. After that you can write as before.")),
    )


def still_barred(v: Voice, until: datetime) -> Outgoing:
    """Remind somebody who writes although they are limited."""
    text = v.t.gettext("Your message is kept. I answer no questions from you until: {instant}.")
    return _told(v, Line(text.format(instant=instant(v, until))))


def unbarred(v: Voice) -> Outgoing:
    """Tell somebody that they are answered again before the time."""
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (Line(v.t.gettext("I answer your questions again.")),), silent=True)


def _told(v: Voice, *lines: Line) -> Outgoing:
    t = v.t
    call = t.gettext("In danger, call {number}. Free, day and night.").format(number=emergency_number(v.catalogue))
    last = (Line(t.gettext("I read every message for danger.")), Line(call, bold=True))
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (*lines, *last), silent=True)


def added_instead(v: Voice, case: OpenCase) -> Outgoing:
    """Tell that a further question went to one that is open: which, who has it, by when."""
    told = case_notices.my_question(v, case)
    there = Line(v.t.gettext("Added to question {number}. A person will read it.").format(number=case.number))
    return replace(told, kind=OutgoingKind.HAND_OVER, lines=(_several(v), there, *told.lines), silent=True)


def write_it_there(v: Voice, number: str) -> Outgoing:
    """Ask somebody who wants a person for the words, which go to a question they have already."""
    told = case_notices.write_now(v, number)
    return replace(told, lines=(_several(v), *told.lines))


def _several(v: Voice) -> Line:
    return Line(v.t.gettext("You have several questions with people already."), bold=True)

"""A child writes: kept in mind for a day, answered in other words, offered its own line; no guilt is put on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.model import Helpline
from bot.conversation.danger_notices import is_for_children
from bot.conversation.model import ButtonSet, Conversation, Effects, Line, Outgoing, OutgoingKind, Purpose
from bot.conversation.notices import Voice, helpline_line, person_button
from bot.conversation.replies import Received, World, count, reply_language
from bot.matching.evidence import Writer

REMEMBERED = timedelta(days=1)
"""How long we keep in mind that a child writes: phones are shared."""
_NOT_BELOW = frozenset({"danger", "hide", "unhide"})


def known_writer(conversation: Conversation, now: datetime) -> Writer | None:
    """Return who writes, where a message of the last day told it."""
    at = conversation.writer_at
    return conversation.writer if at is not None and now - at < REMEMBERED else None


def remembered(r: Received, w: World) -> Received:
    """Return a message with what we know of its writer: from itself, else from the last day."""
    told = r.evidence.writer if r.evidence is not None else None
    known = known_writer(r.conversation, w.now)
    writer, at = (told or known), (w.now if told else r.conversation.writer_at)
    return replace(r, conversation=replace(r.conversation, writer=writer, writer_at=at if writer else None))


def with_words_for_a_child(effects: Effects, before: Conversation, r: Received, w: World) -> Effects:
    """Say once a day what a child may want to know; below what it asked, and never below a danger card."""
    writer = r.conversation.writer
    if writer is None or known_writer(before, w.now) is writer or effects.step in _NOT_BELOW:
        return effects
    v = w.voice(reply_language(r))
    told = _to_interpreter(v) if writer is Writer.INTERPRETING else _to_child(v)
    counts = (*effects.counts, count(r, f"writer:{writer.value}"))
    return replace(effects, outgoing=(*effects.outgoing, told), counts=counts)


def _to_child(v: Voice) -> Outgoing:
    t = v.t
    lines = (
        Line(t.pgettext("to a child", "If you are under 18, there is one more place to talk.")),
        *(Line(helpline_line(v, line)) for line in _childrens_lines(v)),
        Line(t.pgettext("to a child", "You can ask anything there and here. You do nothing wrong by asking.")),
    )
    return _with_person(v, lines)


def _childrens_lines(v: Voice) -> list[Helpline]:
    return [line for line in v.catalogue.helplines.values() if is_for_children(line) and line.number]


def _to_interpreter(v: Voice) -> Outgoing:
    t = v.t
    lines = (
        Line(t.pgettext("to a child", "Thank you for helping your family to write.")),
        Line(t.pgettext("to a child", "You do not have to translate everything, above all not what is hard.")),
        Line(t.pgettext("to a child", "Your mother or father can write here in their own language.")),
        Line(
            t.pgettext(
                "to a child", "A person can also look for an interpreter. Press “Talk to a person” and ask for one."
            )
        ),
    )
    return _with_person(v, lines)


def _with_person(v: Voice, lines: tuple[Line, ...]) -> Outgoing:
    buttons = ButtonSet(v.new_token(), Purpose.ASIDE, ((person_button(v),),))
    return Outgoing(OutgoingKind.TALK, v.spoken, lines, buttons, silent=True)

"""The words around a message that may be about danger, and that nobody would read if it were not shown."""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import DangerKind, TopicId
from bot.conversation.desk_notices import LONGEST_MESSAGE, kind_in_words
from bot.conversation.lengths import pieces
from bot.conversation.model import (
    Button,
    ButtonSet,
    ConversationId,
    InboxId,
    Line,
    Outgoing,
    OutgoingKind,
    Purpose,
    Verb,
)
from bot.conversation.notices import Voice, hand_over


def to_read(
    v: Voice, family: str, text: str, kind: DangerKind | None, *, question: InboxId, of: ConversationId
) -> list[Outgoing]:
    """Return a family's words for the group, to be read the same day; below the last of them they can be made a case."""
    t = v.t
    head = t.gettext("Perhaps danger, {kind}. Read it today. {family} writes, and has an answer from me:")
    said = head.format(kind=kind_in_words(v, kind or t.gettext("kind not known")), family=family)
    told = [
        Outgoing(OutgoingKind.DESK, v.spoken, (Line(said, bold=True), Line(part, theirs=True)), silent=True)
        for part in pieces(text, LONGEST_MESSAGE)
    ]
    rows = ((Button(t.gettext("Make it a case"), Verb.MAKE_CASE),),)
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, question=question, family=of, danger=kind)
    return [*told[:-1], replace(told[-1], buttons=buttons)]


def taken_up(v: Voice, number: str, topic: TopicId | None) -> Outgoing:
    """Tell a family that a person has read what it wrote, and will help."""
    told = hand_over(v, number, topic, asked=True)
    first = Line(v.t.gettext("A person has read what you wrote and will help you here."), bold=True)
    return replace(told, lines=(first, *told.lines[1:]))

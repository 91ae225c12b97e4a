"""A family's chat as its phone shows it, and what somebody else who holds the phone may read there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.conversation.model import OutgoingKind, Purpose, Verb
from bot.conversation.replies import World

if TYPE_CHECKING:
    from tests.simulation.people import Told

_DELETABLE, _FADES = timedelta(hours=48), timedelta(minutes=2, seconds=10)
"""What is younger can be deleted; so long after hiding the last of it is gone, with one look of the program at what is due."""
_ANSWERED_IN_THE_OPEN = frozenset({Verb.HIDE, Verb.UNHIDE, Verb.CANNOT_CALL, Verb.DANGER_OVER})
"""Whoever does this wants to read at once what comes of it."""


class Phone:
    """The messages of a chat, by id, with the time each came; `hidden` is what its family has ordered last."""

    def __init__(self) -> None:
        self.there: dict[str, datetime] = {}
        self.hidden = False
        self.act: Verb | None = None
        """What the family did in this step."""
        self.curtains = 0
        self._emptied: list[datetime] = []

    def hide(self, at: datetime) -> None:
        """Write down that the family hides its chat."""
        self.hidden, self.act = True, Verb.HIDE
        self._emptied.append(at)

    def unhide(self) -> None:
        """Write down that the family ends it."""
        self.hidden, self.act = False, Verb.UNHIDE

    def show(self, told: Sequence[Told], w: World, now: datetime) -> None:
        """Take in what has come in one step, and check what can be read after it."""
        for one in told:
            if one.outgoing.kind is OutgoingKind.DELETION:
                for message in one.outgoing.deletes:
                    self.there.pop(message, None)
                continue
            assert not self.hidden or self._may_be_read(one, w), f"a hidden chat shows {one.outgoing}"
            if one.outgoing.edits is None:
                self.there[one.message] = now
        self.act = None
        self._is_empty(now)

    def _may_be_read(self, told: Told, w: World) -> bool:
        one = told.outgoing
        if one.kind is OutgoingKind.CARD:
            return True
        if one.edits is not None:
            return self.act is not None
        return self.act in _ANSWERED_IN_THE_OPEN or self._is_curtain(told, w)

    def _is_curtain(self, told: Told, w: World) -> bool:
        one, neutral = told.outgoing, w.voice(told.outgoing.language).t.gettext("A new message for you.")
        bare = [line.text for line in one.lines] == [neutral] and one.file is None and one.silent
        self.curtains += 1
        unasked = told.meant.kind in {OutgoingKind.CASE, OutgoingKind.UNCERTAIN}
        buttons = one.buttons
        return bare and not unasked and buttons is not None and buttons.purpose is Purpose.CURTAIN

    def _is_empty(self, now: datetime) -> None:
        while self._emptied and self._emptied[0] + _FADES <= now:
            hidden = self._emptied.pop(0)
            left = [message for message, at in self.there.items() if hidden - _DELETABLE < at <= hidden]
            assert not left, f"{left} stand in a chat that was hidden at {hidden}"

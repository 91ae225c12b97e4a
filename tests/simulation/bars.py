"""Bars: each ends once, by a specialist or at its date, and at its date somebody is asked to look again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cases.model import CaseId, Event, EventKind
from bot.conversation.model import ConversationId, OutgoingKind
from tests.simulation.calls import LOOK
from tests.simulation.people import Told


class Bars:
    """Who is barred until when, as the events of their cases tell."""

    def __init__(self) -> None:
        self._until: dict[ConversationId, datetime] = {}
        self.ended = 0

    def is_barred(self, family: ConversationId | None, now: datetime) -> bool:
        """Tell whether a specialist has limited somebody."""
        return family in self._until and now < self._until[family]

    def follow(
        self, happened: Sequence[tuple[ConversationId, CaseId, Event]], told: Sequence[Told], now: datetime
    ) -> None:
        """Check the bars after one step."""
        for family, case, event in happened:
            if event.kind is EventKind.BARRED and event.until is not None:
                self._until[family] = event.until
            if event.kind is EventKind.UNBARRED:
                until = self._until.pop(family, None)
                assert until is not None, "a bar ends that nobody has"
                if event.by is None:
                    self._at_its_date(until, event.at, [one for one in told if one.case == case])
        late = [until for until in self._until.values() if now > until + LOOK]
        assert not late, f"a bar goes on after {late}"

    def _at_its_date(self, until: datetime, at: datetime, told: Sequence[Told]) -> None:
        assert until <= at <= until + LOOK, f"a bar until {until} ends at {at}"
        assert OutgoingKind.DESK in [one.outgoing.kind for one in told], "nobody is asked to look again"
        self.ended += 1

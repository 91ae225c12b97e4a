"""What must hold after each batch, whatever came in. What is wrong names the update by its key where one is to blame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from bot.conversation import limiting
from bot.conversation.model import Kind, OutgoingKind
from bot.storage.tables import addresses, case_events, cases, conversations, inbox, outbox
from tests.fuzz.families import Made
from tests.fuzz.findings import Line, Wrong, broken, in_clear, key_of, lost, misread, not_delivered, personal
from tests.fuzz.intake import Intake
from tests.fuzz.trials import Trial

_NOBODYS = frozenset({Kind.PRESS, Kind.BLOCKED, Kind.UNBLOCKED})


@dataclass
class Tally:
    """What happened, for the table in the end."""

    updates: int = 0
    kept: int = 0
    silent: int = 0
    held_back: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    cards: Counter[Trial] = field(default_factory=Counter)
    not_read: int = 0


@dataclass
class Checks:
    """Looks at every batch; remembers how far it has looked."""

    intake: Intake
    tally: Tally
    _inbox: int = 0
    _outbox: int = 0
    _events: int = 0

    async def begin(self) -> None:
        """Look only at what comes from now on."""
        async with self.intake.store.begin() as tx:
            self._inbox, self._outbox, self._events = [
                await tx.connection.scalar(select(func.max(table.c.id))) or 0 for table in (inbox, outbox, case_events)
            ]

    async def after(self, made: Sequence[Made], logged: str, lines: Sequence[Line]) -> list[Wrong]:
        """Return all that is wrong."""
        async with self.intake.store.begin() as tx:
            whose = inbox.join(addresses, addresses.c.conversation_id == inbox.c.conversation_id)
            whose = whose.join(conversations, conversations.c.id == inbox.c.conversation_id)
            limits = conversations.c.allowance, conversations.c.barred_until
            came = select(inbox, addresses.c.chat, *limits).select_from(whose)
            came = came.where(inbox.c.id > self._inbox)
            kept = (await tx.connection.execute(came)).all()
            to = outbox.join(conversations, conversations.c.id == outbox.c.conversation_id)
            sent = select(outbox, conversations.c.hidden_at).select_from(to).where(outbox.c.id > self._outbox)
            owed = (await tx.connection.execute(sent)).all()
            events = select(case_events, cases.c.conversation_id).join(cases, cases.c.id == case_events.c.case_id)
            said = (await tx.connection.execute(events.where(case_events.c.id > self._events))).all()
        self._inbox = max((row.id for row in kept), default=self._inbox)
        self._outbox = max((row.id for row in owed), default=self._outbox)
        self._events = max((row.id for row in said), default=self._events)
        self._count(made, kept, owed, lines)
        wrong = [Wrong(one) for one in self.intake.telegram.wrong]
        self.intake.telegram.wrong.clear()
        keys = {row.id: row.key for row in kept}
        wrong += broken(lines, keys)
        wrong += personal(made, logged)
        wrong += lost(made, kept, lines)
        wrong += self._unanswered(kept, owed, said)
        wrong += misread(made, lines)
        wrong += in_clear(owed, self.intake.followed, keys)
        wrong += _not_added(lines, said)
        wrong += not_delivered(owed, keys)
        wrong += self._without_card(made, kept, owed)
        return wrong

    def _count(
        self, made: Sequence[Made], kept: Sequence[Row[Any]], owed: Sequence[Row[Any]], lines: Sequence[Line]
    ) -> None:
        self.tally.updates += len(made)
        self.tally.kept += len(kept)
        self.tally.steps.update(line["step"] for line in lines if line["event"] in {"message.handled", "group.handled"})
        self.tally.sent.update(row.kind for row in owed if row.state == "sent")
        self.tally.not_read += sum(line["event"] == "telegram.update_not_understood" for line in lines)

    def _unanswered(self, kept: Sequence[Row[Any]], owed: Sequence[Row[Any]], said: Sequence[Row[Any]]) -> list[Wrong]:
        """Find messages of people that led to nothing: no message of ours, and no words in a case that people have."""
        answered = {row.source for row in owed}
        in_cases = Counter(
            (row.conversation_id, row.payload.get("text", "")) for row in said if row.kind in {"written", "reopened"}
        )
        wrong = []
        for row in kept:
            if row.chat.startswith("-") or row.kind in _NOBODYS or row.id in answered:
                continue
            if self._is_held_back(row):
                self.tally.held_back += 1
                continue
            self.tally.silent += 1
            said_in_case = (row.conversation_id, row.text)
            in_cases[said_in_case] -= 1
            if in_cases[said_in_case] < 0:
                wrong.append(Wrong("a message got no answer, no case and no notice, and belongs to no case", row.key))
        return wrong

    def _is_held_back(self, row: Row[Any]) -> bool:  # Any: columns of several tables
        """Tell whether a message was left without an answer by a limit that there is; how they end is no matter of a day."""
        followed, paused_until = self.intake.followed.get(row.id), (row.allowance or {}).get("paused_until")
        match followed and followed.step:
            case limiting.PAUSED:
                counts_at = min(row.sent_at or row.done_at, row.done_at)
                return paused_until is not None and counts_at < datetime.fromisoformat(paused_until)
            case limiting.BARRED:
                return row.barred_until is not None and row.done_at < row.barred_until
        return False

    def _without_card(self, made: Sequence[Made], kept: Sequence[Row[Any]], owed: Sequence[Row[Any]]) -> list[Wrong]:
        ids = {row.key: row.id for row in kept}
        cards = {row.source for row in owed if row.kind == OutgoingKind.CARD and row.state == "sent"}
        wrong = []
        for one in made:
            if one.danger is None:
                continue
            key = key_of(one)
            if ids.get(key) in cards:
                self.tally.cards[one.danger] += 1
            else:
                wrong.append(Wrong(f"no danger card for {one.danger!r}", key))
        return wrong

    async def talking(self) -> list[int]:
        """Return the chats of families that a specialist is writing with now."""
        query = (
            select(addresses.c.chat)
            .join(conversations, conversations.c.id == addresses.c.conversation_id)
            .join(cases, cases.c.id == conversations.c.talking)
            .where(cases.c.state.in_(("claimed", "answered")), ~conversations.c.blocked)
            .order_by(addresses.c.conversation_id)
        )
        async with self.intake.store.begin() as tx:
            return [int(row.chat) for row in await tx.connection.execute(query)]


def _not_added(lines: Sequence[Line], said: Sequence[Row[Any]]) -> list[Wrong]:
    """Find that words were said to be added to a case, and no case has them."""
    added = sum(line["event"] == "message.handled" and line["step"] == "added" for line in lines)
    written = sum(row.kind == "written" for row in said)
    return [Wrong(f"{added} messages were added to cases, {written} are in them")] if added > written else []

"""A danger card past the database: when nothing can be written down, whoever is in danger is still told whom to call.

Such a card has no case number and no buttons, which would need a row, and says that nobody can be alerted now. It is no
promise kept in a row: the message stays where it is, and is handled as always when the database takes something again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.actions.answering import Mind
from bot.actions.receiving import masked
from bot.content.model import DangerKind, Language
from bot.conversation import danger_notices
from bot.conversation.model import Address, Channel, Incoming, Kind, OutboxId, Outgoing
from bot.errors import NotSent, OutcomeUnknown, Refused, SlowDown
from bot.matching.evidence import Level, Writer
from bot.ports import ChannelPort, NewOutgoing, Owed, Store

log = structlog.get_logger()

REMEMBERED = 10_000
"""Messages that are known not to need a direct card any more, by their keys: what Telegram delivers again and again."""
LOOKED_AT = 500
"""Rows of each kind looked at in one turn: more than wait when a database that worked a moment ago takes nothing."""
SEND_WITHIN = timedelta(seconds=10)
"""Until the outcome of a card counts as unknown: a process that stops waits for no card longer."""
SETTLED = frozenset({"sent", "refused"})
"""Outcomes after which a card is not tried again; a card twice is better than never."""

Channels = Mapping[Channel, ChannelPort]


@dataclass(frozen=True, slots=True)
class Left:
    """A card that has arrived; `message` is the channel's id of it, by which it can be deleted."""

    key: str
    address: Address
    card: Outgoing
    message: str
    at: datetime


@dataclass
class DirectCards:
    """What this process has sent past the database; what is not written down meanwhile is forgotten with the process."""

    sent: int = 0
    last: datetime | None = None
    left: deque[Left] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """What is to be written down once the database takes something."""
    _known: dict[str, None] = field(default_factory=dict)

    def is_new(self, key: str) -> bool:
        """Tell whether a message was not yet looked at, or its card did not arrive."""
        return key not in self._known

    def remember(self, key: str) -> None:
        """Take a message as dealt with, and forget the oldest of too many."""
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def forget(self, key: str) -> None:
        """Let a message be tried again."""
        self._known.pop(key, None)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody in danger whose card does not leave, by the key of the message that tells of it."""

    key: str
    address: Address
    language: Language
    kind: DangerKind | None
    writer: Writer | None = None


def card_key(row: OutboxId) -> str:
    """Return the key by which an ordinary card is known that has arrived, and perhaps cannot be written down as sent."""
    return f"card:{row}"


async def late(
    channels: Collection[Channel], before: datetime, *, store: Store, cards: DirectCards
) -> tuple[list[Incoming], list[Alarm]]:
    """Return what has waited since `before` and is new: people's messages, and those whose danger card is owed.

    It only reads: a database that is full, locked or read-only mostly allows that. Raises StoreUnavailable.
    """
    async with store.begin() as tx:
        messages = await tx.inbox.late(channels, before, LOOKED_AT)
        owed = await tx.outbox.late_cards(channels, before, LOOKED_AT)
    alarms = [
        _alarm(key, row, who)
        for key, (row, who) in owed.items()
        if cards.is_new(key) and cards.is_new(card_key(row.id))
    ]
    return [message for message in messages if cards.is_new(message.key)], alarms


def _alarm(key: str, row: Owed, who: Writer | None) -> Alarm:
    kind = row.outgoing.buttons.danger if row.outgoing.buttons else None
    return Alarm(key, row.address, row.outgoing.language, kind, who)


def _may_tell_of_danger(message: Incoming) -> bool:
    return message.group is None and bool(message.text) and message.kind is not Kind.PRESS


async def warn(messages: Sequence[Incoming], *, mind: Mind, channels: Channels, cards: DirectCards) -> None:
    """Read messages of people for danger, and send a card for each red one that is new."""
    async with asyncio.TaskGroup() as sends:
        for message in messages:
            if not _may_tell_of_danger(message) or not cards.is_new(message.key):
                continue
            cards.remember(message.key)
            alarm = await _read(masked(message), mind)
            if alarm is not None:
                sends.create_task(send(alarm, mind=mind, channels=channels, cards=cards))


async def _read(message: Incoming, mind: Mind) -> Alarm | None:
    try:
        evidence = await asyncio.to_thread(mind.matcher.find, message.text, hint=message.hint)
    except Exception:  # one message that cannot be understood must not hold the others
        log.exception("message.not_understood")
        return None
    if evidence.danger is not Level.RED:
        return None
    return Alarm(message.key, message.address, evidence.language, evidence.danger_kind, evidence.writer)


async def send(alarm: Alarm, *, mind: Mind, channels: Channels, cards: DirectCards) -> None:
    """Send one card; where it did not arrive, or perhaps not, the same message may be tried again."""
    cards.remember(alarm.key)
    outcome = await _outcome(alarm, mind, channels, cards)
    if outcome not in SETTLED:
        cards.forget(alarm.key)
    log.warning("card.direct", outcome=outcome)


async def _outcome(alarm: Alarm, mind: Mind, channels: Channels, cards: DirectCards) -> str:
    try:
        card = danger_notices.direct_card(mind.world.voice(alarm.language), alarm.kind, alarm.writer)
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            message = await channels[alarm.address.channel].send(alarm.address, card)
    except Refused:
        return "refused"
    except (NotSent, SlowDown):
        return "not_sent"
    except (OutcomeUnknown, TimeoutError):
        return "uncertain"
    except Exception:  # a fault of ours must not end what receives messages
        log.exception("direct.failed")
        return "uncertain"
    cards.sent, cards.last = cards.sent + 1, mind.world.now
    if message is not None:
        cards.left.append(Left(alarm.key, alarm.address, card, message, mind.world.now))
    return "sent"


async def write_down(*, store: Store, cards: DirectCards) -> None:
    """Keep what has left as sent, so that it goes with the rest of a chat that is hidden. Raises StoreUnavailable.

    A card to somebody unknown waits until their message is kept.
    """
    left = list(cards.left)
    if not left:
        return
    async with store.begin() as tx:
        known = await tx.conversations.find({one.address for one in left})
        for one in left:
            if one.address in known:
                key = f"direct:{one.key}:{one.message}"
                row = NewOutgoing(key, known[one.address], one.address.channel, one.card)
                await tx.outbox.add_sent(row, one.message, one.at)
    for one in left:
        if one.address in known:
            cards.left.remove(one)

"""How much of one person is answered: so many messages at once, then one every few seconds; so many questions for people.

What is never counted, danger first, is told in `limiting.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

AT_ONCE = 15
"""Messages that are answered without a wait: an album of ten pictures, or a story told in a dozen short lines."""
AT_ONCE_IN_A_CROWD = 3
"""The same while many people wait: a question, what was forgotten in it, and thanks."""
ONE_MORE = timedelta(seconds=6)
"""The time that gives one message more: ten a minute are more than anybody reads."""
PRESS = 1 / 3
"""What a press costs: a checklist has a dozen steps, ticked one after the other, and a press is cheap to answer."""
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""How long nothing is answered: short the first time, for whoever was upset; a program that writes gets the last one."""
QUIET = timedelta(days=1)
"""So long after a pause has ended the next one is a first one again."""
MOST_OPEN = 10
"""Open questions of one person: whoever has ten waits for ten replies already, and one more topic brings none sooner."""
MOST_NEW, NEW_WITHIN = 5, timedelta(hours=1)
"""New questions of one person: each makes a topic in a group, where 20 messages a minute are all that Telegram allows."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many messages of a person are `left`, as counted at `counted_at`, and the pauses they have had.

    `pauses` counts those not yet forgotten; `paused_until` is the end of the last one, also when it has passed.
    `reminded_at` is when they were last told that a specialist has limited them.
    """

    left: float = AT_ONCE
    counted_at: datetime | None = None
    pauses: int = 0
    paused_until: datetime | None = None
    reminded_at: datetime | None = None


class Limit(StrEnum):
    """Whether a message is within limits; OVER is the one that begins a pause, PAUSED all others until it ends."""

    WITHIN = "within"
    OVER = "over"
    PAUSED = "paused"


def counted(
    allowance: Allowance, *, sent_at: datetime, now: datetime, costs: float = 1, crowded: bool = False
) -> tuple[Allowance, Limit]:
    """Count one message and tell whether it is answered.

    A message counts at the instant it was sent, so that nobody who wrote slowly is paused because we were away; a pause
    begins `now`. In a crowd a pause does not make the next one longer: it is not the person's doing.
    """
    if allowance.paused_until is not None and sent_at < allowance.paused_until:
        return allowance, Limit.PAUSED
    filled = _filled(allowance, sent_at, AT_ONCE_IN_A_CROWD if crowded else AT_ONCE)
    if filled.left >= costs:
        return replace(filled, left=filled.left - costs), Limit.WITHIN
    before = 0 if _is_forgotten(allowance, sent_at) else allowance.pauses
    until = now + PAUSES[min(before, len(PAUSES) - 1)]
    pauses = before if crowded else min(before + 1, len(PAUSES))
    return replace(filled, pauses=pauses, paused_until=until), Limit.OVER


def _filled(allowance: Allowance, at: datetime, size: float) -> Allowance:
    since = max(at - allowance.counted_at, timedelta()) if allowance.counted_at is not None else timedelta()
    left = min(size, allowance.left + since / ONE_MORE)
    return replace(allowance, left=left, counted_at=max(at, allowance.counted_at or at))


def _is_forgotten(allowance: Allowance, at: datetime) -> bool:
    return allowance.paused_until is not None and at - allowance.paused_until >= QUIET


def may_open(opened: Collection[datetime], still_open: int, now: datetime) -> bool:
    """Tell whether a person may have one more question for people; `opened` is when their earlier ones were."""
    lately = [one for one in opened if now - one < NEW_WITHIN]
    return still_open < MOST_OPEN and len(lately) < MOST_NEW

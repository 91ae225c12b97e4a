"""How many messages and questions of one person are taken, and what a pause is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.conversation.limits import (
    AT_ONCE,
    AT_ONCE_IN_A_CROWD,
    MOST_NEW,
    MOST_OPEN,
    NEW_WITHIN,
    ONE_MORE,
    PAUSES,
    PRESS,
    QUIET,
    Allowance,
    Limit,
    counted,
    may_open,
)
from tests.builders_dialogue import NOW

SECOND = timedelta(seconds=1)


def write(times: int, allowance: Allowance | None = None, at: datetime = NOW) -> tuple[Allowance, list[Limit]]:
    """Count messages that were sent at one instant."""
    limits, after = [], allowance or Allowance()
    for _ in range(times):
        after, limit = counted(after, sent_at=at, now=at)
        limits.append(limit)
    return after, limits


def pause_after(allowance: Allowance, at: datetime) -> tuple[Allowance, timedelta]:
    """Flood until a pause begins; return how long it is."""
    after, limits = write(AT_ONCE + 1, allowance, at)
    assert limits[-1] in {Limit.OVER, Limit.PAUSED}
    assert after.paused_until is not None
    return after, after.paused_until - at


def test_a_flood_is_answered_so_far_told_once_and_then_met_with_silence() -> None:
    _, limits = write(AT_ONCE + 10)

    assert limits == [Limit.WITHIN] * AT_ONCE + [Limit.OVER] + [Limit.PAUSED] * 9


def test_whoever_writes_as_slowly_as_people_read_is_never_paused() -> None:
    allowance, at = Allowance(), NOW
    for _ in range(5 * AT_ONCE):
        allowance, limit = counted(allowance, sent_at=at, now=at)
        at += ONE_MORE

        assert limit is Limit.WITHIN


def test_after_the_pause_messages_are_answered_again() -> None:
    allowance, pause = pause_after(Allowance(), NOW)

    assert write(1, allowance, NOW + pause - SECOND)[1] == [Limit.PAUSED]
    assert write(1, allowance, NOW + pause)[1] == [Limit.WITHIN]


def test_each_pause_is_longer_than_the_one_before_up_to_the_longest() -> None:
    allowance, at, seen = Allowance(), NOW, []
    for _ in range(len(PAUSES) + 2):
        allowance, pause = pause_after(allowance, at)
        seen.append(pause)
        at += pause

    assert seen == [*PAUSES, PAUSES[-1], PAUSES[-1]]


@pytest.mark.parametrize(("quiet", "pause"), [(QUIET, PAUSES[0]), (QUIET - SECOND, PAUSES[1])])
def test_a_quiet_day_makes_the_next_pause_a_first_one(quiet: timedelta, pause: timedelta) -> None:
    allowance, first = pause_after(Allowance(), NOW)

    assert pause_after(allowance, NOW + first + quiet)[1] == pause


def test_messages_that_waited_while_we_were_away_count_as_slowly_as_they_were_written() -> None:
    allowance, back = Allowance(), NOW + timedelta(hours=3)

    for n in range(3 * AT_ONCE):
        allowance, limit = counted(allowance, sent_at=NOW + n * timedelta(minutes=3), now=back)

        assert limit is Limit.WITHIN


def test_a_message_sent_in_a_pause_is_not_answered_when_its_turn_comes_later() -> None:
    allowance, pause = pause_after(Allowance(), NOW)

    later = counted(allowance, sent_at=NOW + pause - SECOND, now=NOW + 2 * pause)

    assert later == (allowance, Limit.PAUSED)


def test_a_press_costs_a_third_of_a_message() -> None:
    allowance, presses = Allowance(), 0
    while (after := counted(allowance, sent_at=NOW, now=NOW, costs=PRESS))[1] is Limit.WITHIN:
        allowance, presses = after[0], presses + 1

    assert presses in {3 * AT_ONCE - 1, 3 * AT_ONCE}


def test_in_a_crowd_less_is_answered_and_the_next_pause_is_not_longer_for_it() -> None:
    allowance, limits = Allowance(), []
    for _ in range(AT_ONCE_IN_A_CROWD + 1):
        allowance, limit = counted(allowance, sent_at=NOW, now=NOW, crowded=True)
        limits.append(limit)

    assert limits == [Limit.WITHIN] * AT_ONCE_IN_A_CROWD + [Limit.OVER]
    assert allowance.paused_until == NOW + PAUSES[0]
    assert pause_after(allowance, NOW + PAUSES[0])[1] == PAUSES[0]


@pytest.mark.parametrize(
    ("opened", "still_open", "may"),
    [
        ([NOW] * (MOST_NEW - 1), MOST_NEW - 1, True),
        ([NOW] * MOST_NEW, 0, False),
        ([NOW - NEW_WITHIN] * MOST_NEW, MOST_NEW, True),
        ([NOW - QUIET] * MOST_OPEN, MOST_OPEN - 1, True),
        ([NOW - QUIET] * MOST_OPEN, MOST_OPEN, False),
    ],
)
def test_a_person_has_so_many_open_questions_and_so_many_new_ones_in_an_hour(
    opened: list[datetime], still_open: int, *, may: bool
) -> None:
    assert may_open(opened, still_open, NOW) is may

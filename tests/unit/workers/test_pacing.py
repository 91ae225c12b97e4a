"""How fast Telegram may be written to, and the pauses it asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.model import Address, Channel, ConversationId, OutboxId, OutgoingKind
from bot.ports import Owed
from bot.workers.pacing import CHAT_PAUSE, GROUP_PER_MINUTE, PER_SECOND, URGENT, Pacer
from tests.builders_dialogue import told

MANY = 1_000


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacer(clock: Clock) -> Pacer:
    return Pacer(clock)


def to(*chats: str | int, kind: OutgoingKind = OutgoingKind.ANSWER, priority: int = 0) -> list[Owed]:
    """Return a message to each chat."""
    return [
        Owed(
            OutboxId(n),
            None,
            ConversationId(n),
            Address(Channel.TELEGRAM, str(chat)),
            told(kind=kind),
            0,
            priority=priority,
        )
        for n, chat in enumerate(chats, start=1)
    ]


def chats(rows: list[Owed]) -> list[str]:
    return [row.address.chat for row in rows]


# All chats together ---------------------------------------------------------------------------------------------------


def test_no_more_leave_in_a_second_than_telegram_takes(pacer: Pacer, clock: Clock) -> None:
    first, wait = pacer.choose(to(*range(40)), MANY)
    clock.now += 0.999
    second, _ = pacer.choose(to(*range(100, 140)), MANY)
    clock.now += 0.001
    third, _ = pacer.choose(to(*range(200, 240)), MANY)

    assert (len(first), len(second), len(third)) == (PER_SECOND, 0, PER_SECOND)
    assert wait == pytest.approx(1)


def test_no_more_leave_than_there_are_places(pacer: Pacer) -> None:
    chosen, wait = pacer.choose(to(1, 2, 3, 4), 3)

    assert chats(chosen) == ["1", "2", "3"]
    assert wait is None


def test_what_found_no_place_is_not_counted(pacer: Pacer) -> None:
    pacer.choose(to(1), 0)

    chosen, _ = pacer.choose(to(1), 1)

    assert chats(chosen) == ["1"]


def test_nothing_to_send_needs_no_wait(pacer: Pacer) -> None:
    assert pacer.choose([], MANY) == ([], None)


@given(st.lists(st.tuples(st.floats(0, 0.4), st.integers(1, 60)), max_size=30))
def test_in_no_second_whatever_more_leave_than_telegram_takes(rounds: list[tuple[float, int]]) -> None:
    clock = Clock()
    pacer, left, chat = Pacer(clock), [], 0
    for pause, wanted in rounds:
        clock.now += pause
        rows = to(*range(chat, chat + wanted))
        chat += wanted
        left += [clock.now] * len(pacer.choose(rows, MANY)[0])

    for start in left:
        assert sum(start <= at < start + 1 for at in left) <= PER_SECOND


# One chat -------------------------------------------------------------------------------------------------------------


def test_a_private_chat_gets_one_message_a_second(pacer: Pacer, clock: Clock) -> None:
    first, _ = pacer.choose(to(1), MANY)
    clock.now += CHAT_PAUSE - 0.01
    early, wait = pacer.choose(to(1), MANY)
    clock.now += 0.01
    second, _ = pacer.choose(to(1), MANY)

    assert (chats(first), early, chats(second)) == (["1"], [], ["1"])
    assert wait == pytest.approx(0.01)


def test_one_chat_that_waits_does_not_hold_others(pacer: Pacer) -> None:
    pacer.choose(to(1), MANY)

    chosen, wait = pacer.choose(to(1, 2), MANY)

    assert chats(chosen) == ["2"]
    assert wait == pytest.approx(CHAT_PAUSE)


def test_two_messages_for_one_chat_do_not_leave_together(pacer: Pacer) -> None:
    chosen, _ = pacer.choose(to(1, 1), MANY)

    assert chats(chosen) == ["1"]


def test_a_group_gets_eighteen_messages_a_minute(pacer: Pacer, clock: Clock) -> None:
    sent = 0
    for _ in range(25):
        sent += len(pacer.choose(to(-100), MANY)[0])
        clock.now += 1
    clock.now += 60 - 25 - 0.5
    before, wait = pacer.choose(to(-100), MANY)
    clock.now += 0.5
    after, _ = pacer.choose(to(-100), MANY)

    assert (sent, before, len(after)) == (GROUP_PER_MINUTE, [], 1)
    assert wait == pytest.approx(0.5)


def test_a_group_may_get_eighteen_messages_at_once(pacer: Pacer) -> None:
    chosen, wait = pacer.choose(to(*[-100] * 25, kind=OutgoingKind.DESK), MANY)

    assert len(chosen) == GROUP_PER_MINUTE
    assert wait == pytest.approx(60)


def test_danger_may_use_the_two_messages_that_are_left(pacer: Pacer, clock: Clock) -> None:
    pacer.choose(to(*[-100] * 25, kind=OutgoingKind.DESK), MANY)

    clock.now += 20
    urgent, wait = pacer.choose(to(*[-100] * 5, kind=OutgoingKind.CASE_CARD, priority=URGENT), MANY)
    clock.now += 39.5
    before, _ = pacer.choose(to(-100, kind=OutgoingKind.CASE_CARD, priority=URGENT), MANY)
    clock.now += 0.5
    after, _ = pacer.choose(to(*[-100] * 20, kind=OutgoingKind.CASE_CARD, priority=URGENT), MANY)

    assert (len(urgent), before, len(after)) == (2, [], GROUP_PER_MINUTE)
    assert wait == pytest.approx(40)


@pytest.mark.parametrize("priority", [0, URGENT - 1])
def test_what_is_not_about_danger_leaves_the_last_two_alone(pacer: Pacer, priority: int) -> None:
    pacer.choose(to(*[-100] * 18, kind=OutgoingKind.CASE_CARD, priority=URGENT), MANY)

    assert pacer.choose(to(-100, kind=OutgoingKind.CASE_CARD, priority=priority), MANY)[0] == []


def test_answers_to_presses_need_no_place_of_a_group_and_take_none(pacer: Pacer) -> None:
    pacer.choose(to(*[-100] * 25, kind=OutgoingKind.DESK), MANY)
    pacer.choose(to(*range(PER_SECOND)), MANY)

    chosen, wait = pacer.choose(to(*[-100] * 30, kind=OutgoingKind.TOAST), MANY)

    assert (len(chosen), wait) == (30, None)
    assert pacer.choose(to(-200, kind=OutgoingKind.TOAST), MANY)[0]
    assert len(pacer._groups["-100"]) == GROUP_PER_MINUTE
    assert pacer._groups["-200"] == pacer._groups["-300"]


def test_answers_to_presses_wait_for_a_pause_that_telegram_asked_for(pacer: Pacer, clock: Clock) -> None:
    pacer.slow_down("-100", 4)

    held, wait = pacer.choose(to(-100, kind=OutgoingKind.TOAST), MANY)
    clock.now += 4

    assert held == []
    assert wait == pytest.approx(4)
    assert len(pacer.choose(to(-100, kind=OutgoingKind.TOAST), MANY)[0]) == 1


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 12), st.booleans()), max_size=30))
def test_in_no_minute_whatever_a_group_gets_more_than_telegram_allows(
    rounds: list[tuple[float, int, bool]],
) -> None:
    clock = Clock()
    pacer, left = Pacer(clock), []
    for pause, wanted, urgent in rounds:
        clock.now += pause
        rows = to(*[-100] * wanted, kind=OutgoingKind.CASE_CARD, priority=URGENT if urgent else 0)
        left += [clock.now] * len(pacer.choose(rows, MANY)[0])

    for start in left:
        assert sum(start <= at < start + 60 for at in left) <= GROUP_PER_MINUTE + 2


def test_the_shortest_wait_is_told(pacer: Pacer, clock: Clock) -> None:
    pacer.choose(to(1), MANY)
    clock.now += 0.4
    pacer.choose(to(2), MANY)

    _, wait = pacer.choose(to(2, 1), MANY)

    assert wait == pytest.approx(0.6)


# Pauses that Telegram asks for ----------------------------------------------------------------------------------------


def test_a_chat_that_telegram_paused_waits_and_others_do_not(pacer: Pacer, clock: Clock) -> None:
    pacer.slow_down("1", 7)

    chosen, wait = pacer.choose(to(1, 2), MANY)
    clock.now += 7
    after, _ = pacer.choose(to(1), MANY)

    assert (chats(chosen), chats(after)) == (["2"], ["1"])
    assert wait == pytest.approx(7)


def test_two_chats_paused_at_once_pause_all(pacer: Pacer, clock: Clock) -> None:
    pacer.slow_down("1", 7)
    pacer.slow_down("2", 5)

    chosen, wait = pacer.choose(to(3), MANY)
    clock.now += 5
    after, _ = pacer.choose(to(3, 1), MANY)

    assert (chosen, chats(after)) == ([], ["3"])
    assert wait == pytest.approx(5)


def test_the_same_chat_paused_twice_pauses_nobody_else(pacer: Pacer) -> None:
    pacer.slow_down("1", 7)
    pacer.slow_down("1", 9)

    chosen, wait = pacer.choose(to(1, 2), MANY)

    assert chats(chosen) == ["2"]
    assert wait == pytest.approx(9)


def test_pauses_one_after_the_other_pause_nobody_else(pacer: Pacer, clock: Clock) -> None:
    pacer.slow_down("1", 3)
    clock.now += 3
    pacer.slow_down("2", 3)

    assert chats(pacer.choose(to(3), MANY)[0]) == ["3"]


# Danger ---------------------------------------------------------------------------------------------------------------


def test_a_card_overtakes_the_limits_we_set_ourselves(pacer: Pacer) -> None:
    pacer.choose(to(*range(PER_SECOND)), MANY)
    group = [row for _ in range(GROUP_PER_MINUTE) for row in to(-100)]
    pacer.choose(group, MANY)

    chosen, _ = pacer.choose(to(0, -100, 999, kind=OutgoingKind.CARD), MANY)

    assert chats(chosen) == ["0", "-100", "999"]


def test_a_card_counts_for_those_behind_it(pacer: Pacer) -> None:
    pacer.choose(to(1, kind=OutgoingKind.CARD), MANY)

    assert pacer.choose(to(1), MANY)[0] == []


def test_a_card_waits_for_a_pause_that_telegram_asked_for(pacer: Pacer, clock: Clock) -> None:
    pacer.slow_down("1", 2)
    pacer.slow_down("2", 3)

    chosen, wait = pacer.choose(to(1, 9, kind=OutgoingKind.CARD), MANY)
    clock.now += 3

    assert chosen == []
    assert wait == pytest.approx(3)
    assert len(pacer.choose(to(1, 9, kind=OutgoingKind.CARD), MANY)[0]) == 2


# Without pace, and without growing ------------------------------------------------------------------------------------


def test_without_pace_everything_leaves_at_once_but_for_pauses(clock: Clock) -> None:
    pacer = Pacer(clock, per_second=0, chat_pause=0)
    pacer.slow_down("7", 5)

    chosen, _ = pacer.choose(to(*[1] * 50, *[-100] * 50, 7), MANY)

    assert len(chosen) == 100


def test_chats_of_long_ago_are_forgotten(pacer: Pacer, clock: Clock) -> None:
    for n in range(2_000):
        pacer.choose(to(n), MANY)
        clock.now += 0.1

    assert len(pacer._chats) <= 10 * PER_SECOND + 1
    assert len(pacer._all) <= PER_SECOND

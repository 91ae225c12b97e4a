"""What may follow what in a case, what it makes of the case, and why the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cases import lifecycle
from bot.cases.model import (
    CHANGES_HANDS,
    SPECIALISTS_REASONS,
    Case,
    CaseState,
    CloseReason,
    Event,
    EventKind,
    MoveRefused,
    Rating,
    Refusal,
    SpecialistId,
)
from bot.cases.sla import promise_of
from bot.content.model import TeamId, TopicId
from bot.content.opening import VILNIUS
from tests.builders_dialogue import RASA, SCHOOL, SUPPORT, TOMAS, case, talking_catalogue

PROMISE = promise_of(talking_catalogue())
DAILY_LIFE = TopicId("daily-life")
"""Promised for one working day."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant in November 2026, whose 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=VILNIUS)


DUE = at(23, 17)
CLAIMED_AT, NOW, LATE = at(23, 10), at(23, 11), at(23, 16, 40)
RETURNS = at(24, 10)

WAITING = case(topic=DAILY_LIFE, due_at=DUE)
CLAIMED = replace(WAITING, state=CaseState.CLAIMED, claimed_by=RASA, return_at=RETURNS, version=2)
ANSWERED = replace(CLAIMED, state=CaseState.ANSWERED, due_at=None, return_at=None, version=3)
CLOSED = replace(
    WAITING, state=CaseState.CLOSED, due_at=None, closed_at=at(23, 10, 30), close_reason=CloseReason.HELPED, version=4
)
CASES = {"waiting": WAITING, "claimed": CLAIMED, "answered": ANSWERED, "closed": CLOSED}

Move = Callable[[Case], Event]


def moves_by(by: SpecialistId) -> dict[str, Move]:
    """Return every move that somebody can make now."""
    return {
        "claim": lambda c: lifecycle.claim(c, by, NOW, PROMISE),
        "take_over": lambda c: lifecycle.take_over(c, by, NOW, PROMISE),
        "release": lambda c: lifecycle.release(c, by, NOW, PROMISE),
        "reply": lambda c: lifecycle.reply(c, by, NOW),
        "transfer": lambda c: lifecycle.transfer(c, SCHOOL, by, NOW, PROMISE, "a school question"),
        "transfer to its own team": lambda c: lifecycle.transfer(c, SUPPORT, by, NOW, PROMISE, ""),
        "close": lambda c: lifecycle.close(c, by, NOW, CloseReason.REFERRED),
        "reopen": lambda c: lifecycle.reopen(c, NOW, PROMISE, by),
    }


ANYBODYS: dict[str, Move] = {
    "solve": lambda c: lifecycle.solve(c, NOW),
    "withdraw": lambda c: lifecycle.withdraw(c, NOW),
    "reopen by the family": lambda c: lifecycle.reopen(c, NOW, PROMISE),
    "rate": lambda c: lifecycle.rate(c, NOW, Rating.PARTLY),
    "write": lambda c: lifecycle.write(c, NOW, PROMISE),
    "give_back too early": lambda c: lifecycle.give_back(c, RETURNS - timedelta(seconds=1), PROMISE),
    "give_back in time": lambda c: lifecycle.give_back(c, RETURNS, PROMISE),
    "postpone too early": lambda c: lifecycle.postpone(c, at(23, 16, 29), PROMISE),
    "postpone in time": lambda c: lifecycle.postpone(c, at(23, 16, 30), PROMISE),
}
MOVES: dict[str, Move] = {
    **{f"{name}, Rasa": move for name, move in moves_by(RASA).items()},
    **{f"{name}, Tomas": move for name, move in moves_by(TOMAS).items()},
    **ANYBODYS,
}
OK = None
CLOSED_ALREADY, NOT_CLOSED, NOBODYS = ((x, None) for x in (Refusal.CLOSED, Refusal.NOT_CLOSED, Refusal.NOT_CLAIMED))
HERS, HERS_ALREADY = (Refusal.HAS_ANOTHER, RASA), (Refusal.YOURS_ALREADY, RASA)
SAME_TEAM, NOT_YET = (Refusal.SAME_TEAM, None), (Refusal.NOT_YET, None)

# Rasa has the claimed and the answered one.
TABLE: dict[str, tuple[tuple[Refusal, SpecialistId | None] | None, ...]] = {
    #                                waiting     claimed       answered      closed
    "claim, Rasa":                    (OK,         HERS_ALREADY, HERS_ALREADY, CLOSED_ALREADY),
    "claim, Tomas":                   (OK,         HERS,         HERS,         CLOSED_ALREADY),
    "take_over, Rasa":                (OK,         HERS_ALREADY, HERS_ALREADY, CLOSED_ALREADY),
    "take_over, Tomas":               (OK,         OK,           OK,           CLOSED_ALREADY),
    "release, Rasa":                  (NOBODYS,    OK,           OK,           CLOSED_ALREADY),
    "release, Tomas":                 (NOBODYS,    HERS,         HERS,         CLOSED_ALREADY),
    "reply, Rasa":                    (NOBODYS,    OK,           OK,           CLOSED_ALREADY),
    "reply, Tomas":                   (NOBODYS,    HERS,         HERS,         CLOSED_ALREADY),
    "transfer, Rasa":                 (OK,         OK,           OK,           CLOSED_ALREADY),
    "transfer, Tomas":                (OK,         HERS,         HERS,         CLOSED_ALREADY),
    "transfer to its own team, Rasa": (SAME_TEAM,  SAME_TEAM,    SAME_TEAM,    CLOSED_ALREADY),
    "transfer to its own team, Tomas": (SAME_TEAM, HERS,         HERS,         CLOSED_ALREADY),
    "close, Rasa":                    (NOBODYS,    OK,           OK,           CLOSED_ALREADY),
    "close, Tomas":                   (NOBODYS,    HERS,         HERS,         CLOSED_ALREADY),
    "reopen, Rasa":                   (NOT_CLOSED, NOT_CLOSED,   NOT_CLOSED,   OK),
    "reopen, Tomas":                  (NOT_CLOSED, NOT_CLOSED,   NOT_CLOSED,   OK),
    "solve":                          (OK,         OK,           OK,           CLOSED_ALREADY),
    "withdraw":                       (OK,         OK,           OK,           CLOSED_ALREADY),
    "reopen by the family":           (NOT_CLOSED, NOT_CLOSED,   NOT_CLOSED,   OK),
    "rate":                           (NOT_CLOSED, NOT_CLOSED,   NOT_CLOSED,   OK),
    "write":                          (OK,         OK,           OK,           CLOSED_ALREADY),
    "give_back too early":            (NOT_YET,    NOT_YET,      NOT_YET,      NOT_YET),
    "give_back in time":              (NOT_YET,    OK,           NOT_YET,      NOT_YET),
    "postpone too early":             (NOT_YET,    NOT_YET,      NOT_YET,      NOT_YET),
    "postpone in time":               (OK,         OK,           NOT_YET,      NOT_YET),
}  # fmt: skip
EVERY = [(name, state, outcome) for name, row in TABLE.items() for state, outcome in zip(CASES, row, strict=True)]


def test_the_table_has_every_move() -> None:
    assert TABLE.keys() == MOVES.keys()


@pytest.mark.parametrize(("name", "state"), [(name, state) for name, state, outcome in EVERY if outcome is None])
def test_a_legal_move_is_made(name: str, state: str) -> None:
    before = CASES[state]

    event = MOVES[name](before)

    assert lifecycle.after(before, event).version == before.version + 1


@pytest.mark.parametrize(
    ("name", "state", "refusal", "holder"), [(n, s, *outcome) for n, s, outcome in EVERY if outcome is not None]
)
def test_an_illegal_move_is_refused_with_the_reason_and_who_has_the_case(
    name: str, state: str, refusal: Refusal, holder: SpecialistId | None
) -> None:
    with pytest.raises(MoveRefused) as refused:
        MOVES[name](CASES[state])

    assert (refused.value.refusal, refused.value.holder) == (refusal, holder)


# What a move makes of a case ------------------------------------------------------------------------------------------


def changed(before: Case, event: Event, **expected: object) -> None:
    """Assert that an event changes these fields of a case and its version, and no others."""
    assert lifecycle.after(before, event) == replace(before, version=before.version + 1, **expected)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("move", [lifecycle.claim, lifecycle.take_over])
def test_who_takes_a_case_has_one_working_day_and_the_promise_stays(move: Callable[..., Event]) -> None:
    event = move(WAITING, RASA, NOW, PROMISE)

    assert (event.kind, event.by, event.at) == (EventKind.CLAIMED, RASA, NOW)
    changed(WAITING, event, state=CaseState.CLAIMED, claimed_by=RASA, return_at=at(24, 11))


def test_who_takes_a_case_of_danger_has_half_an_hour() -> None:
    urgent = replace(WAITING, urgent=True)

    event = lifecycle.claim(urgent, RASA, LATE, PROMISE)

    changed(urgent, event, state=CaseState.CLAIMED, claimed_by=RASA, return_at=LATE + timedelta(minutes=30))


@pytest.mark.parametrize("before", [CLAIMED, ANSWERED])
def test_a_case_taken_over_is_the_new_holders_to_answer(before: Case) -> None:
    event = lifecycle.take_over(before, TOMAS, NOW, PROMISE)

    changed(before, event, state=CaseState.CLAIMED, claimed_by=TOMAS, return_at=at(24, 11))


def test_a_released_case_waits_with_its_old_promise_while_that_can_be_kept() -> None:
    event = lifecycle.release(CLAIMED, RASA, NOW, PROMISE)

    assert event.kind is EventKind.RELEASED
    changed(CLAIMED, event, state=CaseState.WAITING, claimed_by=None, return_at=None, due_at=DUE)


@pytest.mark.parametrize(("before", "now", "due"), [(CLAIMED, LATE, at(24, 16, 40)), (ANSWERED, NOW, at(24, 11))])
def test_a_released_case_gets_a_new_promise_where_the_old_one_slips_or_was_kept(
    before: Case, now: datetime, due: datetime
) -> None:
    event = lifecycle.release(before, RASA, now, PROMISE)

    changed(before, event, state=CaseState.WAITING, claimed_by=None, return_at=None, due_at=due)


@pytest.mark.parametrize("before", [CLAIMED, ANSWERED])
def test_a_reply_keeps_the_holder_and_ends_the_promise(before: Case) -> None:
    event = lifecycle.reply(before, RASA, NOW)

    assert (event.kind, event.by) == (EventKind.REPLIED, RASA)
    changed(before, event, state=CaseState.ANSWERED, due_at=None, return_at=None)


@pytest.mark.parametrize("before", [WAITING, CLAIMED, ANSWERED])
def test_a_transferred_case_waits_in_the_other_team_with_a_promise_of_its_own(before: Case) -> None:
    event = lifecycle.transfer(before, SCHOOL, RASA, NOW, PROMISE, "a school question")

    assert (event.kind, event.team, event.reason) == (EventKind.TRANSFERRED, SCHOOL, "a school question")
    waiting = {"state": CaseState.WAITING, "claimed_by": None, "return_at": None}
    changed(before, event, **waiting, team=SCHOOL, due_at=at(24, 11))


@pytest.mark.parametrize("before", [CLAIMED, ANSWERED])
@pytest.mark.parametrize("reason", SPECIALISTS_REASONS)
def test_a_closed_case_is_nobodys_and_promises_nothing(before: Case, reason: CloseReason) -> None:
    event = lifecycle.close(before, RASA, NOW, reason)

    assert (event.kind, event.by) == (EventKind.CLOSED, RASA)
    ended = {"state": CaseState.CLOSED, "claimed_by": None, "return_at": None, "due_at": None}
    changed(before, event, **ended, closed_at=NOW, close_reason=reason)


@pytest.mark.parametrize("before", [WAITING, CLAIMED, ANSWERED])
@pytest.mark.parametrize(
    ("move", "kind", "reason", "rating"),
    [
        (lifecycle.solve, EventKind.SOLVED, CloseReason.SOLVED, Rating.YES),
        (lifecycle.withdraw, EventKind.WITHDRAWN, CloseReason.WITHDRAWN, ""),
    ],
)
def test_a_family_can_end_its_case_whoever_has_it(
    before: Case, move: Callable[[Case, datetime], Event], kind: EventKind, reason: CloseReason, rating: str
) -> None:
    event = move(before, NOW)

    assert (event.kind, event.by) == (kind, None)
    ended = {"state": CaseState.CLOSED, "claimed_by": None, "return_at": None, "due_at": None}
    changed(before, event, **ended, closed_at=NOW, close_reason=reason, rating=rating)


def test_a_reopened_case_waits_for_whoever_is_free_with_a_new_promise() -> None:
    event = lifecycle.reopen(CLOSED, NOW, PROMISE)

    assert (event.kind, event.by) == (EventKind.REOPENED, None)
    changed(CLOSED, event, state=CaseState.WAITING, due_at=at(24, 11), closed_at=None, close_reason="")


@pytest.mark.parametrize("rating", Rating)
def test_a_rating_changes_nothing_else(rating: Rating) -> None:
    changed(CLOSED, lifecycle.rate(CLOSED, NOW, rating), rating=rating)


def test_a_new_end_of_a_reopened_case_has_no_rating_yet() -> None:
    rated = replace(CLAIMED, rating=Rating.NO)

    assert lifecycle.after(rated, lifecycle.close(rated, RASA, NOW, CloseReason.HELPED)).rating == ""


@pytest.mark.parametrize("before", [WAITING, CLAIMED])
def test_words_for_an_open_case_change_nothing_while_it_is_the_specialists_turn(before: Case) -> None:
    changed(before, lifecycle.write(before, NOW, PROMISE))


def test_words_for_an_answered_case_make_it_its_holders_turn_again() -> None:
    event = lifecycle.write(ANSWERED, NOW, PROMISE)

    assert (event.kind, event.by) == (EventKind.WRITTEN, None)
    changed(ANSWERED, event, state=CaseState.CLAIMED, return_at=at(24, 11))


@pytest.mark.parametrize(
    ("now", "due", "promised"),
    [(RETURNS, at(26, 12), at(26, 12)), (RETURNS, DUE, at(25, 10)), (at(26, 9), DUE, at(26, 17))],
)
def test_a_case_given_back_waits_with_a_promise_that_can_be_kept(
    now: datetime, due: datetime, promised: datetime
) -> None:
    before = replace(CLAIMED, due_at=due)

    event = lifecycle.give_back(before, now, PROMISE)

    assert (event.kind, event.by) == (EventKind.RETURNED, None)
    changed(before, event, state=CaseState.WAITING, claimed_by=None, return_at=None, due_at=promised)


@pytest.mark.parametrize("before", [WAITING, CLAIMED])
@pytest.mark.parametrize(("now", "due"), [(LATE, at(24, 17)), (DUE, at(24, 17)), (at(25, 10), at(26, 10))])
def test_a_postponed_promise_is_counted_from_its_end_or_from_now_and_nobody_loses_the_case(
    before: Case, now: datetime, due: datetime
) -> None:
    event = lifecycle.postpone(before, now, PROMISE)

    assert event.kind is EventKind.POSTPONED
    changed(before, event, due_at=due)


def test_a_promise_just_postponed_is_not_postponed_again() -> None:
    later = lifecycle.after(WAITING, lifecycle.postpone(WAITING, LATE, PROMISE))

    with pytest.raises(MoveRefused):
        lifecycle.postpone(later, LATE, PROMISE)


def test_work_without_a_reply_keeps_a_case_with_its_holder() -> None:
    assert lifecycle.touch(CLAIMED, RASA, at(24, 9, 30), PROMISE) == at(25, 9, 30)


@pytest.mark.parametrize(("before", "by"), [(CLAIMED, TOMAS), (WAITING, RASA), (ANSWERED, RASA), (CLOSED, RASA)])
def test_a_note_of_somebody_else_or_out_of_turn_moves_no_limit(before: Case, by: SpecialistId) -> None:
    assert lifecycle.touch(before, by, at(24, 9), PROMISE) == before.return_at


@pytest.mark.parametrize("state", CASES)
def test_a_reply_can_be_corrected_at_any_time_and_nothing_else_changes(state: str) -> None:
    event = lifecycle.correct(RASA, NOW)

    assert (event.kind, event.by) == (EventKind.CORRECTED, RASA)
    changed(CASES[state], event)


@pytest.mark.parametrize(
    "kind",
    [
        EventKind.DANGER_OVER,
        EventKind.UNREACHABLE,
        EventKind.REACHABLE,
        EventKind.OPENED,
        EventKind.BARRED,
        EventKind.UNBARRED,
    ],
)
def test_what_is_only_written_down_changes_nothing(kind: EventKind) -> None:
    changed(CLAIMED, Event(kind, NOW))


# Danger ---------------------------------------------------------------------------------------------------------------


def test_words_of_danger_make_a_case_urgent() -> None:
    changed(CLAIMED, Event(EventKind.RAISED, NOW, reason="red"), urgent=True)


def test_words_that_may_be_danger_do_not_make_a_case_urgent() -> None:
    changed(CLAIMED, Event(EventKind.RAISED, NOW, reason="amber"))


@pytest.mark.parametrize(
    ("before", "level", "kind"),
    [("none", "amber", "raised"), ("none", "red", "raised"), ("red", "amber", "lowered"), ("amber", "none", "lowered")],
)
def test_a_level_that_a_specialist_sets_rises_or_falls_from_what_it_was(before: str, level: str, kind: str) -> None:
    event = lifecycle.set_level(WAITING, before, level, RASA, NOW, PROMISE)

    assert (event.kind, event.by, event.reason) == (kind, RASA, level)
    changed(replace(WAITING, urgent=before == "red"), event, urgent=level == "red")


def test_who_has_a_case_that_becomes_urgent_has_half_an_hour_from_then() -> None:
    changed(
        CLAIMED,
        lifecycle.set_level(CLAIMED, "none", "red", TOMAS, NOW, PROMISE),
        urgent=True,
        return_at=NOW + timedelta(minutes=30),
    )


def test_who_has_a_case_that_is_no_longer_urgent_has_a_working_day_from_then() -> None:
    soon = replace(CLAIMED, urgent=True, return_at=NOW + timedelta(minutes=1))

    changed(soon, lifecycle.set_level(soon, "red", "amber", RASA, NOW, PROMISE), urgent=False, return_at=at(24, 11))


def test_a_level_that_is_not_about_urgency_gives_nobody_more_time() -> None:
    changed(CLAIMED, lifecycle.set_level(CLAIMED, "none", "amber", RASA, NOW, PROMISE))


# History --------------------------------------------------------------------------------------------------------------


def test_all_events_in_order_rebuild_the_case() -> None:
    story: list[Move] = [
        lambda c: lifecycle.claim(c, RASA, CLAIMED_AT, PROMISE),
        lambda c: lifecycle.write(c, NOW, PROMISE),
        lambda c: lifecycle.reply(c, RASA, at(23, 12)),
        lambda c: lifecycle.write(c, at(24, 9), PROMISE),
        lambda c: lifecycle.take_over(c, TOMAS, at(24, 10), PROMISE),
        lambda c: lifecycle.transfer(c, SCHOOL, TOMAS, at(24, 11), PROMISE, "theirs"),
        lambda c: lifecycle.postpone(c, at(25, 10, 45), PROMISE),
        lambda c: lifecycle.claim(c, RASA, at(25, 12), PROMISE),
        lambda c: lifecycle.give_back(c, at(26, 12), PROMISE),
        lambda c: lifecycle.claim(c, TOMAS, at(26, 13), PROMISE),
        lambda c: lifecycle.release(c, TOMAS, at(26, 14), PROMISE),
        lambda c: lifecycle.claim(c, TOMAS, at(26, 15), PROMISE),
        lambda c: lifecycle.close(c, TOMAS, at(26, 16), CloseReason.HELPED),
        lambda c: lifecycle.rate(c, at(27, 9), Rating.NO),
        lambda c: lifecycle.reopen(c, at(27, 9), PROMISE),
        lambda c: lifecycle.solve(c, at(27, 10)),
    ]
    now, events = WAITING, []
    for move in story:
        events.append(move(now))
        now = lifecycle.after(now, events[-1])

    rebuilt = WAITING
    for event in events:
        rebuilt = lifecycle.after(rebuilt, event)

    assert rebuilt == now
    assert (now.state, now.team, now.rating, now.version) == (CaseState.CLOSED, SCHOOL, Rating.YES, 17)
    assert (now.close_reason, now.closed_at) == (CloseReason.SOLVED, at(27, 10))


def test_an_event_of_another_zone_means_the_same_instant() -> None:
    there = lifecycle.claim(WAITING, RASA, NOW.astimezone(UTC), PROMISE)

    assert lifecycle.after(WAITING, there) == lifecycle.after(WAITING, lifecycle.claim(WAITING, RASA, NOW, PROMISE))


def test_exactly_the_events_after_which_somebody_else_must_act_or_later_change_hands() -> None:
    def turn(c: Case) -> tuple[object, ...]:
        return (c.claimed_by, c.team, c.is_open)

    moved = {
        event.kind
        for state, before in CASES.items()
        for name, move in MOVES.items()
        if TABLE[name][list(CASES).index(state)] is None
        for event in [move(before)]
        if turn(before) != turn(lifecycle.after(before, event))
    }

    assert moved | {EventKind.POSTPONED} == CHANGES_HANDS


def test_a_team_that_content_no_longer_has_can_be_left() -> None:
    homeless = replace(WAITING, team=TeamId("gone"))

    assert lifecycle.after(homeless, lifecycle.transfer(homeless, SCHOOL, RASA, NOW, PROMISE, "")).team == SCHOOL

"""Whatever three specialists, a family and the clock do to a case: it is somebody's turn, and its history rebuilds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

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
from bot.cases.sla import CLOSES, OPENS, is_working_day, promise_of, working_end
from bot.content.model import MAIN_LANGUAGES
from bot.content.opening import VILNIUS
from bot.conversation import case_notices
from bot.conversation.case_notices import Moved
from bot.conversation.model import Outgoing, OutgoingKind
from tests.builders_dialogue import IEVA, RASA, SCHOOL, SUPPORT, TOMAS, case, talking_catalogue, words_of, world

PROMISE = promise_of(talking_catalogue())
SPECIALISTS = st.sampled_from([RASA, TOMAS, IEVA])
TEAMS = st.sampled_from([SUPPORT, SCHOOL])
TOPICS = st.sampled_from([None, *talking_catalogue().topics])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  given by timezones
PAUSES = st.sampled_from([1, 20, 40, 8 * 60, 24 * 60, 4 * 24 * 60]).map(lambda minutes: timedelta(minutes=minutes))
VOICES = {language: world().voice(language) for language in MAIN_LANGUAGES}


def told_of(event: Event, after: Case) -> list[Outgoing]:
    """Return what the family is told of an event in each language, as every action does it."""
    if event.kind not in CHANGES_HANDS:
        return []
    moved = Moved(event.kind, after.id, after.number, after.team, "Rasa", after.due_at, event.reason)
    return [case_notices.moved(v, moved) for v in VOICES.values()]


class Life(RuleBasedStateMachine):
    """One case."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = self.case = case()
        self.now = self.opened.opened_at
        self.events: list[Event] = []

    @initialize(at=INSTANTS, topic=TOPICS, urgent=st.booleans())
    def open(self, *, at: datetime, topic: object, urgent: bool) -> None:
        due_at = PROMISE.due_at(topic, at)  # type: ignore[arg-type]  # one of the topics
        self.now = at
        self.opened = self.case = case(opened_at=at, topic=topic, urgent=urgent, due_at=due_at)

    @rule(pause=PAUSES)
    def wait(self, pause: timedelta) -> None:
        self.now += pause

    @rule(by=SPECIALISTS)
    def claim(self, by: SpecialistId) -> None:
        before = self.case

        if self.do(lambda: lifecycle.claim(self.case, by, self.now, PROMISE)):
            assert before.state is CaseState.WAITING
            assert self.case.claimed_by == by
            assert self.case.due_at == before.due_at

    @rule(by=SPECIALISTS)
    def take_over(self, by: SpecialistId) -> None:
        before = self.case

        if self.do(lambda: lifecycle.take_over(self.case, by, self.now, PROMISE)):
            assert before.claimed_by != by
            assert self.case.claimed_by == by

    @rule(by=SPECIALISTS)
    def release(self, by: SpecialistId) -> None:
        if self.do(lambda: lifecycle.release(self.case, by, self.now, PROMISE), mine=by):
            self.waits_with_a_promise_that_can_be_kept()

    @rule(by=SPECIALISTS)
    def reply(self, by: SpecialistId) -> None:
        if self.do(lambda: lifecycle.reply(self.case, by, self.now), mine=by):
            assert (self.case.state, self.case.claimed_by) == (CaseState.ANSWERED, by)

    @rule(by=SPECIALISTS, to=TEAMS)
    def transfer(self, by: SpecialistId, to: object) -> None:
        before = self.case

        if self.do(lambda: lifecycle.transfer(self.case, to, by, self.now, PROMISE, "theirs")):  # type: ignore[arg-type]  # a team
            assert before.claimed_by in {None, by}
            assert before.team != self.case.team == to
            self.waits_with_a_promise_that_can_be_kept()

    @rule(by=SPECIALISTS, reason=st.sampled_from(SPECIALISTS_REASONS))
    def close(self, by: SpecialistId, reason: CloseReason) -> None:
        if self.do(lambda: lifecycle.close(self.case, by, self.now, reason), mine=by):
            assert (self.case.close_reason, self.case.closed_at) == (reason, self.now)

    @rule()
    def solve(self) -> None:
        if self.do(lambda: lifecycle.solve(self.case, self.now)):
            assert (self.case.close_reason, self.case.rating) == (CloseReason.SOLVED, Rating.YES)

    @rule()
    def withdraw(self) -> None:
        if self.do(lambda: lifecycle.withdraw(self.case, self.now)):
            assert self.case.close_reason == CloseReason.WITHDRAWN

    @rule(by=st.none() | SPECIALISTS)
    def reopen(self, by: SpecialistId | None) -> None:
        if self.do(lambda: lifecycle.reopen(self.case, self.now, PROMISE, by)):
            self.waits_with_a_promise_that_can_be_kept()

    @rule(rating=st.sampled_from(Rating))
    def rate(self, rating: Rating) -> None:
        if self.do(lambda: lifecycle.rate(self.case, self.now, rating)):
            assert self.case.rating == rating

    @rule()
    def write(self) -> None:
        before = self.case

        if self.do(lambda: lifecycle.write(self.case, self.now, PROMISE)):
            assert self.case.state is not CaseState.ANSWERED
            assert self.case.claimed_by == before.claimed_by

    @rule(by=SPECIALISTS)
    def correct(self, by: SpecialistId) -> None:
        assert self.do(lambda: lifecycle.correct(by, self.now))

    @rule()
    def give_back(self) -> None:
        before = self.case

        if self.do(lambda: lifecycle.give_back(self.case, self.now, PROMISE)):
            assert before.state is CaseState.CLAIMED
            assert before.return_at is not None
            assert before.return_at <= self.now
            self.waits_with_a_promise_that_can_be_kept()

    @rule()
    def postpone(self) -> None:
        before = self.case

        if self.do(lambda: lifecycle.postpone(self.case, self.now, PROMISE)):
            assert before.due_at is not None
            assert self.case.due_at is not None
            assert self.case.due_at > max(before.due_at, self.now)
            assert (self.case.state, self.case.claimed_by) == (before.state, before.claimed_by)

    @rule()
    def come_around(self) -> None:
        """Do what the clock does, as often as it likes: it comes to an end."""
        for _ in range(3):
            self.give_back()
            self.postpone()
        assert self.case.due_at is None or self.now < PROMISE.warn_at(self.case.due_at)
        assert self.case.return_at is None or self.case.state is not CaseState.CLAIMED or self.now < self.case.return_at

    def do(self, move: Callable[[], Event], *, mine: SpecialistId | None = None) -> bool:
        """Make a move; tell whether it was made. One that is refused changes nothing."""
        before = self.case
        try:
            event = move()
        except MoveRefused as refused:
            self.was_refused(refused.refusal, refused.holder)
            return False
        assert mine is None or before.claimed_by == mine
        assert event.at >= before.opened_at
        self.events.append(event)
        self.case = lifecycle.after(before, event)
        assert self.case.version == before.version + 1
        told = told_of(event, self.case)
        assert len(told) == (len(MAIN_LANGUAGES) if self.somebody_else_must_act(before, event) else 0)
        assert all(self.case.number in words_of(one) for one in told)
        return True

    def was_refused(self, refusal: Refusal, holder: SpecialistId | None) -> None:
        named = refusal in {Refusal.HAS_ANOTHER, Refusal.YOURS_ALREADY}
        assert holder == (self.case.claimed_by if named else None)
        assert (holder is not None) == named

    def somebody_else_must_act(self, before: Case, event: Event) -> bool:
        """Tell whether the family has to know: another holder, team or end, or another promise without a reply."""
        now = self.case
        turn = (before.claimed_by, before.team, before.is_open) != (now.claimed_by, now.team, now.is_open)
        later = before.due_at != now.due_at and event.kind is not EventKind.REPLIED
        return turn or later

    def waits_with_a_promise_that_can_be_kept(self) -> None:
        assert self.case.state is CaseState.WAITING
        assert self.case.due_at is not None
        assert self.now < PROMISE.warn_at(self.case.due_at)

    @invariant()
    def each_state_has_what_it_needs_and_nothing_else(self) -> None:
        now = self.case
        held = now.state in {CaseState.CLAIMED, CaseState.ANSWERED}
        assert (now.claimed_by is not None) == held
        assert (now.return_at is not None) == (now.state is CaseState.CLAIMED)
        assert (now.closed_at is not None) == (now.state is CaseState.CLOSED) == bool(now.close_reason)
        if now.state is CaseState.WAITING:
            assert now.due_at is not None
        if now.state in {CaseState.CLOSED, CaseState.ANSWERED}:
            assert now.due_at is None

    @invariant()
    def the_history_rebuilds_the_case(self) -> None:
        rebuilt = self.opened
        for event in self.events:
            rebuilt = lifecycle.after(rebuilt, event)
        assert rebuilt == self.case
        assert self.case.version == self.opened.version + len(self.events)


Life.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestLife = Life.TestCase


# One message for each change of hands ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EventKind)
@given(
    team=TEAMS,
    alias=st.text(max_size=40),
    due_at=st.none() | INSTANTS,
    reason=st.sampled_from(["", *CloseReason]),
    number=st.from_regex(r"\A[1-9]\d{0,9}[A-Z]\Z"),
)
def test_an_event_has_one_message_with_its_number_in_every_language_if_it_changes_hands_and_else_none(
    kind: EventKind, team: object, alias: str, due_at: datetime | None, reason: str, number: str
) -> None:
    after = case(team=team, number=number, due_at=due_at)

    told = told_of(Event(kind, after.opened_at, reason=reason), after)

    assert len(told) == (len(MAIN_LANGUAGES) if kind in CHANGES_HANDS else 0)
    assert {one.language for one in told} <= set(MAIN_LANGUAGES)
    for one, v in zip(told, VOICES.values(), strict=bool(told)):
        moved = case_notices.moved(v, Moved(kind, after.id, number, after.team, alias, due_at, reason))
        assert number in words_of(one)
        assert number in words_of(moved)
        assert (moved.kind, moved.edits) == (OutgoingKind.CASE, None)
        assert all(line.text.strip() for line in moved.lines)


# Promised times -------------------------------------------------------------------------------------------------------

LENGTHS = st.integers(1, 80 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(start=INSTANTS, length=LENGTHS)
def test_a_promise_ends_while_people_work_and_not_before_its_time(start: datetime, length: timedelta) -> None:
    end = working_end(start, length)

    assert is_working_day(end.date())
    assert OPENS < end.time() <= CLOSES
    assert end.tzinfo is VILNIUS
    assert end - start >= length - timedelta(hours=1)  # clocks go forward once a year


@given(start=INSTANTS, one=LENGTHS, other=LENGTHS)
def test_two_lengths_after_each_other_are_their_sum(start: datetime, one: timedelta, other: timedelta) -> None:
    assert working_end(working_end(start, one), other) == working_end(start, one + other)


@given(first=INSTANTS, second=INSTANTS, length=LENGTHS)
def test_who_asks_earlier_is_not_promised_later(first: datetime, second: datetime, length: timedelta) -> None:
    earlier, later = sorted((first, second))

    assert working_end(earlier, length) <= working_end(later, length)

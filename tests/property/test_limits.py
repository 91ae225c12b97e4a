"""Whatever somebody writes and presses and specialists order, danger gets its card, and limits stay what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions.answering import _latest
from bot.cases.model import CaseId, CaseState
from bot.conversation.dialogue import respond
from bot.conversation.limits import AT_ONCE, QUIET, Allowance, Limit, counted
from bot.conversation.model import Addition, Conversation, Effects, InboxId, Kind, OpenCase, OutgoingKind, Verb
from bot.conversation.numbers import case_number
from bot.matching.evidence import Evidence, Level
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    NOW,
    RED,
    conversation,
    pressed,
    seen,
    world,
    wrote,
)

WORDS: dict[str, Evidence] = {
    "known": seen((BENEFIT, 0.95)),
    "unknown": seen(),
    "person": seen(wants_human=True),
    "perhaps danger": seen(**AMBER),
    "danger": seen(**RED),
}
HAPPENINGS = st.sampled_from([
    *WORDS, *WORDS, "press", "picture", "wait", "wait long", "crowd", "bar", "unbar", "claim", "release", "reply", "close",
])  # fmt: skip


class Person:
    """Somebody, with all that a store would remember of them."""

    def __init__(self) -> None:
        self.now, self.number, self.crowded = NOW, 0, False
        self.known: Conversation = conversation()

    def meets(self, happening: str) -> None:
        match happening:
            case "wait" | "wait long":
                self.now += timedelta(minutes=1) if happening == "wait" else timedelta(hours=25)
            case "crowd":
                self.crowded = not self.crowded
            case "bar":
                self.known = replace(self.known, barred_until=self.now + timedelta(days=7))
            case "unbar":
                self.known = replace(self.known, barred_until=None)
            case "claim" | "release" | "reply":
                self.in_hands(happening)
            case "close":
                left = self.known.open_cases[:-1]
                self.known = replace(self.known, open_cases=left, talking=None, awaiting=None)
            case "press" | "picture":
                self.remember(self.does(happening))
            case _:
                self.says(happening)

    def in_hands(self, happening: str) -> None:
        """Let somebody take, give back or answer the newest case."""
        if not self.known.open_cases:
            return
        *others, newest = self.known.open_cases
        state = {"claim": CaseState.CLAIMED, "release": CaseState.WAITING, "reply": CaseState.ANSWERED}[happening]
        talking = newest.id if happening == "reply" else self.known.talking
        cases = (*others, replace(newest, state=state))
        self.known = replace(self.known, open_cases=cases, talking=talking)

    def does(self, happening: str) -> Effects:
        self.number += 1
        w, number = replace(world(now=self.now), crowded=self.crowded), InboxId(self.number)
        if happening == "press":
            buttons = self.known.latest_buttons
            return respond(pressed(buttons, Verb.PERSON, person=self.known, number=number), w)
        if happening == "picture":
            return respond(wrote("", None, self.known, number=number, kind=Kind.PHOTO), w)
        one = wrote(happening, WORDS[happening], self.known, number=number)
        return respond(replace(one, incoming=replace(one.incoming, at=self.now)), w)

    def says(self, words: str) -> None:
        before, effects = self.known, self.does(words)
        if WORDS[words].danger is Level.RED:
            assert effects.outgoing[0].kind is OutgoingKind.CARD
            assert effects.case is not None
            assert effects.case.danger is Level.RED
        if WORDS[words].danger is Level.AMBER:
            marked = effects.case is not None or bool(effects.outgoing) or "amber" in {x.step for x in effects.counts}
            assert marked or any(isinstance(x, Addition) and x.danger is Level.AMBER for x in effects.moves)
        talking = before.open_case(before.talking)
        if talking is not None and talking.in_hand and talking.urgent:
            assert effects.case or effects.moves or effects.step == "answer", "words about danger in hand were hidden"
        self.remember(effects)

    def remember(self, effects: Effects) -> None:
        known = effects.conversation
        if effects.case is not None:
            one, number = effects.case, InboxId(self.number)
            opened = OpenCase(
                CaseId(1000 + number), case_number(number), one.topic, CaseState.WAITING, one.question, self.now,
                urgent=one.danger is Level.RED,
            )  # fmt: skip
            known = replace(known, open_cases=(*known.open_cases, opened))
        self.known = replace(known, latest_buttons=_latest(known, effects.outgoing))
        assert 0 <= self.known.allowance.left <= AT_ONCE


@given(st.lists(HAPPENINGS, max_size=60))
@settings(max_examples=150)
def test_danger_gets_its_card_whatever_came_before(happenings: list[str]) -> None:
    person = Person()
    for happening in happenings:
        person.meets(happening)

    person.says("danger")


MESSAGES = st.lists(
    st.tuples(st.timedeltas(timedelta(), timedelta(hours=30)), st.sampled_from([1.0, 1 / 3]), st.booleans())
    | st.tuples(st.just(timedelta()), st.just(1.0), st.just(value=False)),
    max_size=200,
)


@given(MESSAGES)
def test_an_allowance_never_grows_beyond_its_size_and_pauses_never_shrink_within_a_day(
    messages: list[tuple[timedelta, float, bool]],
) -> None:
    allowance, at = Allowance(), NOW
    pause, ended = timedelta(), NOW
    for later, costs, crowded in messages:
        at += later
        allowance, limit = counted(allowance, sent_at=at, now=at, costs=costs, crowded=crowded)

        assert 0 <= allowance.left <= AT_ONCE
        if limit is Limit.OVER:
            assert allowance.paused_until is not None
            length = allowance.paused_until - at
            assert length >= pause or at - ended >= QUIET
            pause, ended = length, allowance.paused_until

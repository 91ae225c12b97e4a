"""What presses teach, and what is done differently until they have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.actions.answering import Mind, answer_ready
from bot.actions.receiving import receive
from bot.content.model import EntryId, Language
from bot.conversation.decide import CAUTIOUS_POLICY, ENOUGH_VERDICTS
from bot.conversation.model import ButtonSet, Kind, Outgoing, OutgoingKind, Press, Verb, VerdictSource
from bot.errors import StoreUnavailable
from bot.matching.evidence import Candidate, Evidence
from bot.matching.find import Matcher
from bot.matching.index import ALGORITHM
from bot.ports import KeptVerdict
from bot.storage.codec import OUTGOING
from bot.storage.codec import load as loaded
from bot.storage.tables import cases, counts, inbox, outbox, verdicts
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN, UK
from tests.builders_dialogue import BENEFIT, COURSES, KINDERGARTEN, NOW, RED, RENT, seen, world
from tests.builders_store import Watch, all_rows, break_off, incoming, opened

Events = list[MutableMapping[str, Any]]  # Any: log fields are anything

KNOWN, UNSURE, LIKELY = "a place in a kindergarten", "child and school", "courses perhaps"
SIGNALS = (0.5, -0.25, 1.0)


def candidate(entry: EntryId, p: float) -> Candidate:
    return Candidate(entry, p, (p, *SIGNALS))


MEANINGS = {
    KNOWN: replace(seen(), candidates=(candidate(KINDERGARTEN, 0.95), candidate(COURSES, 0.3))),
    UNSURE: replace(seen(), candidates=(candidate(KINDERGARTEN, 0.3), candidate(COURSES, 0.2), candidate(RENT, 0.1))),
    LIKELY: replace(seen(), candidates=(candidate(COURSES, 0.7), candidate(RENT, 0.2))),
    "he beats me": seen(**RED),
}


class Seeing(Matcher):
    """Sees in words what a test says, and who asked for it outside of the event loop."""

    encoder_id = "a-model"

    def __init__(self) -> None:
        self.meanings = dict(MEANINGS)
        self.asked: list[str] = []
        self.broken = False

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        del chosen, hint
        self.asked.append(text)
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        if self.broken:
            raise ValueError(text)
        return self.meanings[text]


class Room:
    """One family, and a bot that answers it."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock, self.matcher = store, Watch(), Seeing()
        self.mind = Mind(self.matcher, world())
        self._written = 0

    async def write(self, words: str, **changes: Any) -> None:  # Any: fields of the message
        self._written += 1
        await receive([incoming(f"in:{self._written}", text=words, **changes)], store=self.store, clock=self.clock)
        await answer_ready(store=self.store, mind=self.mind, clock=self.clock)

    async def press(self, verb: Verb, choice: int = 0) -> None:
        """Press below the latest message that has this button."""
        sets = [one.buttons for one in await self.owed() if one.buttons and _has(one.buttons, verb)]
        await self.write("", kind=Kind.PRESS, press=Press(verb.value, sets[-1].token, choice, "900"))

    async def owed(self) -> list[Outgoing]:
        return [loaded(OUTGOING, row["payload"]) for row in await all_rows(self.store, outbox)]

    async def kinds(self) -> list[OutgoingKind]:
        return [one.kind for one in await self.owed() if one.kind not in {OutgoingKind.NOTICE, OutgoingKind.EDIT}]

    async def told(self) -> dict[str, tuple[str, bool]]:
        rows = await all_rows(self.store, verdicts)
        return {row["entry_id"]: (row["source"], row["is_right"]) for row in rows}

    async def teach(self, number: int) -> None:
        """Keep verdicts as earlier families left them."""
        old = KeptVerdict(None, UK, RENT, VerdictSource.HELPED, True, 0.9, (), "", "0", date(2026, 1, 1))  # noqa: FBT003
        async with self.store.begin() as tx:
            await tx.verdicts.add([old] * number)


def _has(buttons: ButtonSet, verb: Verb) -> bool:
    return any(button.verb is verb for row in buttons.rows for button in row)


@pytest.fixture(autouse=True)
def events() -> Iterator[Events]:
    with capture_logs() as events:
        yield events


@pytest_asyncio.fixture
async def room() -> AsyncIterator[Room]:
    async with opened() as store:
        yield Room(store)


# Verdicts -------------------------------------------------------------------------------------------------------------


async def test_a_press_leaves_what_matching_sees_in_the_kept_question(room: Room) -> None:
    await room.write(KNOWN)
    room.clock.forward(timedelta(days=2))
    room.matcher.meanings[KNOWN] = replace(MEANINGS[KNOWN], candidates=(candidate(KINDERGARTEN, 0.8),))

    await room.press(Verb.HELPED)

    (row,) = await all_rows(room.store, verdicts)
    assert {name: row[name] for name in row if name != "id"} == {
        "question": 1,
        "language": EN,
        "entry_id": KINDERGARTEN,
        "source": "helped",
        "is_right": True,
        "p": 0.8,
        "signals": [0.8, *SIGNALS],
        "encoder_id": "a-model",
        "algorithm": ALGORITHM,
        "day": (NOW + timedelta(days=2)).date(),
    }
    assert room.matcher.asked == [KNOWN, KNOWN]


async def test_a_choice_leaves_a_verdict_on_each_that_was_asked_about(room: Room) -> None:
    await room.write(UNSURE)

    await room.press(Verb.CHOICE, 1)

    assert await room.told() == {
        KINDERGARTEN: ("choice", False),
        COURSES: ("choice", True),
        RENT: ("choice", False),
    }


async def test_a_word_in_place_of_a_press_counts_as_well(room: Room) -> None:
    room.matcher.meanings["2"] = seen()
    await room.write(UNSURE)

    await room.write("2")

    assert (await room.told())[COURSES] == ("choice", True)


async def test_a_press_that_comes_twice_counts_once(room: Room) -> None:
    await room.write(KNOWN)
    await room.press(Verb.HELPED)
    await room.press(Verb.HELPED)

    assert len(await all_rows(room.store, verdicts)) == 1
    assert room.matcher.asked == [KNOWN, KNOWN]


async def test_the_way_from_a_choice_to_what_helped_is_told_entry_by_entry(room: Room) -> None:
    await room.write(UNSURE)
    await room.press(Verb.CHOICE, 0)
    await room.press(Verb.NOT_THIS)
    await room.press(Verb.HELPED)

    assert await room.told() == {
        KINDERGARTEN: ("not_helped", False),
        COURSES: ("helped", True),
        RENT: ("choice", False),
    }
    async with room.store.begin() as tx:
        (missed,) = await tx.verdicts.missed()
    assert (missed.text, missed.wrong, missed.right) == (UNSURE, (KINDERGARTEN,), COURSES)


async def test_where_the_words_are_gone_there_is_no_verdict_and_the_press_is_obeyed(room: Room) -> None:
    await room.write(KNOWN)
    async with room.store.begin() as tx:
        await tx.inbox.prune(NOW + timedelta(days=40))

    await room.press(Verb.NOT_THIS)

    assert await all_rows(room.store, verdicts) == []
    assert (await room.kinds())[-1] is OutgoingKind.ANSWER


async def test_an_entry_that_is_no_longer_found_has_a_verdict_without_signals(room: Room) -> None:
    await room.write(KNOWN)
    room.matcher.meanings[KNOWN] = seen((BENEFIT, 0.4))

    await room.press(Verb.NOT_THIS)

    (row,) = await all_rows(room.store, verdicts)
    assert (row["entry_id"], row["p"], row["signals"]) == (KINDERGARTEN, None, [])


async def test_a_fault_of_matching_costs_the_verdict_only(room: Room, events: Events) -> None:
    await room.write(KNOWN)
    room.matcher.broken = True

    await room.press(Verb.NOT_THIS)

    assert await all_rows(room.store, verdicts) == []
    assert (await room.kinds())[-1] is OutgoingKind.ANSWER
    assert {row["state"] for row in await all_rows(room.store, inbox)} == {"done"}
    assert [event["event"] for event in events if event["log_level"] == "error"] == ["verdict.failed"]


async def test_a_store_that_fails_at_a_verdict_has_the_reply_already(room: Room) -> None:
    await room.write(KNOWN)
    await break_off(room.store, "INSERT ON verdicts")

    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await room.press(Verb.NOT_THIS)

    assert (await room.kinds())[-1] is OutgoingKind.ANSWER
    assert {row["state"] for row in await all_rows(room.store, inbox)} == {"done"}


# Caution --------------------------------------------------------------------------------------------------------------


async def test_the_cautious_ask_back_until_there_are_enough_verdicts(room: Room) -> None:
    room.mind = replace(room.mind, world=replace(room.mind.world, policy=CAUTIOUS_POLICY))
    await room.teach(ENOUGH_VERDICTS - 1)
    await room.write(LIKELY)
    first = await room.kinds()
    await room.press(Verb.CHOICE, 0)  # two more: the chosen one and the other

    await room.write(LIKELY)

    assert first == [OutgoingKind.CLARIFICATION]
    assert await room.kinds() == [OutgoingKind.CLARIFICATION, OutgoingKind.ANSWER, OutgoingKind.ANSWER]


async def test_the_cautious_answer_what_is_sure(room: Room) -> None:
    room.mind = replace(room.mind, world=replace(room.mind.world, policy=CAUTIOUS_POLICY))

    await room.write(KNOWN)

    assert await room.kinds() == [OutgoingKind.ANSWER]


async def test_without_caution_what_is_likely_is_answered_from_the_first_day(room: Room) -> None:
    await room.write(LIKELY)

    assert await room.kinds() == [OutgoingKind.ANSWER]


# Shadow mode ----------------------------------------------------------------------------------------------------------


async def test_in_shadow_mode_a_case_is_opened_and_what_would_have_been_is_logged(room: Room, events: Events) -> None:
    room.mind = replace(room.mind, world=replace(room.mind.world, shadow=True))

    await room.write(KNOWN)

    (case,) = await all_rows(room.store, cases)
    (handled,) = [event for event in events if event["event"] == "message.handled"]
    assert (case["reason"], case["topic"]) == ("shadow", "education")
    assert await room.kinds() == [OutgoingKind.HAND_OVER]
    assert (handled["step"], handled["would"], handled["entry"]) == ("hand_off", "answer", KINDERGARTEN)
    assert handled["case"] == case["number"]
    assert KNOWN not in str(handled)
    assert [(row["step"], row["topic"]) for row in await all_rows(room.store, counts) if "shadow:" in row["step"]] == [
        ("shadow:answer", "education")
    ]


async def test_in_shadow_mode_danger_gets_its_card(room: Room, events: Events) -> None:
    room.mind = replace(room.mind, world=replace(room.mind.world, shadow=True))

    await room.write("he beats me")

    (handled,) = [event for event in events if event["event"] == "message.handled"]
    assert await room.kinds() == [OutgoingKind.CARD]
    assert "would" not in handled

"""What no program can handle goes to people as what it is; what only the database holds up waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.actions.answering import MAX_ATTEMPTS, answer_ready
from bot.actions.receiving import receive
from bot.content.model import DangerKind, Language
from bot.conversation.model import InboxId, Incoming, InGroup, OutgoingKind, Verb
from bot.errors import StoreUnavailable
from bot.matching.evidence import Evidence
from bot.storage.tables import cases
from bot.storage.unit_of_work import SqlTransaction
from tests.builders import EN, UK
from tests.builders_store import ANA, BORYS, all_rows, break_off
from tests.builders_teams import DANGER, GROUP, QUESTION, RASA, Knowing, Office, kinds, office

TRIES = 3 * MAX_ATTEMPTS


class Full:
    """A database that has space for what is small: the first transaction of each turn fits, no second one does."""

    alone = True

    def __init__(self, desk: Office) -> None:
        self._desk, self._begun = desk, 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        """See `ports.Store.begin`."""
        self._begun += 1
        if self._begun % 2 == 0:
            msg = "database or disk is full"
            raise StoreUnavailable(msg)
        async with self._desk.store.begin() as tx:
            yield tx


async def held_up(desk: Office, *messages: Incoming) -> None:
    """Let messages come and be tried again and again while there is no space for what follows from them."""
    await receive(messages, store=desk.store, clock=desk.clock)
    full, known = Full(desk), set[InboxId]()
    for _ in range(TRIES):
        with pytest.raises(StoreUnavailable):
            await answer_ready(store=full, mind=desk.mind, clock=desk.clock, held_up=known)
    while await answer_ready(store=desk.store, mind=desk.mind, clock=desk.clock, held_up=known):
        pass
    assert not known


class Unreadable(Knowing):
    """Breaks over every message, as a fault of ours would."""

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        raise ValueError(text, chosen, hint)


def unreadable(desk: Office) -> None:
    desk.may_break = True
    desk.mind = replace(desk.mind, matcher=Unreadable())


async def the_case(desk: Office) -> dict[str, Any]:  # Any: columns
    (case,) = await all_rows(desk.store, cases)
    return case


# What only the database holds up --------------------------------------------------------------------------------------


async def test_words_of_danger_get_their_card_and_their_call_however_long_the_disk_was_full() -> None:
    async with office(GROUP) as desk:
        await held_up(desk, desk.message(ANA, DANGER))

        assert OutgoingKind.CARD in kinds(await desk.told(ANA))
        assert ((await the_case(desk))["reason"], (await the_case(desk))["danger"]) == ("danger", "red")
        assert [event["event"] for event in desk.logged].count("alert.called") == 1


async def test_an_ordinary_question_is_answered_however_long_the_disk_was_full() -> None:
    async with office(GROUP) as desk:
        await held_up(desk, desk.message(ANA, "benefit"), desk.message(BORYS, "benefit"))

        told = [kinds(await desk.told(person)) for person in (ANA, BORYS)]
        assert all(OutgoingKind.ANSWER in each for each in told)
        assert await all_rows(desk.store, cases) == []


async def test_a_specialists_reply_reaches_the_family_however_long_the_disk_was_full() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        here = InGroup(RASA, (await desk.place(case)).thread or "", forum=True)

        await held_up(desk, desk.message(GROUP, "Come on Monday.", group=here))

        (reply,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
        assert "Come on Monday." in reply.words


async def test_what_kills_the_process_is_counted_also_where_the_database_held_it_up_before() -> None:
    async with office(GROUP) as desk:
        await receive([desk.message(ANA, QUESTION)], store=desk.store, clock=desk.clock)
        full = Full(desk)
        for _ in range(MAX_ATTEMPTS):  # each process knows nothing of the one before
            with pytest.raises(StoreUnavailable):
                await answer_ready(store=full, mind=desk.mind, clock=desk.clock, held_up=set())
        desk.may_break = True

        await desk.settle()

        assert (await the_case(desk))["reason"] == "failed"


async def test_what_the_database_will_not_take_for_what_it_is_holds_up_nobody_for_ever() -> None:
    async with office(GROUP) as desk:
        await receive(
            [desk.message(ANA, f"/human {QUESTION}"), desk.message(BORYS, "benefit")],
            store=desk.store,
            clock=desk.clock,
        )
        await break_off(desk.store, "INSERT ON cases WHEN NEW.reason = 'person_asked'")
        known = set[InboxId]()

        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(StoreUnavailable):
                await answer_ready(store=desk.store, mind=desk.mind, clock=desk.clock, held_up=known)
        desk.may_break = True
        while await answer_ready(store=desk.store, mind=desk.mind, clock=desk.clock, held_up=known):
            pass

        assert (await the_case(desk))["reason"] == "failed"
        assert OutgoingKind.ANSWER in kinds(await desk.told(BORYS))


# What no program can read ---------------------------------------------------------------------------------------------


async def test_unreadable_words_with_a_pattern_of_danger_get_the_card_and_a_red_case_that_people_are_called_about() -> (
    None
):
    async with office(GROUP) as desk:
        unreadable(desk)

        (card,) = await desk.writes(DANGER, hint=UK)

        case = await the_case(desk)
        assert (case["reason"], case["danger"], case["danger_kind"]) == ("failed", "red", DangerKind.VIOLENCE)
        assert (card.kind, card.priority, card.outgoing.language) == (OutgoingKind.CARD, 100, UK)
        assert case["number"] in card.words
        assert [event["event"] for event in desk.logged].count("alert.called") == 1


async def test_the_language_of_unreadable_words_of_danger_is_that_of_their_pattern_where_no_other_is_known() -> None:
    async with office(GROUP) as desk:
        unreadable(desk)

        (card,) = await desk.writes(DANGER)

        assert card.outgoing.language == EN


async def test_the_buttons_of_a_card_for_unreadable_words_work() -> None:
    async with office(GROUP) as desk:
        unreadable(desk)
        await desk.writes(DANGER, hint=EN)

        (told,) = await desk.presses(Verb.CANNOT_CALL)

        assert "SMS" in told.words


async def test_whoever_writes_what_nobody_can_read_is_told_whom_to_call_in_danger() -> None:
    async with office(GROUP) as desk:
        unreadable(desk)

        (told,) = await desk.writes("benefit", hint=EN)

        assert told.kind is OutgoingKind.HAND_OVER
        assert "112" in told.words

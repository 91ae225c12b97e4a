"""How what we owe leaves: floods, lost answers, people who are gone, limits, and danger before all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.conversation import notices
from bot.conversation.model import OutboxId
from bot.conversation.steps import Reason
from tests.fakes.bot_api import FakeTelegram, FaultKind, LimitSettings
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, Person, Tiltas, until
from tests.flow.texts import BANK_ACCOUNT, MINIMUM_WAGE, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _question_whether_it_came(texts: Texts) -> str:
    return texts.notice(lambda v: notices.interrupted(v, (OutboxId(1),)))


# Told to wait ---------------------------------------------------------------------------------------------------------


async def test_a_flooded_chat_waits_as_long_as_told_and_nobody_else_does(
    person: Person, other: Person, texts: Texts
) -> None:
    telegram = person.telegram
    await telegram.fault(FaultKind.FLOOD, "sendMessage", chat_id=person.chat, retry_after=2)

    await telegram.say(person.chat, texts.question(BANK_ACCOUNT))
    await telegram.say(other.chat, texts.question(BANK_ACCOUNT))
    await telegram.wait_for_call("sendMessage", chat_id=other.chat, count=2)
    meanwhile = await telegram.sent_texts(person.chat)
    await person.tiltas.settles()

    flooded, answered, *_ = await telegram.calls("sendMessage", chat_id=person.chat)
    assert meanwhile == []
    assert (flooded.code, answered.code) == (429, 200)
    assert 2 <= answered.at - flooded.at < 10
    assert len(await person.sees()) == 2


# Nobody knows whether it came -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (FaultKind.BAD_GATEWAY, False),
        (FaultKind.INTERNAL, False),
        (FaultKind.DROP, False),
        (FaultKind.LOST_ANSWER, True),
        (FaultKind.GATEWAY_AFTER, True),
        (FaultKind.GARBLED, True),
    ],
)
async def test_an_answer_that_may_have_come_is_asked_about_once_and_shown_again_when_wanted(
    person: Person, texts: Texts, fault: FaultKind, *, arrived: bool
) -> None:
    await person.says("/start")
    await person.telegram.fault(fault, "sendMessage", chat_id=person.chat)

    came = await person.says(texts.question(BANK_ACCOUNT))
    again = await person.presses(texts.says("Show it again"))

    (row,) = person.rows("SELECT state FROM outbox WHERE conversation_id = :me AND state = 'uncertain'")
    asked = _question_whether_it_came(texts)
    assert row["state"] == "uncertain"
    assert [shown.text == asked for shown in came] == [False, True] if arrived else [True]
    assert [shown.text.startswith(texts.short(BANK_ACCOUNT)) for shown in again] == [True]
    assert again[0].buttons[:2] == [texts.says("Helped"), texts.says("Not this")]


async def test_an_answer_shown_again_is_asked_about_again_if_it_gets_lost_too(person: Person, texts: Texts) -> None:
    await person.says("/start")
    await person.telegram.fault(FaultKind.BAD_GATEWAY, "sendMessage", chat_id=person.chat)
    await person.says(texts.question(BANK_ACCOUNT))

    await person.telegram.fault(FaultKind.BAD_GATEWAY, "sendMessage", chat_id=person.chat)
    (asked,) = await person.presses(texts.says("Show it again"))
    (answer,) = await person.presses(texts.says("Show it again"), message_id=asked.id)

    assert asked.text == _question_whether_it_came(texts)
    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


async def test_a_lost_notice_is_not_worth_a_question(person: Person, texts: Texts) -> None:
    await person.telegram.fault(FaultKind.BAD_GATEWAY, "sendMessage", chat_id=person.chat, after=1)

    shown = await person.says(texts.question(BANK_ACCOUNT))

    assert [one.text.startswith(texts.short(BANK_ACCOUNT)) for one in shown] == [True]


async def test_the_question_whether_it_came_is_asked_until_it_has_come_itself(person: Person, texts: Texts) -> None:
    await person.says("/start")
    await person.telegram.fault(FaultKind.BAD_GATEWAY, "sendMessage", chat_id=person.chat, times=2)

    (asked,) = await person.says(texts.question(BANK_ACCOUNT))
    (answer,) = await person.presses(texts.says("Show it again"))

    assert asked.text == _question_whether_it_came(texts)
    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


@pytest.mark.parametrize("fault", [FaultKind.BAD_GATEWAY, FaultKind.LOST_ANSWER, FaultKind.DROP])
async def test_a_danger_card_that_may_not_have_come_is_sent_again(
    person: Person, texts: Texts, fault: FaultKind
) -> None:
    await person.telegram.fault(fault, "sendMessage", chat_id=person.chat, times=2)

    await person.says(texts.red())

    cards = [shown for shown in await person.sees() if shown.text.startswith("112")]
    assert len(cards) == (3 if fault is FaultKind.LOST_ANSWER else 1)
    assert _question_whether_it_came(texts) not in await person.telegram.sent_texts(person.chat)
    assert len(person.cases()) == 1


async def test_an_edit_that_got_lost_is_made_again(person: Person, texts: Texts) -> None:
    answer, _ = await person.says(texts.question(BANK_ACCOUNT))
    await person.telegram.fault(FaultKind.LOST_ANSWER, "editMessageReplyMarkup", chat_id=person.chat)

    await person.presses(texts.says("Helped"))

    shown = next(one for one in await person.sees() if one.id == answer.id)
    assert shown.rows[0] == ("✓ " + texts.says("Helped"),)
    assert person.rows("SELECT state FROM outbox WHERE conversation_id = :me AND state = 'uncertain'") == []


async def test_what_certainly_did_not_leave_is_tried_until_it_does(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        assert telegram.server is not None
        port = int(telegram.url.rpartition(":")[2])
        tiltas, person = prepared(telegram), None
        await tiltas.serve()
        person = Person(telegram, tiltas)
        await telegram.fault(FaultKind.FLOOD, "sendMessage", retry_after=1)

        await telegram.say(person.chat, texts.question(BANK_ACCOUNT))
        await tiltas.logs("outbox.slow_down")
        await telegram.server.stop()
        await tiltas.logs("outbox.not_sent")
        await telegram.server.start(port)
        await tiltas.settles()

        assert len(await person.sees()) == 2
        assert tiltas.number("SELECT count(*) FROM outbox WHERE state != 'sent'") == 0


# Gone, moved, refused -------------------------------------------------------------------------------------------------


async def test_to_who_has_blocked_the_bot_nothing_more_is_sent_and_the_case_stays(person: Person, texts: Texts) -> None:
    telegram = person.telegram
    await telegram.fault(
        FaultKind.REFUSE,
        "sendMessage",
        chat_id=person.chat,
        code=403,
        description="Forbidden: bot was blocked by the user",
    )

    await person.says(texts.unanswerable())

    rows = person.rows("SELECT state, reason FROM outbox WHERE conversation_id = :me ORDER BY id")
    assert [tuple(row) for row in rows] == [("refused", "blocked"), ("dropped", "blocked")]
    assert [case["words"] for case in person.cases()] == [texts.unanswerable()]
    assert len(await telegram.calls("sendMessage", chat_id=person.chat)) == 1


async def test_a_deleted_account_is_given_up_quietly(person: Person, other: Person, texts: Texts) -> None:
    await person.says("/start")
    await person.telegram.say(person.chat, texts.question(BANK_ACCOUNT))
    await person.telegram.deactivate(person.chat)

    replies = await other.says(texts.question(BANK_ACCOUNT))

    assert len(replies) == 2


async def test_a_chat_with_a_new_number_is_followed(person: Person, texts: Texts) -> None:
    telegram = person.telegram
    assert telegram.server is not None
    await person.says("/start")
    moved = Person(telegram, person.tiltas)
    await telegram.person(moved.chat)
    telegram.server.api.world.chat(person.chat).migrated_to = moved.chat

    await telegram.say(person.chat, texts.question(BANK_ACCOUNT))
    await person.tiltas.settles()
    here = await moved.says(texts.question(MINIMUM_WAGE))

    assert len(await telegram.sent_texts(person.chat)) == 1
    assert [shown.text.startswith(texts.short(BANK_ACCOUNT)) for shown in await moved.sees()] == [True, False]
    assert len(here) == 1


async def test_a_chat_that_moves_to_where_another_is_already_becomes_a_case_and_stops_nobody(
    person: Person, other: Person, texts: Texts
) -> None:
    telegram = person.telegram
    assert telegram.server is not None
    await person.says("/start")
    await other.says("/start")
    telegram.server.api.world.chat(person.chat).migrated_to = other.chat

    await telegram.say(person.chat, texts.question(BANK_ACCOUNT))
    third = Person(telegram, person.tiltas)
    replies = await third.says(texts.question(BANK_ACCOUNT))

    assert len(replies) == 2
    assert len(await other.sees()) == 1
    assert [case["words"] for case in person.cases()] == [texts.question(BANK_ACCOUNT)]


async def test_an_answer_that_telegram_will_not_take_becomes_a_case_and_its_person_is_told(
    person: Person, texts: Texts
) -> None:
    await person.says("/start")
    await person.telegram.fault(
        FaultKind.REFUSE,
        "sendMessage",
        chat_id=person.chat,
        code=400,
        description="Bad Request: can't parse entities: Unsupported start tag",
    )

    (told,) = await person.says(texts.question(BANK_ACCOUNT))

    (case,) = person.cases()
    assert (case["reason"], case["words"]) == (Reason.FAILED, texts.question(BANK_ACCOUNT))
    assert told.text == texts.notice(lambda v: notices.failed(v, case["number"]))


async def test_a_refused_case_notice_is_not_tried_for_ever(person: Person, texts: Texts) -> None:
    await person.telegram.fault(FaultKind.REFUSE, "sendMessage", chat_id=person.chat, code=400, times=4)

    await person.says(texts.question(BANK_ACCOUNT))

    assert len(await person.telegram.calls("sendMessage", chat_id=person.chat, code=400)) <= 3
    assert len(person.cases()) == 1


# Stopping -------------------------------------------------------------------------------------------------------------


async def test_a_stop_while_much_is_on_its_way_leaves_nothing_uncertain(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        await telegram.configure(latency=0.05)
        tiltas = prepared(telegram)
        people = [Person(telegram, tiltas) for _ in range(30)]
        for person in people:
            await telegram.say(person.chat, texts.question(BANK_ACCOUNT))

        for _ in range(2):
            sent = (await telegram.stats()).count("sendMessage")
            await tiltas.serve()
            await telegram.wait_for_call(count=sent + 3)
            assert await tiltas.stop() == 0
            assert tiltas.number("SELECT count(*) FROM outbox WHERE state IN ('sending', 'uncertain')") == 0
        await tiltas.serve()
        await tiltas.settles()

        assert [len(await person.sees()) for person in people] == [2] * len(people)


# Limits ---------------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="module")
async def strict() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(limits=LimitSettings()) as telegram:
        yield telegram


async def test_a_burst_of_a_hundred_chats_stays_within_telegrams_limits(
    strict: FakeTelegram, prepared: Start, texts: Texts
) -> None:
    tiltas = prepared(strict, TILTAS_PACE="yes")
    await strict.crowd(100, first_id=10_000)
    await strict.say_all(range(10_000, 10_100), texts.question(BANK_ACCOUNT))

    await tiltas.serve()
    await tiltas.settles()

    stats = await strict.stats()
    assert stats.count("sendMessage") == 200
    assert stats.floods == []
    assert stats.peak_per_second <= 30


async def test_a_danger_card_overtakes_three_hundred_waiting_messages(
    strict: FakeTelegram, prepared: Start, texts: Texts
) -> None:
    tiltas = prepared(strict, TILTAS_PACE="yes")
    await strict.crowd(155, first_id=20_000)
    await strict.say_all(range(20_000, 20_155), texts.question(BANK_ACCOUNT))
    await strict.configure(latency=2)
    await tiltas.serve()
    await until(lambda: _owed(tiltas) >= 300, "three hundred messages wait")
    person = Person(strict, tiltas)

    await strict.configure(latency=0)
    await strict.say(person.chat, texts.red())
    await strict.wait_for_call(chat_id=person.chat, timeout=timedelta(seconds=PATIENCE))
    waiting = _owed(tiltas)

    assert waiting > 200
    assert (await strict.stats()).floods == []


def _owed(tiltas: Tiltas) -> int:
    return tiltas.number("SELECT count(*) FROM outbox WHERE state IN ('new', 'sending')")

"""A kept message gets what follows from it: many at once, each chat in its order."""

from __future__ import annotations

from bot.actions.answering import BATCH, MAX_ATTEMPTS, URGENT
from bot.conversation.model import Kind, OutgoingKind, Verb
from bot.storage.tables import case_events, cases, counts, outbox
from tests.builders import UK
from tests.builders_chats import BEATS, BENEFITS, DOG, HOW, THANKS, UNHEARD, Chats, person
from tests.builders_dialogue import NOW, words_of
from tests.builders_store import ANA, BORYS, CONSOLE, all_rows
from tests.builders_teams import kinds

# Many at once, each in order ------------------------------------------------------------------------------------------


async def test_many_people_are_answered_in_one_go(chats: Chats) -> None:
    for n in range(BATCH + 2):
        await chats.write(BENEFITS, person(n))

    assert await chats.answer_all() == [BATCH, 2]
    for n in range(BATCH + 2):
        assert OutgoingKind.ANSWER in kinds(await chats.owed(person(n)))


async def test_nobody_waits_and_nothing_is_done(chats: Chats) -> None:
    assert await chats.answer() == 0


async def test_the_order_of_each_chat_is_kept(chats: Chats) -> None:
    await chats.write(BENEFITS, ANA)
    await chats.write(DOG, ANA)
    await chats.write(THANKS, BORYS)
    await chats.write(THANKS, ANA)

    handled = await chats.answer_all()

    ana = [kind for kind in kinds(await chats.owed(ANA)) if kind is not OutgoingKind.NOTICE]
    assert handled == [2, 1, 1]
    assert ana == [OutgoingKind.ANSWER, OutgoingKind.HAND_OVER, OutgoingKind.TALK]
    assert OutgoingKind.TALK in kinds(await chats.owed(BORYS))


async def test_a_later_message_knows_what_the_earlier_one_changed(chats: Chats) -> None:
    await chats.write("/human")
    await chats.write(DOG)

    await chats.answer_all()

    (case,) = await all_rows(chats.store, cases)
    events = await all_rows(chats.store, case_events)
    assert [(event["case_id"], event["kind"]) for event in events] == [
        (case["id"], "opened"),
        (case["id"], "written"),
    ]
    assert events[1]["payload"] == {"text": DOG}
    assert (await chats.somebody()).awaiting is None


async def test_the_log_tells_of_each_message_once_and_never_its_words(chats: Chats) -> None:
    await chats.write(DOG, ANA, hint=UK)
    await chats.write(UNHEARD, BORYS)

    await chats.answer_all()

    told = [event for event in chats.logged if event["event"] in {"message.handled", "message.given_up"}]
    handled, given_up = ({name: value for name, value in event.items() if name != "took_ms"} for event in told)
    assert handled == {
        "event": "message.handled",
        "log_level": "info",
        "channel": "telegram",
        "kind": "text",
        "language": "en",
        "step": "hand_off",
        "reason": "no_match",
    }
    assert given_up == {
        "event": "message.given_up",
        "log_level": "error",
        "message": 2,
        "attempts": MAX_ATTEMPTS,
    }
    assert [event["event"] for event in chats.logged].count("message.not_understood") == MAX_ATTEMPTS
    assert not any(words in str(event) for event in chats.logged for words in (DOG, UNHEARD, ANA.chat, BORYS.chat))


# What is owed and counted ---------------------------------------------------------------------------------------------


async def test_only_a_danger_card_overtakes(chats: Chats) -> None:
    await chats.write(BENEFITS, ANA)
    await chats.write(DOG, ANA)
    await chats.write(BEATS, BORYS)

    await chats.answer_all()

    rows = await all_rows(chats.store, outbox)
    assert {row["kind"]: row["priority"] for row in rows} == {
        "answer": 0,
        "notice": 0,
        "hand_over": 0,
        "card": URGENT,
    }


async def test_the_team_of_a_question_is_that_of_its_topic(chats: Chats) -> None:
    await chats.write(HOW, ANA)
    await chats.write(DOG, BORYS)
    await chats.answer()
    await chats.press(await chats.buttons_of(OutgoingKind.ANSWER), Verb.PERSON)
    await chats.answer()

    teams = {row["conversation_id"]: row["team"] for row in await all_rows(chats.store, cases)}
    assert teams == {(await chats.somebody(ANA)).id: "school", (await chats.somebody(BORYS)).id: "support"}


async def test_a_family_that_comes_back_after_stopping_the_bot_is_answered(chats: Chats) -> None:
    await chats.write("", kind=Kind.BLOCKED)
    await chats.write(BENEFITS)

    await chats.answer_all()

    assert not (await chats.somebody()).blocked
    assert "Short en" in words_of((await chats.owed())[0])


async def test_the_same_from_many_people_is_one_row_by_channel(chats: Chats) -> None:
    for address in (ANA, BORYS, CONSOLE):
        await chats.write(HOW, address)
    await chats.write(HOW, ANA)

    await chats.answer_all()

    found = sorted(await all_rows(chats.store, counts), key=lambda row: str(row["channel"]))
    same = {"day": NOW.date(), "language": "en", "topic": "education", "step": "answer"}
    assert found == [{**same, "channel": "console", "n": 1}, {**same, "channel": "telegram", "n": 3}]


async def test_counts_have_no_place_for_people_or_words() -> None:
    assert {column.name for column in counts.columns} == {"day", "channel", "language", "topic", "step", "n"}
    assert counts.foreign_keys == set()

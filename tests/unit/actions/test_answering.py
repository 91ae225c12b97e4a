"""A kept message gets what follows from it, once, whatever breaks meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text, update
from structlog.testing import capture_logs

from bot.actions.answering import BATCH, MAX_ATTEMPTS, URGENT, Mind, answer_ready
from bot.actions.receiving import receive
from bot.content.model import DangerKind, EntryId, Language, SmallTalkKind
from bot.conversation import notices
from bot.conversation.model import (
    Address,
    ButtonSet,
    Channel,
    Conversation,
    Incoming,
    Kind,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    Verb,
)
from bot.conversation.replies import World
from bot.errors import StoreUnavailable
from bot.matching.danger import Hit
from bot.matching.evidence import Evidence, Level
from bot.matching.find import Matcher
from bot.storage.codec import OUTGOING
from bot.storage.codec import load as loaded
from bot.storage.tables import addresses, buttons, case_events, cases, conversations, counts, inbox, outbox
from bot.storage.unit_of_work import SqlStore, SqlTransaction
from tests.builders import EN, LT, UK
from tests.builders_dialogue import BENEFIT, COURSES, KINDERGARTEN, NOW, RED, RENT, seen, words_of, world
from tests.builders_store import ANA, BORYS, CONSOLE, Watch, all_rows, incoming, load, opened, states

YOUNGER, SAME_BEFORE = "and for my younger one", "how to register my child for kindergarten"
HOW, BENEFITS, DOG = "how to register for kindergarten", "child benefit", "my neighbour's dog"
BEATS, THANKS, UNHEARD, UNTHINKABLE = "he beats me", "thanks", "unheard of", "unthinkable"

MEANINGS: Mapping[str, Evidence | Exception] = {
    HOW: seen((KINDERGARTEN, 0.95), (COURSES, 0.3), (RENT, 0.2)),
    BENEFITS: seen((BENEFIT, 0.95)),
    DOG: seen((KINDERGARTEN, 0.05)),
    BEATS: seen(**RED),
    THANKS: seen(small_talk=SmallTalkKind.THANKS),
    "1": seen(),
    "/language": seen(),
    "/human": seen(),
    "/questions": seen(),
    UNHEARD: RuntimeError("matching has a fault"),
    YOUNGER: seen((RENT, 0.04)),
    f"{SAME_BEFORE} {YOUNGER}": seen((KINDERGARTEN, 0.3), (COURSES, 0.2)),
    "and the sea": seen(),
    f"{SAME_BEFORE} and the sea": seen((KINDERGARTEN, 0.1)),
    UNTHINKABLE: seen((EntryId("an-entry-nobody-wrote"), 0.95)),  # found by an index that is ahead of its catalogue
}


class Scripted(Matcher):
    """Finds what a test says that words mean, and remembers what it was asked."""

    encoder_id = ""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Language | None, Language | None]] = []

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        self.asked.append((text, chosen, hint))
        meaning = MEANINGS[text]
        if isinstance(meaning, Exception):
            raise meaning
        return meaning

    def gravest_pattern(self, text: str) -> Hit | None:
        return Hit(Level.RED, DangerKind.VIOLENCE, BEATS, EN) if text == BEATS else None


class Desk:
    """A store with people who write, and somebody who answers."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.clock = Watch()
        self.matcher = Scripted()
        self.mind = Mind(self.matcher, world())
        self._written = 0

    async def hear(self, *messages: Incoming) -> None:
        await receive(messages, store=self.store, clock=self.clock)

    async def write(self, words: str, address: Address = ANA, **changes: Any) -> None:  # Any: fields of the message
        self._written += 1
        await self.hear(incoming(f"written:{self._written}", address, words, **changes))

    async def press(
        self, what: ButtonSet | None, verb: Verb, choice: int = 0, address: Address = ANA, message: str = "900"
    ) -> None:
        assert what is not None
        press = Press(str(verb), what.token, choice, message)
        await self.write("", address, kind=Kind.PRESS, press=press)

    async def answer(self, mind: Mind | None = None) -> int:
        return await answer_ready(store=self.store, mind=mind or self.mind, clock=self.clock)

    async def answer_all(self, mind: Mind | None = None) -> list[int]:
        """Answer until nobody waits; return how many were handled each time."""
        handled = []
        while n := await self.answer(mind):
            handled.append(n)
        return handled

    async def owed(self, address: Address = ANA) -> list[Outgoing]:
        """Return all that was ever owed to somebody, in order."""
        where = {row["conversation_id"]: row["chat"] for row in await all_rows(self.store, addresses)}
        rows = sorted(await all_rows(self.store, outbox), key=lambda row: row["id"])
        mine = (row for row in rows if where[row["conversation_id"]] == address.chat)
        return [loaded(OUTGOING, row["payload"]) for row in mine if row["channel"] == address.channel]

    async def buttons_of(self, kind: OutgoingKind, address: Address = ANA) -> ButtonSet | None:
        """Return the buttons under the latest message of a kind."""
        return [one.buttons for one in await self.owed(address) if one.kind is kind][-1]

    async def somebody(self, address: Address = ANA) -> Conversation:
        where = {row["chat"]: row["conversation_id"] for row in await all_rows(self.store, addresses)}
        return await load(self.store, where[address.chat])

    async def happened(self) -> dict[str, int]:
        """Return how often each step was counted."""
        found: Counter[str] = Counter()
        for row in await all_rows(self.store, counts):
            found[row["step"]] += row["n"]
        return dict(found)

    async def break_off(self, what: str) -> None:
        """Let a kind of statement fail, such as "INSERT ON counts"."""
        async with self.store.engine.begin() as connection:
            await connection.execute(
                text(f"CREATE TRIGGER broken BEFORE {what} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
            )

    async def mend(self) -> None:
        async with self.store.engine.begin() as connection:
            await connection.execute(text("DROP TRIGGER broken"))


class Interrupted:
    """A store in whose way something comes before one of its transactions."""

    def __init__(self, store: SqlStore, transaction: int, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._store, self._left, self._meanwhile = store, transaction, meanwhile
        self.alone = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        self._left -= 1
        if self._left == 0:
            await self._meanwhile()
        async with self._store.begin() as tx:
            yield tx


Events = list[MutableMapping[str, Any]]  # Any: log fields are anything


@pytest.fixture(autouse=True)
def events() -> Iterator[Events]:
    """Return what was logged; unconfigured, the log would print a broken message with all around it, for seconds."""
    with capture_logs() as events:
        yield events


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as store:
        yield Desk(store)


def kinds(outgoing: list[Outgoing]) -> list[OutgoingKind]:
    return [one.kind for one in outgoing]


def person(number: int) -> Address:
    return Address(Channel.TELEGRAM, f"{number}")


def cannot_word_buttons() -> Mind:
    """Return a mind that breaks whenever a reply has buttons."""

    def no_token() -> Any:  # Any: never returns
        msg = "no more randomness"
        raise RuntimeError(msg)

    sound = world()
    return Mind(Scripted(), World(sound.catalogue, sound.messages, sound.policy, sound.now, no_token))


# Many at once, each in order ------------------------------------------------------------------------------------------


async def test_many_people_are_answered_in_one_go(desk: Desk) -> None:
    for n in range(BATCH + 2):
        await desk.write(BENEFITS, person(n))

    assert await desk.answer_all() == [BATCH, 2]
    for n in range(BATCH + 2):
        assert OutgoingKind.ANSWER in kinds(await desk.owed(person(n)))


async def test_nobody_waits_and_nothing_is_done(desk: Desk) -> None:
    assert await desk.answer() == 0


async def test_the_order_of_each_chat_is_kept(desk: Desk) -> None:
    await desk.write(BENEFITS, ANA)
    await desk.write(DOG, ANA)
    await desk.write(THANKS, BORYS)
    await desk.write(THANKS, ANA)

    handled = await desk.answer_all()

    ana = [kind for kind in kinds(await desk.owed(ANA)) if kind is not OutgoingKind.NOTICE]
    assert handled == [2, 1, 1]
    assert ana == [OutgoingKind.ANSWER, OutgoingKind.HAND_OVER, OutgoingKind.TALK]
    assert OutgoingKind.TALK in kinds(await desk.owed(BORYS))


async def test_a_later_message_knows_what_the_earlier_one_changed(desk: Desk) -> None:
    await desk.write("/human")
    await desk.write(DOG)

    await desk.answer_all()

    (case,) = await all_rows(desk.store, cases)
    events = await all_rows(desk.store, case_events)
    assert [(event["case_id"], event["kind"]) for event in events] == [
        (case["id"], "opened"),
        (case["id"], "written"),
    ]
    assert events[1]["payload"] == {"text": DOG}
    assert (await desk.somebody()).awaiting is None


async def test_understanding_is_told_the_language_that_is_known(desk: Desk) -> None:
    await desk.write(THANKS, hint=UK)
    await desk.write(DOG, hint=UK)
    await desk.answer_all()
    await desk.press(await desk.buttons_of(OutgoingKind.NOTICE), Verb.LANGUAGE, 1)
    await desk.write(BENEFITS, hint=UK)
    await desk.answer_all()

    chosen = (await desk.somebody()).language
    assert chosen != EN
    assert desk.matcher.asked == [(THANKS, None, UK), (DOG, None, EN), (BENEFITS, chosen, chosen)]


async def test_what_goes_on_from_an_answer_is_read_with_its_question_within_a_day(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    desk.clock.forward(timedelta(hours=23))
    await desk.write(YOUNGER)
    await desk.answer()

    buttons = await desk.buttons_of(OutgoingKind.CLARIFICATION)
    assert buttons is not None
    assert (buttons.entries, buttons.follows) == ((KINDERGARTEN, COURSES), KINDERGARTEN)
    assert [text for text, _, _ in desk.matcher.asked] == [HOW, YOUNGER, f"{SAME_BEFORE} {YOUNGER}"]


async def test_a_day_later_the_same_words_are_read_alone(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    desk.clock.forward(timedelta(hours=24))
    await desk.write(YOUNGER)
    await desk.answer()

    assert [text for text, _, _ in desk.matcher.asked] == [HOW, YOUNGER]
    assert (await desk.owed())[-1].kind is OutgoingKind.HAND_OVER


async def test_what_goes_on_from_an_answer_reaches_people_with_the_question_before(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.write("and the sea")
    await desk.answer_all()

    (told,) = [event["payload"]["text"] for event in await all_rows(desk.store, case_events)]
    assert told == f"{HOW}\nand the sea"


async def test_only_written_words_are_looked_up(desk: Desk) -> None:
    await desk.write("", ANA, kind=Kind.PHOTO)
    await desk.write("", BORYS, kind=Kind.BLOCKED)

    assert await desk.answer_all() == [2]
    assert desk.matcher.asked == []
    assert await desk.owed(BORYS) == []
    assert (await desk.somebody(BORYS)).blocked


# All of it or nothing -------------------------------------------------------------------------------------------------


async def test_everything_that_follows_is_written_together(desk: Desk) -> None:
    await desk.write(BEATS)
    desk.clock.forward(timedelta(seconds=3))

    await desk.answer()

    (message,) = await all_rows(desk.store, inbox)
    (row, *_) = await all_rows(desk.store, outbox)
    (case,) = await all_rows(desk.store, cases)
    assert (message["state"], message["done_at"]) == ("done", NOW + timedelta(seconds=3))
    assert (row["key"], row["source"], row["state"]) == (f"in:{message['id']}:0", message["id"], "new")
    assert (case["opened_by"], case["team"], case["danger"], case["state"]) == (
        message["id"],
        "support",
        "red",
        "waiting",
    )
    assert (await desk.somebody()).last_question == message["id"]
    assert await desk.happened() == {"danger": 1, "danger:violence": 1}


@pytest.mark.parametrize(
    "broken",
    [
        "INSERT ON outbox",
        "INSERT ON buttons",
        "INSERT ON cases",
        "INSERT ON case_events",
        "INSERT ON counts",
        "UPDATE OF latest_buttons ON conversations",
        "UPDATE OF done_at ON inbox",
    ],
)
async def test_a_failing_statement_leaves_nothing_and_later_all_is_done(desk: Desk, broken: str) -> None:
    await desk.write(BENEFITS, ANA)
    await desk.write(BEATS, BORYS)
    await desk.break_off(broken)

    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await desk.answer()

    left = [await all_rows(desk.store, table) for table in (outbox, buttons, cases, case_events, counts)]
    assert left == [[], [], [], [], []]
    assert {row["state"] for row in await all_rows(desk.store, inbox)} == {"new"}
    assert (await desk.somebody()).language is None

    await desk.mend()

    assert await desk.answer_all() == [1, 1]
    assert OutgoingKind.ANSWER in kinds(await desk.owed(ANA))
    assert OutgoingKind.CARD in kinds(await desk.owed(BORYS))


async def test_an_unwritable_store_is_told_and_nothing_is_understood_for_nothing(desk: Desk) -> None:
    await desk.write(BENEFITS)
    await desk.break_off("UPDATE OF attempts ON inbox")

    with pytest.raises(StoreUnavailable):
        await desk.answer()

    assert desk.matcher.asked == []


async def test_a_second_run_of_the_same_message_is_harmless(desk: Desk) -> None:
    await desk.write(BEATS)
    await desk.answer()
    first = await desk.owed()
    async with desk.store.engine.begin() as connection:
        await connection.execute(update(inbox).values(state="new", done_at=None, attempts=0))

    assert await desk.answer() == 1

    assert await desk.owed() == first
    assert len(await all_rows(desk.store, cases)) == 1
    assert [event["kind"] for event in await all_rows(desk.store, case_events)] == ["opened"]


# What cannot be handled -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("poison", [UNHEARD, UNTHINKABLE])
async def test_a_message_that_cannot_be_handled_holds_nobody_up_and_goes_to_people(desk: Desk, poison: str) -> None:
    await desk.write(poison, ANA, hint=UK)
    await desk.write(BENEFITS, ANA)
    await desk.write(BENEFITS, BORYS)

    at_once = await desk.answer()
    assert OutgoingKind.ANSWER in kinds(await desk.owed(BORYS))
    assert await desk.owed(ANA) == []
    alone = [await desk.answer() for _ in range(MAX_ATTEMPTS)]

    (case,) = await all_rows(desk.store, cases)
    (opened_event,) = await all_rows(desk.store, case_events)
    (told,) = await desk.owed(ANA)
    assert (at_once, alone) == (2, [1] * MAX_ATTEMPTS)
    assert (case["reason"], case["state"], case["language"], case["team"]) == ("failed", "waiting", UK, "support")
    assert opened_event["payload"]["text"] == poison
    assert told == notices.failed(desk.mind.world.voice(UK), case["number"])
    assert (await states(desk.store, inbox))["written:1"] == "failed"
    assert (await desk.happened())["failed"] == 1

    assert await desk.answer_all() == [1]
    assert OutgoingKind.ANSWER in kinds(await desk.owed(ANA))


async def test_a_fault_that_is_mended_in_time_costs_nothing_but_time(desk: Desk) -> None:
    await desk.write(BENEFITS)

    await desk.answer(cannot_word_buttons())
    await desk.answer(cannot_word_buttons())
    await desk.answer()

    assert OutgoingKind.ANSWER in kinds(await desk.owed())
    assert await all_rows(desk.store, cases) == []


async def test_a_message_that_kills_the_process_is_known_by_its_attempts(desk: Desk) -> None:
    await desk.write(DOG)
    for _ in range(MAX_ATTEMPTS):
        async with desk.store.begin() as tx:
            await tx.inbox.begin([one.id for one in await tx.inbox.ready(1)])

    assert await desk.answer_all() == [1]

    assert desk.matcher.asked == []
    assert [row["reason"] for row in await all_rows(desk.store, cases)] == ["failed"]


async def test_what_was_tried_before_is_handled_alone_and_at_its_turn(desk: Desk) -> None:
    await desk.write(BENEFITS, ANA)
    await desk.write(BENEFITS, BORYS)
    await desk.answer(cannot_word_buttons())
    await desk.write(BENEFITS, CONSOLE)

    handled = await desk.answer_all()

    assert handled == [1, 1, 1]
    rows = await all_rows(desk.store, outbox)
    assert list(dict.fromkeys(row["source"] for row in rows)) == [1, 2, 3]


async def test_a_batch_that_one_message_spoils_is_handled_one_by_one(desk: Desk) -> None:
    # Its fault shows only when it is written down: then nobody's reply can be kept.
    await desk.write(DOG, ANA)
    await desk.write(BENEFITS, BORYS)
    await desk.break_off("INSERT ON cases WHEN NEW.reason = 'no_match'")

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(StoreUnavailable):
            await desk.answer()
    handled = await desk.answer_all()

    assert handled == [1, 1]
    assert [row["reason"] for row in await all_rows(desk.store, cases)] == ["failed"]
    assert OutgoingKind.ANSWER in kinds(await desk.owed(BORYS))


async def test_the_log_tells_of_each_message_once_and_never_its_words(desk: Desk, events: Events) -> None:
    await desk.write(DOG, ANA, hint=UK)
    await desk.write(UNHEARD, BORYS)

    await desk.answer_all()

    told = [event for event in events if event["event"] in {"message.handled", "message.given_up"}]
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
    assert [event["event"] for event in events].count("message.not_understood") == MAX_ATTEMPTS
    assert not any(words in str(event) for event in events for words in (DOG, UNHEARD, ANA.chat, BORYS.chat))


# Presses --------------------------------------------------------------------------------------------------------------


async def test_somebody_elses_button_is_an_old_button(desk: Desk) -> None:
    await desk.write(HOW, ANA)
    await desk.write(THANKS, BORYS)
    await desk.answer()
    answer = await desk.buttons_of(OutgoingKind.ANSWER)

    await desk.press(answer, Verb.PERSON, address=BORYS)
    await desk.answer()

    assert (await desk.owed(BORYS))[-1] == notices.old_button(desk.mind.world.voice(EN))
    assert await all_rows(desk.store, cases) == []
    assert [row["used"] for row in await all_rows(desk.store, buttons)] == [[]] * 4

    await desk.press(answer, Verb.PERSON, address=ANA)
    await desk.answer()

    assert [row["conversation_id"] for row in await all_rows(desk.store, cases)] == [(await desk.somebody(ANA)).id]


async def test_a_second_press_does_nothing(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    answer = await desk.buttons_of(OutgoingKind.ANSWER)
    await desk.press(answer, Verb.PERSON)
    await desk.answer()
    before = await desk.owed()

    await desk.press(answer, Verb.PERSON)
    await desk.press(answer, Verb.PERSON)

    assert await desk.answer_all() == [1, 1]
    assert await desk.owed() == before
    assert len(await all_rows(desk.store, cases)) == 1
    assert (await desk.happened())["hand_off"] == 1


async def test_each_button_of_a_message_works_once_and_all_marks_are_kept(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    answer = await desk.buttons_of(OutgoingKind.ANSWER)
    assert answer is not None

    for verb, choice in ((Verb.HELPED, 0), (Verb.CHOICE, 1), (Verb.CHOICE, 0), (Verb.CHOICE, 1), (Verb.HELPED, 0)):
        await desk.press(answer, verb, choice)
    await desk.answer_all()

    (used,) = [row["used"] for row in await all_rows(desk.store, buttons) if row["token"] == answer.token]
    happened = await desk.happened()
    assert used == ["c.0", "c.1", "h.0"]
    assert (happened["helped"], happened["chosen"]) == (1, 2)


async def test_languages_may_be_chosen_to_and_fro(desk: Desk) -> None:
    await desk.write(THANKS)
    await desk.answer()
    picker = await desk.buttons_of(OutgoingKind.NOTICE)
    assert picker is not None
    chosen = []

    for choice in (0, 1, 0, 1):
        await desk.press(picker, Verb.LANGUAGE, choice)
        await desk.answer()
        chosen.append((await desk.somebody()).language)

    assert chosen == [picker.languages[choice] for choice in (0, 1, 0, 1)]


async def test_the_present_language_pressed_again_does_nothing(desk: Desk) -> None:
    await desk.write(THANKS)
    await desk.answer()
    picker = await desk.buttons_of(OutgoingKind.NOTICE)
    await desk.press(picker, Verb.LANGUAGE, 1)
    await desk.answer()
    before = await desk.owed()

    await desk.press(picker, Verb.LANGUAGE, 1)
    await desk.answer()

    assert await desk.owed() == before


async def test_a_press_that_could_not_be_obeyed_may_be_tried_again(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    answer = await desk.buttons_of(OutgoingKind.ANSWER)
    await desk.press(answer, Verb.CHOICE, 0)

    await desk.answer(cannot_word_buttons())
    unused = [row["used"] for row in await all_rows(desk.store, buttons)]
    await desk.answer()

    assert unused == [[], []]
    assert (await desk.owed())[-1].lines[0].text == "Short en: free Lithuanian language courses."


# Counts without people ------------------------------------------------------------------------------------------------


async def test_the_same_from_many_people_is_one_row_by_channel(desk: Desk) -> None:
    for address in (ANA, BORYS, CONSOLE):
        await desk.write(HOW, address)
    await desk.write(HOW, ANA)

    await desk.answer_all()

    found = sorted(await all_rows(desk.store, counts), key=lambda row: str(row["channel"]))
    same = {"day": NOW.date(), "language": "en", "topic": "education", "step": "answer"}
    assert found == [{**same, "channel": "console", "n": 1}, {**same, "channel": "telegram", "n": 3}]


async def test_counts_have_no_place_for_people_or_words() -> None:
    assert {column.name for column in counts.columns} == {"day", "channel", "language", "topic", "step", "n"}
    assert counts.foreign_keys == set()


# Two at work ----------------------------------------------------------------------------------------------------------


async def test_two_at_work_never_answer_twice(desk: Desk) -> None:
    await desk.write(BEATS, ANA)
    await desk.write(BENEFITS, BORYS)
    slow = Interrupted(desk.store, 2, desk.answer_all)

    await answer_ready(store=slow, mind=desk.mind, clock=desk.clock)

    sources = Counter((row["source"], row["kind"]) for row in await all_rows(desk.store, outbox))
    assert set(sources.values()) == {1}
    assert len(await all_rows(desk.store, cases)) == 1
    assert await desk.happened() == {"danger": 1, "danger:violence": 1, "answer": 1}
    assert set((await states(desk.store, inbox)).values()) == {"done"}


async def test_who_comes_late_handles_what_is_left(desk: Desk) -> None:
    await desk.write(BENEFITS, ANA)
    await desk.write(BENEFITS, BORYS)

    async def take_the_first() -> None:
        async with desk.store.begin() as tx:
            first, _ = await tx.inbox.ready(2)
            await tx.inbox.finish([first.id], NOW)

    await answer_ready(store=Interrupted(desk.store, 2, take_the_first), mind=desk.mind, clock=desk.clock)

    assert await desk.owed(ANA) == []
    assert OutgoingKind.ANSWER in kinds(await desk.owed(BORYS))


async def test_a_message_given_up_by_one_is_not_answered_by_a_slower_other(desk: Desk) -> None:
    await desk.write(BENEFITS)

    async def give_up() -> None:
        await desk.answer_all(cannot_word_buttons())

    await answer_ready(store=Interrupted(desk.store, 2, give_up), mind=desk.mind, clock=desk.clock)

    assert kinds(await desk.owed()) == [OutgoingKind.HAND_OVER]
    assert await states(desk.store, inbox) == {"written:1": "failed"}


async def test_a_message_answered_by_a_slower_one_is_not_given_up(desk: Desk) -> None:
    await desk.write(BENEFITS)
    async with desk.store.begin() as tx:
        (one,) = await tx.inbox.ready(1)
        for _ in range(MAX_ATTEMPTS):
            await tx.inbox.begin([one.id])

    async def answer_meanwhile() -> None:
        async with desk.store.begin() as tx:
            await tx.inbox.finish([one.id], NOW)

    await answer_ready(store=Interrupted(desk.store, 2, answer_meanwhile), mind=desk.mind, clock=desk.clock)

    assert await all_rows(desk.store, cases) == []
    assert await desk.owed() == []
    assert await states(desk.store, inbox) == {"written:1": "done"}


# What is owed ---------------------------------------------------------------------------------------------------------


async def test_only_a_danger_card_overtakes(desk: Desk) -> None:
    await desk.write(BENEFITS, ANA)
    await desk.write(DOG, ANA)
    await desk.write(BEATS, BORYS)

    await desk.answer_all()

    rows = await all_rows(desk.store, outbox)
    assert {row["kind"]: row["priority"] for row in rows} == {
        "answer": 0,
        "notice": 0,
        "hand_over": 0,
        "card": URGENT,
    }


async def test_the_team_of_a_question_is_that_of_its_topic(desk: Desk) -> None:
    await desk.write(HOW, ANA)
    await desk.write(DOG, BORYS)
    await desk.answer()
    await desk.press(await desk.buttons_of(OutgoingKind.ANSWER), Verb.PERSON)
    await desk.answer()

    teams = {row["conversation_id"]: row["team"] for row in await all_rows(desk.store, cases)}
    assert teams == {(await desk.somebody(ANA)).id: "school", (await desk.somebody(BORYS)).id: "support"}


async def test_the_language_picker_does_not_hide_the_buttons_of_the_answer(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    answer, notice = await desk.owed()
    assert notice.buttons is not None
    assert notice.buttons.purpose is Purpose.LANGUAGES
    assert (await desk.somebody()).latest_buttons == answer.buttons

    await desk.write("1")
    await desk.answer()

    assert (await desk.owed())[-1].lines[0].text == "Short en: free Lithuanian language courses."


async def test_a_language_picker_alone_can_be_pressed_in_words(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    await desk.write("/language")
    await desk.answer()
    picker = (await desk.owed())[-1].buttons
    assert (await desk.somebody()).latest_buttons == picker

    await desk.write("1")
    await desk.answer()

    assert picker is not None
    assert ((await desk.somebody()).language, (await desk.somebody()).chosen) == (picker.languages[0], True)


async def test_a_reply_without_buttons_leaves_the_latest_ones(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    latest = (await desk.somebody()).latest_buttons

    await desk.write("/questions")
    await desk.answer()

    assert (await desk.owed())[-1].buttons is None
    assert latest is not None
    assert (await desk.somebody()).latest_buttons == latest


async def test_a_used_button_is_marked_in_the_kept_set_too(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    answer = await desk.buttons_of(OutgoingKind.ANSWER)

    await desk.press(answer, Verb.HELPED)
    await desk.answer()

    edit = (await desk.owed())[-1]
    latest = (await desk.somebody()).latest_buttons
    assert (edit.kind, edit.edits) == (OutgoingKind.EDIT, "900")
    assert edit.buttons is not None
    assert answer is not None
    assert latest == edit.buttons == replace(answer, rows=edit.buttons.rows)


async def test_a_press_on_an_older_message_does_not_make_its_buttons_the_latest(desk: Desk) -> None:
    await desk.write(HOW)
    await desk.answer()
    older = await desk.buttons_of(OutgoingKind.ANSWER)
    await desk.write(BENEFITS)
    await desk.answer()
    newer = await desk.buttons_of(OutgoingKind.ANSWER)

    await desk.press(older, Verb.HELPED)
    await desk.answer()

    assert newer is not None
    assert (await desk.somebody()).latest_buttons == newer


async def test_a_family_that_comes_back_after_stopping_the_bot_is_answered(desk: Desk) -> None:
    await desk.write("", kind=Kind.BLOCKED)
    await desk.write(BENEFITS)

    await desk.answer_all()

    assert not (await desk.somebody()).blocked
    assert "Short en" in words_of((await desk.owed())[0])


async def test_without_any_hint_a_broken_message_is_told_in_lithuanian(desk: Desk) -> None:
    await desk.write(UNHEARD)

    await desk.answer_all()

    assert [one.language for one in await desk.owed()] == [LT]
    assert [row["language"] for row in await all_rows(desk.store, conversations)] == [None]

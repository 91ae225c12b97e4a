"""kill -9 at every point where something has just been, or is just going to be, committed; and at any other moment.

Several people write numbered messages while the program is killed and started again. In the end the fake's own record
of what people have seen is held against what they wrote. `make kill` is the long run and prints the table.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from itertools import count, pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from bot.content.model import EntryId, Language
from bot.conversation.model import Verb
from tests.fakes.bot_api import Call, FakeTelegram, FaultKind
from tests.flow.harness import PATIENCE, Tiltas, with_index
from tests.flow.kill_child import POINTS
from tests.flow.kill_desk import REPLY, Desk
from tests.flow.team import Group
from tests.flow.texts import BANK_ACCOUNT, DOCTOR, EN, LT, MINIMUM_WAGE, RENT, RU, SCHOOL, UK, WAGES, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

IN_FLIGHT = 3
ASKS = f".{Verb.SHOW}."
"""Stands in the button below "did you get my last message?"."""
RANDOM = "any moment"


# What people write, and what they must get ----------------------------------------------------------------------------


@dataclass
class Written:
    """One numbered message; `wanted` begins the answer it must get. Without it, it must open one case."""

    number: int
    chat: int
    text: str
    wanted: str = ""
    danger: bool = False

    @property
    def opens_case(self) -> bool:
        return not self.wanted


@dataclass
class Crowd:
    """People who write one after the other, each in one language: questions, a wish for a person, now and then danger."""

    texts: Texts
    written: list[Written] = field(default_factory=list)
    _chats: Iterator[int] = field(default_factory=lambda: count(40_000))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1001))  # two figures may be a fever

    def next_ones(self, people: int) -> list[Written]:
        """Return the messages of new people, everybody's first, then everybody's second and so on."""
        stories = [self._story(chat) for chat in (next(self._chats) for _ in range(people))]
        messages = [story[turn] for turn in range(4) for story in stories]
        self.written += messages
        return messages

    def _story(self, chat: int) -> list[Written]:
        language = (EN, LT, RU, UK)[chat % 4]
        first, second = random.sample((BANK_ACCOUNT, MINIMUM_WAGE, DOCTOR, RENT, SCHOOL, WAGES), 2)
        number = next(self._numbers)
        asks = Written(number, chat, f"/human number {number}, about the form for a library")
        if chat % 3 == 0:
            number = next(self._numbers)
            asks = Written(number, chat, f"{self.texts.red(language=language)} number {number}", danger=True)
        return [
            self._question(chat, first, language),
            asks,
            self._question(chat, second, language),
            Written(number := next(self._numbers), chat, f"/human number {number}, about the form for a library"),
        ]

    def _question(self, chat: int, entry: EntryId, language: Language) -> Written:
        wanted = self.texts.short(entry, language)
        return Written(next(self._numbers), chat, self.texts.question(entry, language), wanted)


# A world in which the program keeps dying -----------------------------------------------------------------------------


@dataclass
class World:
    """A fake Telegram, a database, and a program that is killed again and again."""

    database: str
    telegram: FakeTelegram
    tiltas: Tiltas
    crowd: Crowd
    desk: Desk
    kills: int = 0

    async def kill_at(self, point: str, passage: int) -> None:
        """Start a program that kills itself at a point, and let people write until it does."""
        await self._write(self.crowd.next_ones(3))
        self.tiltas.begin(KILL_AT=point, KILL_PASSAGE=str(passage))
        await self._keep_writing_until_it_ends()
        assert [event["point"] for event in self.tiltas.logged("killed")] == [point], self.tiltas.words()
        self.kills += 1

    async def kill_at_any_moment(self, after: float) -> None:
        """Start a program and kill it some seconds after it began to serve."""
        await self._write(self.crowd.next_ones(3))
        await self.tiltas.serve()
        writing = asyncio.create_task(self._keep_writing_until_it_ends())
        await asyncio.sleep(after)
        await self.tiltas.kill()
        await writing
        self.kills += 1

    async def _keep_writing_until_it_ends(self) -> None:
        supply: Iterator[Written] = iter(())
        patience = asyncio.get_running_loop().time() + PATIENCE
        while self.tiltas.runs:
            assert asyncio.get_running_loop().time() < patience, f"never came to its point: {self.tiltas.options}"
            message = next(supply, None)
            if message is None:
                supply = iter(self.crowd.next_ones(3)) if len(await self.telegram.pending()) < 20 else iter(())
            else:
                await self._write([message])
            await self.desk.works()
            await asyncio.sleep(0.05)
        await self._write(list(supply))
        assert self.tiltas.process.returncode == -signal.SIGKILL, self.tiltas.words()

    async def _write(self, messages: Sequence[Written]) -> None:
        for message in messages:
            await self.telegram.say(message.chat, message.text)

    async def comes_to_rest(self) -> None:
        """Start the program once more and let it finish everything."""
        await self.tiltas.serve()
        await self.tiltas.settles()
        for _ in range(3):
            await self.desk.works(most=5)
            await self.tiltas.settles()

    async def show_again_what_is_uncertain(self) -> None:
        """Press the button below every "did you get my last message?"."""
        for message in {written.chat: written for written in self.crowd.written}.values():
            for body in await self.telegram.bot_messages(message.chat):
                for row in body.get("reply_markup", {}).get("inline_keyboard", []):
                    if ASKS in row[0]["callback_data"]:
                        await self.telegram.press(message.chat, data=row[0]["callback_data"])
        await self.tiltas.settles()


# What became of it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of the table; `uncertain_per_kill` is the most after any one."""

    database: str
    point: str
    kills: int
    messages: int
    handled: int
    lost: int
    doubled: int
    cases_lost: int
    cases_doubled: int
    replies: int
    replies_lost: int
    replies_doubled: int
    out_of_order: int
    uncertain_per_kill: int

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was lost, doubled or out of order, and no more uncertain than could be on its way."""
        in_cases = (self.cases_lost, self.cases_doubled, self.replies_lost, self.replies_doubled)
        faults = (self.lost, self.doubled, self.out_of_order, *in_cases)
        return (
            self.replies > 0
            and self.messages == self.handled
            and not any(faults)
            and self.uncertain_per_kill <= IN_FLIGHT
        )


async def look(world: World, point: str) -> Line:
    """Compare what people wrote with what they saw, first as it is, then with all that was asked about shown again."""
    before = await _seen(world)
    await world.show_again_what_is_uncertain()
    after = await _seen(world)
    cases = _cases(world)
    return Line(
        database=world.database,
        point=point,
        kills=world.kills,
        messages=len(world.crowd.written),
        handled=world.tiltas.number(
            "SELECT count(*) FROM inbox WHERE state = 'done' AND kind = 'text'"
            " AND conversation_id NOT IN (SELECT conversation_id FROM groups)"
        ),
        lost=sum(not _replies(one, after[one.chat], cases) for one in world.crowd.written),
        doubled=sum(_doubled(calls) for calls in before.values())
        + sum(_answered_anew(one, before[one.chat], cases) for one in world.crowd.written),
        cases_lost=sum(one.opens_case and cases[one.number] == [] for one in world.crowd.written),
        cases_doubled=sum(len(numbers) > 1 for numbers in cases.values()),
        replies=len(world.desk.replied),
        replies_lost=sum(not _times(number, after) for number in world.desk.replied),
        replies_doubled=sum(_times(number, before) > 1 for number in world.desk.replied),
        out_of_order=sum(_out_of_order(world.crowd.written, chat, calls, cases) for chat, calls in before.items()),
        uncertain_per_kill=max(
            (event["uncertain"] for event in world.tiltas.log() if event["event"] == "outbox.recovered"), default=0
        ),
    )


async def _seen(world: World) -> dict[int, list[Call]]:
    """Return the messages that Telegram accepted, by chat, in order: the fake's record, not ours."""
    seen: dict[int, list[Call]] = {one.chat: [] for one in world.crowd.written}
    for call in await world.telegram.calls("sendMessage", code=200):
        if call.chat_id in seen:  # not the group
            seen[call.chat_id].append(call)
    return seen


def _times(number: str, seen: Mapping[int, Sequence[Call]]) -> int:
    """Count how often families saw what the specialist wrote to one question."""
    return sum(REPLY.format(number=number) in _text(call) for calls in seen.values() for call in calls)


def _cases(world: World) -> dict[int, list[str]]:
    """Return the numbers of the cases that each message opened, by the number that stands in its words."""
    rows = world.tiltas.rows(
        "SELECT cases.number, case_events.payload ->> 'text' AS words"
        " FROM cases JOIN case_events ON case_events.case_id = cases.id AND case_events.kind = 'opened'"
    )
    opened: dict[int, list[str]] = {one.number: [] for one in world.crowd.written}
    for row in rows:
        number = row["words"].partition("number ")[2].partition(",")[0]
        opened[int(number)].append(row["number"])
    return opened


def _replies(one: Written, calls: Sequence[Call], cases: dict[int, list[str]]) -> list[int]:
    """Return the places, among all that a person saw, of what answers one of their messages."""
    if one.wanted:
        return [at for at, call in enumerate(calls) if _text(call).startswith(one.wanted)]
    return [
        at
        for at, call in enumerate(calls)
        if any(number in _text(call).split() or f"{number}." in _text(call) for number in cases[one.number])
        and _is_first_word(call)
    ]


def _is_first_word(call: Call) -> bool:
    """Tell a hand-over or a danger card from what people answer later; their buttons differ."""
    return f".{Verb.WITHDRAW}." in _buttons(call) or f".{Verb.CANNOT_CALL}." in _buttons(call)


def _text(call: Call) -> str:
    return str(call.result["text"])


def _buttons(call: Call) -> str:
    return json.dumps(call.result.get("reply_markup"))


def _doubled(calls: Sequence[Call]) -> int:
    """Count messages that came twice. Each has buttons or a number of its own, so equal ones are the same one.

    Danger cards may come twice, and so may the question whether an answer has come: both are repeated on purpose.
    """
    same = Counter((_text(call), _buttons(call)) for call in calls)
    return sum(n - 1 for (text, buttons), n in same.items() if not text.startswith("112") and ASKS not in buttons)


def _answered_anew(one: Written, calls: Sequence[Call], cases: dict[int, list[str]]) -> bool:
    """Tell whether a message was handled twice: the second answer has buttons of its own."""
    return len({_buttons(calls[at]) for at in _replies(one, calls, cases)}) > 1


def _out_of_order(written: Sequence[Written], chat: int, calls: Sequence[Call], cases: dict[int, list[str]]) -> int:
    """Count replies that came before an earlier one: first answer, notice, other answers. A danger card may overtake."""
    first, *others = (_replies(one, calls, cases) for one in written if one.chat == chat and not one.danger)
    notice = [at for at, call in enumerate(calls) if "/privacy" in _text(call)]
    places = [found[0] for found in (first, notice, *others) if found]
    return sum(later < earlier for earlier, later in pairwise(places))


def as_table(lines: Sequence[Line]) -> str:
    """Return the lines as a table."""
    head = tuple(column.name.replace("_", " ") for column in fields(Line))
    rows = [head, *(tuple(map(str, astuple(line))) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


async def _desk(tiltas: Tiltas, telegram: FakeTelegram, texts: Texts) -> Desk:
    """Connect a group with one specialist, before anything is killed."""
    await tiltas.serve()
    group = await Group(telegram, tiltas, texts).opens("Support")
    await group.connects("support")
    desk = Desk(group, await group.joins("Rasa"))
    await tiltas.stop()
    return desk


# The tests ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table() -> Iterator[list[Line]]:
    """Return the table to which each test adds its line; it is printed in the end (`-s` shows it)."""
    lines: list[Line] = []
    yield lines
    print("\n" + as_table(sorted(lines, key=lambda line: line.database)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Return the name of a database, and the options of a program that uses an empty one."""
    if request.param == "sqlite":
        yield "sqlite", {}
        return
    with request.getfixturevalue("postgres").one() as address:
        yield "postgresql", {"TILTAS_DATABASE_URL": address}


@pytest_asyncio.fixture(loop_scope="module")
async def world(
    solved: Path, tmp_path: Path, texts: Texts, database: tuple[str, Mapping[str, str]]
) -> AsyncIterator[World]:
    name, options = database
    async with FakeTelegram() as telegram:
        await telegram.configure(latency=0.02)
        # Some messages take longer: whoever sends two to one chat at once has them overtake each other.
        await telegram.fault(FaultKind.DELAY, "sendMessage", every=3, times=0, seconds=0.08)
        data = with_index(tmp_path / "data", solved)
        tiltas = Tiltas(data, telegram, program=("-m", "tests.flow.kill_child"), **options)
        try:
            yield World(name, telegram, tiltas, Crowd(texts), await _desk(tiltas, telegram, texts))
        finally:
            tiltas.clean_up()


@pytest.mark.timeout(300)
async def test_kills_at_every_point_of_commitment_and_in_between_lose_and_double_nothing(
    world: World, table: list[Line]
) -> None:
    for point in random.sample(sorted(POINTS), len(POINTS)):
        await world.kill_at(point, passage=random.randint(1, 4))
    for _ in range(2):
        await world.kill_at_any_moment(after=random.uniform(0, 0.6))

    await world.comes_to_rest()

    table.append(await look(world, "all of them"))
    assert table[-1].is_clean, as_table(table)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("point", POINTS)
async def test_many_kills_at_a_point_of_commitment_lose_and_double_nothing(
    world: World, point: str, table: list[Line]
) -> None:
    for passage in (1, 2, 5, 9):
        await world.kill_at(point, passage)

    await world.comes_to_rest()

    table.append(await look(world, point))
    assert table[-1].is_clean, as_table(table)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_many_kills_at_any_moment_lose_and_double_nothing(world: World, table: list[Line]) -> None:
    for _ in range(20):
        await world.kill_at_any_moment(after=random.uniform(0, 1.5))

    await world.comes_to_rest()

    table.append(await look(world, RANDOM))
    assert table[-1].is_clean, as_table(table)

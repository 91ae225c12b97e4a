"""Danger at 22:40 on the eve of a holiday: people are called until one has it, through kills, a read-only and a full disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.cases.alerting import WAIT
from bot.content.model import ENGLISH
from tests.builders_time import until
from tests.fakes.bot_api import FakeTelegram
from tests.flow.harness import PATIENCE, Person, Tiltas, limit_files, read_only, with_index, without_powers_of_root
from tests.flow.team import Group, tell
from tests.flow.texts import Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVE = datetime(2026, 12, 23, 20, 40, tzinfo=UTC)
"""22:40 in Vilnius; the next three days are public holidays."""
CALLED, ASKED = "🔴 PAVOJUS", "Ar imatės?"
SEVERAL_POLLS = 2.5
"""Seconds in which a message that is not acknowledged is delivered more than once."""


@dataclass
class Clock:
    """The clock of a program that may be dead."""

    file: Path
    ahead: timedelta = timedelta()

    def forward(self, ahead: timedelta) -> None:
        """Let time pass. The file is never half written, nor for a moment empty."""
        self.ahead += ahead
        new = self.file.with_suffix(".new")
        new.write_text(str(self.ahead.total_seconds()), "utf-8")
        new.replace(self.file)


@dataclass
class Night:
    """One family, one group, and a program that may be killed between all that happens."""

    tiltas: Tiltas
    parent: Person
    group: Group
    clock: Clock
    people: dict[str, int] = field(default_factory=dict)

    async def passes(self, ahead: timedelta) -> None:
        """Kill the program, let time pass while it is dead, and start it again."""
        await self.tiltas.kill()
        self.clock.forward(ahead)
        await self.tiltas.serve()

    async def calls(self) -> list[str]:
        """Return whom each call in the group was for."""
        return [one.text for one in await self.group.sees() if one.text.startswith(CALLED) and ASKED in one.text]

    async def until_called(self, times: int) -> None:
        """Wait for a call, and for all that belongs to it."""

        async def called() -> bool:
            return len(await self.calls()) >= times

        await until(called)
        await self.tiltas.settles()


@pytest_asyncio.fixture(loop_scope="module")
async def night(telegram: FakeTelegram, solved: Path, tmp_path: Path, texts: Texts) -> AsyncIterator[Night]:
    """Return the eve of a holiday: two who are on duty, one who leads, and a parent who has not written yet."""
    clock = Clock(tmp_path / "clock.txt")
    clock.forward(timedelta())
    data, program = with_index(tmp_path / "data", solved), without_powers_of_root("-m", "tests.flow.clock_child")
    tiltas = Tiltas(data, telegram, program=program, CLOCK_FILE=str(clock.file))
    parent, group = Person(telegram, tiltas), Group(telegram, tiltas, texts)
    night = Night(tiltas, parent, group, clock)
    await telegram.person(parent.chat, language_code="en")
    await group.opens("Support")
    try:
        await tiltas.serve()
        await group.connects("support")
        for name, place in (("Rasa", "1"), ("Jonas", "2"), ("Vaida", "lead")):
            night.people[name] = await group.joins(name)
            await group.writes(night.people[name], f"/name {name}")
            await group.writes(night.people[name], f"/duty {place}")
        for name in ("Rasa", "Jonas"):
            await group.writes(night.people[name], "/duty on")
        await night.passes(EVE - datetime.now(UTC))
        yield night
        await tell(parent, group)
    finally:
        tiltas.clean_up()


async def test_people_are_called_until_one_has_it_however_often_the_program_ends(
    night: Night, telegram: FakeTelegram, texts: Texts
) -> None:
    tiltas, parent, group = night.tiltas, night.parent, night.group

    await tiltas.kill()
    await telegram.say(parent.chat, texts.red(language=ENGLISH))
    await tiltas.serve()
    await night.until_called(1)
    await night.passes(WAIT)
    await night.until_called(2)
    await night.passes(WAIT)
    await night.until_called(3)
    await tiltas.kill()
    await telegram.press(group.chat, group.says("I have it"), user_id=night.people["Jonas"])
    await tiltas.serve()
    await tiltas.settles()
    await night.passes(timedelta(hours=1))
    await tiltas.settles()
    called, seen = await night.calls(), [one.text for one in await parent.sees()]
    (alert,) = tiltas.rows("SELECT rung, step, due_at, ended_by FROM alerts")
    holder = tiltas.rows("SELECT claimed_by FROM cases")[0]["claimed_by"]
    assert await tiltas.stop() == 0

    assert [name for name, call in zip(night.people, called, strict=True) if name in call] == list(night.people)
    assert (alert["rung"], alert["step"], alert["due_at"]) == ("lead", 3, None)
    assert alert["ended_by"] == holder
    assert len([text for text in seen if text.startswith("112")]) == 1
    assert len([text for text in seen if "Jonas" in text]) == 1


async def test_people_are_called_after_a_read_only_database_however_often_the_program_ends(
    night: Night, telegram: FakeTelegram, texts: Texts
) -> None:
    tiltas, parent, group = night.tiltas, night.parent, night.group

    await tiltas.kill()
    with read_only(tiltas):
        await telegram.say(parent.chat, texts.red(language=ENGLISH))
        for start in (1, 2):
            await tiltas.serve()
            await telegram.wait_for_call(chat_id=parent.chat, count=start, timeout=timedelta(seconds=PATIENCE))
            await tiltas.kill()
        meanwhile, called_meanwhile = [one.text for one in await parent.sees()], await night.calls()
    await tiltas.serve()
    await night.until_called(1)
    await night.passes(WAIT)
    await night.until_called(2)
    await tiltas.kill()
    await telegram.press(group.chat, group.says("I have it"), user_id=night.people["Jonas"])
    await tiltas.serve()
    await tiltas.settles()
    called, seen = await night.calls(), [one.text for one in await parent.sees()]
    (case,) = tiltas.rows("SELECT number, claimed_by FROM cases")
    (alert,) = tiltas.rows("SELECT due_at, ended_by FROM alerts")
    assert await tiltas.stop() == 0

    nobody = texts.says("I cannot alert a person at this moment. Please call.")
    assert [nobody in card for card in meanwhile] == [True, True]
    assert called_meanwhile == []
    assert [name in call for name, call in zip(("Rasa", "Jonas"), called, strict=True)] == [True, True]
    first, *_ = seen[len(meanwhile) :]
    assert (first.startswith("112"), nobody in first, case["number"] in first) == (True, False, True)
    assert len([text for text in seen if "Jonas" in text]) == 1
    assert (alert["due_at"], alert["ended_by"]) == (None, case["claimed_by"])


async def test_a_parent_is_told_whom_to_call_while_the_disk_is_full_and_people_are_called_as_soon_as_it_is_not(
    night: Night, telegram: FakeTelegram, texts: Texts
) -> None:
    tiltas, parent, group = night.tiltas, night.parent, night.group

    limit_files(tiltas, 0)
    await telegram.say(parent.chat, texts.red(language=ENGLISH))
    await telegram.wait_for_call(chat_id=parent.chat, timeout=timedelta(seconds=PATIENCE))
    await asyncio.sleep(SEVERAL_POLLS)
    meanwhile, called_meanwhile = [one.text for one in await parent.sees()], await night.calls()
    limit_files(tiltas)
    await night.until_called(1)
    await group.presses(night.people["Rasa"], group.says("I have it"))
    seen = [one.text for one in await parent.sees()]
    (alert,) = tiltas.rows("SELECT due_at FROM alerts")
    (case,) = tiltas.rows("SELECT number, claimed_by FROM cases")
    assert await tiltas.stop() == 0

    (card,) = meanwhile
    assert card.startswith("112")
    assert texts.says("I cannot alert a person at this moment. Please call.") in card
    assert called_meanwhile == []
    first, second, *later = seen
    assert first == card
    assert second.startswith("112")
    assert case["number"] in second
    assert len([text for text in later if "Rasa" in text]) == 1
    assert (case["claimed_by"] is None, alert["due_at"]) == (False, None)

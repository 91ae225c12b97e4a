"""Danger at 22:40 on the eve of a holiday: people are called until one has it, however often the program ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cases.alerting import WAIT
from bot.content.model import ENGLISH
from tests.builders_time import until
from tests.fakes.bot_api import FakeTelegram
from tests.flow.harness import Person, Tiltas, with_index
from tests.flow.team import Group, tell
from tests.flow.texts import Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVE = datetime(2026, 12, 23, 20, 40, tzinfo=UTC)
"""22:40 in Vilnius; the next three days are public holidays."""
CALLED, ASKED = "🔴 PAVOJUS", "Ar imatės?"


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
    """One family, one group, and a program that is killed between all that happens."""

    tiltas: Tiltas
    parent: Person
    group: Group
    clock: Clock

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


async def test_people_are_called_until_one_has_it_however_often_the_program_ends(
    telegram: FakeTelegram, solved: Path, tmp_path: Path, texts: Texts
) -> None:
    clock = Clock(tmp_path / "clock.txt")
    clock.forward(timedelta())
    data, program = with_index(tmp_path / "data", solved), ("-m", "tests.flow.clock_child")
    tiltas = Tiltas(data, telegram, program=program, CLOCK_FILE=str(clock.file))
    parent, group = Person(telegram, tiltas), Group(telegram, tiltas, texts)
    night = Night(tiltas, parent, group, clock)
    await telegram.person(parent.chat, language_code="en")
    await group.opens("Support")
    try:
        await tiltas.serve()
        await group.connects("support")
        rasa, jonas, vaida = [await group.joins(name) for name in ("Rasa", "Jonas", "Vaida")]
        for person, name, place in ((rasa, "Rasa", "1"), (jonas, "Jonas", "2"), (vaida, "Vaida", "lead")):
            await group.writes(person, f"/name {name}")
            await group.writes(person, f"/duty {place}")
        for person in (rasa, jonas):
            await group.writes(person, "/duty on")
        await night.passes(EVE - datetime.now(UTC))

        await tiltas.kill()
        await telegram.say(parent.chat, texts.red(language=ENGLISH))
        await tiltas.serve()
        await night.until_called(1)
        await night.passes(WAIT)
        await night.until_called(2)
        await night.passes(WAIT)
        await night.until_called(3)
        await tiltas.kill()
        await telegram.press(group.chat, group.says("I have it"), user_id=jonas)
        await tiltas.serve()
        await tiltas.settles()
        await night.passes(timedelta(hours=1))
        await tiltas.settles()
        called, seen = await night.calls(), [one.text for one in await parent.sees()]
        (alert,) = tiltas.rows("SELECT rung, step, due_at, ended_by FROM alerts")
        holder = tiltas.rows("SELECT claimed_by FROM cases")[0]["claimed_by"]
        assert await tiltas.stop() == 0
        await tell(parent, group)
    finally:
        tiltas.clean_up()

    names = ("Rasa", "Jonas", "Vaida")
    assert [name for name, call in zip(names, called, strict=True) if name in call] == list(names)
    assert (alert["rung"], alert["step"], alert["due_at"]) == ("lead", 3, None)
    assert alert["ended_by"] == holder
    assert len([text for text in seen if text.startswith("112")]) == 1
    assert len([text for text in seen if "Jonas" in text]) == 1

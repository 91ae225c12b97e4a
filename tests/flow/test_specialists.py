"""A family's question is answered by people in their Telegram group, whatever becomes of the group; `make story` prints it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.content.model import ENGLISH
from tests.builders_postgres import Databases
from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import Person, Tiltas
from tests.flow.team import Group, tell
from tests.flow.texts import Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "/human my landlord wants to see a paper from the school, what paper?"
NOTE = "heron meadow lantern"
"""Words that no family may ever see."""


@dataclass
class Story:
    """One family, two teams, and what happened to their group in between."""

    parent: Person
    support: Group
    legal: Group
    texts: Texts

    def says(self, text: str) -> str:
        """Return one of the bot's own texts as the family sees it."""
        return self.texts.says(text, ENGLISH)

    async def plays(self, disturb: Callable[[Story, str], Awaitable[None]]) -> str:
        """Play the whole story; `disturb` happens between the note and the picture. Return the case's number."""
        rasa, jonas = await self.support.joins("Rasa"), await self.support.joins("Jonas")
        lawyer = await self.legal.joins("Vaida")
        await self.support.writes(rasa, "/name Rasa, social worker")
        number = await self._asks()
        await self._is_claimed_twice(number, rasa, jonas)
        await self.support.writes(rasa, f"/note {NOTE}", about=number)
        await disturb(self, number)
        await self._sends_a_picture(number)
        await self._is_replied_to(number, rasa)
        await self.parent.says("thanks!")
        await self._is_closed(number, rasa)
        await self.parent.presses(self.says("No"))
        assert "open again" in (await self.parent.sees())[-1].text
        await self._is_transferred(number, rasa)
        await self._is_answered_by(number, lawyer)
        return number

    async def _asks(self) -> str:
        await self.parent.says(QUESTION)
        (case,) = self.parent.cases()
        number = str(case["number"])
        assert case["words"] in (await self.support.card(number))["text"]
        return number

    async def _is_claimed_twice(self, number: str, rasa: int, jonas: int) -> None:
        claim = self.support.says("Claim")
        card = (await self.support.card(number))["message_id"]
        await self.support.telegram.press(self.support.chat, claim, user_id=rasa, message_id=card)
        await self.support.telegram.press(self.support.chat, claim, user_id=jonas, message_id=card)
        await self.support.tiltas.settles()
        *_, won, lost = await self.support.toasts()
        assert number in won
        assert "Rasa, social worker" in lost
        assert "Rasa, social worker" in (await self.parent.sees())[-1].text

    async def _sends_a_picture(self, number: str) -> None:
        (warning,) = await self.parent.gets(lambda: self.parent.telegram.send_photo(self.parent.chat))
        assert not await self._pictures()
        await self.parent.presses(self.says("Send it to a person"))
        assert len(await self._pictures()) == 1
        assert self.says("Nobody has it yet.") in warning.text
        assert number in (await self.parent.sees())[-1].text

    async def _pictures(self) -> list[object]:
        return [body for body in await self.support.telegram.bot_messages(self.support.chat) if "photo" in body]

    async def _is_replied_to(self, number: str, rasa: int) -> None:
        await self.support.writes(rasa, "Ask the school for a certificate of attendance.", about=number)
        reply = (await self.parent.sees())[-1]
        assert "Rasa, social worker" in reply.text
        assert "certificate of attendance" in reply.text

    async def _is_closed(self, number: str, rasa: int) -> None:
        await self.support.presses(rasa, self.support.says("Close"), about=number)
        await self.support.presses(rasa, self.support.says("Answered"))
        assert self.says("Did this help?") in (await self.parent.sees())[-1].text

    async def _is_transferred(self, number: str, rasa: int) -> None:
        await self.support.presses(rasa, self.support.says("Transfer"), about=number)
        await self.support.presses(rasa, "teisinės pagalbos komanda")
        assert "legal help team" in (await self.parent.sees())[-1].text

    async def _is_answered_by(self, number: str, lawyer: int) -> None:
        await self.legal.presses(lawyer, self.legal.says("Claim"), about=number)
        await self.legal.writes(lawyer, "The landlord may not ask for it.", about=number)
        assert "may not ask" in (await self.parent.sees())[-1].text
        assert not any(NOTE in message.text for message in await self.parent.sees())


@pytest.fixture
def everybody(telegram: FakeTelegram, prepared: Start, texts: Texts) -> Callable[..., Awaitable[Story]]:
    """Return a maker of a running program with two connected groups and a family."""

    async def make(*, forum: bool = True, basic: bool = False, **options: str) -> Story:
        tiltas: Tiltas = prepared(telegram, **options)
        await tiltas.serve()
        support = Group(telegram, tiltas, texts)
        if basic:
            support.chat = -(support.chat % 1_000_000 + 1)
        await support.opens("Support", forum=forum)
        legal = await Group(telegram, tiltas, texts).opens("Legal")
        await support.connects("support")
        await legal.connects("legal")
        parent = Person(telegram, tiltas)
        await telegram.person(parent.chat, "Parent", language_code="en")
        return Story(parent, support, legal, texts)

    return make


Make = Callable[..., Awaitable[Story]]


async def _nothing(_story: Story, _number: str) -> None:
    return


async def test_a_question_is_answered_in_a_group_with_topics(everybody: Make) -> None:
    story = await everybody()
    number = await story.plays(_nothing)
    await tell(story.parent, story.support, story.legal)
    assert "thread_id" in await story.support.place(number)


async def test_a_question_is_answered_in_the_same_way_on_postgresql(everybody: Make, postgres: Databases) -> None:
    with postgres.one() as address:
        story = await everybody(TILTAS_DATABASE_URL=address)
        await story.plays(_nothing)
        await story.support.tiltas.stop()


async def test_a_question_is_answered_in_a_group_without_topics(everybody: Make) -> None:
    story = await everybody(forum=False)
    number = await story.plays(_nothing)
    await tell(story.parent, story.support, story.legal)
    assert "reply_to" in await story.support.place(number)


async def test_a_topic_that_somebody_deletes_is_made_again(everybody: Make) -> None:
    story = await everybody()
    threads: list[int] = []

    async def delete_topic(story: Story, number: str) -> None:
        threads.append((await story.support.place(number))["thread_id"])
        await story.support.telegram.delete_topic(story.support.chat, threads[0])

    number = await story.plays(delete_topic)
    await tell(story.parent, story.support, story.legal)
    assert (await story.support.place(number))["thread_id"] != threads[0]


async def test_a_group_that_becomes_a_supergroup_takes_its_cases_along(everybody: Make) -> None:
    story = await everybody(forum=False, basic=True)
    old = story.support.chat

    async def migrate(story: Story, _number: str) -> None:
        await story.support.migrates()

    await story.plays(migrate)
    await tell(story.parent, story.support, story.legal)
    assert story.support.chat != old

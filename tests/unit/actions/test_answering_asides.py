"""What stands below a reply without being asked for takes no buttons from it: words still press those of the reply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.actions.answering import Mind
from bot.content.model import Language
from bot.conversation.model import OutgoingKind
from bot.matching.evidence import Evidence, Writer
from tests.builders import EN
from tests.builders_dialogue import BENEFIT, KINDERGARTEN, RENT, seen
from tests.builders_teams import Knowing, Office, kinds, office

WITH_AN_ASIDE = pytest.mark.parametrize("of", ["no strength left", "i am 13"])


class KnowingPeople(Knowing):
    """Sees strain and children too, and knows two entries for a message about "which"."""

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        del chosen, hint
        found = {"which": ((BENEFIT, 0.45), (KINDERGARTEN, 0.42)), "benefit": ((BENEFIT, 0.95), (RENT, 0.2))}
        known = next((candidates for word, candidates in found.items() if word in text), ())
        return seen(*known, language=EN, strain="strength" in text, writer=Writer.CHILD if "13" in text else None)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office() as desk:
        await desk.writes("benefit")  # the first notice is behind us
        catalogue = desk.world.catalogue.model_copy(update={"early_help": (RENT, KINDERGARTEN)})
        desk.mind = Mind(KnowingPeople(), replace(desk.mind.world, catalogue=catalogue))
        yield desk


@WITH_AN_ASIDE
async def test_a_number_chooses_what_was_asked_back(desk: Office, of: str) -> None:
    asked = await desk.writes(f"which, {of}")

    told = await desk.writes("1")

    assert kinds(asked) == [OutgoingKind.CLARIFICATION, OutgoingKind.TALK]
    assert kinds(told) == [OutgoingKind.ANSWER]


@WITH_AN_ASIDE
async def test_words_of_a_button_below_the_answer_press_it(desk: Office, of: str) -> None:
    answered = await desk.writes(f"benefit, {of}")

    told = await desk.writes("Not this")

    assert kinds(answered) == [OutgoingKind.ANSWER, OutgoingKind.TALK]
    assert kinds(told) == [OutgoingKind.ANSWER]


@WITH_AN_ASIDE
async def test_in_a_hidden_chat_show_shows_what_was_asked_for(desk: Office, of: str) -> None:
    await desk.writes("/hide")
    hidden = await desk.writes(f"benefit, {of}")

    told = await desk.writes("Show")

    assert len(hidden) == 2
    assert kinds(told) == [OutgoingKind.ANSWER]

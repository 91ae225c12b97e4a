"""What replies are made of, and a voice in each language."""

from __future__ import annotations

import pytest

from bot.content.model import MAIN_LANGUAGES, Language
from bot.conversation.notices import Voice
from bot.conversation.replies import World
from tests.builders_dialogue import world


@pytest.fixture
def w() -> World:
    return world()


@pytest.fixture(params=MAIN_LANGUAGES)
def v(request: pytest.FixtureRequest) -> Voice:
    return world().voice(Language(str(request.param)))

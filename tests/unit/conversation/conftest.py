"""What replies are made of."""

from __future__ import annotations

import pytest

from bot.conversation.replies import World
from tests.builders_dialogue import world


@pytest.fixture
def w() -> World:
    return world()

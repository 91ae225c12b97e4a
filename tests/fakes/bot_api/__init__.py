"""A fake Telegram Bot API: a real HTTP server on loopback, as strict as the real one, scriptable by tests.

Tests hold a `FakeTelegram`; bots talk to its `base_url` with its `token`. Run it as a process of its own with
`python -m tests.fakes.bot_api`.
"""

from tests.fakes.bot_api.api import Settings
from tests.fakes.bot_api.client import FakeTelegram
from tests.fakes.bot_api.clock import Clock, StillClock
from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.faults import FaultKind
from tests.fakes.bot_api.limits import Flood, LimitSettings
from tests.fakes.bot_api.model import Call, Event
from tests.fakes.bot_api.stats import Stats

__all__ = [
    "Call",
    "Clock",
    "Event",
    "FakeTelegram",
    "FakeTelegramError",
    "FaultKind",
    "Flood",
    "LimitSettings",
    "Settings",
    "Stats",
    "StillClock",
]

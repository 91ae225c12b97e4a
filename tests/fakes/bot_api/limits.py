"""How often a bot may speak: the limits Telegram publishes, and a record of how they were kept."""

import math
from collections import deque
from dataclasses import dataclass

from tests.fakes.bot_api.clock import Clock


@dataclass(slots=True)
class LimitSettings:
    """The limits. Telegram publishes about 30/s in all, 1/s per private chat with short bursts, 20/min per group."""

    enabled: bool = True
    per_second: int = 30
    private_per_second: float = 1.0
    private_burst: int = 3
    group_per_minute: int = 20
    edits_count: bool = True


@dataclass(frozen=True, slots=True)
class Flood:
    """One 429. `scope` is "bot", "private" or "group"; `while_forbidden` if an earlier 429 still held."""

    at: float
    method: str
    chat_id: int
    scope: str
    retry_after: int
    while_forbidden: bool


class _Window:
    """At most `size` events within any `span` seconds."""

    def __init__(self, scope: str, size: int, span: float) -> None:
        self.scope = scope
        self.forbidden_until = 0.0
        self._size = size
        self._span = span
        self._times: deque[float] = deque()

    def free_in(self, now: float) -> float:
        times = self._times
        while times and times[0] <= now - self._span:
            times.popleft()
        return 0.0 if len(times) < self._size else times[0] + self._span - now

    def take(self, now: float) -> None:
        self._times.append(now)


class _Bucket:
    """Holds up to `size` tokens, `rate` new ones per second; an event takes one."""

    def __init__(self, scope: str, size: int, rate: float, now: float) -> None:
        self.scope = scope
        self.forbidden_until = 0.0
        self._size = float(size)
        self._rate = rate
        self._tokens = float(size)
        self._filled_at = now

    def free_in(self, now: float) -> float:
        self._tokens = min(self._size, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        # Rounding must not turn a full second of waiting into not quite one token.
        return 0.0 if self._tokens >= 1.0 - 1e-6 else (1.0 - self._tokens) / self._rate

    def take(self, now: float) -> None:
        self._filled_at = now
        self._tokens -= 1.0


class Peak:
    """Counts events and the most that fell within any one second."""

    def __init__(self) -> None:
        """Start at zero."""
        self._recent: deque[float] = deque()
        self.highest = 0
        self.total = 0

    def add(self, now: float) -> None:
        """Count an event at `now`."""
        recent = self._recent
        recent.append(now)
        while recent[0] <= now - 1.0:
            recent.popleft()
        self.total += 1
        self.highest = max(self.highest, len(recent))


class RateLimiter:
    """Counts what a bot sends. An ask that is refused takes no place, so asking on prolongs nothing."""

    def __init__(self, settings: LimitSettings, clock: Clock) -> None:
        """Keep the limits; call `forget` after changing a number in them."""
        self.settings = settings
        self._clock = clock
        self.floods: list[Flood] = []
        self.accepted = Peak()
        self.asked = Peak()
        self._chats: dict[int, _Window | _Bucket] = {}
        self._bot = _Window("bot", settings.per_second, 1.0)

    def forget(self) -> None:
        """Start with empty windows and an empty record, under the settings as they are now."""
        self.floods.clear()
        self.accepted = Peak()
        self.asked = Peak()
        self._chats.clear()
        self._bot = _Window("bot", self.settings.per_second, 1.0)

    def ask(self, method: str, chat_id: int, *, private: bool) -> int | None:
        """Take a place for one message now; if there is none return the whole seconds to wait."""
        now = self._clock.now()
        self.asked.add(now)
        if self.settings.enabled:
            places = (self._bot, self._chat(chat_id, now, private=private))
            for place in places:
                retry_after = self._refuse(place, now, method, chat_id)
                if retry_after is not None:
                    return retry_after
            for place in places:
                place.take(now)
        self.accepted.add(now)
        return None

    def _chat(self, chat_id: int, now: float, *, private: bool) -> "_Window | _Bucket":
        chat = self._chats.get(chat_id)
        if chat is None:
            limits = self.settings
            chat = (
                _Bucket("private", limits.private_burst, limits.private_per_second, now)
                if private
                else _Window("group", limits.group_per_minute, 60.0)
            )
            self._chats[chat_id] = chat
        return chat

    def _refuse(self, place: "_Window | _Bucket", now: float, method: str, chat_id: int) -> int | None:
        held = place.forbidden_until > now
        wait = place.forbidden_until - now if held else place.free_in(now)
        if wait <= 0.0:
            return None
        retry_after = max(1, math.ceil(wait))
        if not held:
            place.forbidden_until = now + retry_after
        self.floods.append(Flood(now, method, chat_id, place.scope, retry_after, held))
        return retry_after

"""How fast Telegram may be written to, and the pauses it asks for."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from bot.conversation.model import OutgoingKind
from bot.ports import Owed

PER_SECOND = 25
"""Messages to all chats in any second. Telegram's limit is about 30; 25 to 28 leaves room for what we do not count."""
CHAT_PAUSE = 1.0
"""Seconds between two messages to one private chat (Telegram FAQ, "broadcasting to users")."""
GROUP_PER_MINUTE = 18
"""Messages to one group in any minute; Telegram's limit is 20. Danger may use the other two."""
URGENT = 90
"""The priority from which a message is about danger."""
FREE = frozenset({OutgoingKind.TOAST})
"""What is no message: answers to presses have no limit of their own."""


class Pacer:
    """Chooses what may leave now; knows nothing of databases. Times are seconds of a monotonic clock."""

    def __init__(
        self, now: Callable[[], float], *, per_second: int = PER_SECOND, chat_pause: float = CHAT_PAUSE
    ) -> None:
        self._now = now
        self._per_second = per_second
        self._chat_pause = chat_pause
        self._all: deque[float] = deque()
        self._chats: dict[str, float] = {}
        self._groups: defaultdict[str, deque[float]] = defaultdict(deque)
        self._paused: dict[str, float] = {}
        self._all_paused_until = 0.0

    def choose(self, rows: Iterable[Owed], places: int) -> tuple[list[Owed], float | None]:
        """Return rows that may leave now, at most `places`, and the seconds until another of `rows` may.

        A danger card waits for nothing but a pause that Telegram itself asked for.
        """
        chosen: list[Owed] = []
        waits: list[float] = []
        now = self._now()
        self._forget(now)
        for row in rows:
            wait = self._wait(row, now)
            if wait > 0:
                waits.append(wait)
            elif len(chosen) < places:
                if row.outgoing.kind not in FREE:
                    self._note(row.address.chat, now)
                chosen.append(row)
        return chosen, min(waits, default=None)

    def slow_down(self, chat: str, delay: float) -> None:
        """Pause a chat; a second chat paused meanwhile means that all of us are too fast."""
        now = self._now()
        if any(until > now for other, until in self._paused.items() if other != chat):
            self._all_paused_until = max(self._all_paused_until, now + delay)
        self._paused[chat] = now + delay

    def _wait(self, row: Owed, now: float) -> float:
        chat = row.address.chat
        asked = max(self._paused.get(chat, 0.0), self._all_paused_until) - now
        if row.outgoing.kind is OutgoingKind.CARD or row.outgoing.kind in FREE:
            return asked
        return max(asked, self._chat_wait(chat, now, urgent=row.priority >= URGENT), self._global_wait(now))

    def _chat_wait(self, chat: str, now: float, *, urgent: bool) -> float:
        if not self._chat_pause:
            return 0.0
        if chat.startswith("-"):
            sent, most = self._groups[chat], GROUP_PER_MINUTE + (2 if urgent else 0)
            return sent[len(sent) - most] + 60 - now if len(sent) >= most else 0.0
        return self._chats.get(chat, -self._chat_pause) + self._chat_pause - now

    def _global_wait(self, now: float) -> float:
        if not self._per_second or len(self._all) < self._per_second:
            return 0.0
        return self._all[0] + 1 - now

    def _note(self, chat: str, now: float) -> None:
        self._all.append(now)
        if chat.startswith("-"):
            self._groups[chat].append(now)
        else:
            self._chats[chat] = now

    def _forget(self, now: float) -> None:
        while self._all and self._all[0] <= now - 1:
            self._all.popleft()
        for sent in self._groups.values():
            while sent and sent[0] <= now - 60:
                sent.popleft()
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        if len(self._chats) > 10 * max(self._per_second, 1):
            self._chats = {chat: at for chat, at in self._chats.items() if at > now - self._chat_pause}

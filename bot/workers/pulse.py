"""Whether each loop lives: when it last completed a turn, and whether it has broken since."""

from __future__ import annotations

from collections.abc import Callable

from bot.actions.health import Loop


class Heart:
    """See `ports.Pulse`; `patience` is the seconds between two turns after which the loop counts as standing still."""

    def __init__(self, patience: float, now: Callable[[], float]) -> None:
        """Begin to count; `now` returns seconds of a monotonic clock."""
        self._patience = patience
        self._now = now
        self._since = now()
        self._turned = False
        self._failing = False

    def turned(self) -> None:
        """See `ports.Pulse.turned`."""
        self._since = self._now()
        self._turned = True
        self._failing = False

    def failed(self) -> None:
        """See `ports.Pulse.failed`."""
        self._failing = True

    def felt(self) -> Loop:
        """Return how the loop is."""
        age = self._now() - self._since
        return Loop(age if self._turned else None, lives=age < self._patience, failing=self._failing)


class Hearts:
    """One heart for each loop of a serving process.

    Each has the time of its longest ordinary turn, several times over: a poll holds for half a minute,
    timers are looked at every ten seconds, and learning from new content takes up to a minute.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.poll = Heart(120, now)
        self.answers = Heart(60, now)
        self.delivery = Heart(60, now)
        self.direct = Heart(60, now)
        self.timers = Heart(120, now)
        self.content = Heart(300, now)

    def felt(self) -> dict[str, Loop]:
        """Return how each loop is, by its name."""
        return {name: heart.felt() for name, heart in vars(self).items()}

    def stuck(self) -> bool:
        """Tell whether what people wrote, or what they are owed, gets nowhere: a loop stands still or breaks at each turn."""
        return any(loop.failing or not loop.lives for loop in (self.answers.felt(), self.delivery.felt()))

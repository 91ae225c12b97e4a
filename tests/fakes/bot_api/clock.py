"""A clock that runs by itself and can be moved forward."""

import time
from datetime import timedelta


class Clock:
    """Unix time that tests may shift; everything in the fake that ages asks this clock."""

    def __init__(self) -> None:
        """Start at the time of this machine."""
        self._shift = 0.0

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self._shift

    def advance(self, by: timedelta) -> None:
        """Let `by` pass at once. Long polls and webhook pauses under way are not cut short."""
        self._shift += by.total_seconds()


class StillClock(Clock):
    """A clock that moves only when told to; for tests that count in exact seconds."""

    def __init__(self, start: float = 1_760_000_000.0) -> None:
        """Stand at `start`, seconds since 1970."""
        super().__init__()
        self._start = start

    def now(self) -> float:
        """Return the start plus whatever was added."""
        return self._start + self._shift

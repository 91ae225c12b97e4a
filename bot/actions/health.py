"""Whether a running Tiltas is well, for whoever watches it from outside: ages and numbers, never a text or a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.actions.direct import DirectCards
from bot.actions.reporting import OLD
from bot.errors import StoreUnavailable
from bot.ports import Clock, Store, StoreState


@dataclass(frozen=True, slots=True)
class Loop:
    """How one loop is.

    `age` is the seconds since its last complete turn, None before the first. `lives` is false when that is too long ago,
    `failing` true when a turn has broken since.
    """

    age: float | None
    lives: bool
    failing: bool

    def as_json(self) -> dict[str, object]:
        """Return all fields as JSON values."""
        age = None if self.age is None else round(self.age, 1)
        return {"lives": self.lives, "failing": self.failing, "last_turn_s": age}


@dataclass(frozen=True, slots=True)
class Database:
    """What a look at the database found; `state` is None where it cannot be read."""

    schema: str | None = None
    state: StoreState | None = None
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How a running Tiltas is. `newest` is the schema that this program works with, `findings` those of refused content.

    `direct` are the danger cards that left past the database since the start.
    """

    database: Database
    newest: str
    content_version: str
    findings: int
    loops: Mapping[str, Loop]
    at: datetime
    direct: DirectCards = field(default_factory=DirectCards)

    @property
    def well(self) -> bool:
        """Whether nothing needs a look: the database takes and gives, all loops live, nothing waits too long."""
        state = self.database.state
        return (
            state is not None
            and self.database.writes
            and self.database.schema == self.newest
            and not self.findings
            and all(loop.lives for loop in self.loops.values())
            and all(self.at - oldest < OLD for oldest in (state.oldest_unhandled, state.oldest_owed) if oldest)
        )

    def as_json(self) -> dict[str, object]:
        """Return what anybody may see who reaches the page."""
        state = self.database.state
        return {
            "well": self.well,
            "database": {
                "reads": state is not None,
                "writes": self.database.writes,
                "schema": self.database.schema,
                "schema_is_newest": self.database.schema == self.newest,
            },
            "messages": state
            and {
                "oldest_unhandled_s": self._age(state.oldest_unhandled),
                "oldest_owed_s": self._age(state.oldest_owed),
                "given_up": state.given_up,
                "uncertain": state.uncertain,
                "refused": state.refused,
            },
            "direct_cards": {"sent": self.direct.sent, "last_s": self._age(self.direct.last)},
            "content": {"version": self.content_version, "findings": self.findings},
            "loops": {name: loop.as_json() for name, loop in self.loops.items()},
        }

    def _age(self, instant: datetime | None) -> int | None:
        return None if instant is None else round((self.at - instant).total_seconds())


async def writes(*, store: Store, clock: Clock) -> bool:
    """Tell whether the database takes something: a row that nobody reads, written and committed."""
    try:
        async with store.begin() as tx:
            await tx.leases.take("health", "health", timedelta(), clock(), alone=True)
    except StoreUnavailable:
        return False
    return True

"""Counts, never texts or names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from bot.actions.calibrating import OwnCalibration
from bot.ports import Clock, Store, StoreState

OLD = timedelta(minutes=5)
"""A message that waits longer than this says that nobody handles or sends."""


@dataclass(frozen=True, slots=True)
class State:
    """What `tiltas status` tells."""

    schema: str | None
    store: StoreState
    entries: int
    content_version: str
    findings: int
    encoder: str
    at: datetime
    last_backup: datetime | None = None
    """As far as it is known beside the database."""
    own: OwnCalibration | None = None
    """The calibration from this deployment's own presses, if it is in use."""

    @property
    def well(self) -> bool:
        """Whether nothing needs a look: content sound, nothing waiting too long, no promise broken, no call about danger unanswered."""
        oldest = [x for x in (self.store.oldest_unhandled, self.store.oldest_owed) if x is not None]
        kept = not self.findings and not self.store.late_cases and not self.store.unanswered_alerts
        return kept and all(self.at - instant < OLD for instant in oldest)

    def as_json(self) -> dict[str, object]:
        """Return all fields as JSON values."""
        store = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self.store).items()
        }
        return {
            "well": self.well,
            "schema": self.schema,
            "store": store,
            "entries": self.entries,
            "content_version": self.content_version,
            "findings": self.findings,
            "encoder": self.encoder,
            "last_backup": self.last_backup and self.last_backup.isoformat(),
            "calibration": self.own and {"day": self.own.day.isoformat(), "verdicts": self.own.verdicts},
        }

    def as_text(self) -> str:
        """Return all fields as lines."""
        store = "\n".join(f"{name.replace('_', ' '):<20} {value}" for name, value in asdict(self.store).items())
        content = (
            f"content {self.content_version}: {self.entries} entries, {self.findings} errors, encoder {self.encoder}"
        )
        backup = f"last backup {self.last_backup:%Y-%m-%d %H:%M} UTC" if self.last_backup else "last backup unknown"
        own = f"own of {self.own.day}, from {self.own.verdicts} verdicts" if self.own else "shipped"
        lines = (f"schema {self.schema}", store, content, f"calibration {own}", backup)
        return "\n".join(("well" if self.well else "needs a look", *lines))


async def store_state(*, store: Store, clock: Clock) -> StoreState:
    """Count what the store holds."""
    async with store.begin() as tx:
        return await tx.state(clock())

"""A summary of what a bot asked of the server."""

from dataclasses import dataclass

from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.limits import Flood


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the start or the last reset_stats.

    `calls`: how often each method ended in each code, as "sendMessage 200". `accepted`: messages and edits that passed
    the limits. `peak_per_second`: the most of them within any one second; `peak_asked_per_second` counts refused asks
    too. `floods`: every 429 of the limits, not the scripted ones.
    """

    calls: dict[str, int]
    floods: list[Flood]
    accepted: int
    peak_per_second: int
    peak_asked_per_second: int
    pending_updates: int
    updates_added: int

    @classmethod
    def from_json(cls, body: JsonObject) -> "Stats":
        """Read the answer of the order `stats`."""
        return cls(**{**body, "floods": [Flood(**flood) for flood in body["floods"]]})

    def count(self, method: str, code: int = 200) -> int:
        """Return how often a method ended in a code."""
        return self.calls.get(f"{method} {code}", 0)

"""Scripted trouble: the next calls that fit fail in the way a test asked for."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """Ways in which a call can go wrong."""

    FLOOD = "flood"  # 429 with `retry_after` seconds; not handled
    REFUSE = "refuse"  # the given code and description; not handled
    BAD_GATEWAY = "bad_gateway"  # 502 with the HTML page of a proxy; not handled
    INTERNAL = "internal"  # 500 as JSON; not handled
    DROP = "drop"  # the connection closes before the call is handled
    HANG = "hang"  # nothing is handled or answered for `seconds`, then the connection closes
    DELAY = "delay"  # handled `seconds` late
    LOST_ANSWER = "lost_answer"  # handled, then the connection closes without an answer
    LATE_ANSWER = "late_answer"  # handled at once, answered `seconds` later
    GARBLED = "garbled"  # handled, but only half of the JSON arrives
    GATEWAY_AFTER = "gateway_after"  # handled, but the proxy answers 502


@dataclass(slots=True)
class Fault:
    """One piece of trouble. `method` and `chat_id` narrow it down; it skips `after` fitting calls, then hits `times`.

    `times` 0 means for ever. `seconds` and `retry_after` are seconds; `every` 3 hits each third fitting call.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    after: int = 0
    times: int = 1
    every: int = 1
    seconds: float = 0.0
    retry_after: int = 1
    code: int = 400
    description: str = "Bad Request: scripted by the test"
    hits: int = 0
    seen: int = 0

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Tell whether a call is of the kind this fault waits for; `method` is compared without case."""
        if self.method is not None and self.method.lower() != method.lower():
            return False
        return self.chat_id is None or self.chat_id == chat_id

    @property
    def spent(self) -> bool:
        """Tell whether it has hit as often as it should."""
        return 0 < self.times <= self.hits

    def strikes(self) -> bool:
        """Count a fitting call and tell whether it is hit."""
        self.seen += 1
        turn = self.seen - self.after
        if turn <= 0 or (turn - 1) % self.every:
            return False
        self.hits += 1
        return True


class FaultScript:
    """The faults that are still to come, in the order they were scripted; the first that strikes wins."""

    def __init__(self) -> None:
        """Start without trouble."""
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Append a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Drop all faults."""
        self._faults.clear()

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the fault that hits this call, if any."""
        if not self._faults:
            return None
        for fault in self._faults:
            if fault.fits(method, chat_id) and fault.strikes():
                if fault.spent:
                    self._faults.remove(fault)
                return fault
        return None

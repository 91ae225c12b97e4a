"""How much memory this process has and had, in MB, as Linux tells."""

from __future__ import annotations

from pathlib import Path

_PROCESS = Path("/proc/self")


def resident_mb() -> float:
    """Return what is resident now."""
    return _status("VmRSS")


def peak_mb() -> float:
    """Return the most that was resident since `forget_peak`."""
    return _status("VmHWM")


def forget_peak() -> None:
    """Let the peak begin again at what is resident now."""
    (_PROCESS / "clear_refs").write_text("5", encoding="ascii")


def _status(name: str) -> float:
    lines = (_PROCESS / "status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))

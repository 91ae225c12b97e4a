"""A deployment's own calibration, in a file of the data folder."""

from __future__ import annotations

import json
import math
import tempfile
from datetime import date
from pathlib import Path

import structlog

from bot.actions.calibrating import OwnCalibration

log = structlog.get_logger()


class CalibrationFile:
    """`calibration.json` in a data folder."""

    def __init__(self, data: Path) -> None:
        self.path = data / "calibration.json"

    def read(self) -> OwnCalibration | None:
        """Return what is kept; None where there is nothing, or nothing that can be read, which is logged."""
        try:
            return _read(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError) as error:
            log.warning("calibration.unreadable", error_type=type(error).__name__)
            return None

    def write(self, own: OwnCalibration) -> None:
        """Keep a calibration, whole or not at all. Raises OSError; then what was there stays."""
        told = {
            "weights": own.weights,
            "algorithm": own.algorithm,
            "encoder": own.encoder_id,
            "catalogue": own.catalogue_version,
            "day": own.day.isoformat(),
            "verdicts": own.verdicts,
            "right": own.right,
            "figures": own.figures,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
            written = Path(folder) / "calibration.json"
            written.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
            written.replace(self.path)

    def remove(self) -> bool:
        """Go back to the shipped calibration; tell whether there was another. Raises OSError."""
        was_there = self.path.exists()
        self.path.unlink(missing_ok=True)
        return was_there


def _read(text: str) -> OwnCalibration:
    told = json.loads(text)
    weights = tuple(float(weight) for weight in told["weights"])
    if not all(map(math.isfinite, weights)):
        msg = "a weight is no finite number"
        raise ValueError(msg)
    return OwnCalibration(
        weights,
        str(told["algorithm"]),
        str(told["encoder"]),
        str(told["catalogue"]),
        date.fromisoformat(told["day"]),
        int(told["verdicts"]),
        int(told["right"]),
        dict(told["figures"]),
    )

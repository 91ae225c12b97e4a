"""A deployment's own calibration, in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.actions.calibrating import OwnCalibration
from bot.storage.calibration_file import CalibrationFile

OWN = OwnCalibration(
    (1.5, -0.25, 1e-9), "4", "a model", "5546e4314ee08b10", date(2026, 11, 21), 312, 201, {"shipped": {"log_loss": 0.5}}
)

Events = list[MutableMapping[str, Any]]  # Any: log fields are anything


@pytest.fixture(autouse=True)
def events() -> Iterator[Events]:
    with capture_logs() as events:
        yield events


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = CalibrationFile(tmp_path / "not" / "there" / "yet")

    file.write(OWN)

    assert file.read() == OWN
    assert [path.name for path in file.path.parent.iterdir()] == ["calibration.json"]


def test_where_there_is_none_nothing_is_read_or_said(tmp_path: Path, events: Events) -> None:
    assert CalibrationFile(tmp_path).read() is None
    assert events == []


def told(**changes: object) -> str:
    whole = {"weights": [1.0], "algorithm": "4", "encoder": "", "catalogue": "", "day": "2026-11-21"}
    return json.dumps(whole | {"verdicts": 1, "right": 1, "figures": {}} | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        told(weights=None),
        told(weights=["much"]),
        told(weights=[float("nan")]),
        told(weights=[float("inf")]),
        told(day="yesterday"),
        told(day=None),
        told(verdicts="many"),
        told(figures=None),
        "\udcff",
    ],
)
def test_what_cannot_be_read_counts_as_none_and_is_told(tmp_path: Path, events: Events, text: str) -> None:
    file = CalibrationFile(tmp_path)
    file.path.write_text(text, encoding="utf-8", errors="surrogateescape")

    assert file.read() is None
    assert [event["event"] for event in events] == ["calibration.unreadable"]


def test_a_folder_in_its_place_counts_as_none(tmp_path: Path, events: Events) -> None:
    file = CalibrationFile(tmp_path)
    file.path.mkdir()

    assert file.read() is None
    assert [event["event"] for event in events] == ["calibration.unreadable"]


def test_a_calibration_that_cannot_be_written_leaves_the_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match="file"):
        CalibrationFile(tmp_path / "file").write(OWN)

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_removing_tells_whether_there_was_one(tmp_path: Path) -> None:
    file = CalibrationFile(tmp_path)
    file.write(OWN)

    assert [file.remove(), file.remove()] == [True, False]
    assert file.read() is None

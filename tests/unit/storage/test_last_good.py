"""One whole copy of the last sound content is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.content.messages import po_file
from bot.content.model import LITHUANIAN
from bot.storage.last_good import LastGood
from tests.builders_logs import named

ONE, OTHER = {"faq/topics.yaml": "topics: žodžiai\n"}, {"faq/topics.yaml": "topics: other\n", po_file(LITHUANIAN): ""}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "last-good"


def copied(place: Path) -> dict[str, str]:
    """Return the texts of the copy."""
    folder = LastGood(place).folder()
    assert folder is not None
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}


def test_where_nothing_was_kept_there_is_no_copy(place: Path) -> None:
    assert LastGood(place).folder() is None


def test_the_newest_copy_is_there_whole_and_alone(place: Path) -> None:
    for texts in (ONE, OTHER, ONE, OTHER):
        LastGood(place).keep(texts)

        assert copied(place) == texts
        assert len(list(place.iterdir())) == 1


def test_what_is_kept_already_is_not_written_again(place: Path) -> None:
    LastGood(place).keep(ONE)
    folder = LastGood(place).folder()
    assert folder is not None
    (file,) = folder.rglob("*.yaml")
    os.utime(file, (1, 1))

    LastGood(place).keep(ONE)

    assert file.stat().st_mtime == 1


def test_the_newest_copy_is_the_one_that_was_kept_last_also_where_an_older_one_could_not_be_removed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LastGood, "_forget_all_but", lambda *_: None)
    for texts, at in ((ONE, 1), (OTHER, 2)):
        LastGood(place).keep(texts)
        folder = LastGood(place).folder()
        assert folder is not None
        os.utime(folder, (at, at))

    LastGood(place).keep(ONE)

    assert copied(place) == ONE


def test_a_copy_that_cannot_be_written_leaves_the_one_before(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LastGood(place).keep(ONE)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with capture_logs() as logs:
        LastGood(place).keep(OTHER)
    monkeypatch.undo()

    assert copied(place) == ONE
    assert len(named(logs, "content.last_good_not_kept")) == 1


def test_a_copy_that_was_half_written_by_a_killed_process_is_not_taken_and_is_removed_later(place: Path) -> None:
    LastGood(place).keep(ONE)
    half = place / ".half" / "0123" / "faq"
    half.mkdir(parents=True)

    assert copied(place) == ONE
    LastGood(place).keep(OTHER)
    assert not half.exists()

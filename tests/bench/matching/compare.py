"""Compares our matcher with its peers, each in a process of its own. A child cannot find what stands in a `__main__`."""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bot.actions.measuring import LineInvalid, Part
from bot.encoders.guard import Unusable
from bot.matching.corpus import texts_of
from bot.storage.faq_files import ContentFolder
from tests.bench.alone import alone
from tests.bench.encoders import Remembered, encoder
from tests.bench.figures import load
from tests.bench.matching.peers import BEST_SCORER, PEERS, choose_scorer
from tests.bench.matching.report import Encoding, Report, Row, as_json, as_markdown
from tests.bench.matching.task import PeerUnavailable, Task, Trial, read_questions

QUESTIONS = Path("tests/golden/questions")
_SAMPLE = 200


def main() -> None:
    asked = _arguments()
    before = load()
    task = _task(asked.questions or [QUESTIONS], asked.encoder)
    chosen = [name for name in PEERS if asked.only.casefold() in name.casefold()]
    encoding = _encoding(task) if any(PEERS[name].encodes for name in chosen) else None
    if BEST_SCORER in chosen:
        task = replace(task, scorer=alone(choose_scorer, task))
    rows = [_row(name, task) for name in chosen]
    report = Report(task, tuple(rows), encoding, before, load())
    print(as_markdown(report))
    if asked.json:
        asked.json.write_text(as_json(report), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.matching", description="Matchers beside each other.")
    parser.add_argument("questions", nargs="*", type=Path, help=f"files or folders of questions; default: {QUESTIONS}")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--encoder", default="auto", help="as TILTAS_ENCODER")
    parser.add_argument("--only", default="", help="peers with this in their name")
    return parser.parse_args()


def _task(paths: Sequence[Path], encoder_name: str) -> Task:
    try:
        questions = read_questions(paths)
    except (OSError, LineInvalid) as error:
        raise SystemExit(f"The questions cannot be read: {error}") from error
    with tempfile.TemporaryDirectory() as cache:
        catalogue = ContentFolder(Path("faq"), Path("locales"), Path(cache)).reading().catalogue()
    tuning = tuple(one for one in questions if one.part is Part.TUNING)
    checking = tuple(one for one in questions if one.part is Part.CHECKING)
    if not tuning or not checking:
        raise SystemExit("There are no questions in the main languages in one of the halves.")
    return Task(catalogue, tuning, checking, encoder_name)


def _encoding(task: Task) -> Encoding | None:
    """Make the vectors of the content, for all peers that want them; None if there is no encoder."""
    try:
        return alone(_encode, task)
    except (Unusable, BrokenProcessPool):
        return None  # each peer says so itself


def _encode(task: Task) -> Encoding:
    model = encoder(task.encoder)
    texts = [text.text[: model.max_chars] for text in texts_of(task.catalogue)]
    Remembered(model).encode(texts)
    sample = random.Random(0).sample(texts, min(_SAMPLE, len(texts)))
    started = perf_counter()
    model.encode(sample)
    return Encoding(model.id, (perf_counter() - started) * 1000 / len(sample), len(texts))


def _row(name: str, task: Task) -> Row:
    try:
        return Row(PEERS[name], alone(_trial, name, task))
    except (PeerUnavailable, Unusable) as error:
        return Row(PEERS[name], str(error))
    except BrokenProcessPool:
        return Row(PEERS[name], "its process broke down")


def _trial(name: str, task: Task) -> Trial:
    return PEERS[name].run(task)

"""Each peer of `make bench-matching` finds what it learned, or says what it lacks."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

from bot.actions.measuring import Question
from bot.content.model import MAIN_LANGUAGES, Catalogue, EntryId, Language
from bot.content.read import read
from tests.bench.alone import alone
from tests.bench.encoders import STAND_IN
from tests.bench.matching import peers
from tests.bench.matching.compare import _row
from tests.bench.matching.peers import PEERS, SCORERS, choose_scorer
from tests.bench.matching.report import Report, Row, as_json, as_markdown
from tests.bench.matching.task import PeerUnavailable, Task, Trial
from tests.builders_content import small_content, written

PRESENT = {
    "linear SVM, n-grams": find_spec("sklearn") is not None,
    "NLP.js": which("node") is not None and peers.NLPJS_MODULES.is_dir(),
}
BUS = ("how much is a bus ticket", "where do I buy a ticket for the bus", "which bus goes to the station")


def three_entries() -> Catalogue:
    """Return the small catalogue with an entry about buses besides."""
    small = read(written(small_content())).catalogue()
    like = small.entries[EntryId("deposit")]
    words = like.texts[Language("en")].model_copy(update={"question": "How do I go by bus?", "phrasings": BUS})
    bus = like.model_copy(update={"id": EntryId("bus"), "texts": {Language("en"): words}})
    return small.model_copy(update={"entries": {**small.entries, bus.id: bus}})


def asked(number: int, text: str, *gold: str, kind: str = "in", language: str = "en") -> Question:
    return Question(number, Language(language), kind, text, tuple(map(EntryId, gold)))


QUESTIONS = (
    asked(1, "how much is the bus ticket", "bus"),
    asked(2, "the landlord keeps our money now", "deposit"),
    asked(3, "kindergarten registration please", "kindergarten"),
)


@pytest.fixture(scope="module")
def task() -> Task:
    return Task(three_entries(), QUESTIONS, QUESTIONS, STAND_IN)


@pytest.fixture(autouse=True)
def workplace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tests.bench.encoders.WORKPLACE", tmp_path)


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_finds_what_it_learned_or_says_what_it_lacks(name: str, task: Task) -> None:
    if not PRESENT.get(name, True):  # make bench-matching installs them; make install does not
        with pytest.raises(PeerUnavailable):
            PEERS[name].run(task)
        return

    trial = PEERS[name].run(task)

    assert [reply.entries[0] for reply in trial.replies] == ["bus", "deposit", "kindergarten"]
    assert all(len(set(reply.entries)) == len(reply.entries) <= 3 for reply in trial.replies)
    assert len(trial.ms) == len(QUESTIONS)
    assert all((reply.answers is None) == (PEERS[name].rule == "") for reply in trial.replies)


def test_a_peer_without_its_packages_says_so(task: Task, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peers, "NLPJS_MODULES", tmp_path / "none")

    with pytest.raises(PeerUnavailable):
        PEERS["NLP.js"].run(task)


def test_a_peer_runs_in_a_process_of_its_own_and_a_missing_encoder_is_a_row(task: Task) -> None:
    measured = _row("BM25", task)
    missing = _row("encoder alone, cosine", Task(task.catalogue, QUESTIONS, QUESTIONS, "none"))

    assert isinstance(measured.trial, Trial)
    assert [reply.entries[0] for reply in measured.trial.replies] == ["bus", "deposit", "kindergarten"]
    assert missing.trial == "TILTAS_ENCODER is none."


def test_a_process_that_breaks_down_takes_nothing_along() -> None:
    import os  # noqa: PLC0415  its only use
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    with pytest.raises(BrokenProcessPool):
        alone(os._exit, 3)


def test_the_scorer_is_one_of_those_that_are_tried(task: Task) -> None:
    assert choose_scorer(task).partition(" ")[0] in SCORERS


def test_the_report_tells_each_peer_and_no_word_of_a_question(task: Task) -> None:
    rows = (Row(PEERS["BM25"], PEERS["BM25"].run(task)), Row(PEERS["NLP.js"], "node is not on this machine"))
    report = Report(task, rows, None, "load 1", "load 2")

    told, machine = as_markdown(report), json.loads(as_json(report))

    assert "| BM25 | 1.00 | 1.00 | 1.00 | - |" in told
    assert "| NLP.js | not run: node is not on this machine |" in told
    assert machine["peers"]["NLP.js"] == {"not_run": "node is not on this machine"}
    assert machine["peers"]["BM25"]["languages"]["en"]["top_1"] == 1
    assert not any(one.text in told + as_json(report) for one in QUESTIONS)


def test_the_lock_of_nlp_js_has_hashes_and_names_no_registry() -> None:
    packages = json.loads((peers.NLPJS.parent / "package-lock.json").read_text("utf-8"))["packages"]
    wanted = json.loads((peers.NLPJS.parent / "package.json").read_text("utf-8"))["dependencies"]

    assert packages.pop("")["dependencies"] == wanted
    assert {f"node_modules/{name}" for name in wanted} <= packages.keys()
    assert [name for name, package in packages.items() if "integrity" not in package or "resolved" in package] == []


def test_the_languages_are_the_main_ones() -> None:
    text = (peers.NLPJS.read_text("utf-8")).lower()

    assert [language for language in MAIN_LANGUAGES if f"lang{language}" not in text] == []

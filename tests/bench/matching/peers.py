"""The peers. Each learns from the phrasings and questions of entries; ours learns small talk and danger besides.

Libraries are imported where a peer begins to learn: what they weigh is part of what the peer weighs.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import json
import math
import os
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bot.actions.measuring import Question
from tests.bench.encoders import WORKPLACE, Remembered, encoder
from tests.bench.matching.task import NEVER, PeerUnavailable, Reply, Task, Trial, entry_of
from tests.bench.memory import resident_mb

if TYPE_CHECKING:
    from bot.matching.find import Matcher

Ask = Callable[[Question], Reply]
Scores = npt.NDArray[np.float32]

SHOWN = 3
W_RATIO_CUT_OFF = 80
NLPJS = Path(__file__).parent / "nlpjs" / "peer.js"
NLPJS_MODULES = WORKPLACE / "nlpjs/node_modules"
NLPJS_CUT_OFF = 0.5
"""The default threshold of NLP.js, below which it says that no intent fits."""


@dataclass(frozen=True)
class Peer:
    """A matcher to measure; `rule` says when it answers by itself, where it says so."""

    name: str
    run: Callable[[Task], Trial]
    rule: str = ""
    encodes: bool = False


def in_python(build: Callable[[Task], Ask]) -> Callable[[Task], Trial]:
    """Return how to measure a peer that lives in this process. Learning ends with the first message answered."""

    def run(task: Task) -> Trial:
        gc.collect()
        before, started = resident_mb(), perf_counter()
        ask = build(task)
        ask(task.checking[0])
        build_s = perf_counter() - started
        gc.collect()
        extra = resident_mb() - before
        replies, taken = [], []
        for one in task.checking:
            asked = perf_counter()
            replies.append(ask(one))
            taken.append((perf_counter() - asked) * 1000)
        return Trial(tuple(replies), tuple(taken), build_s, extra)

    return run


class Entries:
    """The entries of texts; their scores are those of their best text."""

    def __init__(self, labels: Iterable[str]) -> None:
        """Number the entries of the texts."""
        labels = list(labels)
        self.ids = sorted(set(map(entry_of, labels)))
        places = {entry: place for place, entry in enumerate(self.ids)}
        self._owner = np.array([places[entry_of(label)] for label in labels], np.intp)

    def best(self, of_texts: Scores) -> Scores:
        """Return the score of each entry."""
        best: Scores = np.full(len(self.ids), -np.inf, np.float32)
        np.maximum.at(best, self._owner, of_texts)
        return best

    def reply(self, of_entries: Scores, rule: Callable[[float], bool] | None = None) -> Reply:
        """Return the best entries."""
        top = np.argsort(-of_entries, kind="stable")[:SHOWN]
        score = float(of_entries[top[0]])
        return Reply(tuple(self.ids[place] for place in top), score, rule(score) if rule else None)


# Ours -----------------------------------------------------------------------------------------------------------------


def ours(task: Task) -> Ask:
    """Return our matcher with the encoder."""
    from bot.matching.find import Matcher
    from bot.matching.index import solve

    model = encoder(task.encoder)
    return _decided(task, Matcher(task.catalogue, solve(task.catalogue, Remembered(model)), model))


def ours_lexical(task: Task) -> Ask:
    """Return our matcher as it is without an encoder."""
    from bot.matching.find import Matcher
    from bot.matching.index import solve

    return _decided(task, Matcher(task.catalogue, solve(task.catalogue)))


def _decided(task: Task, matcher: Matcher) -> Ask:
    from bot.conversation.decide import DEFAULT_POLICY, Policy, Thresholds, decide, minimums
    from bot.conversation.steps import Answer

    at_any_probability = Policy(Thresholds(answer=0, clarify=0))
    least = minimums(task.catalogue)

    def ask(one: Question) -> Reply:
        evidence = matcher.find(one.text, chosen=one.lang)
        found = tuple(str(candidate.entry_id) for candidate in evidence.candidates[:SHOWN])
        answers = isinstance(decide(evidence, DEFAULT_POLICY, min_confidence=least), Answer)
        could = isinstance(decide(evidence, at_any_probability, min_confidence=least), Answer)
        return Reply(found, evidence.candidates[0].p if could else NEVER, answers)

    return ask


# Strings that resemble each other -------------------------------------------------------------------------------------


def w_ratio(task: Task) -> Ask:
    """Return rapidfuzz as it is mostly used: the default scorer on all phrasings, from 80 of 100 on."""
    return _fuzzy(task, "WRatio", lambda score: score >= W_RATIO_CUT_OFF)


def best_scorer(task: Task) -> Ask:
    """Return rapidfuzz with the scorer that was chosen on the tuning half."""
    return _fuzzy(task, task.scorer)


SCORERS = ("ratio", "token_sort_ratio", "token_set_ratio", "token_ratio")
"""Those that compare whole texts. On 100 questions of the tuning half the best of them had 39 right, partial_ratio 31,
partial_token_ratio 1; and they take ten times as long. WRatio, a mixture of all, has a row of its own."""
FORMS = ("", " lower", " folded")


def _scorer(name: str) -> tuple[Callable[..., float], Callable[[str], str]]:  # any arguments: a scorer has options
    from rapidfuzz import fuzz, utils

    from bot.matching.text import clean, fold

    scorer, _, form = name.partition(" ")
    forms: dict[str, Callable[[str], str]] = {
        "": str,
        "lower": utils.default_process,
        "folded": lambda text: fold(clean(text)),
    }
    return getattr(fuzz, scorer), forms[form]


def _fuzzy(task: Task, name: str, rule: Callable[[float], bool] | None = None) -> Ask:
    from rapidfuzz import process

    scorer, form = _scorer(name)
    texts = task.texts
    entries = Entries(text.label for text in texts)
    choices = [form(text.text) for text in texts]

    def ask(one: Question) -> Reply:
        scores = process.cdist([form(one.text)], choices, scorer=scorer, dtype=np.float32)[0]
        return entries.reply(entries.best(scores), rule)

    return ask


def choose_scorer(task: Task) -> str:
    """Return the scorer and form of the text that put the right entry first most often in the tuning half."""
    from rapidfuzz import process

    texts, asked = task.texts, [one for one in task.tuning if one.kind == "in"]
    entries = Entries(text.label for text in texts)
    right: dict[str, int] = {}
    for name in (f"{scorer}{form}" for scorer in SCORERS for form in FORMS):
        scorer, form = _scorer(name)
        scores = process.cdist(
            [form(one.text) for one in asked],
            [form(text.text) for text in texts],
            scorer=scorer,
            dtype=np.float32,
            workers=-1,
        )
        first = [entries.reply(entries.best(row)).entries[0] for row in scores]
        right[name] = sum(entry in one.gold for entry, one in zip(first, asked, strict=True))
    return max(right, key=lambda name: right[name])


# Words that two texts share -------------------------------------------------------------------------------------------

_K1, _B = 1.2, 0.75
"""Defaults of Lucene, which most search engines took over."""
_WORD = re.compile(r"\w+")


def bm25(task: Task) -> Ask:
    """Return Okapi BM25 over lower-case words, each text a document."""
    texts = task.texts
    entries = Entries(text.label for text in texts)
    postings = _postings([_WORD.findall(text.text.lower()) for text in texts])

    def ask(one: Question) -> Reply:
        scores: Scores = np.zeros(len(texts), np.float32)
        for word in _WORD.findall(one.text.lower()):
            if word in postings:
                rows, weights = postings[word]
                scores[rows] += weights
        return entries.reply(entries.best(scores))

    return ask


def _postings(documents: list[list[str]]) -> Mapping[str, tuple[npt.NDArray[np.intp], Scores]]:
    """Return for each word the documents with it, and what it adds to their scores."""
    average = sum(map(len, documents)) / len(documents)
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, words in enumerate(documents):
        length = _K1 * (1 - _B + _B * len(words) / average)
        for word, count in Counter(words).items():
            found[word].append((row, count * (_K1 + 1) / (count + length)))
    postings = {}
    for word, rows in found.items():
        rarity = math.log(1 + (len(documents) - len(rows) + 0.5) / (len(rows) + 0.5))
        where, weights = zip(*rows, strict=True)
        postings[word] = (np.array(where, np.intp), np.array(weights, np.float32) * np.float32(rarity))
    return postings


# Others that learn ----------------------------------------------------------------------------------------------------


def encoder_alone(task: Task) -> Ask:
    """Return the nearest phrasing by cosine, always answered: retrieval as Ask-a-Question does it."""
    model, texts = encoder(task.encoder), task.texts
    entries = Entries(text.label for text in texts)
    vectors = Remembered(model).encode([text.text[: model.max_chars] for text in texts])

    def ask(one: Question) -> Reply:
        return entries.reply(entries.best(vectors @ model.encode([one.text[: model.max_chars]])[0]), lambda _: True)

    return ask


def linear_svm(task: Task) -> Ask:
    """Return scikit-learn's linear support vector machine over TF-IDF of 2- to 4-letter pieces within words."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC
    except ModuleNotFoundError as error:
        raise PeerUnavailable(f"{error.name} is not installed") from error

    texts = task.texts
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32)
    labels = [text.label for text in texts]
    entries = Entries(labels)
    machine = LinearSVC().fit(pieces.fit_transform(text.text for text in texts), list(map(entry_of, labels)))
    assert list(machine.classes_) == entries.ids, "both are sorted"

    def ask(one: Question) -> Reply:
        return entries.reply(machine.decision_function(pieces.transform([one.text]))[0])

    return ask


def nlp_js(task: Task) -> Trial:
    """Measure NLP.js in a process of node; its own clock and memory tell."""
    node = which("node")
    if node is None:
        raise PeerUnavailable("node is not on this machine")
    if not NLPJS_MODULES.is_dir():
        raise PeerUnavailable("its packages are not installed")
    said = {
        "texts": [[text.language, text.text, entry_of(text.label)] for text in task.texts],
        "messages": [[one.lang, one.text] for one in task.checking],
    }
    told = _node(node, json.dumps(said))
    replies = tuple(_of_classifications(reply["found"]) for reply in told["replies"])
    return Trial(replies, tuple(reply["ms"] for reply in told["replies"]), told["build_s"], told["extra_mb"])


def _node(node: str, said: str) -> dict[str, Any]:  # Any: JSON that peer.js describes
    with TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        done = subprocess.run(
            [node, "--expose-gc", "--no-warnings", str(NLPJS), str(told)],
            input=said,
            env={**os.environ, "NODE_PATH": str(NLPJS_MODULES)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PeerUnavailable(f"node ended with {done.returncode}: {done.stderr.strip()[-200:]}")
        return dict(json.loads(told.read_text("utf-8")))


def _of_classifications(found: list[tuple[str, float]]) -> Reply:
    """Return a reply; where "None", that nothing fits, comes first, nothing is answered."""
    fits = bool(found) and found[0][0] != "None"
    score = found[0][1] if fits else NEVER
    entries = tuple(entry for entry, _ in found if entry != "None")
    return Reply(entries[:SHOWN], score, score >= NLPJS_CUT_OFF)


OURS, BEST_SCORER = "Tiltas", "rapidfuzz, best scorer"
PEERS = {
    peer.name: peer
    for peer in (
        Peer(OURS, in_python(ours), "shipped threshold", encodes=True),
        Peer("Tiltas without encoder", in_python(ours_lexical), "shipped threshold"),
        Peer("encoder alone, cosine", in_python(encoder_alone), "always answers", encodes=True),
        Peer("linear SVM, n-grams", in_python(linear_svm)),
        Peer("NLP.js", nlp_js, f"score ≥ {NLPJS_CUT_OFF}"),
        Peer("BM25", in_python(bm25)),
        Peer(BEST_SCORER, in_python(best_scorer)),
        Peer("rapidfuzz WRatio", in_python(w_ratio), f"score ≥ {W_RATIO_CUT_OFF}"),
    )
}

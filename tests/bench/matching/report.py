"""The table of peers, as Markdown and as JSON. Neither holds a word of a question."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from bot.content.model import MAIN_LANGUAGES
from tests.bench.figures import quantile
from tests.bench.matching.peers import BEST_SCORER, OURS, Peer
from tests.bench.matching.score import PRECISION, Answering, Figures, figures, worst
from tests.bench.matching.task import Task, Trial


@dataclass(frozen=True)
class Encoding:
    """The encoder that was used, what a text costs it now, and how many texts the content has."""

    id: str
    ms_a_text: float
    texts: int


@dataclass(frozen=True)
class Row:
    """A peer and what it did, or in one sentence why it did nothing."""

    peer: Peer
    trial: Trial | str


@dataclass(frozen=True)
class Report:
    """All of one run."""

    task: Task
    rows: tuple[Row, ...]
    encoding: Encoding | None
    load_before: str
    load_after: str

    @cached_property
    def languages(self) -> list[str]:
        """The main languages that there are messages in."""
        asked = {one.lang for one in self.task.checking}
        return [language for language in MAIN_LANGUAGES if language in asked]

    @cached_property
    def figures(self) -> Mapping[str, Mapping[str, Figures]]:
        """The figures of each peer that ran, by language."""
        task = self.task
        return {
            row.peer.name: figures(task.checking, row.trial.replies, task.catalogue)
            for row in self.rows
            if isinstance(row.trial, Trial)
        }

    def encoding_s(self, peer: Peer) -> float:
        """Return how long encoding what a peer learns from takes, at the pace of this run."""
        if self.encoding is None or not peer.encodes:
            return 0.0
        texts = self.encoding.texts if peer.name == OURS else len(self.task.texts)
        return texts * self.encoding.ms_a_text / 1000


def as_markdown(report: Report) -> str:
    """Return two tables, the worst of the languages and each language, with what they mean."""
    return "\n".join([*_head(report), "", *_worst(report), "", *_languages(report), "", *_notes(report)])


def _head(report: Report) -> list[str]:
    task = report.task
    kinds = {one.kind for one in task.checking}
    counts = {kind: sum(one.kind == kind for one in task.checking) for kind in sorted(kinds)}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return [
        (
            f"{len(task.catalogue.entries)} entries, {len(task.texts)} texts to learn from; checking half: "
            f"{len(task.checking)} messages in {' '.join(report.languages)} ({told})."
        ),
        f"Before: {report.load_before}. After: {report.load_after}.",
    ]


def _worst(report: Report) -> list[str]:
    lines = [
        (
            f"| worst of {' '.join(report.languages)} | top-1 | top-3 "
            f"| answered rightly at precision ≥ {_share(PRECISION)} | oos answered there "
            "| own rule | answered rightly | precision | oos answered | p50 ms | p95 ms | extra MB | build s |"
        ),
        f"|{' --- |' * 13}",
    ]
    for row in report.rows:
        name = _name(row.peer, report)
        if isinstance(row.trial, str):
            lines.append(f"| {name} | not run: {row.trial.rstrip('.')} |{' |' * 11}")
            continue
        found = worst(report.figures[row.peer.name])
        cells = [name, _share(found.top_1), _share(found.top_3), *_answering(found.hindsight)[::2]]
        cells += [row.peer.rule or "-", *(_answering(found.own) if found.own else ["-"] * 3)]
        cells += [f"{quantile(row.trial.ms, 0.5):.1f}", f"{quantile(row.trial.ms, 0.95):.1f}"]
        cells += [f"{row.trial.extra_mb:.0f}", _build(row.trial, report.encoding_s(row.peer))]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _languages(report: Report) -> list[str]:
    lines = [
        (
            f"| top-1 / top-3 / answered rightly at precision ≥ {_share(PRECISION)} / oos answered there "
            f"| {' | '.join(report.languages)} |"
        ),
        f"|{' --- |' * (1 + len(report.languages))}",
    ]
    for row in report.rows:
        if isinstance(row.trial, Trial):
            found = report.figures[row.peer.name]
            cells = [_cell(found[language]) for language in report.languages]
            lines.append(f"| {_name(row.peer, report)} | {' | '.join(cells)} |")
    return lines


def _notes(report: Report) -> list[str]:
    fewest = min(
        sum(one.kind == "in" and one.lang == language for one in report.task.checking) for language in report.languages
    )
    notes = [
        (
            "The threshold for the precision is chosen with hindsight, for each peer and language anew: that flatters "
            "all alike. Their own rules were not."
        ),
        (
            "Each learned from the phrasings and questions of entries; ours from small talk, other subjects and "
            "examples of danger besides. Memory is what the process has more once the first message is answered."
        ),
    ]
    if fewest:
        notes.append(f"With {fewest} questions a language, a share of .5 is known to ± {_share(_half_width(fewest))}.")
    if report.encoding:
        notes.append(
            f"Encoder: {report.encoding.id}, {report.encoding.ms_a_text:.1f} ms a text; what follows the + is that "
            "times the texts. The vectors lay ready."
        )
    return notes


def _half_width(count: int) -> float:
    """Return half of the 95 % interval of a share of one half."""
    return 1.96 * math.sqrt(0.25 / count)


def _name(peer: Peer, report: Report) -> str:
    return f"{peer.name} ({report.task.scorer})" if peer.name == BEST_SCORER else peer.name


def _cell(found: Figures) -> str:
    return " / ".join([_share(found.top_1), _share(found.top_3), *_answering(found.hindsight)[::2]])


def _answering(found: Answering) -> list[str]:
    return [_share(found.rightly), _share(found.precision), _share(found.oos)]


def _share(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.2f}".removeprefix("0")


def _build(trial: Trial, encoding_s: float) -> str:
    return f"{trial.build_s:.1f}" + (f" + {encoding_s:.0f}" if encoding_s else "")


def as_json(report: Report) -> str:
    """Return all figures, for machines."""
    peers: dict[str, object] = {}
    for row in report.rows:
        if isinstance(row.trial, str):
            peers[row.peer.name] = {"not_run": row.trial}
            continue
        found = report.figures[row.peer.name]
        peers[row.peer.name] = {
            "languages": {language: asdict(of) for language, of in found.items()},
            "worst": asdict(worst(found)),
            "rule": row.peer.rule,
            "ms": {"p50": quantile(row.trial.ms, 0.5), "p95": quantile(row.trial.ms, 0.95)},
            "extra_mb": row.trial.extra_mb,
            "build_s": row.trial.build_s,
            "encoding_s": report.encoding_s(row.peer),
        }
    whole = {
        "entries": len(report.task.catalogue.entries),
        "texts": len(report.task.texts),
        "messages": len(report.task.checking),
        "scorer": report.task.scorer,
        "encoding": asdict(report.encoding) if report.encoding else None,
        "load": {"before": report.load_before, "after": report.load_after},
        "peers": peers,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False)

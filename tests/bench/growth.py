"""`make growth`: what more entries and languages cost. Index time, memory and time a message, each in its own process.

python -m tests.bench.growth [--json FILE] [SIZE …]
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from bot.content.model import Catalogue
from bot.encoders.guard import Unusable
from bot.matching.corpus import texts_of
from bot.matching.find import Matcher
from bot.matching.index import Index, solve
from bot.storage.faq_files import ContentFolder
from tests.bench.alone import alone
from tests.bench.encoders import STAND_IN, encoder
from tests.bench.figures import load, quantile
from tests.bench.made import LANGUAGES, PHRASINGS, Made
from tests.bench.memory import forget_peak, peak_mb, resident_mb

SIZES = (200, 1000, 2000)
_MESSAGES = 300
_SAMPLE = 200


@dataclass(frozen=True)
class Size:
    """What one size cost. `peak_mb` is the whole process while it solved, `before_mb` what the content took of it.

    `found` is the share of made messages whose entry came first. It shows that the index is whole, no more.
    """

    entries: int
    texts: int
    encoder: str
    index_s: float
    before_mb: float
    peak_mb: float
    file_mb: float
    start_s: float
    p50_ms: float
    p95_ms: float
    found: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description="What more content costs.")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="entries; default: 200 1000 2000")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    asked = parser.parse_args()
    before = load()
    print(_head())
    sizes = []
    for entries in asked.sizes:
        for name in ("", STAND_IN):
            sizes.append(alone(measure, entries, name))
            print(_line(sizes[-1]), flush=True)
    print(f"\nBefore: {before}. After: {load()}.\n{_made_of()}\n{alone(pace)}")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(size) for size in sizes], indent=1), "utf-8")


def measure(entries: int, name: str) -> Size:
    """Learn made content of a size and answer made messages."""
    made = Made(_ours(), entries)
    catalogue, messages = made.catalogue(), made.messages(_MESSAGES)
    texts = len(texts_of(catalogue))
    model = encoder(name) if name else None
    gc.collect()
    forget_peak()
    before, started = resident_mb(), perf_counter()
    index = solve(catalogue, model)
    index_s, peak = perf_counter() - started, peak_mb()
    kept = index.to_bytes()
    del index
    started = perf_counter()
    matcher = Matcher(catalogue, Index.from_bytes(kept), model)
    start_s = perf_counter() - started
    taken, right = [], 0
    for entry, language, text in messages:
        started = perf_counter()
        evidence = matcher.find(text, chosen=language)
        taken.append((perf_counter() - started) * 1000)
        right += bool(evidence.candidates) and evidence.candidates[0].entry_id == entry
    return Size(
        entries,
        texts,
        name,
        index_s,
        before,
        peak,
        len(kept) / 2**20,
        start_s,
        quantile(taken, 0.5),
        quantile(taken, 0.95),
        right / len(messages),
    )


def pace() -> str:
    """Tell how long the real encoder takes for a text of ours: what it adds grows with the texts, once for each."""
    try:
        model = encoder("auto")
    except Unusable as unusable:
        return f"The real encoder was not measured: {unusable}"
    sample = random.Random(0).sample(_phrasings(_ours()), _SAMPLE)
    started = perf_counter()
    model.encode([text[: model.max_chars] for text in sample])
    ms = (perf_counter() - started) * 1000 / len(sample)
    most = SIZES[-1] * len(LANGUAGES) * PHRASINGS
    return f"{model.id} takes {ms:.1f} ms a text, once for each: {most * ms / 60_000:.0f} minutes for {most} phrasings."


def _ours() -> Catalogue:
    with tempfile.TemporaryDirectory() as cache:
        return ContentFolder(Path("faq"), Path("locales"), Path(cache)).reading().catalogue()


def _phrasings(catalogue: Catalogue) -> Sequence[str]:
    return [x for entry in catalogue.entries.values() for texts in entry.texts.values() for x in texts.phrasings]


def _head() -> str:
    titles = (
        "entries",
        "texts",
        "encoder",
        "index s",
        "peak MB",
        "of it content MB",
        "index file MB",
        "start s",
        "p50 ms",
        "p95 ms",
        "found",
    )
    return f"| {' | '.join(titles)} |\n|{' --- |' * len(titles)}"


def _line(size: Size) -> str:
    cells = [f"{size.entries:,}", f"{size.texts:,}", size.encoder or "none", f"{size.index_s:.0f}"]
    cells += [f"{size.peak_mb:,.0f}", f"{size.before_mb:,.0f}", f"{size.file_mb:.0f}", f"{size.start_s:.1f}"]
    cells += [f"{size.p50_ms:.1f}", f"{size.p95_ms:.1f}", f"{size.found:.2f}"]
    return f"| {' | '.join(cells)} |"


def _made_of() -> str:
    return (
        f"Made content: {PHRASINGS} phrasings and a question in each of {len(LANGUAGES)} languages, eight of them made "
        f"by exchanging letters; talk and danger as they are. Encoder {STAND_IN}: 384 hashed signs a word, in place of "
        "a real one."
    )


if __name__ == "__main__":
    main()

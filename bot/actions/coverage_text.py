"""How far the content is, as lines of text that fit into 100 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill

from bot.actions.coverage import MEANINGS, SIGNS, Coverage, EntryCoverage, State, Tally, TopicCoverage
from bot.content.model import Language

WIDTH = 100
_BAR = 12
_BLOCKS: Mapping[State, str] = {
    State.REVIEWED: "█",
    State.REVIEWED_ONCE: "▓",
    State.UNREVIEWED: "▒",
    State.STALE: "░",
    State.MISSING: "·",
}
"""What a bar is made of; entries left out on purpose are not in it."""


def as_text(found: Coverage, *, entries: bool = False) -> str:
    """Return totals, a line for each topic and what needs a hand; with `entries` also a line for each entry."""
    parts = [_head(found), _legend(), *_topics(found), *(_entries(found) if entries else ()), _rest(found)]
    return "\n\n".join([*parts, _due(found), _places(found, State.STALE), _places(found, State.MISSING)])


def _head(found: Coverage) -> str:
    count = found.totals
    return (
        f"{count.entries - count.drafts} published entries and {count.drafts} drafts on {found.today}: "
        f"{count.phrasings} phrasings, {count.values} values, {count.sources} sources"
    )


def _legend() -> str:
    return "\n".join(f"{SIGNS[state]} {_BLOCKS.get(state, ' ')} {MEANINGS[state]}" for state in State)


# Tables ---------------------------------------------------------------------------------------------------------------


def _topics(found: Coverage) -> Iterator[str]:
    topics = found.topics
    fixed = [
        _column(["topic", *(topic.id for topic in topics), "all"]),
        _column(["entries", *(str(len(topic.entries)) for topic in topics), str(found.totals.entries)], right=True),
        _column(["late", *(str(topic.overdue) for topic in topics), str(sum(x.overdue for x in topics))], right=True),
        _column(["oldest", *(_days(topic.oldest) for topic in topics), _days(_oldest(topics))], right=True),
        _column(["all".ljust(_BAR), *(_bar(topic.tally) for topic in topics), _bar(found.tally)]),
    ]
    by_language = [
        _column([x, *(_counts(y.tally, x) for y in topics), _counts(found.tally, x)]) for x in found.languages
    ]
    return _in_width(_beside(fixed), by_language)


def _entries(found: Coverage) -> Iterator[str]:
    yield (
        "Every entry (✎ draft): its phrasings in all languages; days since its facts were checked,\n"
        "since its newest source, and until its review date"
    )
    rows = [("entry", *found.languages, "said", "facts", "source", "due", "sure")]
    for topic in found.topics:
        rows += [(topic.id, *[""] * (len(rows[0]) - 1)), *(_entry_row(entry, found) for entry in topic.entries)]
    names, *columns = zip(*rows, strict=True)
    numbers = range(len(found.languages), len(columns) - 1)
    yield from _in_width(_column(names), [_column(x, right=place in numbers) for place, x in enumerate(columns)])


def _entry_row(entry: EntryCoverage, found: Coverage) -> tuple[str, ...]:
    return (
        f"  {entry.id}{'' if entry.published else ' ✎'}",
        *(SIGNS[entry.cells[language].state] for language in found.languages),
        str(entry.phrasings),
        _days(entry.age),
        _days(entry.source_age),
        _days((entry.review_by - found.today).days),
        entry.confidence,
    )


def _column(cells: Sequence[str], *, right: bool = False) -> list[str]:
    width = max(map(len, cells))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in cells]


def _beside(columns: Sequence[Sequence[str]]) -> list[str]:
    return ["  ".join(cells) for cells in zip(*columns, strict=True)]


def _in_width(names: list[str], columns: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield one table, or several with the same names where the columns do not fit."""
    lines = names
    for column in columns:
        if lines is not names and len(lines[0]) + 2 + len(column[0]) > WIDTH:
            yield _lines(lines)
            lines = names
        lines = _beside([lines, column])
    yield _lines(lines)


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)


def _bar(tally: Tally) -> str:
    drawn = "".join(block * sum(counts[state] for counts in tally.values()) for state, block in _BLOCKS.items())
    return "".join(drawn[(2 * place + 1) * len(drawn) // (2 * _BAR)] for place in range(_BAR)) if drawn else " " * _BAR


def _counts(tally: Tally, language: Language) -> str:
    return " ".join(f"{SIGNS[state]}{n}" for state, n in tally[language].items() if n)


def _days(days: int | None) -> str:
    return "–" if days is None else f"{days} d"


def _oldest(topics: Sequence[TopicCoverage]) -> int:
    return max((topic.oldest for topic in topics), default=0)


# What else there is, and what needs a hand ----------------------------------------------------------------------------


def _rest(found: Coverage) -> str:
    towns, cards = found.municipalities, found.cards
    count = cards.reviewed + cards.unreviewed + cards.cultural
    lines = [
        f"{len(towns.served)} of {len(towns.served) + len(towns.unserved)} municipalities have services of their own",
        f"{count} guide cards: {cards.reviewed} reviewed, {cards.unreviewed} not, {cards.cultural} need their community",
        f"{len(found.checklists)} checklists",
        *(f"  {x.id}: {x.answered} of {x.steps} steps lead to a published entry" for x in found.checklists),
    ]
    if towns.served and towns.unserved:
        lines.insert(1, _wrapped("without: " + ", ".join(towns.unserved)))
    return "\n".join(lines)


def _due(found: Coverage) -> str:
    due = found.due()
    return "\n".join([f"Overdue or due within 30 days: {len(due)}", *(f"  {_when(entry, found)}" for entry in due)])


def _when(entry: EntryCoverage, found: Coverage) -> str:
    left = (entry.review_by - found.today).days
    return f"{entry.topic}/{entry.id}: {f'{entry.overdue} days late' if left < 0 else f'in {left} days'}"


def _places(found: Coverage, state: State) -> str:
    places = found.places(state)
    count = sum(len(entries) for _, _, entries in places)
    lines = [_wrapped(f"{language} {topic}: {', '.join(entries)}") for language, topic, entries in places]
    return "\n".join([f"{state.capitalize()}: {count}", *lines])


def _wrapped(words: str) -> str:
    indent = "  "
    return fill(words, WIDTH, initial_indent=indent, subsequent_indent=indent * 2, break_on_hyphens=False)

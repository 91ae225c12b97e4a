"""Questions that were tried, made by hand: what was asked, what was found, what the bot did."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from bot.actions.measuring import Outcome, Part, Question, Tried
from bot.actions.measuring_figures import Figures, shares_by_language
from bot.content.model import EntryId, Language
from bot.conversation.decide import DEFAULT_POLICY
from bot.matching.evidence import Candidate, Evidence, Level

_numbers = count()


def tried(
    found: Sequence[tuple[str, float]] = (),
    step: str = "answer",
    *,
    gold: Sequence[str] = ("a",),
    kind: str = "in",
    lang: str = "en",
    message_id: str | int = "",
    choices: Sequence[str] = (),
    danger: Level = Level.NONE,
    style: str = "",
    text: str = "",
    about_danger: bool = False,
    answerable: bool = True,
    took_ms: float = 1.0,
) -> Tried:
    """Return a question that `gold` answers, and the entries with probabilities that were found for it."""
    wanted = tuple(map(EntryId, gold))
    entries = tuple(Candidate(EntryId(entry_id), p) for entry_id, p in found)
    evidence = Evidence(Language(lang), language_confident=True, danger=danger, candidates=entries)
    return Tried(
        Question(message_id or f"q{next(_numbers)}", Language(lang), kind, text, wanted, style),
        Outcome(evidence, step, entries, tuple(map(EntryId, choices))),
        right=tuple(entry.entry_id in wanted for entry in entries),
        both=set(wanted) <= {entry.entry_id for entry in entries},
        wanted=wanted,
        about_danger=about_danger,
        answerable=answerable and bool(entries),
        took_ms=took_ms,
    )


def figures(*some: Tried, encoder: str = "", part: Part = Part.ALL) -> Figures:
    """Return the figures of what was tried."""
    return Figures(shares_by_language(some), encoder, "content-1", DEFAULT_POLICY, part, some)

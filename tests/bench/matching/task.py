"""What every peer gets, and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.actions.measuring import Question, question
from bot.content.model import MAIN_LANGUAGES, Catalogue
from bot.matching.corpus import Text, texts_of

NEVER = float("-inf")
"""The score of a message that a peer would not answer at any threshold."""


class PeerUnavailable(Exception):
    """What a peer needs is not on this machine; the message says what."""


@dataclass(frozen=True)
class Task:
    """The content to learn, and messages of two halves: `tuning` to choose by, `checking` to report on.

    `encoder` is a name for `encoders.encoder`, `scorer` one of `peers.SCORERS` with one of `peers.FORMS`.
    """

    catalogue: Catalogue
    tuning: tuple[Question, ...]
    checking: tuple[Question, ...]
    encoder: str
    scorer: str = "ratio"

    @property
    def texts(self) -> list[Text]:
        """Phrasings and questions of entries: what every peer learns from."""
        return [text for text in texts_of(self.catalogue) if text.label.startswith("entry:")]


@dataclass(frozen=True)
class Reply:
    """At most three entries, best first; how sure of the first; whether the peer's own rule answers (None: no rule)."""

    entries: tuple[str, ...]
    score: float
    answers: bool | None = None


@dataclass(frozen=True)
class Trial:
    """What one peer did with all checking messages. Memory is what it has more than before it began to learn."""

    replies: tuple[Reply, ...]
    ms: tuple[float, ...]
    build_s: float
    extra_mb: float


def entry_of(label: str) -> str:
    """Return the id of the entry that a label of `corpus.Text` stands for."""
    return label.removeprefix("entry:")


def read_questions(paths: Sequence[Path]) -> list[Question]:
    """Return the questions in the main languages of files and folders. Raises LineInvalid, OSError."""
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    found = [question(line) for line in lines if line.strip()]
    return [one for one in found if one.lang in MAIN_LANGUAGES]

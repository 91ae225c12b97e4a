"""What was said about which case, and what each pair of words may lead to."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.flow.team import Group


@dataclass
class Said:
    """A message of a specialist about a case, and what has become of it."""

    place: Group
    message: int
    author: int
    case: str
    held: str = ""
    """Its words, if they wait for a press."""
    reached: bool = False


@dataclass
class Question:
    """A case as the database has it now."""

    number: str
    family: int
    group: Group
    holder: int | None
    is_open: bool


@dataclass
class Kept:
    """What each pair of words may lead to."""

    meant: dict[str, int] = field(default_factory=dict)
    """Words that must reach a family once, to its chat."""
    notes: set[str] = field(default_factory=set)
    """Words that must be in `notes` and nowhere else."""
    never: dict[str, str] = field(default_factory=dict)
    """Words that no family may ever see, to what they were."""
    unseen: set[str] = field(default_factory=set)
    """Words that are not for us at all, and stay in no table."""
    families: dict[str, int] = field(default_factory=dict)
    """What families write, to whose it is."""

    def note(self, words: str) -> None:
        """Keep that words are a note's."""
        self.notes.add(words)
        self.never[words] = "a note"

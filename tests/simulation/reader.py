"""Understands words that say themselves what they are."""

from __future__ import annotations

from bot.content.model import MAIN_LANGUAGES, DangerKind, Language
from bot.matching.evidence import Candidate, Evidence, Level
from tests.builders_dialogue import BENEFIT, COURSES, DOCTOR

TOPICS = {"school": COURSES, "money": BENEFIT, "doctor": DOCTOR}


class Reader:
    """Understands words that say themselves what they are: `danger`, `perhaps`, a topic, `known`, the code of a language."""

    encoder_id = ""

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """Return what the words say; an answer only to what is known, so that nearly everything goes to people."""
        words = text.split()
        level = Level.RED if "danger" in words else Level.AMBER if "perhaps" in words else Level.NONE
        p = 0.95 if "known" in words else 0.35
        near = [Candidate(TOPICS[word], p) for word in words if word in TOPICS]
        language = next((one for one in MAIN_LANGUAGES if one in words), chosen or hint or MAIN_LANGUAGES[0])
        kind = DangerKind.VIOLENCE if level is not Level.NONE else None
        return Evidence(language, True, danger=level, danger_kind=kind, candidates=tuple(near))  # noqa: FBT003  how sure

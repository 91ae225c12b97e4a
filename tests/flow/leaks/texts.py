"""How notes, replies and chatter are written, and words that nobody has used before."""

from __future__ import annotations

from random import Random

NOTES = (
    "/note {}",
    "/NOTE {}",
    "/Note: {}",
    "/note@tiltas_test_bot {}",
    "/ note {}",
    "  /note {}",
    "/note\n{}",
    "/notes {}",
    "\\note {}",
    "／note {}",
    "／ｎｏｔｅ {}",
    "∕note {}",
    "⁄note {}",
    "\u200b/note {}",
    "/\u200bnote {}",
    "/no\u2060te {}",
    "\ufeff/note {}",
    "\u2066/note\u2069 {}",
    "\u00ad/note {}",
)
"""Everything that is a note at once."""
FORGOTTEN = (
    "note: {}",
    "Note {}",
    "NOTE - {}",
    "notes: {}",
    "pastaba {}",
    "Pastaba: {}",
    "PASTABOS {}",
    "заметка: {}",
    "нотатка {}",
    "примечание: {}",
    "\u200bnote: {}",
    "note:{}",
    "note–{}",
    "note({})",
    "#note {}",
    "🔒 /note {}",
    "- /note {}",
    "> /note {}",
    "@tiltas_test_bot /note {}",
)
"""Notes whose slash was forgotten: whoever wrote them is asked."""
UNKNOWN = ("/nota {}", "/pastaba {}", "/заметка {}", "//note {}", "/ {}", "/reply {}", "/n {}", "／x {}")
"""Slashes that nobody knows: they go nowhere, and nobody keeps them."""
REPLIES = ("the office {} opens at nine", "bring {} with you", "{}", "1. {}", "yes, {}!", "“{}” & <b>so on</b>")
PRIVATE = ("who has time for {} today?", "{}", "lunch, {}?")


class Words:
    """Pairs of words that nobody has used before, and nobody uses by chance."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()

    def fresh(self) -> str:
        """Return two new words."""
        return f"{self._one()} {self._one()}"

    def _one(self) -> str:
        while True:
            word = "".join(self._random.choice("bdfgklmnprstvz") + self._random.choice("aeiou") for _ in range(5))
            if word not in self._used:
                self._used.add(word)
                return word

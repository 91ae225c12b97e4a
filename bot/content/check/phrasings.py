"""Phrasings: how people ask. How alike they are is seen where texts can be folded, in `bot.actions.checking`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.check.view import View, in_english
from bot.content.findings import Finding

FEWEST, ENOUGH = 6, 8
"""Measured: entries with 6 phrasings are found markedly more often than with 3, with 12 more often still."""


def too_few(view: View) -> Iterator[Finding]:
    """Find entries that are known by too few phrasings. A draft may have none yet: nobody can ask for it."""
    for text in view.texts:
        count = len(text.text.phrasings)
        report = view.error if count < FEWEST and not view.is_draft(text) else view.warning
        if count < ENOUGH:
            yield report(
                text.file,
                text.path("phrasings"),
                f"only {count} phrasings.",
                f"Many who ask this in {in_english(text.language)} are not understood and must wait for a specialist.",
                f"Add {ENOUGH - count} more, truly different ones, as people type.",
            )


def with_braces(view: View) -> Iterator[Finding]:
    """Find placeholders in phrasings: they stay as they are there."""
    for text in view.texts:
        for place, phrasing in enumerate(text.text.phrasings):
            if "{" in phrasing or "}" in phrasing:
                yield view.error(
                    text.file,
                    text.path("phrasings", place),
                    "a phrasing has braces in it.",
                    "Nobody types them, so the phrasing finds nothing.",
                    "Write what people type; figures are allowed here.",
                )

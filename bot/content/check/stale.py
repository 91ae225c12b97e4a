"""Translations that their base has left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import LITHUANIAN, EntryId, EntryText, Language
from bot.content.read import StampsFile
from bot.content.staleness import base_of, difference, touched


def stale_translation(view: View) -> Iterator[Finding]:
    """Find translations that were not touched since their base or a value changed."""
    stamps = view.reading.stamps()
    for entry_id, texts in view.texts_of.items():
        by_language = {text.language: text.text for text in texts}
        base, facts = _base(view, entry_id, by_language), view.facts_of[entry_id].facts
        for text in texts:
            stamped = stamps.get(entry_id, {}).get(text.language)
            if base is None or text.language == base or stamped is None:
                continue
            found = difference(stamped, facts, by_language[base], text.text)
            if found is not None:
                language = in_english(text.language)
                yield view.warning(
                    text.file,
                    text.path(),
                    f"the {in_english(base)} text or a value has changed since this was last touched: {found}.",
                    f"Families who read {language} may be told what is no longer so; the answer says that it may be old.",
                    f'Bring the text up to date. If it still fits: "tiltas stamp {entry_id} --lang {text.language}".',
                )


def _base(view: View, entry_id: EntryId, texts: Mapping[Language, EntryText]) -> Language | None:
    # A Lithuanian text that cannot be read is a fault of its own; nothing follows another base because of it.
    file = f"{LITHUANIAN}/{view.facts_of[entry_id].topic}.yaml"
    if LITHUANIAN not in texts and file in view.reading.parsed:
        keys = view.keys(file, "entries")
        if keys is None or entry_id in keys:
            return None
    return base_of(texts)


def stamps_behind(view: View) -> Iterator[Finding]:
    """Find languages whose stamps do not know the present translations."""
    if not any(view.files(StampsFile)):
        return
    stamps, behind = view.reading.stamps(), dict[str, list[str]]()
    for entry_id, texts in view.texts_of.items():
        base = _base(view, entry_id, {text.language: text.text for text in texts})
        for text in texts:
            stamped = stamps.get(entry_id, {}).get(text.language)
            if base not in {None, text.language} and (stamped is None or touched(stamped, text.text)):
                behind.setdefault(text.file, []).append(entry_id)
    for file, ids in behind.items():
        yield view.warning(
            file,
            ("entries", ids[0]),
            f"new or changed translations without a stamp: {len(ids)} ({', '.join(ids[:3])}{' …' if ids[3:] else ''}).",
            "When their base changes one day, nobody is told that they are stale.",
            'Run "tiltas stamp" and commit what it writes.',
        )

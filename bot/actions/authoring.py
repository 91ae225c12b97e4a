"""What an editor has done for them: bookkeeping of translations. Pure: files in, files out; the caller writes them."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from bot.content.model import EntryId, Language
from bot.content.read import Reading, StampsFile
from bot.content.staleness import Stamp, base_of, stamp, touched
from bot.errors import EntryUnknown

_HEAD = "# Kept by `tiltas stamp`: what each translation and its base looked like when it was last touched. Not edited by hand.\n"


def stamps(reading: Reading, entry: EntryId | None = None, language: Language | None = None) -> dict[str, str]:
    """Return the new text of every file of stamps that changes, of one language if it is given.

    A translation that is new, or was changed after its stamp, is stamped with its present base. One that is stale and
    was not touched keeps its stamp, so that it stays stale, unless its entry is named: then whoever names it says that
    it still fits. Stamps of what is gone go.

    Raises EntryUnknown for an entry or a language without a translation.
    """
    kept, there = reading.stamps(), reading.of_kind(StampsFile)
    files = [file for file in there if language is None or file.startswith(f"stamps/{language}/")]
    found: dict[str, dict[EntryId, Stamp]] = {file: {} for file in files}
    there_is_one = False
    for one in reading.entries():
        base = base_of(one.texts)
        for translated, text in one.texts.items():
            if base is None or translated == base or (language is not None and translated != language):
                continue
            there_is_one |= entry in {None, one.id}
            stamped = kept.get(one.id, {}).get(translated)
            if stamped is None or one.id == entry or touched(stamped, text):
                stamped = stamp(one.facts, one.texts[base], text)
            found.setdefault(f"stamps/{translated}/{one.topic}.yaml", {})[one.id] = stamped
    if (entry or language) and not there_is_one:
        raise EntryUnknown(entry or "anything")
    return {file: _written(x) for file, x in found.items() if file not in there or there[file].entries != x}


def _written(things: Mapping[EntryId, Stamp]) -> str:
    plain = {"entries": {key: things[key].model_dump(mode="json") for key in sorted(things)}}
    return _HEAD + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)

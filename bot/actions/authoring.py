"""What an editor has done for them: bookkeeping of translations. Pure: files in, files out; the caller writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import yaml

from bot.content.model import EntryId, Language
from bot.content.read import Reading, StampsFile
from bot.content.staleness import Stamp, base_of, stamp, touched
from bot.errors import EntryUnknown

_HEAD = "# Kept by `tiltas stamp`: what each translation and its base looked like when it was last touched. Not edited by hand.\n"


def stamps(reading: Reading, entry: EntryId | None = None, language: Language | None = None) -> dict[str, str]:
    """Return the new text of every file of stamps that changes.

    A translation that is new, or was changed after its stamp, is stamped with its present base. One that is stale and
    was not touched keeps its stamp, so that it stays stale, unless it is named: then whoever names it says that it still
    fits. Stamps of what is gone go. Raises EntryUnknown for a name without a translation.
    """
    kept, there = reading.stamps(), reading.of_kind(StampsFile)
    found: dict[str, dict[EntryId, Stamp]] = defaultdict(dict)
    named = False
    for one in reading.entries():
        base = base_of(one.texts)
        for translated, text in one.texts.items():
            if base is None or translated == base:
                continue
            still_fits = one.id == entry and language in {None, translated}
            named |= still_fits
            old = kept.get(one.id, {}).get(translated)
            fresh = old is None or still_fits or touched(old, text)
            stamped = stamp(one.facts, one.texts[base], text) if fresh or old is None else old
            found[f"stamps/{translated}/{one.topic}.yaml"][one.id] = stamped
    if entry is not None and not named:
        raise EntryUnknown(entry)
    return {file: _written(x) for file, x in found.items() if file not in there or there[file].entries != x}


def _written(things: Mapping[EntryId, Stamp]) -> str:
    plain = {"entries": {key: things[key].model_dump(mode="json") for key in sorted(things)}}
    return _HEAD + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)

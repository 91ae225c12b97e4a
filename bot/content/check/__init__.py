"""Every rule that content must keep, looked at all at once.

`read.py` finds what is wrong with the form of a file; here is what is wrong with its sense. A rule is a small function
from a `View` to findings. What needs the matching's reading of a text (phrasings too alike, words of danger) is found
by `bot.actions.checking`, which joins everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain

from bot.content.check import (
    dates,
    entries,
    guide,
    helplines,
    local,
    names,
    phrasings,
    placeholders,
    references,
    stale,
    talk,
    texts,
    tone,
    typed,
)
from bot.content.check.view import View
from bot.content.findings import Finding
from bot.content.read import Reading

Rule = Callable[[View], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    entries.entry_in_two_topics,
    entries.text_apart_from_its_facts,
    entries.text_missing,
    entries.unfinished,
    entries.unknown_topic,
    entries.topic_without_entries,
    entries.taken_alias,
    entries.sibling_of_nobody,
    entries.needless_untranslated,
    entries.unknown_language,
    references.unknown_reference,
    references.unpublished_helpline,
    dates.no_source,
    dates.impossible_source_date,
    dates.checked_in_the_future,
    dates.reviewed_in_the_future,
    dates.review_date,
    placeholders.malformed,
    placeholders.cannot_be_filled,
    placeholders.unused_value,
    placeholders.unlike_other_languages,
    typed.typed_by_hand,
    texts.figures,
    texts.links,
    texts.money_in_words,
    texts.too_long,
    texts.hard_to_read,
    tone.tone,
    phrasings.too_few,
    phrasings.with_braces,
    names.missing_in_a_main_language,
    names.too_long_for_a_button,
    names.phone_in_a_name,
    names.number_of_municipalities,
    helplines.emergency_number,
    helplines.published_without_contact,
    helplines.opening_hours,
    local.services_of_nowhere,
    local.municipality_without_file,
    local.two_of_one_id,
    local.kind_that_nobody_has,
    local.unknown_town,
    local.town_in_some_languages,
    guide.card_without_language,
    guide.card_of_unknown_topic,
    guide.card_reviewed_in_the_future,
    guide.step_without_entry,
    stale.stale_translation,
    stale.stamps_behind,
    talk.missing_file,
    talk.nothing_written,
    talk.missing_danger,
    talk.few_signs,
    talk.unsigned_words,
    talk.unknown_early_help,
    talk.missing_talk,
    talk.background_themes,
)


def check(reading: Reading, *, today: date) -> list[Finding]:
    """Return what is wrong with the sense of everything that could be read, in the order of the files.

    `today` is the day of the editor. As days pass only warnings appear, never errors: sound content stays sound.
    The findings of `reading` itself are not repeated.
    """
    view = View(reading, today)
    return sorted(set(chain.from_iterable(rule(view) for rule in RULES)))

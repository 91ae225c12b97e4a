"""All findings about `faq/` at once: the form of the files, their sense, and what matching makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from bot.actions.checking import alarms, classes, likeness, signs
from bot.actions.checking.phrases import phrases
from bot.content.check import check
from bot.content.check.dates import is_overdue
from bot.content.check.view import View, in_menu_order
from bot.content.findings import Finding, Severity
from bot.content.model import Language
from bot.content.read import Reading, read


@dataclass(frozen=True)
class Report:
    """What was looked at, and what is wrong with it.

    Counts are of what could be read: `entries` are published ones, `languages` says how many of them have a text in
    each, `overdue` how many are past their review date.
    """

    findings: tuple[Finding, ...]
    entries: int
    drafts: int
    overdue: int
    phrasings: int
    values: int
    sources: int
    languages: Mapping[Language, int]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the content out."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are only told."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)


def check_everything(files: Mapping[str, str], *, today: date) -> Report:
    """Look at all files of `faq/`, given as text by their path below it (`lt/education.yaml`)."""
    return check_reading(read(files), today=today)


def check_reading(reading: Reading, *, today: date) -> Report:
    """Look at files that were read already."""
    view = View(reading, today)
    said = tuple(phrases(view))
    joined = chain(classes.look(view, said), likeness.look(view, said), alarms.look(view, said), signs.look(view))
    return _report(view, sorted({*reading.findings, *check(reading, today=today), *joined}))


def _report(view: View, findings: Iterable[Finding]) -> Report:
    published = {facts.id: facts.facts for facts in view.facts if facts.facts.status == "published"}
    texts = [text for text in view.texts if text.id in published]
    counts = Counter(text.language for text in texts)
    return Report(
        findings=tuple(findings),
        entries=len(published),
        drafts=len(view.facts) - len(published),
        overdue=sum(is_overdue(facts, view.today) for facts in published.values()),
        phrasings=sum(len(text.text.phrasings) for text in texts),
        values=sum(len(facts.values) for facts in published.values()),
        sources=sum(len(facts.sources) for facts in published.values()),
        languages={language: counts[language] for language in in_menu_order(counts)},
    )

"""What answers rest on, and how old it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.check.view import View
from bot.content.findings import Finding
from bot.content.model import EntryFacts, Source
from bot.content.read import GuideFile, HelplinesFile, ServicesFile
from bot.content.yaml_lines import Path

SOON = timedelta(days=30)
"""How long before its review date an entry is announced."""


@dataclass(frozen=True)
class _Checked:
    """Anything that rests on sources and was checked on a day."""

    file: str
    path: Path
    sources: Sequence[Source]
    checked: date
    shown: bool


def _checked(view: View) -> Iterator[_Checked]:
    for facts in view.facts:
        yield _Checked(facts.file, facts.path(), facts.facts.sources, facts.facts.checked, shown=True)
    for file, helplines in view.reading.of_kind(HelplinesFile).items():
        for line_id, line in helplines.helplines.items():
            yield _Checked(file, ("helplines", line_id), line.sources, line.checked, line.publish)
    for file, services in view.reading.of_kind(ServicesFile).items():
        for service_id, service in services.services.items():
            yield _Checked(file, ("services", service_id), service.sources, service.checked, shown=True)
    for file, card in view.reading.of_kind(GuideFile).items():
        yield _Checked(file, (), card.sources, card.checked, shown=True)


def no_source(view: View) -> Iterator[Finding]:
    """Find what nothing supports."""
    for thing in _checked(view):
        if thing.shown and not thing.sources:
            yield view.error(
                thing.file,
                (*thing.path, "sources"),
                "it has no source.",
                "Families are told something that nobody can check.",
                'Add at least one law, office or page under "sources", with the date it bears.',
            )


def impossible_source_date(view: View) -> Iterator[Finding]:
    """Find sources of a day that is not in the calendar, or has not come."""
    for thing in _checked(view):
        for place, source in enumerate(thing.sources):
            for name, text in (("date", source.date), ("about", source.about)):
                problem = _problem(text, view.today)
                if problem:
                    yield view.error(
                        thing.file,
                        (*thing.path, "sources", place, name),
                        f'the source date "{text}" {problem}.',
                        "The answer would show families a date that cannot be true.",
                        'Write the date that the page bears as YYYY-MM-DD, YYYY-MM or YYYY, or "undated".',
                    )


def _problem(text: str | None, today: date) -> str:
    if text is None or text == "undated":
        return ""
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return "is not in the calendar"
    return "lies in the future" if text > today.isoformat()[: len(text)] else ""


def checked_in_the_future(view: View) -> Iterator[Finding]:
    """Find check dates that have not come."""
    for thing in _checked(view):
        if thing.checked > view.today:
            yield view.error(
                thing.file,
                (*thing.path, "checked"),
                f'"checked: {thing.checked}" lies in the future.',
                "Families are shown this date and trust it.",
                "Write the day on which somebody last compared it with its sources.",
            )


def reviewed_in_the_future(view: View) -> Iterator[Finding]:
    """Find reviews of a day that has not come."""
    for text in view.texts:
        day = text.text.review.on
        if day is not None and day > view.today:
            yield view.error(
                text.file,
                text.path("review", "on"),
                f"it was reviewed on {day}, which lies in the future.",
                "A text counts as read by a person although nobody has read it.",
                'Write the day of the review, or "review: {state: unreviewed}".',
            )


def is_overdue(facts: EntryFacts, today: date) -> bool:
    """Tell whether somebody should have looked at an entry again by now. It is still answered, with its date."""
    return facts.status == "published" and facts.review_by < today


def review_date(view: View) -> Iterator[Finding]:
    """Find review dates that come before the check, are past, or near."""
    for facts in view.facts:
        checked, review_by = facts.facts.checked, facts.facts.review_by
        place = (facts.file, facts.path("review_by"))
        if review_by <= checked:
            yield view.error(
                *place,
                f'"review_by: {review_by}" is not later than "checked: {checked}".',
                "The entry counts as overdue from its first day, so nobody notices when it really grows old.",
                "Write the day by which somebody must look at it again.",
            )
        elif is_overdue(facts.facts, view.today):
            yield view.warning(
                *place,
                f"it should have been looked at by {review_by}.",
                f"Families still get this answer, with the note that it was checked on {checked}; it may be outdated.",
                'Compare it with its sources, then set "checked" to today and "review_by" to a later day.',
            )
        elif facts.facts.status == "published" and review_by <= view.today + SOON:
            yield view.warning(
                *place,
                f"it must be looked at again by {review_by}, in {(review_by - view.today).days} days.",
                "After that day families get an answer that may be outdated.",
                'Compare it with its sources, then set "checked" to today and "review_by" to a later day.',
            )

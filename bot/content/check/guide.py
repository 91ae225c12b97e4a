"""Guide cards for specialists, and checklists for families."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.check.view import View, in_english, near
from bot.content.findings import Finding
from bot.content.model import ENGLISH, LITHUANIAN
from bot.content.read import ChecklistsFile, FactsFile, GuideFile, TopicsFile

CARD_LANGUAGES = (ENGLISH, LITHUANIAN)
"""In which specialists read the cards."""


def card_without_language(view: View) -> Iterator[Finding]:
    """Find guide cards that lack a language of the specialists."""
    for file, card in view.reading.of_kind(GuideFile).items():
        missing = [in_english(language) for language in CARD_LANGUAGES if language not in card.texts]
        if missing:
            yield view.error(
                file,
                ("texts",),
                f"there is no text in {' and '.join(missing)}.",
                "Specialists who read that language do not get the guidance.",
                "Add it.",
            )


def card_of_unknown_topic(view: View) -> Iterator[Finding]:
    """Find guide cards that are to be suggested for a topic that does not exist."""
    topics = view.known(TopicsFile, "topics")
    for file, card in view.reading.of_kind(GuideFile).items():
        for place, topic in enumerate(card.topics):
            if topics is not None and topic not in topics:
                yield view.error(
                    file,
                    ("topics", place),
                    f'there is no topic "{topic}"{near(topic, topics)}.',
                    "The card is never suggested beside a case.",
                    "Write a topic of faq/topics.yaml.",
                )


def card_reviewed_in_the_future(view: View) -> Iterator[Finding]:
    """Find reviews of guide cards of a day that has not come."""
    for file, card in view.reading.of_kind(GuideFile).items():
        if card.reviewed is not None and card.reviewed > view.today:
            yield view.error(
                file,
                ("reviewed",),
                f"it was reviewed on {card.reviewed}, which lies in the future.",
                "A card about people counts as read by them although nobody has read it.",
                "Write the day of the review.",
            )


def step_without_entry(view: View) -> Iterator[Finding]:
    """Find steps of checklists whose entry does not exist, or is a draft."""
    known = view.known(FactsFile, "entries")
    for file, lists in view.reading.of_kind(ChecklistsFile).items():
        for list_id, checklist in lists.checklists.items():
            for step_id, step in checklist.steps.items():
                facts = view.facts_of.get(step.entry)
                draft = facts is not None and facts.facts.status == "draft"
                if draft or (known is not None and step.entry not in known):
                    yield view.error(
                        file,
                        ("checklists", list_id, "steps", step_id, "entry"),
                        f'the entry "{step.entry}" {"is a draft" if draft else "does not exist"}'
                        f"{'' if draft else near(step.entry, known or frozenset())}.",
                        "A family that wants to know how is told nothing.",
                        "Name a published entry.",
                    )

"""Questions that people have, and a family to which one of them writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cases.model import CaseId, CaseState
from bot.content.model import TopicId
from bot.conversation.model import Conversation, InboxId
from tests.builders import EN
from tests.builders_dialogue import DOCTOR, NOW, closed_case, conversation, open_case, seen

CASE, OTHER = CaseId(5), CaseId(6)
EDUCATION, DAILY_LIFE, HEALTH = map(TopicId, ("education", "daily-life", "health"))
LONG_AGO = NOW - timedelta(days=2)
ABOUT_HEALTH = seen((DOCTOR, 0.95))

IN_HAND = open_case("12M", state=CaseState.CLAIMED, topic=EDUCATION, opened_at=LONG_AGO, question=InboxId(12))
ANSWERED = replace(IN_HAND, state=CaseState.ANSWERED)
RENT_IN_HAND = open_case(
    "13N", id=OTHER, state=CaseState.CLAIMED, topic=DAILY_LIFE, opened_at=LONG_AGO, question=InboxId(13)
)
CLOSED = closed_case("12M", topic=EDUCATION)


def talking(**changes: object) -> Conversation:
    """Return somebody to whom a specialist writes just now, about education."""
    person = conversation(language=EN, talking=CASE, open_cases=(IN_HAND,))
    return replace(person, **changes)  # type: ignore[arg-type]  # fields by name

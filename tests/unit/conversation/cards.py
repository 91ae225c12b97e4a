"""Cases as their specialists see them, and what is published in its longest forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases.model import CaseState, CloseReason
from bot.content.model import Catalogue, Language, TopicId
from bot.content.opening import VILNIUS
from bot.content.read import read
from bot.conversation.desk import ALIAS
from bot.conversation.desk_notices import Seen
from bot.conversation.model import Token
from bot.conversation.notices import Voice
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from bot.settings import from_environment
from tests.builders_dialogue import NOW, RASA, case, messages

TELEGRAMS_LONGEST = 4096
NUMBER, FAMILY = "123456789K", "F-123456789K"
NAME = "Aleksandra, psichologė, Šiaulių komanda."[:ALIAS]
DUE = datetime(2026, 11, 23, 17, tzinfo=VILNIUS)


def _content() -> Catalogue:
    folder = from_environment().faq
    return read({x.relative_to(folder).as_posix(): x.read_text("utf-8") for x in folder.glob("**/*.yaml")}).catalogue()


PUBLISHED = _content()


def longest_topic(language: Language) -> TopicId:
    """Return the topic with the longest name."""
    return max(PUBLISHED.topics, key=lambda topic: len(PUBLISHED.topics[topic].name[language]))


def real_voice(language: Language) -> Voice:
    """Return the voice of what is published."""
    return Voice(PUBLISHED, messages(), language, NOW, lambda: Token("a" * 16))


def seen(**changes: object) -> Seen:
    """Return a case as its specialists see it before anybody has it."""
    waiting = Seen(
        case(due_at=DUE), "F-7G", reason=Reason.NO_MATCH, danger=Level.NONE, danger_kind=None, asked="Where is it?"
    )
    return replace(waiting, **changes)  # type: ignore[arg-type]  # fields by name


CLAIMED = case(state=CaseState.CLAIMED, claimed_by=RASA, due_at=DUE)
ANSWERED = case(state=CaseState.ANSWERED, claimed_by=RASA, due_at=None)
CLOSED = case(state=CaseState.CLOSED, due_at=None, closed_at=NOW, close_reason=CloseReason.HELPED)
STATES = {"waiting": case(due_at=DUE), "claimed": CLAIMED, "answered": ANSWERED, "closed": CLOSED}

"""A small world to talk in: a catalogue with helplines, teams and sources, and the texts of `locales/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from bot.cases.model import Case, CaseId, CaseState, SpecialistId
from bot.content.messages import Messages
from bot.content.model import (
    MAIN_LANGUAGES,
    Catalogue,
    DangerKind,
    Entry,
    EntryId,
    EntryText,
    Helpline,
    HelplineId,
    Institution,
    InstitutionId,
    Language,
    Review,
    Source,
    Team,
    TeamId,
    Topic,
    TopicId,
    WorkingTime,
)
from bot.conversation.decide import Policy
from bot.conversation.model import (
    Address,
    Attachment,
    AttachmentKind,
    ButtonSet,
    Channel,
    ClosedCase,
    Conversation,
    ConversationId,
    InboxId,
    Incoming,
    KeptMessage,
    Kind,
    Line,
    OpenCase,
    Outgoing,
    OutgoingKind,
    Press,
    Token,
    Verb,
)
from bot.conversation.replies import Received, World
from bot.matching.evidence import Candidate, Evidence, Level
from bot.settings import from_environment
from tests.builders import EN, LT, PHRASINGS, RU, UK, catalogue, entry

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""A Saturday."""
ROOT = Path(__file__).resolve().parent.parent

KINDERGARTEN, BENEFIT, DOCTOR, RENT, COURSES = map(EntryId, PHRASINGS)
FOSTER_CARE = EntryId("foster-care")
"""Exists in Russian and Ukrainian only."""

_TOPIC_OF = {
    KINDERGARTEN: "education",
    BENEFIT: "daily-life",
    DOCTOR: "health",
    RENT: "daily-life",
    COURSES: "education",
    FOSTER_CARE: "daily-life",
}
SUPPORT, SCHOOL = TeamId("support"), TeamId("school")


@cache
def messages() -> Messages:
    """Return the bot's own texts, as they are in the folder that the bot reads."""
    found = {path.parent.parent.name: path for path in from_environment().locales.glob("*/LC_MESSAGES/tiltas.po")}
    return Messages({Language(name): path.read_text(encoding="utf-8") for name, path in found.items()})


@cache
def talking_catalogue() -> Catalogue:
    """Return five entries in four languages and one in two, four topics, two teams, five helplines."""
    foster = {
        RU: ("как стать приёмным родителем", "опека над ребёнком"),
        UK: ("як стати прийомним батьком", "опіка над дитиною"),
    }
    entries = [_sourced(entry(name, said)) for name, said in PHRASINGS.items()]
    entries.append(_sourced(entry(FOSTER_CARE, foster)))
    whole = catalogue(*(one.model_copy(update={"topic": TopicId(_TOPIC_OF[one.id])}) for one in entries))
    return whole.model_copy(
        update={
            "topics": {
                TopicId("education"): _topic("Education", SCHOOL, WorkingTime(working_days=2)),
                TopicId("daily-life"): _topic("Daily life", SUPPORT, WorkingTime(working_days=1)),
                TopicId("health"): _topic("Health", SUPPORT, WorkingTime(working_hours=6)),
                TopicId("safety"): _topic("Safety", SUPPORT, WorkingTime(working_hours=4)),
            },
            "teams": {SUPPORT: Team(name=_named("support team")), SCHOOL: Team(name=_named("school team"))},
            "institutions": {InstitutionId("office"): Institution(name=_named("The office"))},
            "helplines": {
                HelplineId("hl-112"): helpline("112", tuple(DangerKind), purpose="Police, ambulance, fire."),
                HelplineId("hl-women"): helpline("+370 800 66366", (DangerKind.VIOLENCE,), languages=(LT, RU)),
                HelplineId("hl-form"): helpline(None, (DangerKind.VIOLENCE,)),
                HelplineId("hl-child"): helpline(
                    "116 111", (DangerKind.CHILD_DANGER,), hours={"mon": ("09:00-17:00",)}
                ),
                HelplineId("hl-quiet"): helpline("1809", (), hours="unknown"),
            },
        }
    )


def _named(word: str) -> dict[Language, str]:
    return {language: word if language == EN else f"{word} {language}" for language in MAIN_LANGUAGES}


def _topic(name: str, team: TeamId, target: WorkingTime) -> Topic:
    return Topic(name=_named(name), sensitive=False, team=team, target=target)


def _sourced(one: Entry) -> Entry:
    sources = (
        Source(url="https://www.e-tar.lt/best", date="2024"),
        Source(url="https://www.e-tar.lt/new", date="2026-03"),
        Source(url="https://www.e-tar.lt/bare", date="undated"),
    )
    texts = {language: _telling_apart(text, language) for language, text in one.texts.items()}
    return one.model_copy(update={"facts": one.facts.model_copy(update={"sources": sources}), "texts": texts})


def _telling_apart(text: EntryText, language: Language) -> EntryText:
    said = text.question
    return text.model_copy(update={"short": f"Short {language}: {said}.", "details": f"Details {language}: {said}."})


def helpline(
    number: str | None,
    danger: tuple[DangerKind, ...],
    *,
    purpose: str = "Help.",
    hours: Any = "always",  # Any: "always", "unknown" or days with hours
    languages: tuple[Language, ...] = (),
) -> Helpline:
    """Return a helpline."""
    return Helpline.model_validate(
        {
            "name": _named("Line"),
            "for": _named(purpose),
            "number": number,
            "url": "https://www.pagalba.lt",
            "audience": "everyone",
            "danger": danger,
            "hours": hours,
            "languages": languages,
            "cost": "free",
            "checked": date(2026, 11, 1),
            "confidence": "high",
            "publish": True,
            "sources": (),
        }
    )


def tokens() -> Callable[[], Token]:
    """Return a source of tokens that are never the same."""
    numbers = count(1)
    return lambda: Token(f"t{next(numbers)}")


def world(content: Catalogue | None = None, *, now: datetime = NOW) -> World:
    """Return what replies are made of."""
    return World(content or talking_catalogue(), messages(), Policy(), now, tokens())


def without_entry(content: Catalogue, entry_id: EntryId) -> Catalogue:
    """Return a catalogue from which an entry was removed."""
    return content.model_copy(update={"entries": {x: one for x, one in content.entries.items() if x != entry_id}})


def reviewed(one: Entry, language: Language) -> Entry:
    """Return an entry whose text in one language a specialist has read."""
    review = Review(state="reviewed", by="lawyer", on=date(2026, 11, 1))
    texts = {**one.texts, language: one.texts[language].model_copy(update={"review": review})}
    return one.model_copy(update={"texts": texts})


# Messages -------------------------------------------------------------------------------------------------------------

PERSON = Address(Channel.TELEGRAM, "1001")
QUESTION = InboxId(47)
"""The message that is being handled, where a test says nothing else."""
THE_PRESS = InboxId(48)


def conversation(**changes: Any) -> Conversation:  # Any: any of its fields
    """Return somebody who has seen the first notice already."""
    return replace(Conversation(ConversationId(1), Channel.TELEGRAM, noticed=True), **changes)


def seen(
    *candidates: tuple[EntryId, float],
    language: Language = EN,
    confident: bool = True,
    **changes: Any,  # Any: the other fields of evidence
) -> Evidence:
    """Return evidence of candidates with their probabilities."""
    found = tuple(Candidate(entry_id, p) for entry_id, p in candidates)
    return replace(Evidence(language, confident, candidates=found), **changes)


# Any: fields of evidence.
RED: dict[str, Any] = {"danger": Level.RED, "danger_kind": DangerKind.VIOLENCE}
AMBER: dict[str, Any] = {"danger": Level.AMBER, "danger_kind": DangerKind.VIOLENCE}
SURE = seen((KINDERGARTEN, 0.95), (COURSES, 0.3), (RENT, 0.2))
UNSURE = seen((KINDERGARTEN, 0.35), (COURSES, 0.3))
LOST = seen((KINDERGARTEN, 0.05))
"""What is answered, what is asked back, and what goes to people."""


def wrote(
    text: str,
    evidence: Evidence | None = None,
    person: Conversation | None = None,
    *,
    number: InboxId = QUESTION,
    kind: Kind = Kind.TEXT,
    kept: Mapping[InboxId, KeptMessage] | None = None,
    hint: Language | None = None,
    files: tuple[Attachment, ...] = (),
    about: CaseId | None = None,
) -> Received:
    """Return a written message whose turn it is."""
    incoming = Incoming(f"key:{number}", PERSON, kind, text=text, hint=hint, at=NOW, files=files)
    return Received(number, incoming, person or conversation(), evidence, kept=kept or {}, about=about)


def pressed(
    buttons: ButtonSet | None,
    verb: Verb | str,
    choice: int = 0,
    person: Conversation | None = None,
    *,
    message: str = "900",
    kept: Mapping[InboxId, KeptMessage] | None = None,
    number: InboxId = THE_PRESS,
) -> Received:
    """Return a press of a button whose turn it is; without `buttons`, of one that this conversation does not have."""
    press = Press(str(verb), buttons.token if buttons else Token("unknown"), choice, message)
    incoming = Incoming(f"key:{number}", PERSON, Kind.PRESS, press=press, at=NOW)
    return Received(number, incoming, person or conversation(language=EN), pressed=buttons, kept=kept or {})


# Cases ----------------------------------------------------------------------------------------------------------------

RASA, TOMAS, IEVA = SpecialistId(1), SpecialistId(2), SpecialistId(3)
PHOTO = Attachment("photo-1", AttachmentKind.PHOTO, size=200_000)
PAPER = Attachment("paper", AttachmentKind.FILE, "application/pdf", 1000)


def case(**changes: Any) -> Case:  # Any: any of its fields
    """Return a case that waits in the queue of the support team, as specialists have it."""
    waiting = Case(
        id=CaseId(5),
        number="12M",
        team=SUPPORT,
        topic=TopicId("daily-life"),
        language=EN,
        state=CaseState.WAITING,
        urgent=False,
        opened_at=NOW,
        due_at=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
    )
    return replace(waiting, **changes)


def open_case(number: str = "12M", **changes: Any) -> OpenCase:  # Any: any of its fields
    """Return a kept question, as its family has it."""
    waiting = OpenCase(CaseId(5), number, topic=None, state=CaseState.WAITING, question=QUESTION, opened_at=NOW)
    return replace(waiting, **changes)


def closed_case(number: str = "12M", **changes: Any) -> ClosedCase:  # Any: any of its fields
    """Return a question that ended just now."""
    return replace(ClosedCase(CaseId(5), number, topic=None, closed_at=NOW, close_reason="helped"), **changes)


def told(text: str = "Hello.", kind: OutgoingKind = OutgoingKind.TALK, **changes: Any) -> Outgoing:  # Any: its fields
    """Return a message to send."""
    return replace(Outgoing(kind, EN, (Line(text),)), **changes)


def untokened(*outgoing: Outgoing) -> tuple[Outgoing, ...]:
    """Return messages whose buttons have no token, so that two that were made apart can be compared."""
    return tuple(
        replace(one, buttons=replace(one.buttons, token=Token(""))) if one.buttons else one for one in outgoing
    )


def words_of(outgoing: Outgoing) -> str:
    """Return a message's words, line by line."""
    return "\n".join(line.text for line in outgoing.lines)


def labels_of(outgoing: Outgoing) -> list[list[str]]:
    """Return the labels of a message's buttons, row by row."""
    return [[button.label for button in row] for row in outgoing.buttons.rows] if outgoing.buttons else []


def verbs_of(outgoing: Outgoing) -> list[list[Verb]]:
    """Return what a message's buttons do, row by row."""
    return [[button.verb for button in row] for row in outgoing.buttons.rows] if outgoing.buttons else []

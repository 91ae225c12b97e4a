"""Towns, offices, checklists and guide cards on top of the small world, and somebody who talks step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import yaml

from bot.actions.answering import _latest
from bot.content.model import (
    MAIN_LANGUAGES,
    NATIONAL,
    CardId,
    Catalogue,
    Checklist,
    ChecklistId,
    Entry,
    EntryId,
    GuideCard,
    Language,
    LocalService,
    Municipality,
    MunicipalityId,
    ServiceId,
    ServiceKind,
)
from bot.conversation.dialogue import respond
from bot.conversation.followup import follow_up
from bot.conversation.limits import Allowance
from bot.conversation.model import (
    ButtonSet,
    Conversation,
    Effects,
    InboxId,
    Incoming,
    KeptMessage,
    Kind,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    Token,
    Verb,
)
from bot.conversation.replies import Received, World
from bot.matching.evidence import Evidence
from tests.builders import EN
from tests.builders_content import guide_card
from tests.builders_dialogue import (
    BENEFIT,
    COURSES,
    DOCTOR,
    KINDERGARTEN,
    NOW,
    PERSON,
    RENT,
    ROOT,
    conversation,
    seen,
    talking_catalogue,
    tokens,
    words_of,
    world,
)

VILNIUS, KAUNAS, KLAIPEDA, JONAVA = map(MunicipalityId, ("vilnius", "kaunas", "klaipeda", "jonava"))
KAUNAS_DISTRICT = MunicipalityId("kaunas-district")
FIRST_WEEK, NEW_BABY = ChecklistId("first-week"), ChecklistId("new-baby")
MEETING, FAR_AWAY, READ = map(CardId, ("first-meeting", "far-away", "read-by-them"))


@cache
def places() -> dict[MunicipalityId, Municipality]:
    """Return the sixty municipalities as the content has them."""
    found = yaml.safe_load((ROOT / "faq" / "municipalities.yaml").read_text("utf-8"))["municipalities"]
    return {MunicipalityId(key): Municipality.model_validate(one) for key, one in found.items()}


def office(name: str, town: MunicipalityId, **changes: Any) -> LocalService:  # Any: fields of a service
    """Return an office for benefits in a town."""
    return LocalService.model_validate(
        {
            "name": {language: f"{name} {language}" for language in MAIN_LANGUAGES},
            "kind": ServiceKind.BENEFITS,
            "municipality": town,
            "address": f"{name} g. 1",
            "phone": "+370 5 211 1111",
            "confidence": "high",
            "checked": date(2026, 11, 1),
            "sources": (),
            **changes,
        }
    )


@cache
def local_catalogue() -> Catalogue:
    """Return the small world with towns: benefits have offices, the kindergarten has words of its own for two places."""
    whole = talking_catalogue()
    offices = {
        "k1": office("Laisvės", KAUNAS),
        "v1": office(
            "Gedimino", VILNIUS, hours={"mon": ("08:00-17:00",)}, languages=("lt", "ru"), url="https://www.v.lt"
        ),
        "v2": office("Naujoji", VILNIUS),
        "p1": office("Liepų", KLAIPEDA, confidence="low"),
        "all": office("Sodra", NATIONAL, phone="1883", address=None),
        "school": office("Mokyklos", JONAVA, kind=ServiceKind.SCHOOL),
    }
    entries = dict(whole.entries)
    entries[BENEFIT] = _with_services(entries[BENEFIT], ServiceKind.BENEFITS)
    entries[KINDERGARTEN] = _with_towns(entries[KINDERGARTEN], KAUNAS, KAUNAS_DISTRICT)
    return whole.model_copy(
        update={
            "entries": entries,
            "municipalities": places(),
            "services": {ServiceId(key): one for key, one in offices.items()},
            "checklists": {
                FIRST_WEEK: _checklist("First week", KINDERGARTEN, DOCTOR, RENT, COURSES, BENEFIT),
                NEW_BABY: _checklist("A new baby", DOCTOR, BENEFIT),
            },
            "guide": {
                MEETING: GuideCard.model_validate(guide_card(topics=["daily-life", "health"])),
                FAR_AWAY: GuideCard.model_validate(guide_card(topics=["daily-life"], culture="people from far away")),
                READ: GuideCard.model_validate(
                    guide_card(topics=["education"], culture="people", reviewer="mediator", reviewed="2026-11-02")
                ),
            },
        }
    )


def _with_services(entry: Entry, *kinds: ServiceKind) -> Entry:
    return entry.model_copy(update={"facts": entry.facts.model_copy(update={"services": kinds})})


def _with_towns(entry: Entry, *towns: MunicipalityId) -> Entry:
    texts = {
        language: text.model_copy(update={"towns": {town: f"Only in {town} {language}." for town in towns}})
        for language, text in entry.texts.items()
    }
    return entry.model_copy(update={"texts": texts})


def _checklist(name: str, *entries: str) -> Checklist:
    steps = {
        f"step-{n}": {"text": {x: f"{name} {n} {x}" for x in MAIN_LANGUAGES}, "entry": entry}
        for n, entry in enumerate(entries)
    }
    return Checklist.model_validate({"name": {x: f"{name} {x}" for x in MAIN_LANGUAGES}, "steps": steps})


@dataclass
class Talk:
    """Somebody who writes and presses, one thing after the other, and what the store would remember of it."""

    catalogue: Catalogue = field(default_factory=local_catalogue)
    person: Conversation = field(default_factory=lambda: conversation(language=EN))
    now: datetime = NOW
    sets: dict[Token, ButtonSet] = field(default_factory=dict)
    kept: dict[InboxId, KeptMessage] = field(default_factory=dict)
    count: int = 0
    new_token: Callable[[], Token] = field(default_factory=tokens)

    @property
    def world(self) -> World:
        """What replies are made of now."""
        return replace(world(self.catalogue, now=self.now), new_token=self.new_token)

    def writes(self, text: str, evidence: Evidence, together: Evidence | None = None) -> Effects:
        """Write something that is understood as told; `together` with the question before it, if it goes on from that."""
        return self._handle(Kind.TEXT, text=text, evidence=evidence, together=together)

    def presses(self, verb: Verb, choice: int = 0, on: Outgoing | None = None, message: str = "900") -> Effects:
        """Press a button, of the latest message that has buttons unless another is named."""
        buttons = on.buttons if on is not None else self.person.latest_buttons
        assert buttons is not None
        return self._handle(Kind.PRESS, press=Press(verb, buttons.token, choice, message))

    def waits(self, length: timedelta) -> None:
        """Let time pass."""
        self.now += length

    def _handle(
        self,
        kind: Kind,
        *,
        text: str = "",
        evidence: Evidence | None = None,
        press: Press | None = None,
        together: Evidence | None = None,
    ) -> Effects:
        self.count += 1
        number = InboxId(self.count)
        if text:
            self.kept[number] = KeptMessage(text)
        incoming = Incoming(f"key:{number}", PERSON, kind, text=text, press=press, at=self.now)
        pressed = self.sets.get(press.token) if press else None
        received = Received(number, incoming, self.person, evidence, pressed, dict(self.kept))
        if evidence is not None and together is not None:
            w = self.world
            follow = follow_up(text, evidence, self.person, now=w.now, catalogue=w.catalogue, policy=w.policy)
            received = replace(received, follow=follow, together=together if follow else None)
        effects = respond(received, self.world)
        latest = _latest(effects.conversation, effects.outgoing)
        # Whoever plays here writes faster than anybody can; limits have tests of their own.
        self.person = replace(effects.conversation, latest_buttons=latest, allowance=Allowance())
        self.sets |= {told.buttons.token: told.buttons for told in effects.outgoing if told.buttons}
        return effects


def new_words(effects: Effects) -> list[Outgoing]:
    """Return what is said anew, without what only marks a pressed button."""
    return [told for told in effects.outgoing if told.kind is not OutgoingKind.EDIT]


# The question for the town --------------------------------------------------------------------------------------------

HERE = "In your town: "
NOTHING_MORE = "Nothing more is known for your town. The answer for the whole country holds."


def sure(entry: EntryId, *near: EntryId, language: Language = EN) -> Evidence:
    """Return evidence of words that an entry answers, with others that are near."""
    return seen((entry, 0.95), *((one, 0.3) for one in near), language=language)


def nothing(language: Language = EN, *, confident: bool = False) -> Evidence:
    """Return evidence of words that no entry answers."""
    return seen(language=language, confident=confident)


def asked(*near: EntryId, words: str = "how do I get child benefit", language: Language = EN) -> Talk:
    """Return somebody who was answered on benefits and asked for their town."""
    talk = Talk(person=conversation(language=language))
    talk.writes(words, sure(BENEFIT, *near, language=language))
    return talk


def said(effects: Effects) -> str:
    """Return the words that are said anew."""
    return "\n".join(words_of(told) for told in new_words(effects))


def is_asked_for_a_town(effects: Effects) -> bool:
    """Tell whether a message asks where somebody lives."""
    return any(told.buttons and told.buttons.purpose is Purpose.TOWN for told in effects.outgoing)

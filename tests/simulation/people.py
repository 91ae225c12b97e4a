"""Families and specialists, as far as anybody can see them from outside: their chats, and what they have ordered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.cases.model import CaseId
from bot.content.model import Language
from bot.conversation.model import Address, ConversationId, Outgoing, OutgoingKind, Purpose, Verb
from tests.simulation.calendar import LITHUANIA
from tests.simulation.phone import Phone


@dataclass(frozen=True)
class Told:
    """A message that was owed to somebody in this step; `chat` is where it arrives."""

    row: int
    to: ConversationId
    case: CaseId | None
    outgoing: Outgoing
    chat: str = ""

    @property
    def message(self) -> str:
        """The message that stands in the chat after it: a new one, or the one that it changes."""
        return self.outgoing.edits or str(self.row)

    @property
    def held(self) -> str:
        """The message of a group whose words its buttons let go."""
        return self.outgoing.buttons.held.partition(":")[2] if self.outgoing.buttons is not None else ""

    @property
    def meant(self) -> Outgoing:
        """What it tells: itself, or what stands behind its curtain."""
        buttons = self.outgoing.buttons
        return buttons.behind if buttons is not None and buttons.behind is not None else self.outgoing

    @property
    def is_call(self) -> bool:
        """Whether it asks people to say that they have a case of danger."""
        return self.outgoing.kind is OutgoingKind.DESK and self.offers(Verb.CLAIM)

    def offers(self, verb: Verb) -> bool:
        """Tell whether it has a button."""
        buttons = self.outgoing.buttons
        return buttons is not None and any(button.verb is verb for row in buttons.rows for button in row)


@dataclass
class Family:
    """Somebody with questions; `mail` is what the bot has told them, newest last."""

    address: Address
    language: Language
    mail: list[Told] = field(default_factory=list)
    phone: Phone = field(default_factory=Phone)
    stopped: bool = False
    conversation: ConversationId | None = None
    """Its name in the store, once it has been told something."""

    def button(self, purpose: Purpose, verb: Verb, case: CaseId | None = None) -> Told | None:
        """Return the newest message still in the chat whose buttons have a purpose and a verb."""
        for told in reversed(self.mail):
            buttons = told.outgoing.buttons
            if buttons is None or buttons.purpose is not purpose or (case is not None and buttons.case != case):
                continue
            if told.offers(verb) and told.message in self.phone.there:
                return told
        return None

    def is_asked_which(self) -> bool:
        """Tell whether the newest message asks to which case words belong, also from behind a curtain."""
        buttons = self.mail[-1].meant.buttons if self.mail else None
        return buttons is not None and buttons.purpose is Purpose.CASES and buttons.question is not None

    def message_about(self, case: CaseId) -> str:
        """Return a message of the bot about a case, to reply to."""
        return next((told.message for told in reversed(self.mail) if told.case == case), "")


@dataclass
class Worker:
    """A specialist, as careless as people are who have other work too."""

    author: str
    group: Address
    here: bool = True
    back_at: datetime | None = None
    """On holiday until then: nothing that was meant to be done is done."""
    on: bool = False
    place: int = 0
    lead: bool = False
    hours: tuple[int, int] | None = None
    private: bool = False
    """Called in their own chat too."""

    def is_away(self, now: datetime) -> bool:
        """Tell whether they are on holiday, or work here no longer."""
        return not self.here or (self.back_at is not None and now < self.back_at)

    def is_on(self, now: datetime) -> bool:
        """Tell whether they are on duty: by their switch, and at their hours in Lithuania."""
        if not self.on or self.hours is None:
            return self.on
        hour, (begins, ends) = now.astimezone(LITHUANIA).hour, self.hours
        return begins <= hour < ends if begins < ends else hour >= begins or hour < ends

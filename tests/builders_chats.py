"""People who write to a bot that understands what a test says, and what is kept, counted and owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from bot.actions.answering import Mind, answer_ready
from bot.actions.receiving import receive
from bot.content.model import DangerKind, EntryId, Language, SmallTalkKind
from bot.conversation.model import (
    Address,
    ButtonSet,
    Channel,
    Conversation,
    Incoming,
    Kind,
    Outgoing,
    OutgoingKind,
    Press,
    Verb,
)
from bot.matching.danger import Hit
from bot.matching.evidence import Evidence, Level
from bot.matching.find import Matcher
from bot.storage.codec import OUTGOING
from bot.storage.codec import load as loaded
from bot.storage.tables import addresses, counts, outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import BENEFIT, COURSES, KINDERGARTEN, RED, RENT, seen, world
from tests.builders_store import ANA, Watch, all_rows, incoming, load

YOUNGER, SAME_BEFORE = "and for my younger one", "how to register my child for kindergarten"
HOW, BENEFITS, DOG = "how to register for kindergarten", "child benefit", "my neighbour's dog"
BEATS, THANKS, UNHEARD, UNTHINKABLE = "he beats me", "thanks", "unheard of", "unthinkable"

MEANINGS: Mapping[str, Evidence | Exception] = {
    HOW: seen((KINDERGARTEN, 0.95), (COURSES, 0.3), (RENT, 0.2)),
    BENEFITS: seen((BENEFIT, 0.95)),
    DOG: seen((KINDERGARTEN, 0.05)),
    BEATS: seen(**RED),
    THANKS: seen(small_talk=SmallTalkKind.THANKS),
    "1": seen(),
    "/language": seen(),
    "/human": seen(),
    "/questions": seen(),
    UNHEARD: RuntimeError("matching has a fault"),
    YOUNGER: seen((RENT, 0.04)),
    f"{SAME_BEFORE} {YOUNGER}": seen((KINDERGARTEN, 0.3), (COURSES, 0.2)),
    "and the sea": seen(),
    f"{SAME_BEFORE} and the sea": seen((KINDERGARTEN, 0.1)),
    UNTHINKABLE: seen((EntryId("an-entry-nobody-wrote"), 0.95)),  # found by an index that is ahead of its catalogue
}


class Scripted(Matcher):
    """Finds what a test says that words mean, and remembers what it was asked."""

    encoder_id = ""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Language | None, Language | None]] = []

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        self.asked.append((text, chosen, hint))
        meaning = MEANINGS[text]
        if isinstance(meaning, Exception):
            raise meaning
        return meaning

    def gravest_pattern(self, text: str) -> Hit | None:
        """See `Matcher.gravest_pattern`."""
        return Hit(Level.RED, DangerKind.VIOLENCE, BEATS, EN) if text == BEATS else None


@dataclass
class Chats:
    """A store with people who write, and somebody who answers."""

    store: SqlStore
    logged: list[MutableMapping[str, Any]] = field(default_factory=list)  # Any: log fields are anything
    clock: Watch = field(default_factory=Watch)
    matcher: Scripted = field(default_factory=Scripted)
    _written: int = 0

    def __post_init__(self) -> None:
        self.mind = Mind(self.matcher, world())

    async def hear(self, *messages: Incoming) -> None:
        """Keep messages; nobody answers them yet."""
        await receive(messages, store=self.store, clock=self.clock)

    async def write(self, words: str, address: Address = ANA, **changes: Any) -> None:  # Any: fields of the message
        """Let somebody write."""
        self._written += 1
        await self.hear(incoming(f"written:{self._written}", address, words, **changes))

    async def press(
        self, what: ButtonSet | None, verb: Verb, choice: int = 0, address: Address = ANA, message: str = "900"
    ) -> None:
        """Let somebody press a button."""
        assert what is not None
        press = Press(str(verb), what.token, choice, message)
        await self.write("", address, kind=Kind.PRESS, press=press)

    async def answer(self, mind: Mind | None = None) -> int:
        """Answer who waits; return how many messages were handled."""
        return await answer_ready(store=self.store, mind=mind or self.mind, clock=self.clock)

    async def answer_all(self, mind: Mind | None = None) -> list[int]:
        """Answer until nobody waits; return how many were handled each time."""
        handled = []
        while n := await self.answer(mind):
            handled.append(n)
        return handled

    async def owed(self, address: Address = ANA) -> list[Outgoing]:
        """Return all that was ever owed to somebody, in order."""
        where = {row["conversation_id"]: row["chat"] for row in await all_rows(self.store, addresses)}
        rows = sorted(await all_rows(self.store, outbox), key=lambda row: row["id"])
        mine = (row for row in rows if where[row["conversation_id"]] == address.chat)
        return [loaded(OUTGOING, row["payload"]) for row in mine if row["channel"] == address.channel]

    async def buttons_of(self, kind: OutgoingKind, address: Address = ANA) -> ButtonSet | None:
        """Return the buttons under the latest message of a kind."""
        return [one.buttons for one in await self.owed(address) if one.kind is kind][-1]

    async def somebody(self, address: Address = ANA) -> Conversation:
        """Return what is remembered of somebody."""
        where = {row["chat"]: row["conversation_id"] for row in await all_rows(self.store, addresses)}
        return await load(self.store, where[address.chat])

    async def happened(self) -> dict[str, int]:
        """Return how often each step was counted."""
        found: Counter[str] = Counter()
        for row in await all_rows(self.store, counts):
            found[row["step"]] += row["n"]
        return dict(found)


def person(number: int) -> Address:
    """Return one of many."""
    return Address(Channel.TELEGRAM, f"{number}")

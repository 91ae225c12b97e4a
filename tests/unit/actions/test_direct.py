"""A card that leaves past the database: for whom, in which words, and how often."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from structlog.testing import capture_logs

from bot.actions import direct
from bot.actions.answering import Mind
from bot.actions.direct import REMEMBERED, Alarm, DirectCards, late, send, warn, write_down
from bot.content.model import DangerKind, Language
from bot.conversation import danger_notices
from bot.conversation.model import Channel, InboxId, Incoming, InGroup, Kind, Outgoing, OutgoingKind
from bot.errors import ChannelError, NotSent, OutcomeUnknown, Refused, SlowDown
from bot.matching.evidence import Evidence, Writer
from bot.matching.find import Matcher
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN, RU, UK
from tests.builders_dialogue import AMBER, NOW, RED, seen, world
from tests.builders_logs import named
from tests.builders_store import ANA, BORYS, SOON, TELEGRAM, arrive, incoming, load, meet, owe, owing

HELP, CALM = "he beats me", "kindergarten"


class Reading:
    """Finds danger in words that say so; counts what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        assert chosen is None
        self.read.append(text)
        if text == "too hard":
            raise ValueError(text)
        found = RED if HELP in text else AMBER if "afraid" in text else {}
        return seen(language=hint or EN, **found)


class Listening:
    """A channel that fails as often as it was told to, and then takes everything."""

    channel = Channel.TELEGRAM

    def __init__(self, *faults: Exception) -> None:
        self._faults = list(faults)
        self.sent: list[tuple[str, Outgoing]] = []
        self.tried = 0

    async def send(self, address: object, outgoing: Outgoing, place: object = None) -> str | None:
        """See `ports.ChannelPort.send`."""
        assert place is None
        self.tried += 1
        await asyncio.sleep(0)
        if self._faults:
            raise self._faults.pop(0)
        self.sent.append((str(getattr(address, "chat", "")), outgoing))
        return "900"

    async def make_place(self, address: object, place: object) -> str:
        """Never asked for."""
        raise AssertionError((address, place))


class Desk:
    """All that a direct card needs."""

    def __init__(self, *faults: Exception) -> None:
        self.reading, self.channel, self.cards = Reading(), Listening(*faults), DirectCards()
        self.mind = Mind(cast(Matcher, self.reading), world())  # a real one would have to learn first

    async def warn(self, *messages: Incoming) -> None:
        """Read messages."""
        await warn(messages, mind=self.mind, channels={Channel.TELEGRAM: self.channel}, cards=self.cards)

    async def send(self, alarm: Alarm) -> None:
        """Send a card."""
        await send(alarm, mind=self.mind, channels={Channel.TELEGRAM: self.channel}, cards=self.cards)


async def test_a_red_message_gets_a_card_in_its_language_without_anything_that_needs_a_row() -> None:
    desk = Desk()

    await desk.warn(incoming("a", ANA, HELP, hint=UK), incoming("b", BORYS, CALM), incoming("c", BORYS, "I am afraid"))

    assert desk.channel.sent == [("1001", danger_notices.direct_card(world().voice(UK), DangerKind.VIOLENCE))]
    assert (desk.cards.sent, desk.cards.last) == (1, NOW)


@pytest.mark.parametrize("kind", [Kind.EDITED, Kind.PHOTO, Kind.VOICE, Kind.OTHER])
async def test_words_of_danger_are_read_wherever_a_person_writes_them(kind: Kind) -> None:
    desk = Desk()

    await desk.warn(incoming("a", ANA, HELP, kind=kind))

    assert len(desk.channel.sent) == 1


async def test_a_group_and_a_press_get_no_card() -> None:
    desk = Desk()

    await desk.warn(incoming("a", ANA, HELP, group=InGroup("71")), incoming("b", ANA, HELP, kind=Kind.PRESS))

    assert (desk.reading.read, desk.channel.sent) == ([], [])


async def test_words_are_read_masked_as_they_are_when_they_are_kept() -> None:
    desk = Desk()

    await desk.warn(incoming("a", ANA, "call +370 612 34567"))

    assert "612" not in desk.reading.read[0]


async def test_a_message_that_comes_again_and_again_is_read_once_and_gets_one_card() -> None:
    desk = Desk()
    red, calm = incoming("a", ANA, HELP), incoming("b", BORYS, CALM)

    await asyncio.gather(*(desk.warn(red, calm) for _ in range(5)))
    await desk.warn(red, calm, incoming("c", ANA, HELP))

    assert len(desk.channel.sent) == 2
    assert len(desk.reading.read) == 3


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (NotSent("no route"), "not_sent"),
        (SlowDown(timedelta(seconds=5)), "not_sent"),
        (OutcomeUnknown("timeout"), "uncertain"),
        (RuntimeError("a fault of ours"), "uncertain"),
    ],
)
async def test_a_card_that_perhaps_did_not_arrive_is_sent_again_when_its_message_comes_again(
    fault: ChannelError, outcome: str
) -> None:
    desk = Desk(fault)

    with capture_logs() as logs:
        await desk.warn(incoming("a", ANA, HELP))
        await desk.warn(incoming("a", ANA, HELP))

    assert [event["outcome"] for event in named(logs, "card.direct")] == [outcome, "sent"]
    assert (desk.channel.tried, desk.cards.sent) == (2, 1)


async def test_a_card_that_hangs_is_not_waited_for_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "SEND_WITHIN", timedelta(seconds=0.01))
    desk = Desk()
    hanging = asyncio.Event()
    monkeypatch.setattr(desk.channel, "send", lambda *_: hanging.wait())

    await desk.warn(incoming("a", ANA, HELP))

    assert desk.cards.is_new("a")


async def test_a_card_that_is_refused_for_good_is_not_tried_again() -> None:
    desk = Desk(Refused("blocked"))

    await desk.warn(incoming("a", ANA, HELP))
    await desk.warn(incoming("a", ANA, HELP))

    assert (desk.channel.tried, desk.cards.sent) == (1, 0)


async def test_the_log_tells_an_outcome_and_nothing_of_anybody() -> None:
    with capture_logs() as logs:
        await Desk().warn(incoming("a", ANA, HELP))

    assert logs == [{"event": "card.direct", "log_level": "warning", "outcome": "sent"}]


async def test_a_message_that_cannot_be_understood_holds_no_other() -> None:
    desk = Desk()

    with capture_logs() as logs:
        await desk.warn(incoming("a", ANA, "too hard"), incoming("b", BORYS, HELP))

    assert len(named(logs, "message.not_understood")) == 1
    assert len(desk.channel.sent) == 1


def test_what_is_remembered_has_an_end_and_the_oldest_is_forgotten_first() -> None:
    cards = DirectCards()

    for number in range(REMEMBERED + 3):
        cards.remember(f"tg:1:{number}")

    assert [cards.is_new(f"tg:1:{number}") for number in (2, 3, REMEMBERED + 2)] == [True, False, False]


async def test_a_card_that_has_left_is_written_down_once_its_person_is_known(store: SqlStore) -> None:
    desk = Desk()
    await desk.warn(incoming("a", ANA, HELP), incoming("b", BORYS, HELP))
    ana = await meet(store, ANA)

    for _ in range(2):
        await write_down(store=store, cards=desk.cards)

    async with store.begin() as tx:
        assert await tx.outbox.messages(ana, NOW, NOW) == ["900"]
    assert [one.address for one in desk.cards.left] == [BORYS]


# Late -----------------------------------------------------------------------------------------------------------------


async def test_what_waits_is_found_until_it_was_dealt_with(store: SqlStore) -> None:
    cards = DirectCards()
    waiting = await arrive(store, incoming("red", ANA), incoming("other", BORYS, HELP))
    told = danger_notices.danger_card(world().voice(RU), DangerKind.VIOLENCE, "47K", None, InboxId(1))
    await owe(store, owing("card", await meet(store, ANA), told, source=waiting[0].id))
    async with store.begin() as tx:
        await tx.inbox.finish([waiting[0].id], NOW)

    messages, alarms = await late(TELEGRAM, SOON, store=store, cards=cards)
    for key in ("red", "other"):
        cards.remember(key)

    assert [one.key for one in messages] == ["other"]
    assert alarms == [Alarm("red", ANA, RU, DangerKind.VIOLENCE)]
    assert await late(TELEGRAM, SOON, store=store, cards=cards) == ([], [])


async def test_a_childs_owed_card_leaves_in_the_words_for_a_child(store: SqlStore) -> None:
    desk = Desk()
    (red,) = await arrive(store, incoming("red", ANA))
    told = danger_notices.danger_card(world().voice(RU), DangerKind.VIOLENCE, "47K", None, red.id, writer=Writer.CHILD)
    await owe(store, owing("card", red.conversation_id, told, source=red.id))
    child = replace(await load(store, red.conversation_id), writer=Writer.CHILD, writer_at=NOW)
    async with store.begin() as tx:
        await tx.conversations.save([child])
        await tx.inbox.finish([red.id], NOW)

    _, (alarm,) = await late(TELEGRAM, SOON, store=store, cards=desk.cards)
    await desk.send(alarm)

    ((_, card),) = desk.channel.sent
    assert card == danger_notices.direct_card(world().voice(RU), DangerKind.VIOLENCE, Writer.CHILD)


async def test_a_card_that_is_owed_leaves_in_words_that_are_true_meanwhile() -> None:
    desk = Desk()

    await desk.send(Alarm("red", ANA, RU, DangerKind.VIOLENCE))
    await desk.warn(incoming("red", ANA, HELP))

    ((chat, card),) = desk.channel.sent
    assert chat == "1001"
    assert card == danger_notices.direct_card(world().voice(RU), DangerKind.VIOLENCE)
    assert card.kind is OutgoingKind.CARD

"""In a group of specialists the topic of a case is made once, and everything about it goes there."""

from __future__ import annotations

from bot.cases.model import CaseId
from bot.conversation.model import Address, Channel, ConversationId, OutgoingKind
from bot.errors import SlowDown
from bot.ports import CasePlace, Group
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, SUPPORT, told
from tests.builders_store import Watch, meet, open_case, owe, owing
from tests.unit.workers.scripted import SECOND, Scripted, sending, until_state, until_tried

GROUP = Address(Channel.TELEGRAM, "-100500")


async def case_in(store: SqlStore, *, forum: bool) -> tuple[ConversationId, CaseId]:
    """Return a group of specialists and a case that is to be shown there."""
    group = await meet(store, GROUP)
    case_id = await open_case(store, await meet(store))
    async with store.begin() as tx:
        await tx.teams.connect(Group(group, SUPPORT, forum=forum, topics=True), NOW)
        await tx.places.put(CasePlace(case_id, group, "47K · Health"))
    card, desk = told("card", OutgoingKind.CASE_CARD), told("words", OutgoingKind.DESK)
    await owe(store, owing("card", group, card, case=case_id), owing("words", group, desk, case=case_id))
    return group, case_id


async def test_the_topic_of_a_case_is_made_once_and_everything_about_it_goes_there(
    store: SqlStore, watch: Watch
) -> None:
    channel = Scripted()
    group, case_id = await case_in(store, forum=True)

    async with sending(channel, store, watch):
        await until_state(store, "words", "sent")

    async with store.begin() as tx:
        place = await tx.places.of(case_id, group)
    assert channel.made == [(GROUP.chat, "47K · Health")]
    assert channel.to(GROUP) == ["card", "words"]
    assert [one.thread for one in channel.places if one] == ["1", "1"]
    assert place == CasePlace(case_id, group, "47K · Health", "1", "901", uses_topics=True)


async def test_without_topics_words_know_the_card_that_they_reply_to(store: SqlStore, watch: Watch) -> None:
    channel = Scripted()
    await case_in(store, forum=False)

    async with sending(channel, store, watch):
        await until_state(store, "words", "sent")

    assert channel.made == []
    assert [(one.thread, one.card) for one in channel.places if one] == [(None, None), (None, "901")]


async def test_a_topic_that_cannot_be_made_now_is_tried_again(store: SqlStore, watch: Watch) -> None:
    class Busy(Scripted):
        async def make_place(self, address: Address, place: CasePlace) -> str:
            thread = await super().make_place(address, place)
            if len(self.made) == 1:
                raise SlowDown(7 * SECOND)
            return thread

    channel = Busy()
    await case_in(store, forum=True)

    async with sending(channel, store, watch) as sender:
        await until_tried(store, "card", 1)
        watch.forward(7 * SECOND)
        sender.nudge()
        await until_state(store, "words", "sent")

    assert len(channel.made) == 2
    assert channel.to(GROUP) == ["card", "words"]


async def test_a_family_is_sent_to_without_any_place(store: SqlStore, watch: Watch) -> None:
    channel, person = Scripted(), await meet(store)
    case_id = await open_case(store, person)
    await owe(store, owing("a", person, told("a", OutgoingKind.REPLY), case=case_id))

    async with sending(channel, store, watch):
        await until_state(store, "a", "sent")

    assert channel.places == [None]

"""What we owe leaves: marked before the call, ended after it, never repeated blindly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.actions import delivering
from bot.actions.answering import Mind, answer_ready
from bot.actions.delivering import (
    EDIT_TRIES,
    RETRY_AFTER,
    Again,
    LeaseLost,
    Lost,
    Outcome,
    Sent,
    Unknown,
    wait_before_try,
)
from bot.actions.receiving import receive
from bot.cases.model import CaseId
from bot.content.model import Language
from bot.conversation import notices
from bot.conversation.model import (
    TO_SPECIALISTS,
    Address,
    ButtonSet,
    Channel,
    ConversationId,
    InboxId,
    Kind,
    OutboxId,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    Token,
    Verb,
)
from bot.conversation.numbers import case_number
from bot.errors import StoreUnavailable
from bot.matching.evidence import Evidence
from bot.matching.find import Matcher
from bot.ports import Lease, NewOutgoing, Owed
from bot.storage.codec import OUTGOING
from bot.storage.codec import load as loaded
from bot.storage.tables import addresses, buttons, case_events, cases, outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import KINDERGARTEN, seen, told, words_of, world
from tests.builders_store import (
    ANA,
    BORYS,
    TELEGRAM,
    Watch,
    all_rows,
    arrive,
    claim,
    incoming,
    load,
    meet,
    opened,
    owe,
    owing,
    states,
)
from tests.builders_teams import GROUP, OTHER_GROUP, RASA, Fate, Office, office, photo

TTL = timedelta(seconds=5)
ONE, OTHER = "one process", "another process"
WORTH_ASKING = [
    OutgoingKind.ANSWER,
    OutgoingKind.CLARIFICATION,
    OutgoingKind.HAND_OVER,
    OutgoingKind.TALK,
    OutgoingKind.REPLY,
    OutgoingKind.CASE,
]
SAFE_TO_REPEAT = [OutgoingKind.CARD, OutgoingKind.EDIT, OutgoingKind.UNCERTAIN, *TO_SPECIALISTS]
ANSWERS = [OutgoingKind.ANSWER, OutgoingKind.CLARIFICATION, OutgoingKind.CARD]
NO_ANSWERS = [kind for kind in OutgoingKind if kind not in ANSWERS]

Choice = Callable[[Sequence[Owed]], Sequence[Owed]]


def everything(due: Sequence[Owed]) -> Sequence[Owed]:
    return due


def nothing(_: Sequence[Owed]) -> Sequence[Owed]:
    return []


class Post:
    """A store and its senders."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.clock = Watch()
        self.world = world()

    async def lease(self, owner: str = ONE) -> Lease | None:
        return await delivering.take_lease(owner, TTL, store=self.store, clock=self.clock)

    async def held(self, owner: str = ONE) -> Lease:
        lease = await self.lease(owner)
        assert lease is not None
        return lease

    async def turn(
        self, lease: Lease, *ended: tuple[Owed, Outcome], choose: Choice = everything, channels: Any = TELEGRAM
    ) -> list[Owed]:
        return await delivering.turn(
            ended, lease, choose, channels=channels, world=self.world, store=self.store, clock=self.clock
        )

    async def recover(self, lease: Lease, channels: Any = TELEGRAM) -> int:  # Any: a collection of channels
        return await delivering.recover(channels, lease, self.world, store=self.store, clock=self.clock)

    async def end(self, *rows: NewOutgoing, outcome: Outcome) -> list[Owed]:
        """Let rows leave and end in one way; return what was on its way."""
        lease = await self.held()
        await owe(self.store, *rows)
        sending = await self.turn(lease)
        await self.turn(lease, *((row, outcome) for row in sending), choose=nothing)
        return sending

    async def rows(self) -> dict[str, dict[str, Any]]:  # Any: columns
        """Return all rows of the outbox by their keys."""
        return {row["key"]: row for row in await all_rows(self.store, outbox)}

    async def owed(self) -> dict[str, Outgoing]:
        """Return what waits, by its key."""
        return {
            key: loaded(OUTGOING, row["payload"]) for key, row in (await self.rows()).items() if row["state"] == "new"
        }


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest_asyncio.fixture
async def post() -> AsyncIterator[Post]:
    async with opened() as store:
        yield Post(store)


@pytest_asyncio.fixture
async def ana(post: Post) -> ConversationId:
    return await meet(post.store, ANA)


@pytest_asyncio.fixture
async def borys(post: Post) -> ConversationId:
    return await meet(post.store, BORYS)


async def asked(store: SqlStore, words: str = "my question", address: Address = ANA) -> tuple[InboxId, ConversationId]:
    """Return a handled question and its conversation."""
    waiting = await arrive(store, incoming("asked", address, words))
    (one,) = [x for x in waiting if x.incoming.key == "asked"]
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], one.incoming.at or Watch().at)
    return one.id, one.conversation_id


def ids(rows: Sequence[Owed]) -> list[OutboxId]:
    return [row.id for row in rows]


# Taking a turn --------------------------------------------------------------------------------------------------------


async def test_what_is_chosen_is_marked_and_the_rest_waits(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    lease = await post.held()
    await owe(post.store, owing("to Ana", ana), owing("to Borys", borys))

    chosen = await post.turn(lease, choose=lambda due: due[1:])

    assert [row.address for row in chosen] == [BORYS]
    assert await states(post.store, outbox) == {"to Ana": "new", "to Borys": "sending"}
    assert (await post.rows())["to Borys"]["epoch"] == lease.epoch


async def test_who_chooses_nothing_marks_nothing(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("to Ana", ana))

    assert await post.turn(await post.held(), choose=nothing) == []
    assert await states(post.store, outbox) == {"to Ana": "new"}


async def test_urgent_messages_are_offered_first_and_nothing_that_waits_for_an_earlier_one(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    offered: list[list[str]] = []
    await owe(
        post.store,
        owing("b1", borys, told("b1")),
        owing("b2", borys, told("b2")),
        owing("a1", ana, told("a1")),
        owing("a2", ana, told("card", OutgoingKind.CARD)),
    )

    def look(due: Sequence[Owed]) -> Sequence[Owed]:
        offered.append([words_of(row.outgoing) for row in due])
        return due

    await post.turn(await post.held(), choose=look)

    assert offered == [["card", "b1", "a1"]]


async def test_an_end_and_the_next_message_of_the_chat_need_one_turn(post: Post, ana: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("first", ana), owing("second", ana))
    (first,) = await post.turn(lease)
    meanwhile = await post.turn(lease)

    (second,) = await post.turn(lease, (first, Sent("900")))

    assert meanwhile == []
    assert words_of(second.outgoing) == "second"
    assert await states(post.store, outbox) == {"first": "sent", "second": "sending"}


async def test_only_channels_of_this_process_are_sent_to(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("to Ana", ana))

    assert await post.turn(await post.held(), channels=(Channel.CONSOLE,)) == []


async def test_a_turn_that_cannot_be_written_claims_nothing(post: Post, ana: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("first", ana), owing("second", ana))
    (first,) = await post.turn(lease)
    async with post.store.engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.state = 'sending' "
                "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
        )

    with pytest.raises(StoreUnavailable):
        await post.turn(lease, (first, Sent("900")))

    assert await states(post.store, outbox) == {"first": "sending", "second": "new"}


# How sends end --------------------------------------------------------------------------------------------------------


async def test_what_arrived_is_sent_and_known_by_the_channels_id(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana), outcome=Sent("900"))

    row = (await post.rows())["a"]
    assert (row["state"], row["message"], row["attempts"]) == ("sent", "900", 1)


async def test_what_did_not_leave_waits_as_long_as_the_channel_asks(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana), outcome=Again(timedelta(seconds=17)))

    post.clock.forward(timedelta(seconds=16))
    too_early = await post.turn(await post.held())
    post.clock.forward(timedelta(seconds=1))
    again = await post.turn(await post.held())

    assert too_early == []
    assert [row.attempts for row in again] == [1]
    assert (await post.rows())["a"]["attempts"] == 2


async def test_a_later_message_does_not_overtake_one_that_waits_for_its_next_try(
    post: Post, ana: ConversationId
) -> None:
    await post.end(owing("a", ana), outcome=Again(timedelta(seconds=17)))
    await owe(post.store, owing("b", ana))

    assert await post.turn(await post.held()) == []


@pytest.mark.parametrize("kind", WORTH_ASKING)
async def test_what_may_have_arrived_is_never_repeated_but_asked_about(
    post: Post, ana: ConversationId, kind: OutgoingKind
) -> None:
    (row,) = await post.end(owing("a", ana, told("words", kind)), outcome=Unknown())

    rows, owed = await post.rows(), await post.owed()
    assert (rows["a"]["state"], rows["a"]["reason"]) == ("uncertain", "outcome_unknown")
    assert list(owed) == [f"uncertain:{row.id}:0"]
    question = owed[f"uncertain:{row.id}:0"]
    assert question.kind is OutgoingKind.UNCERTAIN
    assert question.buttons is not None
    assert question.buttons.owed == (row.id,)
    assert [one["token"] for one in await all_rows(post.store, buttons)] == [question.buttons.token]


async def test_nobody_is_asked_about_a_notice_that_may_have_arrived(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana, told("words", OutgoingKind.NOTICE, silent=True)), outcome=Unknown())

    assert await states(post.store, outbox) == {"a": "uncertain"}


@pytest.mark.parametrize("kind", sorted(SAFE_TO_REPEAT))
async def test_cards_edits_our_own_question_and_whatever_specialists_get_are_sent_again_although_they_may_have_arrived(
    post: Post, ana: ConversationId, kind: OutgoingKind
) -> None:
    await post.end(owing("a", ana, told("words", kind)), outcome=Unknown())
    at_once = await post.turn(await post.held())
    post.clock.forward(RETRY_AFTER[0])
    again = await post.turn(await post.held())

    assert at_once == []
    assert [words_of(row.outgoing) for row in again] == ["words"]
    assert await states(post.store, outbox) == {"a": "sending"}


async def test_an_edit_whose_outcome_stays_unknown_lets_its_chat_go_on(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("edit", ana, told("words", OutgoingKind.EDIT)), owing("answer", ana))

    for _ in range(EDIT_TRIES):
        sending = await post.turn(await post.held())
        assert len(sending) == 1
        await post.turn(await post.held(), *((row, Unknown()) for row in sending), choose=nothing)
        post.clock.forward(max(RETRY_AFTER))

    assert await states(post.store, outbox) == {"edit": "uncertain", "answer": "new"}


async def test_one_turn_asks_each_conversation_once(post: Post, ana: ConversationId, borys: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("a1", ana), owing("a2", ana), owing("b", borys))
    (a1, b) = await post.turn(lease)
    async with post.store.begin() as tx:
        a2 = OutboxId(a1.id + 1)
        await tx.outbox.begin([a2], lease.epoch, post.clock())
        left = await tx.outbox.left_behind(TELEGRAM, lease.epoch + 1)
    later = await post.held(OTHER)
    assert later.epoch == lease.epoch + 1

    await post.turn(later, *((row, Unknown()) for row in left), choose=nothing)

    owed = await post.owed()
    assert list(owed) == [f"uncertain:{a1.id}:0", f"uncertain:{b.id}:0"]
    assert [one.buttons.owed for one in owed.values() if one.buttons] == [(a1.id, a2), (b.id,)]


@pytest.mark.parametrize("kind", ANSWERS)
async def test_an_answer_the_channel_will_never_take_goes_to_people(post: Post, kind: OutgoingKind) -> None:
    question, conversation = await asked(post.store)

    (row,) = await post.end(owing("a", conversation, told("x", kind), source=question), outcome=Lost("too_long"))

    (case,) = await all_rows(post.store, cases)
    (event,) = await all_rows(post.store, case_events)
    refused = (await post.rows())["a"]
    assert (refused["state"], refused["reason"]) == ("refused", "too_long")
    assert (case["question"], case["opened_by"], case["reason"]) == (question, question, "failed")
    assert (case["number"], case["team"], case["language"]) == (case_number(question), "support", EN)
    assert event["payload"]["text"] == "my question"
    assert await post.owed() == {
        f"failed:{row.id}:0": notices.failed(post.world.voice(EN), case["number"]),
    }
    assert not (await load(post.store, conversation)).blocked


async def test_a_refused_answer_to_a_press_goes_to_people_with_the_words_of_the_question(post: Post) -> None:
    question, conversation = await asked(post.store)
    (press,) = await arrive(post.store, incoming("press", text="", kind=Kind.PRESS))
    under = ButtonSet(Token("t"), Purpose.ANSWER, (), question=question)
    answer = told("x", OutgoingKind.ANSWER, buttons=under)

    await post.end(owing("a", conversation, answer, source=press.id), outcome=Lost("too_long"))

    (case,) = await all_rows(post.store, cases)
    (event,) = await all_rows(post.store, case_events)
    assert (case["question"], case["opened_by"], case["number"]) == (question, press.id, case_number(press.id))
    assert event["payload"]["text"] == "my question"


async def test_a_refused_card_opens_no_second_case(post: Post) -> None:
    question, conversation = await asked(post.store)
    card = owing("a", conversation, told("112", OutgoingKind.CARD), source=question)
    other = owing("b", conversation, told("112", OutgoingKind.CARD), source=question)

    await post.end(card, other, outcome=Lost("too_long"))

    assert len(await all_rows(post.store, cases)) == 1
    assert [event["kind"] for event in await all_rows(post.store, case_events)] == ["opened"]


@pytest.mark.parametrize("kind", NO_ANSWERS)
async def test_a_refused_message_without_an_answer_is_only_marked(post: Post, kind: OutgoingKind) -> None:
    question, conversation = await asked(post.store)

    await post.end(owing("a", conversation, told("x", kind), source=question), outcome=Lost("too_long"))

    assert await states(post.store, outbox) == {"a": "refused"}
    assert await all_rows(post.store, cases) == []


async def test_a_refused_answer_that_nobody_asked_for_is_only_marked(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana, told("x", OutgoingKind.ANSWER)), outcome=Lost("too_long"))

    assert await states(post.store, outbox) == {"a": "refused"}
    assert await all_rows(post.store, cases) == []


async def test_a_chat_out_of_reach_is_blocked_and_what_waits_for_it_dropped(post: Post, borys: ConversationId) -> None:
    question, ana = await asked(post.store)
    lease = await post.held()
    answer = owing("a1", ana, told("x", OutgoingKind.ANSWER), source=question)
    await owe(post.store, answer, owing("a2", ana), owing("a3", ana), owing("b", borys))
    first, *_ = await post.turn(lease, choose=lambda due: due[:1])

    await post.turn(lease, (first, Lost("blocked", gone=True)), choose=nothing)

    assert await states(post.store, outbox) == {"a1": "refused", "a2": "dropped", "a3": "dropped", "b": "new"}
    assert {row["reason"] for key, row in (await post.rows()).items() if key != "b"} == {"blocked"}
    assert (await load(post.store, ana)).blocked
    assert not (await load(post.store, borys)).blocked
    assert await all_rows(post.store, cases) == []


async def test_a_chat_that_moved_is_followed_at_once(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana), outcome=Lost("moved", moved_to="-100777"))

    (again,) = await post.turn(await post.held())

    assert again.address == Address(Channel.TELEGRAM, "-100777")
    assert again.conversation_id == ana


async def test_a_chat_that_moved_to_where_somebody_is_already_is_not_followed(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    await post.end(owing("a", ana), outcome=Lost("moved", moved_to=BORYS.chat))

    assert await states(post.store, outbox) == {"a": "refused"}
    chats = {row["conversation_id"]: row["chat"] for row in await all_rows(post.store, addresses)}
    assert chats == {ana: ANA.chat, borys: BORYS.chat}


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 5), (2, 30), (3, 30), (100, 30)])
def test_waits_grow_up_to_the_last_which_repeats(attempts: int, seconds: int) -> None:
    assert wait_before_try(attempts) == timedelta(seconds=seconds)


# The right to send ----------------------------------------------------------------------------------------------------


async def test_only_one_process_sends(post: Post) -> None:
    post.store.alone = False

    first = await post.held(ONE)
    other = await post.lease(OTHER)

    assert (first.owner, first.epoch, first.expires_at) == (ONE, 1, post.clock.at + TTL)
    assert other is None


async def test_who_sends_may_go_on_under_the_same_number(post: Post) -> None:
    post.store.alone = False
    first = await post.held(ONE)
    post.clock.forward(TTL / 2)

    longer = await post.held(ONE)

    assert (longer.epoch, longer.expires_at) == (first.epoch, first.expires_at + TTL / 2)
    assert await post.turn(first) == []


async def test_a_silent_sender_is_followed_when_its_time_is_over(post: Post) -> None:
    post.store.alone = False
    await post.held(ONE)

    post.clock.forward(TTL)

    assert (await post.held(OTHER)).epoch == 2


async def test_where_nobody_else_can_be_a_dead_sender_is_followed_at_once(post: Post) -> None:
    await post.held(ONE)

    assert (await post.held(OTHER)).epoch == 2


async def test_who_lost_the_lease_claims_and_writes_nothing(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    lease = await post.held(ONE)
    await owe(post.store, owing("a", ana))
    (row,) = await post.turn(lease)
    await owe(post.store, owing("b", borys))
    await post.held(OTHER)
    looked: list[Sequence[Owed]] = []

    def look(due: Sequence[Owed]) -> Sequence[Owed]:
        looked.append(due)
        return due

    for outcome in (Sent("900"), Unknown(), Again(TTL), Lost("blocked", gone=True)):
        with pytest.raises(LeaseLost):
            await post.turn(lease, (row, outcome), choose=look)

    assert looked == []
    assert await states(post.store, outbox) == {"a": "sending", "b": "new"}
    assert not (await load(post.store, ana)).blocked


# After an interruption ------------------------------------------------------------------------------------------------


async def test_what_a_dead_sender_had_on_its_way_is_asked_about_once_and_cards_leave_again(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    lease = await post.held(ONE)
    await owe(
        post.store,
        owing("answer", ana, told("x", OutgoingKind.ANSWER)),
        owing("card", ana, told("112", OutgoingKind.CARD)),
        owing("edit", borys, told("x", OutgoingKind.EDIT)),
        owing("later", borys),
    )
    answer = next(row for row in await post.turn(lease) if row.outgoing.kind is OutgoingKind.ANSWER)
    successor = await post.held(OTHER)

    recovered = [await post.recover(successor) for _ in range(2)]

    assert recovered == [3, 0]
    assert await states(post.store, outbox) == {
        "answer": "uncertain",
        "card": "new",
        "edit": "new",
        "later": "new",
        f"uncertain:{answer.id}:0": "new",
    }
    card, edit = await post.turn(successor)
    (question,) = await post.turn(successor, (card, Sent("900")))
    assert [words_of(row.outgoing) for row in (card, edit)] == ["112", "x"]
    assert question.outgoing.kind is OutgoingKind.UNCERTAIN


async def test_several_messages_of_one_chat_are_one_question_in_the_language_of_the_last(
    post: Post, ana: ConversationId
) -> None:
    await owe(
        post.store,
        owing("a1", ana, told("x", OutgoingKind.ANSWER)),
        owing("a2", ana, told("x", OutgoingKind.ANSWER, language=Language("lt"))),
        owing("a3", ana, told("x", OutgoingKind.NOTICE, silent=True)),
    )
    async with post.store.begin() as tx:
        await tx.outbox.begin([OutboxId(1), OutboxId(2), OutboxId(3)], 0, post.clock())

    await post.recover(await post.held())

    owed = await post.owed()
    (question,) = owed.values()
    assert list(owed) == ["uncertain:1:0"]
    assert question.language == "lt"
    assert question.buttons is not None
    assert question.buttons.owed == (1, 2)


async def test_a_sender_does_not_recover_what_it_has_on_its_way_itself(post: Post, ana: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("a", ana))
    await post.turn(lease)

    assert await post.recover(lease) == 0
    assert await states(post.store, outbox) == {"a": "sending"}


async def test_messages_on_channels_of_other_processes_are_left_alone(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("a", ana))
    await claim(post.store, epoch=0)

    assert await post.recover(await post.held(), (Channel.CONSOLE,)) == 0
    assert await states(post.store, outbox) == {"a": "sending"}


async def test_a_recovery_that_fails_is_made_whole_later(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("a", ana), owing("card", ana, told("112", OutgoingKind.CARD)))
    await claim(post.store, epoch=0)
    lease = await post.held()
    async with post.store.engine.begin() as connection:
        await connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        )

    with pytest.raises(StoreUnavailable):
        await post.recover(lease)
    assert await states(post.store, outbox) == {"a": "sending", "card": "sending"}
    async with post.store.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER full"))

    assert await post.recover(lease) == 2
    assert len(await post.owed()) == 2


@pytest.mark.parametrize("late", [Sent("900"), Again(TTL), Unknown(), Lost("too_long")])
async def test_what_a_successor_took_over_is_not_ended_by_the_one_before(
    post: Post, ana: ConversationId, late: Outcome
) -> None:
    first = await post.held(ONE)
    await owe(post.store, owing("a", ana))
    (row,) = await post.turn(first)
    await post.recover(await post.held(OTHER))
    before = await post.rows()

    back = await post.held(ONE)
    await post.turn(back, (row, late), choose=nothing)

    assert back.epoch == 3
    assert await post.rows() == before


@pytest.mark.parametrize("late", [Sent("900"), Again(TTL), Unknown(), Lost("too_long")])
async def test_what_a_successor_sends_again_is_not_ended_by_the_one_before(
    post: Post, ana: ConversationId, late: Outcome
) -> None:
    first = await post.held(ONE)
    await owe(post.store, owing("a", ana, told("112", OutgoingKind.CARD)))
    (row,) = await post.turn(first)
    successor = await post.held(OTHER)
    await post.recover(successor)
    await post.turn(successor)
    before = await post.rows()

    await post.turn(await post.held(ONE), (row, late), choose=nothing)

    assert await post.rows() == before
    assert (before["a"]["state"], before["a"]["epoch"]) == ("sending", successor.epoch)


# Shown again ----------------------------------------------------------------------------------------------------------


class Knowing(Matcher):
    """Finds the same in all words."""

    encoder_id = ""

    def __init__(self) -> None:
        pass

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        del text, chosen, hint
        return seen((KINDERGARTEN, 0.95))


async def test_show_it_again_owes_the_same_words_once_more(post: Post) -> None:
    mind = Mind(Knowing(), post.world)
    await receive([incoming("a", text="kindergarten")], store=post.store, clock=post.clock)
    await answer_ready(store=post.store, mind=mind, clock=post.clock)
    lease = await post.held()
    (answer,) = await post.turn(lease)
    (notice,) = await post.turn(lease, (answer, Unknown()))
    (question,) = await post.turn(lease, (notice, Sent("901")))
    await post.turn(lease, (question, Sent("902")), choose=nothing)
    assert question.outgoing.buttons is not None

    press = Press(Verb.SHOW.value, question.outgoing.buttons.token, 0, "902")
    pressed = [incoming(key, text="", kind=Kind.PRESS, press=press) for key in ("press", "press again")]
    await receive(pressed, store=post.store, clock=post.clock)
    while await answer_ready(store=post.store, mind=mind, clock=post.clock):
        pass

    again, edit = (await post.owed()).values()
    assert again == answer.outgoing
    assert (edit.kind, edit.edits) == (OutgoingKind.EDIT, "902")
    (row,) = [row for key, row in (await post.rows()).items() if key.startswith("again:")]
    assert (row["source"], row["kind"], row["attempts"]) == (answer.source, "answer", 0)
    assert ids(await post.turn(lease)) == [row["id"]]


async def test_nobody_is_shown_what_was_owed_to_somebody_else(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    await owe(post.store, owing("a", ana), owing("b", borys))

    async with post.store.begin() as tx:
        await tx.outbox.add(await tx.outbox.again([OutboxId(1), OutboxId(2)], borys, "again:9"), post.clock())

    assert [row["conversation_id"] for key, row in (await post.rows()).items() if key.startswith("again")] == [borys]


# About cases ----------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office(GROUP, OTHER_GROUP) as desk:
        yield desk


@pytest_asyncio.fixture
async def case_id(desk: Office) -> CaseId:
    """Return a case that Rasa has, and that all have been told of."""
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    return case_id


def for_kind(kind: OutgoingKind, outcome: Outcome) -> Fate:
    """Let all messages of a kind end in one way."""
    return lambda row: outcome if row.outgoing.kind is kind else None


async def in_topic(desk: Office, case_id: CaseId, after: int) -> list[str]:
    """Return what the group was told about a case since."""
    told = await desk.told(GROUP, after=after, kinds=[OutgoingKind.DESK])
    return [one.words for one in told if one.case == case_id]


async def test_a_topic_is_made_before_the_card_is_sent_into_it_and_both_are_remembered(desk: Office) -> None:
    case_id = await desk.asks()
    missing = await desk.place(case_id)

    await desk.deliver()

    place = await desk.place(case_id)
    (card,) = await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD])
    assert missing.is_missing
    assert not place.is_missing
    assert place.card == card.message
    assert card.state == "sent"


async def test_without_topics_none_is_made(desk: Office) -> None:
    desk.forums[GROUP.chat] = False
    await desk.says(RASA, "/help")
    case_id = await desk.asks()

    await desk.deliver()

    place = await desk.place(case_id)
    assert (place.thread, place.card is not None) == (None, True)


@pytest.mark.parametrize("reason", ["no_topics", "no_right_to_topics"])
async def test_where_no_topic_can_be_made_the_card_comes_without_and_the_group_is_told_once_a_day(
    desk: Office, reason: str
) -> None:
    def no_topics(row: Owed) -> Outcome | None:
        return Lost(reason) if row.place is not None and row.place.is_missing else None

    before = await desk.latest()
    cases_shown = [await desk.asks(), await desk.asks(address=BORYS)]

    await desk.deliver(no_topics)

    told = [one for one in await desk.told(GROUP, after=before, kinds=[OutgoingKind.DESK]) if one.case is None]
    assert not (await desk.group()).topics
    assert [(await desk.place(x)).card is not None for x in cases_shown] == [True, True]
    assert [(await desk.place(x)).thread for x in cases_shown] == [None, None]
    assert len(told) == 1


async def test_a_group_in_which_we_may_not_write_is_tried_again_after_ten_minutes(
    desk: Office, case_id: CaseId
) -> None:
    await desk.writes("it is in Kaunas")
    refused = await desk.deliver(for_kind(OutgoingKind.DESK, Lost("no_right_to_write")))
    too_early = await desk.deliver()
    desk.clock.forward(delivering.NO_RIGHT)

    arrived = await desk.deliver()

    assert [row for row in (*refused, *too_early) if row.case == case_id and row.address == GROUP] == []
    assert [words_of(row.outgoing).endswith("Kaunas") for row in arrived] == [True]


async def test_a_group_that_has_put_us_out_loses_nothing(desk: Office, case_id: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    await desk.writes("near the river")

    await desk.deliver(for_kind(OutgoingKind.DESK, Lost("put_out", gone=True)))

    assert (await load(desk.store, await desk.id_of(GROUP))).blocked
    waiting = [one.words.rpartition("\n")[2] for one in await desk.told(GROUP) if one.state == "new"]
    assert waiting == ["it is in Kaunas", "near the river"]
    await desk.tells(Kind.RIGHTS, topics=True)
    assert [row.case for row in await desk.deliver() if row.address == GROUP] == [case_id, case_id]


async def test_a_reply_that_telegram_will_not_take_is_told_to_whoever_wrote_it(desk: Office, case_id: CaseId) -> None:
    await desk.says(RASA, "Show the certificate.", case_id)
    before = await desk.latest()

    await desk.deliver(for_kind(OutgoingKind.REPLY, Lost("bad_request")))

    (told,) = await in_topic(desk, case_id, before)
    assert "could not be delivered" in told
    assert await desk.told(ANA, after=before) == []
    assert [row["reason"] for row in await all_rows(desk.store, cases)] == ["person_asked"]


async def test_a_reply_that_may_have_come_is_asked_about_and_told_to_whoever_wrote_it(
    desk: Office, case_id: CaseId
) -> None:
    await desk.says(RASA, "Show the certificate.", case_id)
    before = await desk.latest()

    await desk.deliver(for_kind(OutgoingKind.REPLY, Unknown()))

    (told,) = await in_topic(desk, case_id, before)
    asked = await desk.told(ANA, after=before)
    assert "do not know whether" in told
    assert [one.kind for one in asked] == [OutgoingKind.UNCERTAIN]


@pytest.mark.parametrize("reason", ["file_gone", "file_not_passed_on", "file_too_large"])
async def test_a_familys_file_that_cannot_be_passed_on_is_told_to_both_sides(
    desk: Office, case_id: CaseId, reason: str
) -> None:
    await desk.writes("", **photo())
    await desk.presses(Verb.SEND_FILE)
    before = await desk.latest()

    await desk.deliver(lambda row: Lost(reason) if row.outgoing.file is not None else None)

    (told,) = await in_topic(desk, case_id, before)
    (family,) = await desk.told(ANA, after=before)
    number = (await desk.case(case_id)).number
    assert number in told
    assert number in family.words


async def test_whatever_else_a_group_will_not_take_is_marked_and_what_is_behind_it_goes_on(
    desk: Office, case_id: CaseId
) -> None:
    await desk.writes("it is in Kaunas")
    await desk.writes("near the river")
    first = [one for one in await desk.told(GROUP) if one.words.endswith("Kaunas")][-1]

    arrived = await desk.deliver(lambda row: Lost("bad_request") if row.id == first.id else None)

    assert [words_of(row.outgoing).endswith("river") for row in arrived if row.case == case_id and row.place] == [True]
    (ended,) = [one for one in await desk.told(GROUP) if one.id == first.id]
    assert ended.state == "refused"


async def test_a_family_out_of_reach_keeps_what_people_wrote_and_loses_what_the_bot_said(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.writes("what about benefit")
    await desk.says(RASA, "Show the certificate.", case_id)

    await desk.deliver(lambda row: Lost("blocked", gone=True) if row.address == ANA else None)

    kept = [one.kind for one in await desk.told(ANA) if one.state == "new"]
    lost = [one.kind for one in await desk.told(ANA) if one.state in {"dropped", "refused"}]
    assert kept == [OutgoingKind.CASE, OutgoingKind.REPLY]
    assert OutgoingKind.ANSWER in lost


async def test_what_is_kept_for_a_family_that_is_back_leaves_in_its_order(desk: Office, case_id: CaseId) -> None:
    for words in ("first", "second", "third"):
        await desk.says(RASA, words, case_id)
    await desk.deliver(lambda row: Lost("blocked", gone=True) if row.address == ANA else None)

    await desk.writes("", kind=Kind.UNBLOCKED)
    arrived = [words_of(row.outgoing) for row in await desk.deliver() if row.address == ANA]

    assert [words.rpartition("\n")[2] for words in arrived] == ["first", "second", "third"]


@pytest.mark.parametrize("kind", sorted(TO_SPECIALISTS))
async def test_what_specialists_get_twice_is_better_than_never(
    desk: Office, case_id: CaseId, kind: OutgoingKind
) -> None:
    group = await desk.id_of(GROUP)
    await owe(desk.store, owing("a", group, told("words", kind), case=case_id), at=desk.clock.at)
    tried: list[int] = []

    def unknown_once(row: Owed) -> Outcome | None:
        tried.append(row.attempts)
        return Unknown() if len(tried) == 1 else None

    await desk.deliver(unknown_once)
    desk.clock.forward(max(RETRY_AFTER))
    await desk.deliver(unknown_once)

    assert (await states(desk.store, outbox))["a"] == "sent"
    assert tried == [0, 1]


async def test_a_card_edit_whose_outcome_stays_unknown_lets_its_group_go_on(desk: Office, case_id: CaseId) -> None:
    await desk.says(RASA, "/release", case_id)
    for _ in range(EDIT_TRIES):
        await desk.deliver(for_kind(OutgoingKind.CARD_EDIT, Unknown()))
        desk.clock.forward(max(RETRY_AFTER))

    (edit,) = [one for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT]) if one.state != "sent"]
    assert edit.state == "uncertain"


async def test_a_dead_senders_messages_to_specialists_leave_again(desk: Office, case_id: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    lease = await delivering.take_lease(ONE, TTL, store=desk.store, clock=desk.clock)
    assert lease is not None
    await delivering.turn(
        [],
        lease,
        everything,
        channels=TELEGRAM,
        world=desk.world,
        store=desk.store,
        clock=desk.clock,
    )
    other = await delivering.take_lease(OTHER, TTL, store=desk.store, clock=desk.clock)
    assert other is not None

    await delivering.recover(TELEGRAM, other, desk.world, store=desk.store, clock=desk.clock)

    arrived = [row for row in await desk.deliver() if row.address == GROUP and row.case == case_id]
    assert len(arrived) == 1

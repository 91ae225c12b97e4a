"""What becomes of a message that the channel holds back, loses or refuses."""

from __future__ import annotations

import pytest

from bot.conversation.model import OutgoingKind, Purpose
from bot.conversation.steps import Reason
from bot.errors import NotSent, OutcomeUnknown, Refused, SlowDown
from bot.storage.tables import addresses, buttons, cases
from bot.storage.unit_of_work import SqlStore
from bot.workers import delivery
from tests.builders_dialogue import told
from tests.builders_store import ANA, BORYS, Watch, arrive, incoming, load, meet, owe, owing
from tests.unit.workers.scripted import SECOND, Scripted, a_while, rows, sending, until_state, until_tried

# Not sent, told to wait, nobody knows ---------------------------------------------------------------------------------


async def test_what_did_not_leave_is_tried_again_after_longer_and_longer_waits(store: SqlStore, watch: Watch) -> None:
    channel = Scripted({ANA.chat: [NotSent("ConnectError")] * 4})
    await owe(store, owing("a", await meet(store)))
    waits = []

    async with sending(channel, store, watch) as sender:
        for attempts in range(1, 5):
            tried = await until_tried(store, "a", attempts)
            waits.append((tried.due_at - watch.at).total_seconds())
            await a_while(sender)
            assert len(channel.calls) == attempts
            watch.at = tried.due_at
            sender.nudge()
        await until_state(store, "a", "sent")

    assert waits == [1, 5, 30, 30]
    assert channel.to(ANA) == ["a"] * 5


async def test_a_chat_told_to_wait_waits_as_long_and_others_do_not(store: SqlStore, watch: Watch) -> None:
    channel = Scripted({ANA.chat: [SlowDown(7 * SECOND)]})
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a", ana), owing("b1", borys), owing("b2", borys))

    async with sending(channel, store, watch) as sender:
        waiting = await until_tried(store, "a", 1)
        await until_state(store, "b2", "sent")
        watch.forward(6.9 * SECOND)
        await a_while(sender)
        meanwhile = channel.to(ANA)
        watch.forward(0.1 * SECOND)
        sender.nudge()
        await until_state(store, "a", "sent")

    assert waiting.due_at == watch.at
    assert (meanwhile, channel.to(ANA)) == (["a"], ["a", "a"])


@pytest.mark.parametrize("event", [OutcomeUnknown("ReadTimeout"), RuntimeError("a fault of ours")])
async def test_what_may_have_come_is_not_sent_again_but_asked_about_once(
    store: SqlStore, watch: Watch, event: Exception
) -> None:
    channel, person = Scripted({ANA.chat: [event]}), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, store, watch) as sender:
        lost = await until_state(store, "a", "uncertain")
        await until_state(store, "a2", "sent")
        await until_state(store, f"uncertain:{lost.id}:0", "sent")
        await a_while(sender)

    assert channel.to(ANA).count("a") == 1
    assert len(channel.to(ANA)) == 3
    assert lost.reason == "outcome_unknown"
    (asked,) = await rows(store, buttons)
    assert (asked.payload["purpose"], asked.payload["owed"]) == (Purpose.UNCERTAIN, [lost.id])


# Refused --------------------------------------------------------------------------------------------------------------


async def test_an_answer_that_the_channel_will_not_take_becomes_a_case_and_its_person_is_told(
    store: SqlStore, watch: Watch
) -> None:
    channel = Scripted({ANA.chat: [Refused("bad_request")]})
    (question,) = await arrive(store, incoming("q", text="Where is the office?"))
    person, answer = question.conversation_id, told("a", OutgoingKind.ANSWER)
    await owe(store, owing("a", person, answer, source=question.id), owing("a2", person))

    async with sending(channel, store, watch):
        lost = await until_state(store, "a", "refused")
        await until_state(store, f"failed:{lost.id}:0", "sent")
        await until_state(store, "a2", "sent")

    (case,) = await rows(store, cases)
    assert (case.conversation_id, case.question, case.reason, case.team) == (
        person,
        question.id,
        Reason.FAILED,
        "support",
    )
    assert lost.reason == "bad_request"
    assert case.number in "\n".join(channel.to(ANA))


@pytest.mark.parametrize("reason", sorted(delivery.GONE))
async def test_to_who_is_gone_nothing_more_is_sent(store: SqlStore, watch: Watch, reason: str) -> None:
    channel = Scripted({ANA.chat: [Refused(reason)]})
    person, other = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, *(owing(f"a{n}", person) for n in range(3)), owing("b", other))

    async with sending(channel, store, watch) as sender:
        await until_state(store, "a2", "dropped")
        await until_state(store, "b", "sent")
        await a_while(sender)

    assert channel.to(ANA) == ["a0"]
    assert {one.key: (one.state, one.reason) for one in await rows(store) if one.key != "b"} == {
        "a0": ("refused", reason),
        "a1": ("dropped", reason),
        "a2": ("dropped", reason),
    }
    assert (await load(store, person)).blocked
    assert not (await load(store, other)).blocked


async def test_a_chat_with_a_new_id_is_followed(store: SqlStore, watch: Watch) -> None:
    channel, person = Scripted({ANA.chat: [Refused("migrated", moved_to="5000")]}), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, store, watch):
        await until_state(store, "a2", "sent")

    assert channel.calls == [("1001", "a"), ("5000", "a"), ("5000", "a2")]
    assert [one.chat for one in await rows(store, addresses)] == ["5000"]

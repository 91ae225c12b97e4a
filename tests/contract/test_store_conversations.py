"""What is remembered of one person, and the buttons they were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.model import CaseId, CaseState, CloseReason, Event, EventKind, SpecialistId
from bot.content.model import DangerKind, EntryId, Language, TeamId, TopicId
from bot.conversation.limits import Allowance
from bot.conversation.model import (
    Address,
    Button,
    ButtonSet,
    Channel,
    ClosedCase,
    Conversation,
    ConversationId,
    InboxId,
    InGroup,
    NewCase,
    OpenCase,
    OutboxId,
    OutgoingKind,
    Purpose,
    Token,
    Verb,
)
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from bot.ports import CasePlace, Group
from bot.storage.tables import addresses, buttons, conversations, inbox, outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN, UK
from tests.builders_dialogue import NOW, RASA, SCHOOL, told
from tests.builders_store import (
    ANA,
    BORYS,
    CONSOLE,
    DUE,
    NOBODY,
    all_rows,
    arrive,
    claim,
    claimed,
    happen,
    incoming,
    load,
    meet,
    new_case,
    open_case,
    owe,
    owing,
    states,
)

HELPED = Button("Helped", Verb.HELPED)
PERSON = Button("Talk to a person", Verb.PERSON)


def button_set(token: str, **changes: object) -> ButtonSet:
    return replace(ButtonSet(Token(token), Purpose.ANSWER, ((HELPED,), (PERSON,))), **changes)  # type: ignore[arg-type]  # its fields


async def save(store: SqlStore, *changed: Conversation) -> None:
    async with store.begin() as tx:
        await tx.conversations.save(changed)


async def give(store: SqlStore, conversation: ConversationId, *sets: ButtonSet) -> None:
    async with store.begin() as tx:
        await tx.conversations.add_buttons([(conversation, one) for one in sets], NOW)


# What is remembered ---------------------------------------------------------------------------------------------------


async def test_somebody_new_is_known_by_nothing_but_the_channel(store: SqlStore) -> None:
    conversation = await meet(store, CONSOLE)

    assert await load(store, conversation) == Conversation(conversation, Channel.CONSOLE)


async def test_everything_that_is_remembered_comes_back(store: SqlStore) -> None:
    conversation = await meet(store)
    known = Conversation(
        conversation,
        Channel.TELEGRAM,
        language=Language("fa-AF"),
        chosen=True,
        noticed=True,
        clarified=True,
        blocked=True,
        awaiting=CaseId(7),
        last_question=InboxId(3),
        last_entries=(EntryId("kindergarten"), EntryId("school")),
        answered_at=NOW,
        talking=CaseId(8),
        files_for=CaseId(9),
    )

    await save(store, known)

    assert await load(store, conversation) == known


async def test_limits_of_a_person_come_back(store: SqlStore) -> None:
    fresh = await load(store, await meet(store))
    later = NOW + timedelta(microseconds=1)
    known = replace(
        fresh,
        allowance=Allowance(left=2 / 3, counted_at=later, pauses=2, paused_until=later, reminded_at=NOW),
        barred_until=later,
        barred_by=SpecialistId(4),
    )

    await save(store, known)

    assert fresh.allowance == Allowance()
    assert await load(store, fresh.id) == known


async def test_what_is_forgotten_is_gone(store: SqlStore) -> None:
    conversation = await meet(store)
    plain = await load(store, conversation)
    await save(store, replace(plain, awaiting=CaseId(7), last_question=InboxId(3), last_entries=(EntryId("a"),)))

    await save(store, plain)

    assert await load(store, conversation) == plain


async def test_many_are_saved_at_once_and_nobody_is_mixed_up(store: SqlStore) -> None:
    ana, borys, other = await meet(store, ANA), await meet(store, BORYS), await meet(store, CONSOLE)
    changed = [replace(await load(store, x), language=Language(tag)) for x, tag in ((ana, "uk"), (borys, "ru"))]

    await save(store, *changed)

    assert [(await load(store, x)).language for x in (ana, borys, other)] == ["uk", "ru", None]


async def test_nobody_is_loaded_who_is_not_there(store: SqlStore) -> None:
    conversation = await meet(store)

    async with store.begin() as tx:
        assert await tx.conversations.load(set()) == {}
        assert set(await tx.conversations.load({conversation, NOBODY})) == {conversation}
        await tx.conversations.save([])


async def test_who_stopped_the_bot_is_remembered(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)

    async with store.begin() as tx:
        await tx.conversations.block(ana)

    assert [(await load(store, x)).blocked for x in (ana, borys)] == [True, False]


async def test_who_came_back_is_remembered(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)

    async with store.begin() as tx:
        await tx.conversations.block(ana)
        await tx.conversations.block(borys)
        await tx.conversations.unblock(ana)

    assert [(await load(store, x)).blocked for x in (ana, borys)] == [False, True]


async def test_where_and_in_which_language_somebody_is_met_is_known(store: SqlStore) -> None:
    ana, console = await meet(store, ANA), await meet(store, CONSOLE)
    await save(store, replace(await load(store, ana), language=UK))

    async with store.begin() as tx:
        assert [await tx.conversations.address(x) for x in (ana, console)] == [ANA, CONSOLE]
        assert [await tx.conversations.language(x) for x in (ana, console)] == [UK, None]
        assert await tx.conversations.find([ANA, BORYS]) == {ANA: ana}
        assert await tx.conversations.find([]) == {}


# A chat with a new id -------------------------------------------------------------------------------------------------


async def test_a_chat_that_moved_is_the_same_conversation(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)

    async with store.begin() as tx:
        assert await tx.conversations.move(ana, "-100777")

    (one,) = await arrive(store, incoming("new", replace(ANA, chat="-100777")))
    assert one.conversation_id == ana
    assert {row["conversation_id"]: row["chat"] for row in await all_rows(store, addresses)} == {
        ana: "-100777",
        borys: "1002",
    }


async def test_a_chat_does_not_move_to_where_somebody_else_is(store: SqlStore) -> None:
    ana = await meet(store, ANA)
    await meet(store, BORYS)
    before = await all_rows(store, addresses)

    async with store.begin() as tx:
        assert not await tx.conversations.move(ana, BORYS.chat)

    assert await all_rows(store, addresses) == before


async def test_a_chat_may_move_to_the_same_id_on_another_channel(store: SqlStore) -> None:
    borys = await meet(store, BORYS)
    await meet(store, CONSOLE)

    async with store.begin() as tx:
        assert await tx.conversations.move(borys, CONSOLE.chat)


GROUP = Address(Channel.TELEGRAM, "-500")
NEW_GROUP = Address(Channel.TELEGRAM, "-100500")


async def test_a_group_takes_over_what_was_said_at_its_new_address_before_it_was_known(store: SqlStore) -> None:
    group, stray = await meet(store, GROUP), await meet(store, NEW_GROUP)
    await arrive(store, incoming("waits", NEW_GROUP, "words", group=InGroup("71")))

    async with store.begin() as tx:
        assert await tx.conversations.move(group, NEW_GROUP.chat)

    owners = {row["key"]: row["conversation_id"] for row in await all_rows(store, inbox)}
    assert owners["waits"] == group
    assert [row["id"] for row in await all_rows(store, conversations)] == [group]
    assert {row["conversation_id"]: row["chat"] for row in await all_rows(store, addresses)} == {group: "-100500"}
    assert stray not in owners.values()


async def test_a_group_with_a_new_address_forgets_the_numbers_of_its_old_messages(store: SqlStore) -> None:
    group, other = await meet(store, GROUP), await meet(store, BORYS)
    case_id = await open_case(store, await meet(store))
    desk, edit = told("desk", OutgoingKind.DESK), told("edit", OutgoingKind.EDIT, edits="12")
    await owe(store, owing("desk", group, desk, case=case_id), owing("others", other, desk, case=case_id))
    for row in await claim(store):
        async with store.begin() as tx:
            await tx.outbox.sent(row.id, 1, "12", NOW)
    await owe(store, owing("edit", group, edit), owing("waits", group, desk), owing("others edit", other, edit))
    async with store.begin() as tx:
        for where in (group, other):
            await tx.places.put(CasePlace(case_id, where, "47K", "5", "12"))

        await tx.conversations.move(group, NEW_GROUP.chat)

    async with store.begin() as tx:
        assert [await tx.outbox.case_of(where, "12") for where in (group, other)] == [None, case_id]
        assert [await tx.places.at(where, card="12") for where in (group, other)] == [None, case_id]
        assert [await tx.places.at(where, thread="5") for where in (group, other)] == [None, case_id]
        assert await tx.places.groups(case_id) != []
    assert await states(store, outbox) == {
        "desk": "sent",
        "others": "sent",
        "edit": "dropped",
        "waits": "new",
        "others edit": "new",
    }


async def test_a_group_does_not_move_to_where_another_team_is(store: SqlStore) -> None:
    group, connected = await meet(store, GROUP), await meet(store, NEW_GROUP)
    async with store.begin() as tx:
        await tx.teams.connect(Group(connected, SCHOOL, forum=True, topics=True), NOW)

        assert not await tx.conversations.move(group, NEW_GROUP.chat)

    assert {row["conversation_id"]: row["chat"] for row in await all_rows(store, addresses)} == {
        group: GROUP.chat,
        connected: NEW_GROUP.chat,
    }


async def test_a_group_does_not_move_to_where_somebody_has_asked(store: SqlStore) -> None:
    group, asked = await meet(store, GROUP), await meet(store, NEW_GROUP)
    await open_case(store, asked)

    async with store.begin() as tx:
        assert not await tx.conversations.move(group, NEW_GROUP.chat)


async def test_a_chat_that_is_there_already_may_move_there(store: SqlStore) -> None:
    group = await meet(store, GROUP)

    async with store.begin() as tx:
        assert await tx.conversations.move(group, GROUP.chat)

    assert [row["id"] for row in await all_rows(store, conversations)] == [group]


async def test_nobody_who_is_not_there_moves(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert not await tx.conversations.move(NOBODY, NEW_GROUP.chat)


# Talking --------------------------------------------------------------------------------------------------------------


async def test_a_family_that_is_written_to_is_talking_and_the_buttons_below_are_its_latest(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await give(store, ana, button_set("one"), button_set("two"))
    await save(store, replace(await load(store, ana), latest_buttons=button_set("one")))

    async with store.begin() as tx:
        await tx.conversations.talk(ana, CaseId(7), button_set("two"))

    talking = await load(store, ana)
    assert (talking.talking, talking.latest_buttons) == (7, button_set("two"))
    assert (await load(store, borys)).talking is None


async def test_a_talk_that_ended_leaves_the_latest_buttons(store: SqlStore) -> None:
    ana = await meet(store)
    await give(store, ana, button_set("one"))
    async with store.begin() as tx:
        await tx.conversations.talk(ana, CaseId(7), button_set("one"))

        await tx.conversations.talk(ana, None, None)

    silent = await load(store, ana)
    assert (silent.talking, silent.latest_buttons) == (None, button_set("one"))


# Open cases -----------------------------------------------------------------------------------------------------------


async def test_open_cases_come_with_their_conversation_in_order(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    async with store.begin() as tx:
        for n, (person, topic) in enumerate([(ana, TopicId("health")), (borys, None), (ana, None)], start=11):
            case = NewCase(InboxId(n), "words", Reason.NO_MATCH, topic, EN)
            await tx.cases.open(case, f"{n}A", InboxId(n), person, TeamId("support"), DUE, NOW)

    found = (await load(store, ana)).open_cases

    assert [(one.number, one.topic, one.state, one.question, one.opened_at) for one in found] == [
        ("11A", "health", "waiting", 11, NOW),
        ("13A", None, "waiting", 13, NOW),
    ]
    assert [one.number for one in (await load(store, borys)).open_cases] == ["12A"]


async def test_a_family_sees_whose_turn_it_is_and_what_is_promised(store: SqlStore) -> None:
    ana = await meet(store)
    case_id = await open_case(store, ana, new_case(danger=Level.RED), team=SCHOOL)
    await happen(store, case_id, claimed())

    (seen,) = (await load(store, ana)).open_cases

    assert seen == OpenCase(
        case_id,
        "47K",
        TopicId("health"),
        CaseState.CLAIMED,
        InboxId(40),
        NOW,
        due_at=DUE,
        team=SCHOOL,
        urgent=True,
    )


async def test_closed_cases_come_apart_from_open_ones_and_newest_first(store: SqlStore) -> None:
    ana = await meet(store)
    ids = [await open_case(store, ana, by=n) for n in (50, 51, 52)]
    for n, case_id in enumerate(ids[:2]):
        await happen(store, case_id, Event(EventKind.CLOSED, NOW + timedelta(hours=n), RASA, reason="referred"))

    known = await load(store, ana)

    assert [case.id for case in known.open_cases] == ids[2:]
    assert known.closed_cases == (
        ClosedCase(ids[1], "51K", TopicId("health"), NOW + timedelta(hours=1), "referred", NOW),
        ClosedCase(ids[0], "50K", TopicId("health"), NOW, "referred", NOW),
    )


# Buttons --------------------------------------------------------------------------------------------------------------


async def test_buttons_come_back_with_everything_they_need(store: SqlStore) -> None:
    conversation = await meet(store)
    whole = ButtonSet(
        Token("tok"),
        Purpose.CLARIFY,
        ((HELPED, Button("Išmokos", Verb.CHOICE, 2)), (PERSON,)),
        question=InboxId(4),
        entries=(EntryId("a"), EntryId("b")),
        shown=(EntryId("c"),),
        languages=(Language("lt"), Language("uk")),
        topics=(TopicId("health"),),
        owed=(OutboxId(9), OutboxId(10)),
        danger=DangerKind.CHILD_DANGER,
        case=CaseId(3),
        cases=(CaseId(3), CaseId(4)),
        teams=(SCHOOL,),
        reasons=(CloseReason.HELPED, CloseReason.NO_REPLY),
        held="7:12",
    )

    await give(store, conversation, whole)

    async with store.begin() as tx:
        assert await tx.conversations.buttons({Token("tok"), Token("unknown")}) == {
            "tok": (conversation, whole, frozenset())
        }
        assert await tx.conversations.buttons(set()) == {}


async def test_the_latest_buttons_come_with_their_conversation(store: SqlStore) -> None:
    conversation = await meet(store)
    await give(store, conversation, button_set("one"), button_set("two"))

    await save(store, replace(await load(store, conversation), latest_buttons=button_set("two")))

    assert (await load(store, conversation)).latest_buttons == button_set("two")


async def test_latest_buttons_that_were_pruned_are_none(store: SqlStore) -> None:
    conversation = await meet(store)
    await save(store, replace(await load(store, conversation), latest_buttons=button_set("gone")))

    assert (await load(store, conversation)).latest_buttons is None


async def test_changed_buttons_replace_those_of_the_same_message(store: SqlStore) -> None:
    conversation = await meet(store)
    await give(store, conversation, button_set("tok"))
    marked = button_set("tok", rows=((Button("✓ Helped", Verb.DONE),), (PERSON,)))
    async with store.begin() as tx:
        await tx.conversations.use(Token("tok"), frozenset({"h.0"}))

    await give(store, conversation, marked)

    async with store.begin() as tx:
        assert await tx.conversations.buttons({Token("tok")}) == {"tok": (conversation, marked, frozenset({"h.0"}))}


async def test_nobody_changes_the_buttons_of_somebody_else(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await give(store, ana, button_set("tok"))

    await give(store, borys, button_set("tok", rows=((PERSON,),)))

    async with store.begin() as tx:
        assert await tx.conversations.buttons({Token("tok")}) == {"tok": (ana, button_set("tok"), frozenset())}


async def test_obeyed_presses_are_remembered(store: SqlStore) -> None:
    conversation = await meet(store)
    await give(store, conversation, button_set("tok"), button_set("other"))

    async with store.begin() as tx:
        await tx.conversations.use(Token("tok"), frozenset({"h.0", "c.12"}))

    async with store.begin() as tx:
        found = await tx.conversations.buttons({Token("tok"), Token("other")})
    assert {token: used for token, (_, _, used) in found.items()} == {"tok": {"h.0", "c.12"}, "other": set()}


@pytest.mark.parametrize(("age", "left"), [(timedelta(days=91), 0), (timedelta(days=89), 1)])
async def test_old_buttons_are_pruned(store: SqlStore, age: timedelta, left: int) -> None:
    conversation = await meet(store)
    async with store.begin() as tx:
        await tx.conversations.add_buttons([(conversation, button_set("tok"))], NOW - age)

        gone = await tx.conversations.prune_buttons(NOW - timedelta(days=90))

    assert (gone, len(await all_rows(store, buttons))) == (1 - left, left)

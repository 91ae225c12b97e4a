"""Cases as specialists see them: shown once, kept true, in every group that ever saw them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions import showing
from bot.actions.delivering import Lost
from bot.actions.showing import BUSY, DIGEST_EVERY
from bot.conversation.model import Address, Channel, Kind, OutgoingKind, Verb
from tests.builders import LT
from tests.builders_dialogue import SCHOOL, SUPPORT, words_of
from tests.builders_store import ANA, BORYS
from tests.builders_teams import DANGER, GROUP, IEVA, OF_SCHOOL, OTHER_GROUP, RASA, Office, Told, kinds, office


def family(number: int) -> Address:
    return Address(Channel.TELEGRAM, f"{5000 + number}")


async def cards(desk: Office, group: Address = GROUP) -> list[Told]:
    return await desk.told(group, kinds=[OutgoingKind.CASE_CARD])


async def edits(desk: Office, group: Address = GROUP) -> list[Told]:
    """Return the edits of cards that are not dropped."""
    found = await desk.told(group, kinds=[OutgoingKind.CARD_EDIT])
    return [one for one in found if one.state != "dropped"]


# Cards ----------------------------------------------------------------------------------------------------------------


async def test_a_card_tells_what_a_specialist_has_to_know(desk: Office) -> None:
    case_id = await desk.asks(f"{OF_SCHOOL}, будь ласка")

    case = await desk.case(case_id)
    card = [one for one in await cards(desk, OTHER_GROUP) if one.case == case_id][-1]
    assert card.words.startswith(f"{case.number} · Education")
    assert f"{OF_SCHOOL}, будь ласка" in card.words
    for said in ("Ukrainian", "By:", "they asked for a person", "0.40"):
        assert said in card.words
    assert ANA.chat not in card.words


async def test_a_card_has_the_buttons_that_its_state_allows(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    waiting = (await cards(desk))[-1].outgoing.buttons
    await desk.says(RASA, "/claim", case_id)
    claimed = (await edits(desk))[-1].outgoing.buttons
    await desk.says(RASA, "/close helped", case_id)
    closed = (await edits(desk))[-1].outgoing.buttons

    verbs = [[b.verb for row in one.rows for b in row] for one in (waiting, claimed, closed) if one]
    assert verbs == [
        [Verb.CLAIM, Verb.TRANSFER],
        [Verb.RELEASE, Verb.TRANSFER, Verb.INSERT, Verb.GUIDE, Verb.CLOSE],
        [],
    ]


async def test_a_card_names_who_has_the_question_and_what_was_said_since(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/name Rasa, lawyer")
    await desk.says(RASA, "/claim", case_id)
    claimed = (await edits(desk))[-1].words
    await desk.says(RASA, "Which paper?", case_id)
    await desk.writes("the blue one")
    answered = (await edits(desk))[-1].words

    assert "Rasa, lawyer" in claimed
    assert "Reply: Which paper?" in answered
    assert answered.index("Which paper?") < answered.index("the blue one")


async def test_no_note_stands_on_a_card(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "/note heron meadow", case_id)

    await desk.says(RASA, "Which paper?", case_id)

    assert "heron" not in "".join(one.words for one in await desk.told(GROUP))


async def test_long_words_follow_their_card_whole(desk: Office) -> None:
    long = " ".join(f"word{n}" for n in range(450))

    case_id = await desk.asks(long)

    card, *more = [one for one in await desk.told(GROUP) if one.case == case_id]
    assert card.kind is OutgoingKind.CASE_CARD
    assert len(card.words) <= 4096
    assert all(len(one.words) <= 4096 for one in more)
    assert all(f"word{n}" in " ".join(one.words for one in more) for n in range(450))


async def test_a_card_speaks_the_language_of_its_group(desk: Office) -> None:
    await desk.says(RASA, "/language lt")

    await desk.asks()

    assert [one.outgoing.language for one in await cards(desk)] == [LT]


async def test_a_group_reads_lithuanian_until_it_chooses() -> None:
    async with office() as desk:
        await desk.says("70", "/connect nothing")

        assert [one.outgoing.language for one in await desk.told(GROUP)] == [LT]


async def test_the_same_occasion_shows_a_card_once(desk: Office) -> None:
    case_id = await desk.asks()

    for _ in range(2):
        async with desk.store.begin() as tx:
            await showing.show(tx, case_id, desk.world, f"{case_id}")

    assert len(await cards(desk)) == 1


# Kept true ------------------------------------------------------------------------------------------------------------


async def test_of_several_changes_only_the_last_is_shown(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()

    for order in ("/claim", "/release", "/claim"):
        await desk.says(RASA, order, case_id)

    arrived = [row for row in await desk.deliver() if row.outgoing.kind is OutgoingKind.CARD_EDIT]
    assert ["claimed by" in words_of(row.outgoing) for row in arrived] == [True]


async def test_a_card_changes_only_where_something_that_it_shows_has_changed(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    before = len(await edits(desk))

    await desk.writes("it is in Kaunas")
    await desk.says(RASA, "/note they called", case_id)

    assert len(await edits(desk)) == before


async def test_a_question_without_words_shows_them_once_they_are_there(desk: Office) -> None:
    await desk.writes("/human")
    await desk.deliver()
    assert "No words yet." in (await cards(desk))[-1].words

    await desk.writes("about the school")

    assert "about the school" in (await edits(desk))[-1].words


async def test_every_group_that_saw_a_question_is_told_where_it_is(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/transfer school", case_id)
    await desk.deliver()

    await desk.says(IEVA, "/claim", case_id, at=OTHER_GROUP)

    ours, theirs = (await edits(desk, GROUP))[-1], (await edits(desk, OTHER_GROUP))[-1]
    assert "now with: school team" in ours.words
    assert (ours.outgoing.closes_topic, theirs.outgoing.closes_topic) == (True, False)
    assert ours.outgoing.buttons is not None
    assert ours.outgoing.buttons.rows == ()
    assert "claimed by" in theirs.words


# Which cases a group sees ---------------------------------------------------------------------------------------------


async def test_the_group_of_the_team_that_sorts_sees_also_what_has_no_group() -> None:
    async with office() as desk:
        schools, ours = await desk.asks(OF_SCHOOL), await desk.asks(address=BORYS)
        danger = await desk.asks(DANGER, family(1))

        await desk.connects(GROUP)
        first = [one.case for one in await cards(desk)]
        await desk.connects(OTHER_GROUP)

        assert first[0] == danger
        assert sorted(x for x in first if x) == sorted([schools, ours, danger])
        assert [one.case for one in await cards(desk, OTHER_GROUP)] == [schools]


async def test_a_question_that_got_a_group_of_its_own_is_no_longer_answered_by_the_team_that_sorts() -> None:
    async with office(GROUP) as desk:
        case_id = await desk.asks(OF_SCHOOL)
        await desk.deliver()
        await desk.connects(OTHER_GROUP)
        await desk.joins(IEVA, OTHER_GROUP)
        await desk.deliver()

        refused = await desk.says(RASA, "/claim", case_id)
        await desk.says(IEVA, "/claim", case_id, at=OTHER_GROUP)

        assert "school team" in refused[0].words
        assert (await desk.case(case_id)).claimed_by == (await desk.specialist(IEVA, OTHER_GROUP)).id
        assert "now with: school team" in (await edits(desk))[-1].words


async def test_which_group_has_a_team_is_its_own_else_that_of_the_default_team(desk: Office) -> None:
    async with desk.store.begin() as tx:
        found = [await showing.group_for(tx, team, desk.world) for team in (SUPPORT, SCHOOL)]

    assert found == [await desk.group(GROUP), await desk.group(OTHER_GROUP)]


# A busy group ---------------------------------------------------------------------------------------------------------


async def test_a_busy_group_gets_one_list_of_what_waits(desk: Office) -> None:
    numbers = [(await desk.case(await desk.asks(address=family(n)))).number for n in range(BUSY + 3)]

    (digest,) = [one for one in await desk.told(GROUP) if one.case is None and one.priority > 0 and "wait" in one.words]

    assert all(number in digest.words for number in numbers[:BUSY])
    assert (await desk.group()).digest_at == desk.clock.at
    assert len(await cards(desk)) == BUSY + 3


async def test_a_group_that_is_not_busy_gets_no_list(desk: Office) -> None:
    for n in range(BUSY - 1):
        await desk.asks(address=family(n))

    assert kinds(await desk.told(GROUP)).count(OutgoingKind.CASE_CARD) == BUSY - 1
    assert (await desk.group()).digest_at is None


@pytest.mark.parametrize(("later", "lists"), [(DIGEST_EVERY - timedelta(seconds=1), 1), (DIGEST_EVERY, 2)])
async def test_the_next_list_comes_after_ten_minutes(desk: Office, later: timedelta, lists: int) -> None:
    for n in range(BUSY):
        await desk.asks(address=family(n))
    desk.clock.forward(later)

    await desk.asks(address=family(99))

    found = [one for one in await desk.told(GROUP) if one.key.startswith("digest:")]
    assert len(found) == lists


async def test_the_list_names_danger_first_and_leaves_out_what_somebody_has(desk: Office) -> None:
    taken = await desk.asks(address=family(50))
    await desk.deliver()
    await desk.says(RASA, "/claim", taken)
    danger = await desk.asks(DANGER, family(51))
    for n in range(BUSY):
        await desk.asks(address=family(n))

    (digest,) = [one for one in await desk.told(GROUP) if one.key.startswith("digest:")]

    number = (await desk.case(danger)).number
    assert f"Danger: {number}" in digest.words
    assert (await desk.case(taken)).number not in digest.words.split(", ")


async def test_the_list_overtakes_the_cards_that_it_names(desk: Office) -> None:
    for n in range(BUSY):
        await desk.asks(address=family(n))

    first, *_ = [row for row in await desk.deliver() if row.address == GROUP]

    assert first.case is None


# Made again -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forum", [True, False])
async def test_a_card_that_somebody_deleted_is_shown_again(*, forum: bool) -> None:
    async with office(GROUP, forum=forum) as desk:
        case_id = await desk.asks()
        await desk.deliver()
        before = (await desk.place(case_id)).card
        await desk.says(RASA, "/claim", case_id)

        lost = Lost("message_gone")
        await desk.deliver(lambda row: lost if row.outgoing.kind is OutgoingKind.CARD_EDIT else None)

        place = await desk.place(case_id)
        assert place.card not in {before, None}
        assert "claimed by" in (await cards(desk))[-1].words
        await desk.says(RASA, "Show the certificate.", case_id)
        assert len(await desk.told(ANA, kinds=[OutgoingKind.REPLY])) == 1


async def test_a_topic_that_somebody_deleted_is_made_again_card_first_then_what_did_not_get_through(
    desk: Office,
) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    old = (await desk.place(case_id)).thread
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    await desk.writes("it is in Kaunas")
    await desk.writes("near the river")

    gone = Lost("topic_gone")
    arrived = await desk.deliver(lambda row: gone if row.place and row.place.thread == old else None)

    place = await desk.place(case_id)
    ours = [row for row in arrived if row.address == GROUP]
    assert place.thread not in {old, None}
    assert [row.outgoing.kind for row in ours] == [OutgoingKind.CASE_CARD, OutgoingKind.DESK, OutgoingKind.DESK]
    assert ["Kaunas" in words_of(row.outgoing) for row in ours[1:]] == [True, False]
    assert {row.place.thread for row in ours if row.place} == {place.thread}


async def test_a_deleted_topic_whose_card_was_to_change_gets_one_new_card(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    old = (await desk.place(case_id)).thread
    await desk.says(RASA, "/claim", case_id)

    gone = Lost("topic_gone")
    arrived = await desk.deliver(lambda row: gone if row.place and row.place.thread == old else None)

    shown = [row for row in arrived if row.address == GROUP and row.case == case_id]
    assert shown[0].outgoing.kind is OutgoingKind.CASE_CARD
    assert [row.outgoing.kind for row in shown].count(OutgoingKind.CASE_CARD) == 1


@pytest.mark.parametrize("how", ["forum", "rights", "moved"])
async def test_what_waits_in_a_group_still_leaves_after_its_questions_are_shown_anew(desk: Office, how: str) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.writes("it is in Kaunas")  # waits while the group is changed
    match how:
        case "forum":
            desk.forums[GROUP.chat] = False
            await desk.says(RASA, "/help")
        case "rights":
            await desk.tells(Kind.RIGHTS, topics=False)
            await desk.tells(Kind.RIGHTS, topics=True)
        case _:
            await desk.tells(Kind.MIGRATED, moved_to="-100501")

    await desk.deliver()

    async with desk.store.begin() as tx:
        state = await tx.state(desk.clock())
    assert state.owed == 0

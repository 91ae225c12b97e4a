"""What happens to a case: told to the family exactly once, shown to its specialists, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.casework import family_move, release_all
from bot.actions.delivering import Lost
from bot.cases.model import CaseId, CaseState, MoveRefused, Rating
from bot.cases.sla import UNTOUCHED, UNTOUCHED_IN_DANGER, working_end
from bot.conversation.model import (
    Addition,
    Address,
    FamilyMove,
    InboxId,
    Kind,
    OutgoingKind,
    Reopening,
    Solution,
    Verb,
    Withdrawal,
)
from bot.matching.evidence import Level
from bot.storage.tables import case_events, counts
from tests.builders import UK
from tests.builders_dialogue import PHOTO, SCHOOL, SUPPORT
from tests.builders_store import ANA, BORYS, all_rows, kept_case, load
from tests.builders_teams import (
    DANGER,
    GROUP,
    MONDAY,
    OF_SCHOOL,
    OTHER_GROUP,
    QUESTION,
    RASA,
    TOMAS,
    Office,
    Told,
    office,
    photo,
)


async def case_rows(desk: Office, case_id: CaseId, address: Address = ANA) -> list[Told]:
    """Return what the family was told about changes of hands, one for each."""
    return [one for one in await desk.told(address, kinds=[OutgoingKind.CASE]) if one.case == case_id]


async def does(desk: Office, *moves: FamilyMove, address: Address = ANA) -> None:
    """Let a family do something to its cases, as its messages and presses would."""
    family = await desk.id_of(address)
    for n, move in enumerate(moves, start=9000):
        async with desk.store.begin() as tx:
            await family_move(tx, family, move, InboxId(n), desk.world)


async def closed(desk: Office, words: str = QUESTION, address: Address = ANA) -> CaseId:
    """Return a case that Rasa has answered and closed."""
    case_id = await desk.asks(words, address)
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "Show the certificate.", case_id)
    await desk.says(RASA, "/close helped", case_id)
    await desk.deliver()
    return case_id


# Opened ---------------------------------------------------------------------------------------------------------------


async def test_a_question_is_shown_to_the_team_of_its_topic_with_the_promise_that_the_family_got(desk: Office) -> None:
    case_id = await desk.asks(OF_SCHOOL)

    case = await desk.case(case_id)
    (card,) = await desk.told(OTHER_GROUP, kinds=[OutgoingKind.CASE_CARD])
    (promised,) = await desk.told(ANA, kinds=[OutgoingKind.HAND_OVER])
    assert (case.team, case.topic) == (SCHOOL, "education")
    assert card.case == case_id
    assert OF_SCHOOL in card.words
    assert case.number in promised.words
    assert [line for line in card.words.splitlines() if line.startswith("By:")] == [
        line for line in promised.words.splitlines() if line.startswith("By:")
    ]
    assert await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD]) == []


async def test_a_question_of_no_known_topic_goes_to_the_team_that_sorts(desk: Office) -> None:
    case_id = await desk.asks()

    assert (await desk.case(case_id)).team == SUPPORT
    assert [one.case for one in await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD])] == [case_id]


async def test_a_question_of_a_team_without_a_group_is_shown_to_the_team_that_sorts() -> None:
    async with office(GROUP) as desk:
        case_id = await desk.asks(OF_SCHOOL)

        assert (await desk.case(case_id)).team == SCHOOL
        assert [one.case for one in await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD])] == [case_id]


async def test_a_question_that_nobody_can_be_shown_is_kept_and_shown_once_somebody_is_there() -> None:
    async with office() as desk:
        case_id = await desk.asks()
        kept = [one.kind for one in await desk.told(ANA)]

        await desk.connects(GROUP)

        assert OutgoingKind.HAND_OVER in kept
        assert [one.case for one in await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD])] == [case_id]


async def test_the_files_of_a_question_follow_its_card(desk: Office) -> None:
    await desk.writes("", **photo("the-letter"))
    before = await desk.told(GROUP)

    await desk.presses(Verb.SEND_FILE)

    shown = (await desk.told(GROUP))[len(before) :]
    assert [one.kind for one in shown] == [OutgoingKind.CASE_CARD, OutgoingKind.DESK]
    assert shown[1].outgoing.file is not None
    assert shown[1].outgoing.file.ref == "the-letter"


async def test_a_card_of_danger_overtakes_and_says_so(desk: Office) -> None:
    await desk.asks()

    case_id = await desk.asks(DANGER, BORYS)

    calm, urgent = await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD])
    assert urgent.case == case_id
    assert urgent.priority > calm.priority
    assert "DANGER" in urgent.words


# What the family does -------------------------------------------------------------------------------------------------


async def test_more_words_go_to_the_case_and_to_whoever_has_it(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    before = len(await desk.told(GROUP))

    await desk.writes("it is a flat in Kaunas")

    news = (await desk.told(GROUP))[before:]
    assert [(one.kind, one.case) for one in news if "Kaunas" in one.words] == [(OutgoingKind.DESK, case_id)]
    assert (await desk.events(case_id))[-1] == "written"
    assert len(await case_rows(desk, case_id)) == 1


async def test_after_a_reply_the_familys_words_make_it_the_specialists_turn_again(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "Which paper?", case_id)
    answered = await desk.case(case_id)

    told = await desk.writes("this one")

    again = await desk.case(case_id)
    assert (answered.state, answered.return_at) == (CaseState.ANSWERED, None)
    assert (again.state, again.claimed_by) == (CaseState.CLAIMED, answered.claimed_by)
    assert again.return_at is not None
    assert told == []  # two people talk; the bot is silent


@pytest.mark.parametrize(
    ("level", "danger", "urgent", "goes_back_after"),
    [
        (Level.NONE, "none", False, UNTOUCHED),
        (Level.AMBER, "amber", False, UNTOUCHED),
        (Level.RED, "red", True, UNTOUCHED_IN_DANGER),
    ],
)
async def test_danger_in_later_words_raises_a_case_and_calm_words_never_lower_it(
    desk: Office, level: Level, danger: str, *, urgent: bool, goes_back_after: timedelta
) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "Tell me more.", case_id)

    await does(desk, Addition(case_id, "more", danger=level), Addition(case_id, "all is well now"))

    found = await kept_case(desk.store, case_id)
    due = working_end(MONDAY, goes_back_after) if goes_back_after is UNTOUCHED else MONDAY + goes_back_after
    assert (found.danger, found.case.urgent, found.case.return_at) == (danger, urgent, due)
    assert (await desk.events(case_id)).count("raised") == (level is not Level.NONE)


async def test_a_case_that_became_danger_shows_it_on_its_card(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()

    await does(desk, Addition(case_id, "he is here", danger=Level.RED))

    edits = [one for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT]) if one.state == "new"]
    assert "DANGER" in edits[-1].words


async def test_a_family_that_takes_its_question_back_ends_it(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)

    await desk.presses(Verb.WITHDRAW)

    case = await desk.case(case_id)
    assert (case.state, case.close_reason, case.claimed_by, case.due_at) == (CaseState.CLOSED, "withdrawn", None, None)
    assert len(await case_rows(desk, case_id)) == 2
    (edit,) = [one for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT]) if one.state == "new"]
    assert edit.outgoing.closes_topic is True
    assert edit.outgoing.buttons is not None
    assert edit.outgoing.buttons.rows == ()


async def test_a_family_whose_question_was_solved_ends_it_and_is_not_asked_again(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "Show the certificate.", case_id)

    await desk.presses(Verb.SOLVED)

    case = await desk.case(case_id)
    told = (await case_rows(desk, case_id))[-1]
    assert (case.state, case.close_reason, case.rating) == (CaseState.CLOSED, "solved", "yes")
    assert told.outgoing.buttons is None


@pytest.mark.parametrize(
    ("verb", "rating", "state", "told"),
    [
        (Verb.YES, Rating.YES, CaseState.CLOSED, 2),
        (Verb.PARTLY, Rating.PARTLY, CaseState.CLOSED, 2),
        (Verb.NO, Rating.NO, CaseState.WAITING, 3),
    ],
)
async def test_whether_it_helped_is_written_down_and_no_takes_the_question_up_again(
    desk: Office, verb: Verb, rating: Rating, state: CaseState, told: int
) -> None:
    case_id = await closed(desk)

    await desk.presses(verb)

    case = await desk.case(case_id)
    assert (case.rating, case.state) == (rating, state)
    assert len(await case_rows(desk, case_id)) == told


async def test_a_question_taken_up_again_is_in_the_queue_with_a_new_promise_and_its_topic_is_open(
    desk: Office,
) -> None:
    case_id = await closed(desk)
    desk.clock.forward(timedelta(days=2))

    await desk.presses(Verb.NO)

    case = await desk.case(case_id)
    (edit,) = [one for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT]) if one.state == "new"]
    assert (case.state, case.claimed_by, case.closed_at) == (CaseState.WAITING, None, None)
    assert case.due_at is not None
    assert case.due_at > desk.clock.at
    assert edit.outgoing.closes_topic is False


async def test_what_was_missing_opens_the_question_again_with_those_words(desk: Office) -> None:
    case_id = await closed(desk)
    await desk.presses(Verb.PARTLY)

    await desk.writes("and for my second child?")

    assert (await desk.case(case_id)).state is CaseState.WAITING
    assert (await desk.events(case_id))[-2:] == ["reopened", "written"]
    assert [one.case for one in await desk.told(GROUP) if "second child" in one.words] == [case_id]
    assert len(await case_rows(desk, case_id)) == 3


async def test_a_second_press_of_no_takes_nothing_up_twice(desk: Office) -> None:
    case_id = await closed(desk)
    rating = await desk.buttons(ANA, Verb.NO)

    for _ in range(3):
        await desk.presses(Verb.NO, buttons=rating)

    assert (await desk.events(case_id)).count("reopened") == 1
    assert len(await case_rows(desk, case_id)) == 3


async def test_that_the_danger_is_over_is_told_and_the_level_stays(desk: Office) -> None:
    case_id = await desk.asks(DANGER)
    await desk.deliver()
    before = len(await desk.told(GROUP))

    await desk.presses(Verb.DANGER_OVER)

    (told,) = (await desk.told(GROUP))[before:]
    found = await kept_case(desk.store, case_id)
    assert (told.kind, told.case) == (OutgoingKind.DESK, case_id)
    assert (found.danger, found.case.urgent) == ("red", True)
    assert (await desk.events(case_id))[-1] == "danger_over"


async def test_a_family_that_stops_the_bot_is_told_of_in_each_of_its_open_questions_and_so_is_its_return(
    desk: Office,
) -> None:
    mine = [await desk.asks(), await desk.asks(OF_SCHOOL)]
    ended = await closed(desk)
    others = await desk.asks(address=BORYS)
    await desk.deliver()

    for kind, event in ((Kind.BLOCKED, "unreachable"), (Kind.UNBLOCKED, "reachable")):
        before = [len(await desk.told(group)) for group in (GROUP, OTHER_GROUP)]
        await desk.writes("", kind=kind)

        news = [
            one for group, n in zip((GROUP, OTHER_GROUP), before, strict=True) for one in (await desk.told(group))[n:]
        ]
        assert [(one.kind, one.case) for one in news] == [(OutgoingKind.DESK, case_id) for case_id in mine]
        assert [(await desk.events(case_id))[-1] for case_id in mine] == [event, event]
        assert {event} & {*await desk.events(ended), *await desk.events(others)} == set()


async def test_what_is_written_to_a_family_that_has_stopped_the_bot_waits_and_leaves_when_they_return(
    desk: Office,
) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.writes("", kind=Kind.BLOCKED)

    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "Show the certificate.", case_id)
    while_away = [row.outgoing.kind for row in await desk.deliver() if row.address == ANA]
    await desk.writes("", kind=Kind.UNBLOCKED)
    back = [row.outgoing.kind for row in await desk.deliver() if row.address == ANA]

    assert while_away == []
    assert back == [OutgoingKind.CASE, OutgoingKind.REPLY]


async def test_a_family_that_stopped_the_bot_unnoticed_is_told_of_when_a_reply_comes_back(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "Show the certificate.", case_id)

    await desk.deliver(lambda row: Lost("blocked", gone=True) if row.address == ANA else None)
    told = [one.words for one in await desk.told(GROUP, kinds=[OutgoingKind.DESK])]
    await desk.writes("", kind=Kind.UNBLOCKED)
    back = [row.outgoing.kind for row in await desk.deliver() if row.address == ANA]

    assert [words for words in told if "has stopped the bot" in words]
    assert back == [OutgoingKind.CASE, OutgoingKind.REPLY]


async def test_each_change_of_hands_is_counted_without_anybody(desk: Office) -> None:
    await closed(desk, OF_SCHOOL.replace("school", "landlord"))

    steps = {row["step"]: row["n"] for row in await all_rows(desk.store, counts)}
    assert (steps["case:claimed"], steps["case:closed"]) == (1, 1)


async def test_the_family_is_told_in_its_own_language(desk: Office) -> None:
    case_id = await desk.asks("що показати господарю")
    await desk.deliver()

    await desk.says(RASA, "/claim", case_id)

    (told,) = await case_rows(desk, case_id)
    assert (await load(desk.store, await desk.id_of(ANA))).language == UK
    assert told.outgoing.language == UK


async def test_a_move_that_the_case_does_not_allow_any_more_is_refused_and_changes_nothing(desk: Office) -> None:
    case_id = await closed(desk)
    before = await all_rows(desk.store, case_events)

    for move in (Withdrawal(case_id), Solution(case_id), Addition(case_id, "words")):
        with pytest.raises(MoveRefused):
            await does(desk, move)

    assert await all_rows(desk.store, case_events) == before


async def test_a_case_that_is_closed_by_one_side_is_reopened_by_the_other_with_new_words(desk: Office) -> None:
    case_id = await closed(desk)

    await does(desk, Reopening(case_id, "once more", (PHOTO,)))

    assert (await desk.events(case_id))[-2:] == ["reopened", "written"]
    files = [one.outgoing.file for one in await desk.told(GROUP) if one.outgoing.file]
    assert files == [PHOTO]


async def test_whoever_leaves_gives_back_all_they_have_and_each_family_is_told_once(desk: Office) -> None:
    mine = [await desk.asks(), await desk.asks(address=BORYS)]
    tomas = await desk.asks()
    await desk.deliver()
    for case_id in mine:
        await desk.says(RASA, "/claim", case_id)
    await desk.says(TOMAS, "/claim", tomas)

    rasa = await desk.specialist(RASA)
    async with desk.store.begin() as tx:
        given_back = await release_all(tx, rasa.id, desk.world)

    assert given_back == 2
    assert [(await desk.case(x)).state for x in (*mine, tomas)] == [*[CaseState.WAITING] * 2, CaseState.CLAIMED]
    assert len(await case_rows(desk, mine[0])) == len(await case_rows(desk, mine[1], BORYS)) == 2

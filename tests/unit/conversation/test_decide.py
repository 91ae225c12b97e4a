"""From evidence to the next step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.model import Command, DangerKind, EntryId, Language, SmallTalkKind
from bot.conversation.decide import Policy, Thresholds, decide, minimums
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, Reason, SmallTalk
from bot.matching.evidence import Candidate, Evidence, Level
from tests.builders import PHRASINGS, catalogue, entry

UK = Language("uk")
POLICY = Policy(default=Thresholds(answer=0.8, clarify=0.3))


def candidate(entry_id: str, p: float) -> Candidate:
    return Candidate(EntryId(entry_id), p)


def evidence(*candidates: Candidate) -> Evidence:
    return Evidence(UK, language_confident=True, candidates=candidates)


def test_a_sure_candidate_is_answered_with_its_neighbours() -> None:
    step = decide(evidence(candidate("a", 0.9), candidate("b", 0.2)), POLICY)

    assert step == Answer(EntryId("a"), (candidate("b", 0.2),))


def test_a_likely_candidate_is_asked_about() -> None:
    step = decide(evidence(candidate("a", 0.6), candidate("b", 0.35)), POLICY)

    assert step == Clarify((candidate("a", 0.6), candidate("b", 0.35)))


def test_at_most_three_choices_are_offered() -> None:
    step = decide(evidence(*(candidate(name, 0.5) for name in "abcde")), POLICY)

    assert isinstance(step, Clarify)
    assert len(step.choices) == 3


def test_a_hopeless_choice_is_not_offered() -> None:
    step = decide(evidence(candidate("a", 0.6), candidate("b", 0.4), candidate("c", 0.1)), POLICY)

    assert step == Clarify((candidate("a", 0.6), candidate("b", 0.4)))


def test_two_choices_are_offered_even_if_the_second_is_unlikely() -> None:
    step = decide(evidence(candidate("a", 0.6), candidate("b", 0.1), candidate("c", 0.05)), POLICY)

    assert step == Clarify((candidate("a", 0.6), candidate("b", 0.1)))


def test_unlikely_candidates_are_handed_off() -> None:
    assert decide(evidence(candidate("a", 0.2)), POLICY) == HandOff(Reason.NO_MATCH)
    assert decide(evidence(), POLICY) == HandOff(Reason.NO_MATCH)


def test_nobody_is_asked_back_twice_running() -> None:
    step = decide(evidence(candidate("a", 0.6)), POLICY, may_clarify=False)

    assert step == HandOff(Reason.CLARIFIED_ONCE)


def test_red_danger_outranks_everything() -> None:
    seen = replace(
        evidence(candidate("a", 0.99)),
        danger=Level.RED,
        danger_kind=DangerKind.VIOLENCE,
        wants_human=True,
        small_talk=SmallTalkKind.GREETING,
        exact=True,
    )

    assert decide(seen, POLICY) == Danger(DangerKind.VIOLENCE)


def test_amber_danger_leaves_the_normal_step() -> None:
    seen = replace(evidence(candidate("a", 0.9)), danger=Level.AMBER, danger_kind=DangerKind.VIOLENCE)

    assert decide(seen, POLICY) == Answer(EntryId("a"))


@pytest.mark.parametrize("wish", [{"wants_human": True}, {"command": Command.HUMAN}])
def test_who_asks_for_a_person_gets_one(wish: dict[str, object]) -> None:
    seen = replace(evidence(candidate("a", 0.9)), **wish)  # type: ignore[arg-type]  # one field or the other

    assert decide(seen, POLICY) == HandOff(Reason.PERSON_ASKED)


def test_small_talk_is_answered_briefly() -> None:
    seen = replace(evidence(candidate("a", 0.4)), small_talk=SmallTalkKind.THANKS)

    assert decide(seen, POLICY) == SmallTalk(SmallTalkKind.THANKS)


def test_an_entry_below_its_own_minimum_is_asked_about() -> None:
    seen = evidence(candidate("a", 0.85))

    assert decide(seen, POLICY, min_confidence={EntryId("a"): 0.9}) == Clarify((candidate("a", 0.85),))
    assert decide(seen, POLICY, min_confidence={EntryId("a"): 0.85}) == Answer(EntryId("a"))


def test_a_low_minimum_does_not_lower_the_bar() -> None:
    assert isinstance(decide(evidence(candidate("a", 0.7)), POLICY, min_confidence={EntryId("a"): 0.1}), Clarify)


def test_a_language_may_have_thresholds_of_its_own() -> None:
    policy = Policy(default=POLICY.default, by_language={UK: Thresholds(answer=0.5, clarify=0.1)})

    assert decide(evidence(candidate("a", 0.6)), policy) == Answer(EntryId("a"))
    assert isinstance(decide(replace(evidence(candidate("a", 0.6)), language=Language("lt")), policy), Clarify)


def test_the_catalogue_tells_which_entries_ask_for_more() -> None:
    said = PHRASINGS["kindergarten"]

    found = minimums(catalogue(entry("strict", said, min_confidence=0.9), entry("plain", said)))

    assert found == {"strict": 0.9}

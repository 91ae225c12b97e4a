"""From evidence to the next step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.model import Command, DangerKind, EntryId, Language, SmallTalkKind
from bot.conversation.decide import CAUTIOUS_POLICY, DEFAULT_POLICY, Policy, Thresholds, all_siblings, decide, minimums
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, Reason, SmallTalk
from bot.matching.evidence import Candidate, Evidence, Level
from tests.builders import PHRASINGS, catalogue, entry

UK = Language("uk")
POLICY = Policy(default=Thresholds(answer=0.8, clarify=0.3))


def candidate(entry_id: str, p: float) -> Candidate:
    return Candidate(EntryId(entry_id), p)


def evidence(*candidates: Candidate) -> Evidence:
    return Evidence(UK, language_confident=True, candidates=candidates)


def with_needs(*candidates: Candidate, needs: int) -> Evidence:
    """Return evidence whose first candidates are each the best of a sentence."""
    return replace(evidence(*candidates), needs=candidates[:needs])


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


# Two needs ------------------------------------------------------------------------------------------------------------


def test_two_needs_that_are_sure_are_both_answered() -> None:
    step = decide(with_needs(candidate("a", 0.9), candidate("b", 0.85), candidate("c", 0.3), needs=2), POLICY)

    assert step == Answer(EntryId("a"), (candidate("c", 0.3),), also=(candidate("b", 0.85),))


def test_a_need_that_is_not_sure_is_offered() -> None:
    step = decide(with_needs(candidate("a", 0.9), candidate("b", 0.6), candidate("c", 0.3), needs=2), POLICY)

    assert step == Answer(EntryId("a"), (candidate("c", 0.3),), asked=(candidate("b", 0.6),))


def test_a_need_below_its_own_minimum_is_offered() -> None:
    seen = with_needs(candidate("a", 0.9), candidate("b", 0.85), needs=2)

    assert decide(seen, POLICY, min_confidence={EntryId("b"): 0.9}) == Answer(
        EntryId("a"), asked=(candidate("b", 0.85),)
    )


def test_a_third_need_is_offered() -> None:
    step = decide(with_needs(candidate("a", 0.95), candidate("b", 0.9), candidate("c", 0.85), needs=3), POLICY)

    assert step == Answer(EntryId("a"), also=(candidate("b", 0.9),), asked=(candidate("c", 0.85),))


def test_needs_of_which_the_likeliest_is_not_sure_are_asked_about() -> None:
    strict = {EntryId("a"): 0.99}

    step = decide(with_needs(candidate("a", 0.95), candidate("b", 0.9), needs=2), POLICY, min_confidence=strict)

    assert step == Clarify((candidate("a", 0.95), candidate("b", 0.9)))


def test_a_cautious_policy_answers_neither_of_two_needs_below_its_floor() -> None:
    step = decide(with_needs(candidate("a", 0.9), candidate("b", 0.85), needs=2), replace(POLICY, floor=0.88))

    assert step == Answer(EntryId("a"), asked=(candidate("b", 0.85),))


# Siblings -------------------------------------------------------------------------------------------------------------

ALIKE = {EntryId("a"): frozenset({EntryId("b")}), EntryId("b"): frozenset({EntryId("a")})}


def test_of_siblings_the_likelier_is_named_and_a_third_gets_the_place() -> None:
    seen = evidence(candidate("a", 0.5), candidate("b", 0.45), candidate("c", 0.4), candidate("d", 0.3))

    step = decide(seen, POLICY, siblings=ALIKE)

    assert step == Clarify((candidate("a", 0.5), candidate("c", 0.4), candidate("d", 0.3)))


def test_siblings_are_both_named_where_there_is_nothing_else_to_choose() -> None:
    seen = evidence(candidate("a", 0.5), candidate("b", 0.45), candidate("c", 0.05))

    step = decide(seen, POLICY, siblings=ALIKE)

    assert step == Clarify((candidate("a", 0.5), candidate("b", 0.45)))


def test_siblings_of_one_entry_are_not_siblings_of_each_other() -> None:
    alike = {EntryId("a"): frozenset(map(EntryId, "bc")), EntryId("b"): frozenset({EntryId("a")})}
    seen = evidence(candidate("b", 0.5), candidate("c", 0.45), candidate("a", 0.4))

    step = decide(seen, POLICY, siblings=alike)

    assert step == Clarify((candidate("b", 0.5), candidate("c", 0.45)))


def test_a_sure_candidate_is_answered_whatever_siblings_it_has() -> None:
    seen = evidence(candidate("a", 0.9), candidate("b", 0.45))

    assert decide(seen, POLICY, siblings=ALIKE) == Answer(EntryId("a"), (candidate("b", 0.45),))


def test_siblings_told_at_one_entry_hold_for_both_and_a_removed_one_for_nobody() -> None:
    said = PHRASINGS["kindergarten"]
    one = entry("one", said, siblings=["other", "gone"])

    found = all_siblings(catalogue(one, entry("other", said), entry("alone", said)))

    assert found == {"one": {"other"}, "other": {"one"}}


# Limits ---------------------------------------------------------------------------------------------------------------


def test_a_low_minimum_does_not_lower_the_bar() -> None:
    assert isinstance(decide(evidence(candidate("a", 0.7)), POLICY, min_confidence={EntryId("a"): 0.1}), Clarify)


def test_a_language_may_have_thresholds_of_its_own() -> None:
    policy = Policy(default=POLICY.default, by_language={UK: Thresholds(answer=0.5, clarify=0.1)})

    assert decide(evidence(candidate("a", 0.6)), policy) == Answer(EntryId("a"))
    assert isinstance(decide(replace(evidence(candidate("a", 0.6)), language=Language("lt")), policy), Clarify)


def test_below_the_floor_nothing_is_answered_whatever_the_language_allows() -> None:
    policy = replace(POLICY, by_language={UK: Thresholds(answer=0.5, clarify=0.1)}, floor=0.8)
    unsure = evidence(candidate("a", 0.79), candidate("b", 0.2))

    assert decide(unsure, policy) == Clarify((candidate("a", 0.79), candidate("b", 0.2)))
    assert decide(unsure, policy, may_clarify=False) == HandOff(Reason.CLARIFIED_ONCE)
    assert decide(evidence(candidate("a", 0.8)), policy) == Answer(EntryId("a"))


def test_caution_changes_nothing_but_the_floor() -> None:
    assert (CAUTIOUS_POLICY.floor, DEFAULT_POLICY.floor) == (0.8, 0.0)
    assert replace(CAUTIOUS_POLICY, floor=0.0) == DEFAULT_POLICY


def test_the_catalogue_tells_which_entries_ask_for_more() -> None:
    said = PHRASINGS["kindergarten"]

    found = minimums(catalogue(entry("strict", said, min_confidence=0.9), entry("plain", said)))

    assert found == {"strict": 0.9}

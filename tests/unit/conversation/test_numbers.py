"""The number by which a family and a specialist name one question."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.model import InboxId
from bot.conversation.numbers import case_number

MESSAGES = st.integers(min_value=1, max_value=10**12)


def test_numbers_are_digits_and_one_letter() -> None:
    assert case_number(InboxId(47)) == "47B"
    assert case_number(InboxId(1)) == "1B"
    assert case_number(InboxId(23)) == "23A"


@given(MESSAGES)
def test_no_number_has_a_letter_that_reads_as_a_digit(message: int) -> None:
    assert re.fullmatch(r"\d+[A-HJ-NPR-Z]", case_number(InboxId(message)))


@given(MESSAGES, MESSAGES)
def test_two_messages_never_share_a_number(one: int, other: int) -> None:
    assert (case_number(InboxId(one)) == case_number(InboxId(other))) == (one == other)


@given(MESSAGES, st.data())
def test_one_wrong_digit_changes_the_letter(message: int, data: st.DataObject) -> None:
    digits = str(message)
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([x for x in "0123456789" if x != digits[place]]))

    wrong = int(digits[:place] + other + digits[place + 1 :])

    assert case_number(InboxId(wrong))[-1] != case_number(InboxId(message))[-1]


@given(MESSAGES, st.data())
def test_two_swapped_digits_change_the_letter(message: int, data: st.DataObject) -> None:
    digits = list(str(message))
    pairs = [n for n in range(len(digits) - 1) if digits[n] != digits[n + 1]]
    if not pairs:
        return
    place = data.draw(st.sampled_from(pairs))

    digits[place], digits[place + 1] = digits[place + 1], digits[place]

    assert case_number(InboxId(int("".join(digits))))[-1] != case_number(InboxId(message))[-1]

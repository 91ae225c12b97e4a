"""What must hold for whatever people write: numbers and addresses that tell who they are do not come through."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.masking import keepable, mask

ANY_TEXT = st.text(max_size=200) | st.text(alphabet="0123456789 +-./()@,:;aLтŽ_[]\n\u00a0٣", max_size=60)
WORDS = st.sampled_from(["", "tel.", "тел:", "call me ", "код", "a.k.", "kodas ", "и 5, ", "\n", "(", "112, ", "x"])
GAPS = st.sampled_from(["", " ", "-", "\u00a0", ".", " - ", "\u2011", "/", ") "])
DIGITS = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"])
CODES = st.from_regex(r"\A[3-6]\d{10}\Z")
PHONES = st.from_regex(r"\A(\+370|8|0|\+380|\+7|00370)[3-9]\d{7}\Z")
NAMES = st.from_regex(r"\A[a-zа-яё0-9][a-zа-яё0-9._+-]{0,12}\Z")
HOSTS = st.from_regex(r"\A[a-zа-яё0-9-]{1,10}(\.[a-z]{2,6}){1,2}\Z")


@given(ANY_TEXT)
@example("a@b@c.de")
@example("[e-mail]1234567")
@example("LT12 3456 7890 1234 a@b.lt")
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)

    assert mask(once) == once


@given(ANY_TEXT)
def test_what_can_be_kept_stays_as_it_is(text: str) -> None:
    once = keepable(text)

    assert keepable(once) == once
    once.encode("utf-8")


@given(ANY_TEXT)
def test_no_run_of_digits_that_could_be_a_phone_or_a_code_is_left(text: str) -> None:
    kept = mask(text)

    assert not re.search(r"\d{7}", kept)
    assert not re.search(r"[\w.+-]@[\w-]+\.[\w-]", kept)


@given(number=CODES | PHONES, gaps=st.lists(GAPS, min_size=16, max_size=16), digits=DIGITS, before=WORDS, after=WORDS)
def test_a_number_is_hidden_however_it_is_spaced(
    number: str, gaps: list[str], digits: str, before: str, after: str
) -> None:
    spaced = "".join(digit + gap for digit, gap in zip(number, gaps, strict=False))
    written = spaced.translate(str.maketrans("0123456789", digits))

    kept = mask(f"{before}{written}{after}")

    told = re.sub(r"\D", "", number)
    assert told not in re.sub(r"\D", "", kept)
    assert len(re.sub(r"\D", "", kept)) <= 4


@given(name=NAMES, host=HOSTS, before=WORDS, after=st.sampled_from(["", " ", ", ačiū", "\n", ")"]))
def test_an_address_is_hidden(name: str, host: str, before: str, after: str) -> None:
    kept = mask(f"{before}{name}@{host}{after}")

    assert f"@{host}" not in kept
    assert "[e-mail]" in kept


@given(
    day=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)),
    pattern=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y.%m.%d", "%Y %m %d", "%Y-%m-%d 10:30"]),
)
def test_dates_stay(day: date, pattern: str) -> None:
    written = f"nuo {day:{pattern}} iki"

    assert mask(written) == written


@given(st.integers(min_value=0, max_value=99_999) | st.integers(min_value=0, max_value=999).map(lambda n: n * 1000))
def test_short_numbers_stay(number: int) -> None:
    assert mask(f"yra {number} eurų") == f"yra {number} eurų"

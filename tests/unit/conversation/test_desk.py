"""What specialists mean by a message in their group. Better one question too many than one leaked word."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.desk import Order, Said, days_and_reason, read

UNSEEN = (
    "", " ", "\n", "\r\n", "\t", "\n\n \n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "\u0085", "\x00", "\x1f",
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u2066", "\u061c",
    "\U000e0020",
)  # fmt: skip
"""What stands before a slash and cannot be seen: blanks, line breaks, marks of direction, joiners."""
BLANK_SIGNS = ("\ufe0f", "\U000e0100", "\u034f", "\u115f", "\u3164", "\uffa0", "\u2800")
"""Letters and signs that are blank to the eye, though Unicode counts them as letters, marks or symbols."""
SLASHES = ("/", "\uff0f", "\\", "\uff3c", "\ufe68", "\u2044", "\u2215")


# What begins with a slash ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", SLASHES)
@pytest.mark.parametrize("before", UNSEEN, ids=ascii)
def test_a_note_is_a_note_whatever_its_slash_and_whatever_nobody_sees_before_it(before: str, slash: str) -> None:
    said = read(f"{before}{slash}note he lies")

    assert (said.order, said.is_order, said.rest) == (Order.NOTE, True, "he lies")


@pytest.mark.parametrize("before", BLANK_SIGNS, ids=ascii)
def test_a_sign_that_looks_blank_does_not_hide_the_slash_behind_it(before: str) -> None:
    assert read(f"{before}/note he lies").order is Order.NOTE


@pytest.mark.parametrize("between", [x for x in UNSEEN if not x.isspace()], ids=ascii)
def test_what_nobody_sees_inside_the_order_does_no_harm(between: str) -> None:
    assert read(f"/{between}no{between}te{between} he lies").order is Order.NOTE


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("/note", ""),
        ("/note ", ""),
        ("/note he lies", "he lies"),
        ("/note\nhe lies\nand she too", "he lies\nand she too"),
        ("/NOTE he lies", "he lies"),
        ("/Note: he lies", ": he lies"),
        ("/note@bot he lies", "he lies"),
        ("/note@TiltasBot", ""),
        ("/NOTE@TiltasBot\nhe lies", "he lies"),
        ("/ note he lies", "he lies"),
        ("/\nnote he lies", "he lies"),
        ("/notes he lies", "s he lies"),
        ("/note2 he lies", "2 he lies"),
        ("/note, he lies", ", he lies"),
        ("/note/he lies", "/he lies"),
        ("/note_he lies", "_he lies"),
        ("\uff0f\uff4e\uff4f\uff54\uff45 he lies", "he lies"),
        ("/note 🙂", "🙂"),
    ],
)
def test_a_note_keeps_its_words_without_the_order(text: str, rest: str) -> None:
    said = read(text)

    assert (said.order, said.is_order, said.rest) == (Order.NOTE, True, rest)


def test_words_that_touch_the_order_keep_their_capitals() -> None:
    assert read("/noteHe lies to Rasa").rest == "He lies to Rasa"


@pytest.mark.parametrize("text", ["He said ½ of it", "5 ÷ 2", "m²", "👨\u200d👩\u200d👧", "می\u200cخواهم"])
def test_a_note_is_kept_as_it_was_written(text: str) -> None:
    assert read(f"/note {text}").rest == text


@pytest.mark.parametrize("order", [x for x in Order if x is not Order.NOTE])
@pytest.mark.parametrize("how", ["/{}", "/{}@TiltasBot", " /{} ", "/{}\n", "\u200b/{}"])
def test_every_order_is_known_by_its_name_in_small_and_capital_letters(order: Order, how: str) -> None:
    for name in (order.value, order.value.upper()):
        said = read(how.format(name))

        assert (said.order, said.is_order, said.rest) == (order, True, "")


@pytest.mark.parametrize(
    ("text", "order", "rest"),
    [
        ("/connect AB-12 cd", Order.CONNECT, "AB-12 cd"),
        ("/name Rasa, socialinė darbuotoja", Order.NAME, "Rasa, socialinė darbuotoja"),
        ("/language lt", Order.LANGUAGE, "lt"),
        ("/transfer@TiltasBot legal", Order.TRANSFER, "legal"),
        ("/close helped", Order.CLOSE, "helped"),
        ("/insert place in a kindergarten", Order.INSERT, "place in a kindergarten"),
        ("/bar 3 threats", Order.BAR, "3 threats"),
    ],
)
def test_what_stands_behind_an_order_comes_with_it(text: str, order: Order, rest: str) -> None:
    said = read(text)

    assert (said.order, said.rest) == (order, rest)


@pytest.mark.parametrize(
    "text",
    ["/", "//", "//note x", "/x", "/claims", "/releaseit", "/nоte x", "/заметка x", "/ 3", "\\", "/!", "/@bot", "/.."],
)
def test_a_slash_that_nobody_knows_is_still_no_words_for_the_family(text: str) -> None:
    said = read(text)

    assert said.is_order
    assert said.order is None


# Plain words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Yes, he can.",
        "Kreipkitės į mokyklą.",
        "1/2 of it, and/or more",
        "https://www.migracija.lt/note",
        "notebook",
        "noted",
        "please note the time",
        "Užrašykite pastabą",
        "я заметила это",
        "нотаріус на вулиці",
        "🙂",
        "???",
        "",
    ],
)
def test_other_words_are_for_the_family_as_they_are(text: str) -> None:
    said = read(text)

    assert (said.order, said.is_order, said.maybe_note, said.rest) == (None, False, False, text)


def test_words_lose_only_the_blanks_around_them() -> None:
    assert read("  ½ of it\n\nm² \n").rest == "½ of it\n\nm²"


# A forgotten slash ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["note", "notes", "pastaba", "pastabos", "заметка", "заметки", "примечание", "нотатка", "нотатки", "примітка"],
)
@pytest.mark.parametrize(
    "how",
    ["{}", "{} he lies", "{}: he lies", "{}; x", "{}, x", "{}. x", "{} - x", "{}\nhe lies", "  {} x", "\u200b{} x"],
)
def test_words_that_look_like_a_forgotten_note_are_asked_about(word: str, how: str) -> None:
    for written in (word, word.upper(), word.capitalize()):
        said = read(how.format(written))

        assert (said.order, said.is_order, said.maybe_note) == (None, False, True), written


@pytest.mark.parametrize(
    "text", ["Pastabą: jis meluoja", "NOTĘ x", "(note) x", "*note* x", "«Заметка» x", ".note x", "-note x"]
)
def test_accents_and_signs_do_not_hide_a_forgotten_note(text: str) -> None:
    assert read(text).maybe_note


@pytest.mark.parametrize(
    "text", ["- note x", "- /note x", "> /note x", "\u201c/note x", "* /note x", "🔒 /note x", "1. /note x"]
)
def test_a_note_behind_a_bullet_or_a_quotation_mark_is_not_sent_unasked(text: str) -> None:
    said = read(text)

    assert said.is_order or said.maybe_note


# Whatever is written --------------------------------------------------------------------------------------------------


@given(st.text(max_size=60))
@example("s")
@example("\u0301")
@example("\u0328x")
@example("\ufe0f")
@example("İ")
@example("\ud800")
@example("@")
def test_what_begins_with_note_is_a_note_whatever_follows(after: str) -> None:
    said = read(f"/note{after}")

    assert (said.order, said.is_order) == (Order.NOTE, True)


@given(
    before=st.lists(st.sampled_from(UNSEEN), max_size=4).map("".join),
    slash=st.sampled_from(SLASHES),
    after=st.text(max_size=40),
)
def test_what_begins_with_a_slash_is_never_plain_words(before: str, slash: str, after: str) -> None:
    assert read(f"{before}{slash}{after}").is_order


@given(st.text(max_size=80))
def test_plain_words_reach_the_family_unchanged_but_for_blanks_around_them(text: str) -> None:
    said = read(text)

    assert said.is_order or said.rest == text.strip()
    assert not (said.is_order and said.maybe_note)


@pytest.mark.parametrize(
    "text",
    ["1. note abc", "nоte: x", "internal note: x", "vidinė pastaba: x", "внутренняя заметка - x", "not for family: x"],
)
def test_a_heading_that_names_a_note_is_asked_about(text: str) -> None:
    said = read(text)

    assert (said.order, said.maybe_note) == (None, True)


def test_note_on_a_keyboard_that_still_writes_cyrillic_is_a_note() -> None:
    assert read(".тщеу Secret") == Said(Order.NOTE, is_order=True, rest="Secret")


# Bars -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("threats", (7, "threats")),
        ("3 threats", (3, "threats")),
        ("30  threats\nand insults", (30, "threats and insults")),
        ("1 d. threats", (1, "d. threats")),
        ("all 12 of us were insulted", (7, "all 12 of us were insulted")),
        ("", None),
        ("7", None),
        ("0 threats", None),
        ("31 threats", None),
        ("9" * 5000 + " threats", None),
        ("-3 threats", (7, "-3 threats")),
    ],
)
def test_a_bar_has_a_reason_and_one_to_thirty_days(rest: str, wanted: tuple[int, str] | None) -> None:
    assert days_and_reason(rest) == wanted

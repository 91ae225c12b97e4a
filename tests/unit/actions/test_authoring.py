"""`tiltas stamp`: which stamps are written, which stay, which go; and what a stale translation tells its readers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml

from bot.actions.authoring import stamps
from bot.content.model import MAIN_LANGUAGES, EntryId, Language
from bot.content.read import Reading, read
from bot.conversation import notices
from bot.errors import EntryUnknown
from tests.builders import EN, LT, RU, UK
from tests.builders_content import Content, small_content, written
from tests.builders_dialogue import words_of, world

KINDERGARTEN, DEPOSIT = EntryId("kindergarten"), EntryId("deposit")
OF_DEPOSIT = [f"stamps/{language}/housing.yaml" for language in ("en", "ru", "uk")]


def reading(content: Content, kept: Mapping[str, str]) -> Reading:
    found = read({**written(content), **kept})
    assert found.findings == ()
    return found


def stamped(content: Content, kept: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return all files of stamps after `tiltas stamp`."""
    kept = kept or {}
    return {**kept, **stamps(reading(content, kept))}


def stale(content: Content, kept: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return which translations are stale."""
    return {(one.id, language) for one in reading(content, kept).entries() for language in one.stale}


@pytest.fixture
def content() -> Content:
    return small_content()


@pytest.fixture
def kept(content: Content) -> dict[str, str]:
    """Return the stamps of content in which everything is up to date."""
    return stamped(content)


def reword_the_base(content: Content, language: Language = LT) -> None:
    content[f"{language}/housing.yaml"]["entries"]["deposit"]["short"] = "Visai kitaip."


def reword(content: Content, language: Language) -> None:
    content[f"{language}/housing.yaml"]["entries"]["deposit"]["short"] = "Інакше."


def test_every_translation_gets_a_stamp_and_the_base_needs_none(kept: Mapping[str, str]) -> None:
    assert sorted(kept) == [
        f"stamps/{x}/{topic}.yaml" for x in ("en", "ru", "uk") for topic in ("education", "housing")
    ]
    assert all(text.startswith("# Kept by `tiltas stamp`") for text in kept.values())


def test_stamping_twice_writes_nothing_the_second_time(content: Content, kept: Mapping[str, str]) -> None:
    assert stamps(reading(content, kept)) == {}
    assert stale(content, kept) == set()


def test_a_changed_base_leaves_its_translations_stale_and_stamping_does_not_hide_it(
    content: Content, kept: Mapping[str, str]
) -> None:
    reword_the_base(content)

    assert stamps(reading(content, kept)) == {}
    assert stale(content, kept) == {("deposit", "en"), ("deposit", "ru"), ("deposit", "uk")}


def test_a_changed_value_leaves_translations_stale(content: Content, kept: Mapping[str, str]) -> None:
    content["entries/education.yaml"]["entries"]["kindergarten"]["values"]["from_age"] = {"number": 4}

    assert stale(content, kept) == {("kindergarten", "en"), ("kindergarten", "ru"), ("kindergarten", "uk")}


def test_a_translation_that_was_touched_gets_a_new_stamp_and_the_others_stay_stale(
    content: Content, kept: Mapping[str, str]
) -> None:
    reword_the_base(content)
    reword(content, UK)

    fresh = stamps(reading(content, kept))

    assert list(fresh) == ["stamps/uk/housing.yaml"]
    assert stale(content, {**kept, **fresh}) == {("deposit", "en"), ("deposit", "ru")}


def test_a_touched_translation_goes_stale_again_when_its_base_changes_once_more(
    content: Content, kept: Mapping[str, str]
) -> None:
    reword(content, UK)
    kept = stamped(content, kept)

    reword_the_base(content)

    assert ("deposit", "uk") in stale(content, kept)


def test_a_translation_that_still_fits_is_confirmed_by_the_name_of_its_entry(
    content: Content, kept: Mapping[str, str]
) -> None:
    reword_the_base(content)

    fresh = stamps(reading(content, kept), DEPOSIT)

    assert sorted(fresh) == OF_DEPOSIT
    assert stale(content, {**kept, **fresh}) == set()


def test_one_language_can_be_confirmed_alone(content: Content, kept: Mapping[str, str]) -> None:
    reword_the_base(content)

    fresh = stamps(reading(content, kept), DEPOSIT, RU)

    assert list(fresh) == ["stamps/ru/housing.yaml"]
    assert stale(content, {**kept, **fresh}) == {("deposit", "en"), ("deposit", "uk")}


def test_a_language_without_an_entry_stamps_what_was_touched_in_it_and_nothing_else(
    content: Content, kept: Mapping[str, str]
) -> None:
    reword(content, UK)
    reword(content, RU)
    reword_the_base(content)

    fresh = stamps(reading(content, kept), language=UK)

    assert list(fresh) == ["stamps/uk/housing.yaml"]


@pytest.mark.parametrize(
    ("entry", "language"),
    [
        (EntryId("no-such"), None),
        (EntryId("no-such"), UK),
        (DEPOSIT, LT),
        (DEPOSIT, Language("xx")),
        (None, Language("xx")),
    ],
)
def test_a_name_without_a_translation_is_refused(
    content: Content, kept: Mapping[str, str], entry: EntryId | None, language: Language | None
) -> None:
    with pytest.raises(EntryUnknown):
        stamps(reading(content, kept), entry, language)


def test_a_new_translation_is_stamped_beside_the_others(content: Content) -> None:
    there = content["uk/housing.yaml"]["entries"].pop("deposit")
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["uk"]
    kept = stamped(content)
    content["uk/housing.yaml"]["entries"]["deposit"] = there

    assert list(stamps(reading(content, kept))) == ["stamps/uk/housing.yaml"]


def test_stamps_of_an_entry_that_is_gone_go_and_those_beside_it_stay(content: Content) -> None:
    for file in ("entries", *MAIN_LANGUAGES):
        entries = content[f"{file}/housing.yaml"]["entries"]
        entries["second"] = entries["deposit"]
    kept = stamped(content)
    for file in ("entries", *MAIN_LANGUAGES):
        del content[f"{file}/housing.yaml"]["entries"]["deposit"]

    fresh = stamps(reading(content, kept))

    assert sorted(fresh) == OF_DEPOSIT
    assert all(list(yaml.safe_load(text)["entries"]) == ["second"] for text in fresh.values())


def test_stamps_of_a_topic_that_is_gone_go(content: Content, kept: Mapping[str, str]) -> None:
    for file in ("entries", *MAIN_LANGUAGES):
        del content[f"{file}/housing.yaml"]

    fresh = stamps(reading(content, kept))

    assert sorted(fresh) == OF_DEPOSIT
    assert all(yaml.safe_load(text) == {"entries": {}} for text in fresh.values())


def test_a_stamp_moves_with_its_entry_to_another_topic_and_none_stays_behind(
    content: Content, kept: Mapping[str, str]
) -> None:
    reword_the_base(content)
    for file in ("entries", *MAIN_LANGUAGES):
        content[f"{file}/education.yaml"]["entries"] |= content.pop(f"{file}/housing.yaml")["entries"]

    moved = stamped(content, kept)

    assert stale(content, moved) == {("deposit", "en"), ("deposit", "ru"), ("deposit", "uk")}
    content["uk/education.yaml"]["entries"]["deposit"]["short"] = "Інакше."
    assert stale(content, stamped(content, moved)) == {("deposit", "en"), ("deposit", "ru")}


def test_where_lithuanian_is_left_out_on_purpose_the_others_follow_english(content: Content) -> None:
    del content["lt/housing.yaml"]["entries"]["deposit"]
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["lt"]
    kept = stamped(content)

    reword_the_base(content, EN)

    assert "stamps/en/housing.yaml" not in kept
    assert stale(content, kept) == {("deposit", "ru"), ("deposit", "uk")}


def test_an_entry_with_neither_base_has_no_stamps_and_is_never_stale(content: Content) -> None:
    for language in (LT, EN):
        del content[f"{language}/housing.yaml"]["entries"]["deposit"]

    kept = stamped(content)

    assert not set(kept) & set(OF_DEPOSIT)
    assert stale(content, kept) == set()


def test_the_answer_says_that_it_may_be_old_in_a_stale_language_only(content: Content, kept: Mapping[str, str]) -> None:
    reword_the_base(content)
    kept = stamped(content, {**kept, **stamps(reading(content, kept), DEPOSIT, RU)})
    catalogue = reading(content, kept).catalogue()

    told = {language: world(catalogue).voice(language) for language in MAIN_LANGUAGES}
    old = {
        language
        for language, v in told.items()
        if v.t.gettext("This text may be out of date. A person can check it for you.")
        in words_of(notices.answer(v, DEPOSIT))
    }

    assert old == {EN, UK}
    assert "may be out of date" not in words_of(notices.answer(told[EN], KINDERGARTEN))

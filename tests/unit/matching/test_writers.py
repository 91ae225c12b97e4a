"""Signs of who writes, and of strain, in the published content."""

from __future__ import annotations

import pytest

from bot.content.model import MAIN_LANGUAGES, Signs, StrainSigns, WriterSigns
from bot.matching.evidence import Writer
from bot.matching.writers import Told, Writers
from bot.storage.faq_files import Content
from tests.builders import EN, LT


@pytest.fixture(scope="module")
def writers(content: Content) -> Writers:
    return Writers(content.catalogue.signs)


def test_every_main_language_has_signs(content: Content) -> None:
    assert content.catalogue.signs.keys() >= set(MAIN_LANGUAGES)


@pytest.mark.parametrize(
    ("text", "writer"),
    [
        ("man 13 metų, ar galiu dirbti", Writer.CHILD),
        ("i'm 14", Writer.CHILD),
        ("мне 12 лет", Writer.CHILD),
        ("mne 12 let", Writer.CHILD),
        ("sūnui 13 metų, ar jis gali dirbti", None),
        ("my daughter is 14 years old", None),
        ("моему сыну 12 лет", None),
    ],
)
def test_the_writers_own_age_is_a_sign_and_that_of_their_child_is_none(
    writers: Writers, text: str, writer: Writer | None
) -> None:
    assert writers.who(text) is writer


def test_an_age_at_the_end_is_one_and_the_same_number_before_other_words_is_none(writers: Writers) -> None:
    assert writers.who("noriu dirbti vasarą, man 15") is Writer.CHILD
    assert writers.who("man 15 eurų per daug") is None


def test_a_child_that_writes_for_a_parent_is_told_from_one_that_writes_for_itself(
    writers: Writers, content: Content
) -> None:
    (said, *_) = content.catalogue.signs[EN].interpreting.must_match

    assert writers.who(said) is Writer.INTERPRETING


def test_what_fires_is_told_once_with_its_place_in_the_file_and_in_every_language() -> None:
    child = WriterSigns(patterns=("man 13 metu", "man 13|14"), must_match=(), must_not_match=())
    parent = WriterSigns(patterns=("rasau uz mama",), must_match=(), must_not_match=())
    signs_of = Signs(child=child, interpreting=parent, strain=StrainSigns(prototypes=(), near_misses=()))

    fired = Writers({EN: signs_of, LT: signs_of}).fired("man 13 metu, man 14, rašau už mamą")

    places = [(Writer.CHILD, 0), (Writer.CHILD, 1), (Writer.INTERPRETING, 0)]
    assert fired == tuple(Told(writer, language, place) for language in (EN, LT) for writer, place in places)

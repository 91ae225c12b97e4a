"""Patterns of danger."""

from __future__ import annotations

import pytest

from bot.content.model import DangerKind, DangerList, DangerWords, Language
from bot.matching.danger import Patterns, compile_pattern
from bot.matching.evidence import Level
from bot.matching.find import Matcher
from bot.matching.text import fold
from bot.storage.faq_files import Content


def fires(pattern: str, text: str) -> bool:
    compiled, words = compile_pattern(pattern), fold(text).split()
    return any(one.fits_at(words, start) for one in compiled for start in range(len(words)))


def patterns(language: str = "en", *, red: tuple[str, ...] = (), amber: tuple[str, ...] = ()) -> Patterns:
    kinds = {DangerKind.VIOLENCE: DangerList(red=red, amber=amber, must_match=())}
    return Patterns({Language(language): DangerWords(kinds=kinds, must_not_match=())})


def test_words_must_stand_in_order_and_side_by_side() -> None:
    assert fires("beats me", "He BEATS me!")
    assert not fires("beats me", "me he beats")
    assert not fires("beats me", "he beats and me")


def test_a_star_ends_a_stem() -> None:
    assert fires("beat* me", "he is beating me")
    assert not fires("beat me", "he is beating me")


def test_a_bar_separates_words_that_may_stand_in_one_place() -> None:
    assert fires("beat*|hit*|hurt me", "hits me")
    assert not fires("beat*|hit*|hurt me", "hurts me")


@pytest.mark.parametrize("between", ["", "very", "very very", "my own drunk"])
def test_a_star_alone_stands_for_at_most_three_words(between: str) -> None:
    assert fires("afraid * husband", f"afraid {between} husband")


def test_a_star_alone_does_not_stand_for_four_words() -> None:
    assert not fires("afraid * husband", "afraid of my own drunk husband")


def test_a_cry_is_a_message_of_its_own() -> None:
    assert fires("^ help|sos $", "HELP!!!")
    assert not fires("^ help|sos $", "can you help")
    assert not fires("^ help|sos $", "help with papers")


def test_patterns_match_whole_words_only() -> None:
    assert not fires("kill", "killjoy")
    assert not fires("ill", "kill")


def test_patterns_are_folded_like_messages() -> None:
    assert fires("nužudysiu", "NUZUDYSIU tave")
    assert fires("можу вб'є", "можу вбє")


@pytest.mark.parametrize("pattern", ["", "* me", "kill *", "!", "*"])
def test_a_pattern_that_cannot_be_meant_is_refused_with_its_text(pattern: str) -> None:
    with pytest.raises(ValueError, match="Pattern"):
        compile_pattern(pattern)


def test_an_alternative_may_be_several_words() -> None:
    assert fires("39|39.5 fever", "39,5 fever")
    assert fires("39|39.5 fever", "39 fever")
    assert fires("self-harm*|cut me", "self harming me")
    assert not fires("39|39.5 fever", "39 5")


def test_red_outranks_amber() -> None:
    both = patterns(red=("kill me",), amber=("he wants",))

    hit = both.worst("he wants to kill me")

    assert hit is not None
    assert (hit.level, hit.kind) == (Level.RED, DangerKind.VIOLENCE)


def test_an_apostrophe_may_be_written_as_two_words_in_a_pattern() -> None:
    assert patterns(red=("can t go on",)).worst("I can't go on")
    assert patterns(red=("cant go on",)).worst("I can't go on")
    assert patterns(red=("can't go on",)).worst("i cant go on")


def test_a_cyrillic_pattern_is_found_in_latin_letters() -> None:
    assert patterns("ru", red=("хочет меня убить",)).worst("on hochet menya ubit")


def test_a_short_cyrillic_pattern_is_not_tried_on_latin_letters() -> None:
    assert not patterns("ru", red=("бес*",)).worst("besplatno kursy")


def test_a_peaceful_message_has_no_hit() -> None:
    assert patterns(red=("kill me",)).worst("how do I register for kindergarten") is None
    assert patterns(red=("kill me",)).worst("") is None


@pytest.mark.parametrize(
    "cry", ["sos", "🆘", "112!!", "gelbėkit", "спасите", "pomogite", "рятуйте", "ratunku", "ратуйце"]
)
def test_a_bare_cry_is_danger_perhaps_in_every_main_language(content: Content, cry: str) -> None:
    found = Matcher(content.catalogue, content.index).find(cry)

    assert found.danger is not Level.NONE


@pytest.mark.parametrize("smileys", ["🙂", "😀👍🏽👨‍👩‍👧", "37,5", "🔪"])
def test_what_has_no_words_is_judged_by_patterns_alone(content: Content, smileys: str) -> None:
    assert Matcher(content.catalogue, content.index).find(smileys).danger is Level.NONE

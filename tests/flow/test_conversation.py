"""What families meet: questions, buttons and their words, languages, people, danger."""

from __future__ import annotations

import pytest

from bot.content.model import Language
from tests.flow.harness import Person, Shown
from tests.flow.texts import ADDRESS, EN, LT, RU, UK, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("language", [LT, EN, RU, UK])
async def test_a_first_question_is_answered_at_once_in_its_own_language_with_the_notice_and_the_languages_below(
    person: Person, texts: Texts, language: Language
) -> None:
    question = texts.question(ADDRESS, language)

    answer, notice = await person.says(question)

    assert answer.text.startswith(texts.short(ADDRESS, language))
    assert "https://" in answer.text
    assert answer.rows[0] == (texts.says("Helped", language), texts.says("Not this", language))
    assert answer.rows[-1] == (texts.says("Talk to a person", language),)
    assert "/privacy" in notice.text
    assert set(notice.buttons) == {"Lietuvių", "English", "Русский", "Українська"} ^ _own_mark(language)
    assert (answer.silent, notice.silent) == (False, True)


def _own_mark(language: Language) -> set[str]:
    own = {LT: "Lietuvių", EN: "English", RU: "Русский", UK: "Українська"}[language]
    return {own, f"✓ {own}"}

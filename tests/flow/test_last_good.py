"""A start with broken content: the last sound content answers danger, and whoever looks after it sees the fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import Person, copy_of_the_content, replace_in
from tests.flow.test_health import free_port, until_it_is
from tests.flow.texts import EN, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOUND, BROKEN = "    short: >-\n", "    shorts: >-\n"


@pytest.mark.timeout(240)
async def test_a_start_with_broken_content_serves_the_last_sound_one_until_it_is_mended(
    telegram: FakeTelegram, prepared: Start, texts: Texts, tmp_path: Path
) -> None:
    faq, port = copy_of_the_content(tmp_path), free_port()
    tiltas = prepared(telegram, TILTAS_FAQ=str(faq), TILTAS_WEB=f"127.0.0.1:{port}")
    parent = Person(telegram, tiltas)
    await tiltas.serve()
    await tiltas.stop()
    replace_in(faq / EN / "housing.yaml", SOUND, BROKEN)

    await tiltas.serve()
    (card,) = await parent.says(texts.red())
    needs_a_look = await until_it_is(port, 503)
    replace_in(faq / EN / "housing.yaml", BROKEN, SOUND)
    await tiltas.logs("content.swapped")
    well = await until_it_is(port, 200)

    (told,) = tiltas.logged("content.last_good")
    assert told["findings"] == needs_a_look.json()["content"]["findings"] >= 1
    assert "en/housing.yaml" in told["first"]
    assert card.text.startswith("112")
    assert well.json()["content"] == {**needs_a_look.json()["content"], "findings": 0}
    assert await tiltas.stop() == 0


async def test_a_copy_that_is_broken_too_is_no_help_and_the_fault_of_the_content_is_told(
    telegram: FakeTelegram, prepared: Start, tmp_path: Path
) -> None:
    faq = copy_of_the_content(tmp_path)
    tiltas = prepared(telegram, TILTAS_FAQ=str(faq))
    copy = tiltas.data / "last-good" / "0123456789abcdef" / "faq"
    copy.mkdir(parents=True)
    replace_in(faq / EN / "housing.yaml", SOUND, BROKEN)

    tiltas.begin()

    assert await tiltas.ends() == 2
    assert "en/housing.yaml:" in tiltas.words()
    assert "Traceback" not in tiltas.words()

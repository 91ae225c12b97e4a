"""Trouble while it runs: a full disk, broken content, a network that is away. Nothing is lost; it goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes.bot_api import FakeTelegram, FaultKind
from tests.flow.conftest import Start
from tests.flow.harness import Person, copy_of_the_content, limit_files
from tests.flow.texts import BANK_ACCOUNT, EN, MINIMUM_WAGE, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_full_disk_loses_nothing_lets_a_danger_card_out_and_is_recovered_from(
    prepared: Start, texts: Texts
) -> None:
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram)
        await tiltas.serve()
        before, during = Person(telegram, tiltas), Person(telegram, tiltas)
        await before.says(texts.question(BANK_ACCOUNT))

        limit_files(tiltas, 0)
        await telegram.say(during.chat, texts.question(BANK_ACCOUNT))
        await telegram.say(during.chat, texts.red())
        await telegram.say(before.chat, texts.question(MINIMUM_WAGE))
        await asyncio.sleep(2)
        waiting = len(await telegram.pending())
        sent = (await telegram.stats()).count("sendMessage")
        assert tiltas.runs, tiltas.words()
        limit_files(tiltas)
        await tiltas.settles()

        assert (waiting, sent) == (3, 3)
        assert [len(await who.sees()) for who in (before, during)] == [3, 4]
        assert await tiltas.stop() == 0


async def test_a_reply_that_left_while_the_disk_was_full_is_not_sent_twice(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram)
        await tiltas.serve()
        person = Person(telegram, tiltas)
        await telegram.fault(FaultKind.LATE_ANSWER, "sendMessage", seconds=1.5)

        await telegram.say(person.chat, texts.question(BANK_ACCOUNT))
        await telegram.wait_for_call("sendMessage", chat_id=person.chat)
        limit_files(tiltas, 0)
        await asyncio.sleep(3)
        limit_files(tiltas)
        await tiltas.settles()

        assert [len(shown.text) > 0 for shown in await person.sees()] == [True, True]
        assert tiltas.number("SELECT count(*) FROM outbox WHERE state = 'uncertain'") == 0


SOLVED_WITHIN = 150.0
"""Seconds for a new index: twenty alone on two cores, more beside other tests."""


@pytest.mark.timeout(240)
async def test_broken_content_changes_nothing_and_a_sound_change_goes_live(
    prepared: Start, texts: Texts, tmp_path: Path
) -> None:
    faq = copy_of_the_content(tmp_path)
    texts_of_the_topic = faq / "en" / f"{texts.catalogue.entries[BANK_ACCOUNT].topic}.yaml"
    sound = texts_of_the_topic.read_text("utf-8")
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram, TILTAS_FAQ=str(faq))
        await tiltas.serve()
        person = Person(telegram, tiltas)

        texts_of_the_topic.write_text(sound[: len(sound) // 2] + "\n  :broken", "utf-8")
        await tiltas.logs("content.refused")
        old, *_ = await person.says(texts.question(BANK_ACCOUNT))
        short = texts.catalogue.entries[BANK_ACCOUNT].texts[EN].short
        words = " ".join(short.split()[:3])
        assert sound.count(words) == 1
        texts_of_the_topic.write_text(sound.replace(words, f"a < b & <i>yes</i>, {words}"), "utf-8")
        await tiltas.logs("content.swapped", seconds=SOLVED_WITHIN)
        (new,) = await person.says(texts.question(BANK_ACCOUNT))

        assert old.text.startswith(texts.short(BANK_ACCOUNT))
        assert new.text.startswith("a < b & <i>yes</i>, " + texts.short(BANK_ACCOUNT))


async def test_telegram_may_be_away_at_the_start_and_go_away_again(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        assert telegram.server is not None
        port = int(telegram.url.rpartition(":")[2])
        tiltas = prepared(telegram)
        person = Person(telegram, tiltas)
        await telegram.server.stop()

        tiltas.begin()
        await tiltas.logs("telegram.unreachable")
        await telegram.server.start(port)
        await tiltas.logs("telegram.serving")
        first = await person.says(texts.question(BANK_ACCOUNT))
        await telegram.server.stop()
        await tiltas.logs("telegram.poll_failed", times=2)
        await telegram.server.start(port)
        second = await person.says(texts.question(MINIMUM_WAGE))

        assert (len(first), len(second)) == (2, 1)

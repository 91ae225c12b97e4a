"""One parent's conversation from the first question to a person, over the fake Bot API; `make story` prints it."""

from __future__ import annotations

import pytest

from bot.content.model import LITHUANIAN, RUSSIAN
from bot.conversation.steps import Answer, Clarify
from bot.matching.evidence import Level
from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import Person
from tests.flow.texts import Texts

VAGUE_IN_RUSSIAN = ("развод и ребёнок", "паспорт ребёнка", "школа или садик", "деньги на детей", "врач или страховка")
PLAIN_IN_RUSSIAN = (
    "как записать ребенка в садик",
    "запись в детский сад, куда подавать",
    "как записаться к семейному врачу",
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_parent_asks_is_understood_survives_a_crash_and_is_kept_for_a_person(
    telegram: FakeTelegram, prepared: Start, texts: Texts
) -> None:
    tiltas = prepared(telegram)
    await tiltas.serve()
    parent = Person(telegram, tiltas)
    t = texts.messages.of(RUSSIAN)
    plain = texts.first(PLAIN_IN_RUSSIAN, lambda _, step: isinstance(step, Answer))
    vague = texts.first(VAGUE_IN_RUSSIAN, lambda e, step: isinstance(step, Clarify) and e.danger is Level.NONE)

    await telegram.person(parent.chat, "Parent", language_code="ru")
    await parent.says("/start")
    answer, *_ = await parent.says(plain)
    await parent.presses(t.gettext("Helped"), message_id=answer.id)
    await parent.says("спасибо!")
    await parent.says("skolko platyat na rebenka v mesyac, posobie")
    await tiltas.kill()
    await telegram.say(parent.chat, vague)
    await telegram.say(parent.chat, "мой телефон +370 612 34567, где купить билеты на концерт?")
    await tiltas.serve()
    await tiltas.settles()
    which = t.gettext("Which one do you mean?")
    asked_back = next(message for message in await parent.sees() if message.text == which)
    await parent.presses(asked_back.buttons[0])
    await parent.presses("Lietuvių")
    in_lithuanian = next(
        message for message in reversed(await parent.sees()) if texts.says("Helped", LITHUANIAN) in message.buttons
    )
    await parent.says("mano vyras mane muša ir neišleidžia")
    await parent.presses(texts.says("I cannot call", LITHUANIAN))
    await parent.says("/questions")
    questions = (await parent.sees())[-1]
    cases = parent.cases()
    assert await tiltas.stop() == 0
    await tell(telegram, parent.chat)

    assert answer.text.startswith(texts.short(texts.reading(plain)[0].candidates[0].entry_id, RUSSIAN))
    assert asked_back.buttons[-1] == t.gettext("Talk to a person")
    assert in_lithuanian.buttons[0] == texts.says("Helped", LITHUANIAN)
    assert [case["danger"] for case in cases] == ["none", "red"]
    assert "612 34567" not in " ".join(case["words"] for case in cases)
    assert all(case["number"] in questions.text for case in cases)
    card = next(message for message in await parent.sees() if message.text.startswith("112"))
    assert card.silent


async def tell(telegram: FakeTelegram, chat: int) -> None:
    """Print what both sides saw, in order."""
    for event in await telegram.transcript(chat):
        who = "Tiltas" if event.who == "bot" else "Parent"
        text = (event.text or "").replace("\n", "\n" + " " * 18)
        mark = {"message": "", "press": "presses ", "edit": "(edited) "}.get(event.kind, f"({event.kind}) ")
        print(f"{event.message_id or '':>6}  {who:<8}  {mark}{text}")
        for row in event.buttons:
            print(" " * 18 + " ".join(f"[{label}]" for label in row))

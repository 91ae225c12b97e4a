"""What families meet: questions, buttons and their words, languages, people, danger."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.model import Command, DangerKind, Language, SmallTalkKind
from bot.conversation import case_notices, danger_notices, notices
from bot.conversation.steps import Answer, Reason
from tests.fakes.bot_api import FakeTelegram
from tests.flow.harness import Person, Tiltas
from tests.flow.texts import BANK_ACCOUNT, EN, LT, MINIMUM_WAGE, RU, UK, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = {LT: "Lietuvių", EN: "English", RU: "Русский", UK: "Українська"}


# Answers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [LT, EN, RU, UK])
async def test_a_first_question_is_answered_at_once_in_its_own_language_with_notice_and_languages_below(
    person: Person, texts: Texts, language: Language
) -> None:
    question = texts.question(BANK_ACCOUNT, language)

    answer, notice = await person.says(question)

    assert answer.text.startswith(texts.short(BANK_ACCOUNT, language))
    assert "https://" in answer.text
    assert answer.rows[0] == (texts.says("Helped", language), texts.says("Not this", language))
    assert answer.rows[-1] == (texts.says("Talk to a person", language),)
    assert "/privacy" in notice.text
    assert set(notice.buttons) == {name if x != language else f"✓ {name}" for x, name in NAMES.items()}
    assert (answer.silent, notice.silent) == (False, True)


async def test_a_second_question_gets_its_answer_and_nothing_else(person: Person, texts: Texts) -> None:
    await person.says(texts.question(BANK_ACCOUNT))

    replies = await person.says(texts.question(MINIMUM_WAGE))

    assert [reply.text.startswith(texts.short(MINIMUM_WAGE)) for reply in replies] == [True]


async def test_helped_leaves_its_mark_and_the_way_to_a_person(person: Person, texts: Texts) -> None:
    answer, _ = await person.says(texts.question(BANK_ACCOUNT))

    news = await person.presses(texts.says("Helped"))

    shown = next(message for message in await person.sees() if message.id == answer.id)
    assert news == []
    assert shown.text == answer.text
    assert shown.rows == (("✓ " + texts.says("Helped"),), (texts.says("Talk to a person"),))


async def test_a_neighbour_can_be_asked_for_by_its_number(person: Person, texts: Texts) -> None:
    question = texts.with_neighbours(2)
    _, second, *_ = texts.neighbours(question)
    answer, _ = await person.says(question)

    (neighbour,) = await person.says("2")

    assert f"2. {texts.question(second)}" in answer.text
    assert texts.label(second) in answer.buttons
    assert neighbour.text.startswith(texts.short(second))


async def test_not_this_brings_the_neighbours_one_by_one_and_then_a_person_who_has_the_question(
    person: Person, texts: Texts
) -> None:
    question = texts.with_neighbours(2)
    neighbours = texts.neighbours(question)
    await person.says(question)

    shown = [await person.presses(texts.says("Not this")) for _ in neighbours]
    (told,) = await person.presses(texts.says("Not this"))

    assert len(neighbours) >= 2
    assert all(one.text.startswith(texts.short(entry)) for (one,), entry in zip(shown, neighbours, strict=True))
    assert told.text.startswith(texts.says("A person will answer you here."))
    assert [(case["reason"], case["words"]) for case in person.cases()] == [(Reason.NOT_HELPED, question)]


async def test_two_questions_in_one_message_get_two_answers(person: Person, texts: Texts) -> None:
    first, second, _ = await person.says(texts.several(BANK_ACCOUNT, MINIMUM_WAGE))

    assert first.text.startswith(texts.short(BANK_ACCOUNT))
    assert second.text.startswith(texts.short(MINIMUM_WAGE))


async def test_a_town_after_an_answer_gets_that_answer_for_the_town(person: Person, texts: Texts) -> None:
    await person.says(texts.question(BANK_ACCOUNT))

    (again,) = await person.says("and in Kaunas?")

    assert again.text.startswith(texts.short(BANK_ACCOUNT))
    assert texts.says("Nothing more is known for your town. The answer for the whole country holds.") in again.text
    assert again.text.endswith(texts.says("I read this together with your question before."))


# Asking back ----------------------------------------------------------------------------------------------------------


async def test_a_choice_turns_the_question_back_into_a_mark_and_brings_its_answer(person: Person, texts: Texts) -> None:
    vague = texts.vague()
    wanted = texts.choices(vague)[0]
    asked, _ = await person.says(vague)

    answer, *_ = await person.presses(texts.label(wanted))

    shown = next(message for message in await person.sees() if message.id == asked.id)
    assert asked.buttons[-2:] == [texts.says("Something else"), texts.says("Talk to a person")]
    assert (shown.text, shown.rows) == (f"✓ {texts.label(wanted)}", ())
    assert answer.text.startswith(texts.short(wanted))


async def test_something_else_asks_for_other_words_and_then_a_person_takes_them(person: Person, texts: Texts) -> None:
    vague = texts.vague()
    asked, _ = await person.says(vague)

    (other_words,) = await person.presses(texts.says("Something else"))
    (told,) = await person.says(vague)

    shown = next(message for message in await person.sees() if message.id == asked.id)
    assert shown.rows == (("✓ " + texts.says("Something else"),),)
    assert other_words.text == texts.notice(notices.in_other_words)
    assert texts.says("A person will answer you here.") in told.text
    assert [(case["reason"], case["words"]) for case in person.cases()] == [(Reason.CLARIFIED_ONCE, vague)]


# A person -------------------------------------------------------------------------------------------------------------


async def test_the_person_button_hands_over_the_question_that_was_answered(person: Person, texts: Texts) -> None:
    question = texts.question(BANK_ACCOUNT)
    await person.says(question)

    (told,) = await person.presses(texts.says("Talk to a person"))

    (case,) = person.cases()
    topic = texts.catalogue.entries[BANK_ACCOUNT].topic
    assert (case["words"], case["reason"], case["topic"]) == (question, Reason.PERSON_ASKED, topic)
    assert case["number"] in told.text


async def test_a_hand_over_tells_who_by_when_and_the_number_and_makes_no_sound(person: Person, texts: Texts) -> None:
    question = texts.unanswerable()

    told, _ = await person.says(question)

    (case,) = person.cases()
    team = texts.catalogue.teams[case["team"]].name[EN]
    assert told.text.splitlines()[1:3] == [
        texts.says("Who: {team}").format(team=team),
        notices.target_in_words(texts.voice(), notices.target_of(texts.catalogue, case["topic"])),
    ]
    assert case["number"] in told.text
    assert told.silent
    assert (case["words"], case["state"]) == (question, "waiting")


async def test_who_asks_for_a_person_first_is_asked_what_it_is_about_and_the_next_words_go_along(
    person: Person, texts: Texts
) -> None:
    told, _ = await person.says("/human")

    added, *_ = await person.says(texts.question(BANK_ACCOUNT))

    (case,) = person.cases()
    events = person.rows(
        "SELECT kind, payload ->> 'text' AS words FROM case_events WHERE case_id IN"
        " (SELECT id FROM cases WHERE conversation_id = :me) ORDER BY id"
    )
    assert told.text == texts.notice(lambda v: notices.ask_for_the_question(v, case["number"], None))
    assert added.text == texts.notice(lambda v: case_notices.added(v, case["number"]))
    assert [tuple(event) for event in events][1:] == [("written", texts.question(BANK_ACCOUNT))]


async def test_a_command_with_words_hands_these_words_over(person: Person) -> None:
    await person.says("/human my landlord has changed the lock")

    assert [(case["reason"], "landlord" in case["words"]) for case in person.cases()] == [(Reason.PERSON_ASKED, True)]


async def test_my_questions_lists_what_waits(person: Person, texts: Texts) -> None:
    (none_yet,) = await person.says("/questions")
    await person.says(texts.unanswerable())

    (listed,) = await person.says("/questions")

    (case,) = person.cases()
    assert none_yet.text == texts.notice(lambda v: case_notices.my_questions(v, ()))
    assert case["number"] in listed.text
    assert texts.says("waiting") in listed.text


# Words instead of buttons ---------------------------------------------------------------------------------------------


async def test_the_label_of_a_button_can_be_written_instead(person: Person, texts: Texts) -> None:
    vague = texts.vague()
    wanted = texts.choices(vague)[0]
    await person.says(vague)

    answer, *_ = await person.says(texts.label(wanted).upper())

    assert texts.short(wanted) in answer.text


@pytest.mark.parametrize("language", [LT, EN, RU, UK])
async def test_plain_words_do_what_the_button_below_an_answer_does(
    person: Person, texts: Texts, language: Language
) -> None:
    question = texts.with_neighbours(1, language)
    words = texts.catalogue.talk[language].commands
    await person.says(question)

    (next_one,) = await person.says(words[Command.NOT_THIS][0])
    (glad,) = await person.says(words[Command.HELPED][0])
    (told,) = await person.says(words[Command.HUMAN][0])

    assert next_one.rows[0] == (texts.says("Helped", language), texts.says("Not this", language))
    assert glad.text.startswith(texts.notice(notices.glad, language))
    assert told.text.startswith(texts.says("A person will answer you here.", language))
    assert [case["words"] for case in person.cases()] == [question]


async def test_something_else_can_be_written_too(person: Person, texts: Texts) -> None:
    await person.says(texts.vague())

    (reply,) = await person.says("something else")

    assert reply.text.startswith(texts.notice(notices.in_other_words))


# Languages ------------------------------------------------------------------------------------------------------------


async def test_a_language_button_turns_the_last_answer_and_all_that_follows(person: Person, texts: Texts) -> None:
    _, notice = await person.says(texts.question(BANK_ACCOUNT))

    (again,) = await person.presses("Українська")
    (thanks,) = await person.says("thanks")

    shown = next(message for message in await person.sees() if message.id == notice.id)
    assert again.text.startswith(texts.short(BANK_ACCOUNT, UK))
    assert "✓ Українська" in shown.buttons
    assert "English" in shown.buttons
    assert thanks.text == texts.notice(lambda v: notices.small_talk(v, SmallTalkKind.THANKS), UK)


async def test_a_language_can_be_had_by_command_and_named_in_plain_words(person: Person, texts: Texts) -> None:
    (picker,) = await person.says("/language")

    (confirmed,) = await person.says("lietuvių")
    (answer,) = await person.says(texts.question(BANK_ACCOUNT))

    assert all(name in " ".join(picker.buttons) for name in NAMES.values())
    assert confirmed.text == texts.notice(notices.language_set, LT)
    assert answer.text.startswith(texts.short(BANK_ACCOUNT, LT))


@pytest.mark.parametrize("language", [LT, EN, RU, UK])
async def test_the_plain_word_for_language_brings_the_languages(
    person: Person, texts: Texts, language: Language
) -> None:
    await person.says("/start")

    (picker,) = await person.says(texts.catalogue.talk[language].commands[Command.LANGUAGE][0])

    assert len(picker.buttons) == len(NAMES)


@pytest.mark.parametrize(
    ("language", "questions"),
    [
        (
            "pl",
            (
                "Jak zapisać się do lekarza rodzinnego, šeimos gydytojas, prisirašyti?",
                "Jak zdać valstybinės kalbos egzaminas, egzamin z języka litewskiego?",
                "Czy mogę dostać šildymo kompensacija za ogrzewanie mieszkania?",
            ),
        ),
        (
            "ar",
            (
                "هل أحصل على šildymo kompensacija للشقة؟",
                "كيف أجتاز امتحان valstybinės kalbos egzaminas؟",
                "أريد prisirašyti prie šeimos gydytojo في العيادة",
            ),
        ),
    ],
)
async def test_an_answer_that_is_not_in_the_persons_language_is_offered_in_those_it_has(
    person: Person, texts: Texts, language: str, questions: tuple[str, ...]
) -> None:
    question = texts.first(questions, lambda evidence, step: evidence.language == language and isinstance(step, Answer))
    entry = next(x.entry_id for x in texts.reading(question)[0].candidates)

    offered, _ = await person.says(question)
    answers = await person.presses("Русский", message_id=offered.id)

    assert offered.text == texts.notice(lambda v: notices.other_language(v, entry, None))
    assert set(offered.buttons) == {*NAMES.values(), texts.says("Talk to a person")}
    assert answers[0].text.startswith(texts.short(entry, RU))


@pytest.mark.parametrize(
    "question", ["Gdzie jest najlepsza pizza w tym mieście?", "أين أجد أفضل مطعم بيتزا في المدينة؟"]
)
async def test_a_question_in_a_language_we_do_not_write_comes_to_a_person_and_languages_are_offered(
    person: Person, question: str
) -> None:
    told, notice = await person.says(question)

    assert [case["words"] for case in person.cases()] == [question]
    assert person.cases()[0]["number"] in told.text
    assert {name.removeprefix("✓ ") for name in notice.buttons} == set(NAMES.values())


async def test_languages_can_be_changed_to_and_fro_with_the_same_buttons(person: Person, texts: Texts) -> None:
    _, notice = await person.says(texts.question(BANK_ACCOUNT))

    to_and_fro = [await person.presses(data=notice.data[name]) for name in ("Русский", "✓ English", "Русский")]
    twice = await person.gets(
        lambda: person.telegram.add_update(_press(person.chat, notice.id, notice.data["Русский"]))
    )

    shorts = [texts.short(BANK_ACCOUNT, language) for language in (RU, EN, RU)]
    assert [len(answers) for answers in to_and_fro] == [1, 1, 1]
    assert all(answer.text.startswith(short) for (answer,), short in zip(to_and_fro, shorts, strict=True))
    assert twice == []


# Commands -------------------------------------------------------------------------------------------------------------


async def test_start_tells_how_to_ask_what_is_kept_and_the_languages(person: Person, texts: Texts) -> None:
    (welcome,) = await person.says("/start")
    replies = await person.says(texts.question(BANK_ACCOUNT))

    assert "/privacy" in welcome.text
    assert {name.removeprefix("✓ ") for name in welcome.buttons} == set(NAMES.values())
    assert len(replies) == 1


@pytest.mark.parametrize("command", ["/help", "/nonsense", "/HELP@tiltas_test_bot"])
async def test_help_begins_with_the_emergency_number(person: Person, command: str) -> None:
    (reply,) = await person.says(command)

    assert "112" in reply.text.splitlines()[0]
    assert "/human" in reply.text


async def test_privacy_tells_what_is_kept_and_what_is_not(person: Person, texts: Texts) -> None:
    (reply,) = await person.says("/privacy")

    assert reply.text == texts.notice(notices.privacy)


async def test_topics_lead_to_an_answer_in_two_presses_within_one_message(person: Person, texts: Texts) -> None:
    housing = texts.catalogue.topics[texts.catalogue.entries[BANK_ACCOUNT].topic].name[EN]
    (menu,) = await person.says("/topics")

    listed = await person.presses(housing)
    (answer,) = await person.presses(texts.label(BANK_ACCOUNT))

    shown = next(message for message in await person.sees() if message.id == menu.id)
    assert listed == []
    assert shown.text == housing
    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


async def test_small_talk_gets_a_short_reply_and_no_case(person: Person, texts: Texts) -> None:
    reply, _ = await person.says(texts.greeting())

    assert reply.buttons == [texts.says("Talk to a person")]
    assert person.cases() == []


async def test_the_menu_of_commands_is_there_in_every_language(telegram: FakeTelegram, tiltas: Tiltas) -> None:
    assert tiltas.runs
    await telegram.wait_for_call("setMyCommands", count=5)

    commands = (await telegram.profile())["commands"]

    assert len(commands) == 1 + len(NAMES)
    assert all("human" in str(listed) for listed in commands.values())


# Danger ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [LT, EN, RU, UK])
async def test_words_of_danger_bring_the_card_alone_with_112_first_and_without_a_sound(
    person: Person, texts: Texts, language: Language
) -> None:
    message = texts.red(DangerKind.VIOLENCE, language)

    (card,) = await person.says(message)

    (case,) = person.cases()
    assert card.text.splitlines()[0] == "112"
    assert card.silent
    assert case["number"] in card.text
    assert (case["danger"], case["danger_kind"], case["words"]) == ("red", "violence", message)
    labels = ("I cannot call", "The danger is over", "Hide this chat")
    assert card.buttons == [texts.says(label, language) for label in labels]


async def test_the_notice_comes_with_the_first_calm_message_after_a_card(person: Person, texts: Texts) -> None:
    await person.says(texts.red())

    replies = await person.says(texts.question(BANK_ACCOUNT))

    assert len(replies) == 2
    assert "/privacy" in replies[1].text


async def test_danger_is_seen_also_while_a_person_was_asked_for(person: Person, texts: Texts) -> None:
    await person.says("/human")

    (card,) = await person.says(texts.red())

    assert card.text.splitlines()[0] == "112"


async def test_the_cards_buttons_tell_another_way_to_help_and_take_the_word_that_it_is_over(
    person: Person, texts: Texts
) -> None:
    await person.says(texts.red())

    (other_way,) = await person.presses(texts.says("I cannot call"))
    (written_down,) = await person.presses(texts.says("The danger is over"))

    kinds = person.rows("SELECT kind FROM case_events ORDER BY id DESC LIMIT 1")
    assert "112" in other_way.text
    assert written_down.text == texts.notice(danger_notices.danger_over)
    assert [case["danger"] for case in person.cases()] == ["red"]
    assert [row["kind"] for row in kinds] == ["danger_over"]


async def test_what_may_be_about_danger_gets_the_emergency_line_along_with_its_reply(
    person: Person, texts: Texts
) -> None:
    reply, *_ = await person.says(texts.amber())

    assert notices.danger_line(texts.voice()).text in reply.text


# Presses that mean nothing --------------------------------------------------------------------------------------------


async def test_a_second_press_changes_nothing(person: Person, texts: Texts) -> None:
    answer, _ = await person.says(texts.question(BANK_ACCOUNT))
    data = answer.data[texts.says("Not this")]

    first = await person.presses(data=data)
    again = await person.gets(lambda: person.telegram.add_update(_press(person.chat, answer.id, data)))

    assert (len(first), again, len(person.cases())) == (1, [], 1)


async def test_somebody_elses_button_does_nothing_for_me(person: Person, other: Person, texts: Texts) -> None:
    answer, _ = await other.says(texts.question(BANK_ACCOUNT))
    data = answer.data[texts.says("Talk to a person")]
    mine, _ = await person.says(texts.question(MINIMUM_WAGE))

    (reply,) = await person.gets(lambda: person.telegram.add_update(_press(person.chat, mine.id, data)))

    assert reply.text == texts.notice(notices.old_button)
    assert person.cases() == other.cases() == []
    (told,) = await other.presses(texts.says("Talk to a person"))
    assert other.cases()[0]["number"] in told.text


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "1.h",
        "1.h.abcdefgh.99999999999999999999",
        "1.h.abcdefgh.-1",
        "1.🙂.abcdefgh.0",
        "1.h.\u0667\u0668.0",
        "2.h.abcdefgh.0",
        "1.h.' OR 1=1.0",
        "." * 64,
    ],
)
async def test_malformed_button_data_is_an_old_button(person: Person, texts: Texts, data: str) -> None:
    mine, _ = await person.says(texts.question(BANK_ACCOUNT))

    (reply,) = await person.gets(lambda: person.telegram.add_update(_press(person.chat, mine.id, data)))

    assert reply.text == texts.notice(notices.old_button)


async def test_a_choice_that_the_set_does_not_have_is_an_old_button(person: Person, texts: Texts) -> None:
    mine, _ = await person.says(texts.question(BANK_ACCOUNT))
    version, _, token, _ = mine.data[texts.says("Helped")].split(".")

    (reply,) = await person.gets(
        lambda: person.telegram.add_update(_press(person.chat, mine.id, f"{version}.c.{token}.999"))
    )

    assert reply.text == texts.notice(notices.old_button)


async def test_a_button_on_a_message_that_telegram_does_not_show_us_any_more_still_works(
    person: Person, texts: Texts
) -> None:
    await person.says(texts.question(BANK_ACCOUNT))

    (told,) = await person.presses(texts.says("Talk to a person"), inaccessible=True)

    assert person.cases()[0]["number"] in told.text


async def test_every_press_is_answered_so_that_the_waiting_mark_ends(person: Person, texts: Texts) -> None:
    await person.says(texts.question(BANK_ACCOUNT))

    await person.presses(texts.says("Helped"))

    assert all(query["answer"] is not None for query in await person.telegram.callback_answers(person.chat))


def _press(chat: int, message: int, data: str) -> dict[str, Any]:  # Any: an update's JSON
    who = {"id": chat, "is_bot": False, "first_name": "Somebody", "language_code": "en"}
    on = {"message_id": message, "date": 0, "chat": {"id": chat, "type": "private", "first_name": "Somebody"}}
    return {"callback_query": {"id": str(message), "from": who, "message": on, "chat_instance": "7", "data": data}}


# Going and coming -----------------------------------------------------------------------------------------------------


async def test_who_blocks_the_bot_and_comes_back_is_answered_again(person: Person, texts: Texts) -> None:
    await person.says(texts.question(BANK_ACCOUNT))

    await person.gets(lambda: person.telegram.block(person.chat))
    blocked = person.rows("SELECT blocked FROM conversations WHERE id = :me")
    await person.gets(lambda: person.telegram.unblock(person.chat))
    (answer,) = await person.says(texts.question(MINIMUM_WAGE))

    assert [row["blocked"] for row in blocked] == [1]
    assert answer.text.startswith(texts.short(MINIMUM_WAGE))
    assert [row["blocked"] for row in person.rows("SELECT blocked FROM conversations WHERE id = :me")] == [0]

"""What Telegram and people do to a group, end to end: rights, topics, limits, files, strangers. No word is lost by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from bot.content.model import ENGLISH
from tests.fakes.bot_api import FakeTelegram, LimitSettings
from tests.fakes.bot_api.model import ALL_RIGHTS
from tests.flow.conftest import Start
from tests.flow.harness import Person, Tiltas, until
from tests.flow.team import Group
from tests.flow.texts import Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

WITHOUT_TOPICS = ALL_RIGHTS - {"can_manage_topics"}
GENERAL = 1
_ASKED = "/human my landlord wants a paper from the school, what paper?"


@dataclass
class Desk:
    """A team's group with a specialist in it, and a family with a question that she has claimed."""

    group: Group
    rasa: int
    family: Person
    number: str

    @property
    def telegram(self) -> FakeTelegram:
        return self.group.telegram

    def says(self, text: str) -> str:
        """Return one of the bot's own texts as families see it."""
        return self.group.texts.says(text, ENGLISH)

    @property
    def more(self) -> str:
        """Words of this family that no other case has."""
        return f"and what about the blue one, {self.number}?"

    async def replies(self, text: str) -> bool:
        """Write to the family where its case is now; return whether it has arrived, once."""
        await self.group.writes(self.rasa, text, about=self.number)
        return sum(text in message.text for message in await self.family.sees()) == 1

    async def settles(self) -> None:
        """Wait until everything was carried out."""
        await self.group.tiltas.settles()

    async def has_rights(self, rights: frozenset[str]) -> None:
        """Let an administrator change what the bot may do."""
        await self.telegram.set_bot(self.group.chat, "administrator", user_id=self.rasa, bot_rights=rights)
        await self.settles()

    async def topic(self) -> int | None:
        """Return the topic of the case, None where it is seen in no topic."""
        return (await self.group.place(self.number)).get("thread_id")

    async def leaves_its_topic(self) -> bool:
        """Tell whether the case is seen in no topic within some seconds."""
        for _ in range(500):
            if await self.topic() is None:
                return True
            await asyncio.sleep(0.02)
        return False

    async def in_group(self) -> str:
        """Return everything that the bot says in the group."""
        return "\n".join([message.text for message in await self.group.sees()])


Open = Callable[..., Awaitable[Desk]]


@pytest_asyncio.fixture(loop_scope="module")
async def desk(telegram: FakeTelegram, tiltas: Tiltas, texts: Texts) -> AsyncIterator[Open]:
    """Return a maker of desks. All share one running program; each new group becomes the team's."""
    made: list[Desk] = []

    async def open_(*, forum: bool = True, basic: bool = False, claimed: bool = True) -> Desk:
        group = Group(telegram, tiltas, texts)
        if basic:
            group.chat = -(group.chat % 1_000_000 + 1)
        await group.opens("Support", forum=forum)
        await group.connects("support")
        rasa = await group.joins("Rasa")
        family = Person(telegram, tiltas)
        await telegram.person(family.chat, "Parent", language_code="en")
        await family.says(_ASKED)
        (case,) = family.cases()
        found = Desk(group, rasa, family, str(case["number"]))
        made.append(found)
        if claimed:
            await group.writes(rasa, "/claim", about=found.number)
        return found

    yield open_
    for one in made:  # what is still owed to this group must not be waited for by the next test
        await telegram.set_bot(one.group.chat, "administrator", user_id=one.rasa, bot_rights=ALL_RIGHTS)
    await tiltas.settles()


# Topics and rights ----------------------------------------------------------------------------------------------------


async def test_topics_that_are_switched_on_later_are_used_from_the_next_word_on(desk: Open) -> None:
    here = await desk(basic=True, forum=False)
    assert await here.topic() is None
    await here.group.migrates()
    assert await here.topic() is None

    await here.telegram.switch_topics(here.group.chat, on=True)
    await here.group.writes(here.rasa, "/help")

    assert await here.topic() is not None
    assert await here.replies("Ask the school for a certificate.")


async def test_topics_that_are_switched_off_again_leave_the_cards(desk: Open) -> None:
    here = await desk()
    assert await here.topic() is not None

    await here.telegram.switch_topics(here.group.chat, on=False)
    await here.family.says(here.more)

    await here.group.writes(here.rasa, "/help")
    assert await here.leaves_its_topic()
    assert here.more in await here.in_group()
    assert await here.replies("By the end of the month.")


async def test_without_the_right_to_make_topics_people_reply_to_cards_until_it_is_back(desk: Open) -> None:
    here = await desk()
    first = await here.topic()
    await here.has_rights(WITHOUT_TOPICS)
    await here.family.says(_ASKED.replace("school", "bank"))
    number = str(here.family.cases()[-1]["number"])

    assert here.group.says("I may not make topics here. Make me an administrator with the right to manage topics.") in (
        await here.in_group()
    )
    assert "thread_id" not in await here.group.place(number)
    assert await here.replies("Ask the school for a certificate.")

    await here.has_rights(ALL_RIGHTS)
    assert "thread_id" in await here.group.place(number)
    assert await here.replies("And bring the contract.")
    assert first is not None


async def test_words_in_a_topic_that_was_made_anew_still_reach_the_family(desk: Open) -> None:
    here = await desk()
    first = await here.topic()
    assert first is not None
    await here.has_rights(WITHOUT_TOPICS)
    await here.has_rights(ALL_RIGHTS)

    await here.telegram.say(here.group.chat, "Ask the school.", user_id=here.rasa, thread_id=first)
    await here.settles()

    assert "Ask the school." in (await here.family.sees())[-1].text


async def test_words_for_a_topic_that_somebody_closed_arrive_there(desk: Open) -> None:
    here = await desk()
    topic = await here.topic()
    assert topic is not None
    await here.telegram.close_topic(here.group.chat, topic, user_id=here.rasa)

    await here.family.says(here.more)

    assert here.more in await here.in_group()
    assert await here.replies("By the end of the month.")


async def test_words_for_a_closed_topic_arrive_also_where_we_may_not_open_it(desk: Open) -> None:
    here = await desk()
    topic = await here.topic()
    assert topic is not None
    await here.telegram.close_topic(here.group.chat, topic, user_id=here.rasa)
    await here.has_rights(WITHOUT_TOPICS)

    await here.family.says(here.more)

    assert here.more in await here.in_group()


async def test_what_is_said_in_general_is_nobodys_business(desk: Open) -> None:
    here = await desk()
    before = here.group.tiltas.number("SELECT count(*) FROM inbox")

    await here.telegram.say(here.group.chat, "who has the key?", user_id=here.rasa)
    other = await here.telegram.open_topic(here.group.chat, "Holidays", user_id=here.rasa)
    await here.telegram.say(here.group.chat, "not in July", user_id=here.rasa, thread_id=other)
    await here.settles()

    assert here.group.tiltas.number("SELECT count(*) FROM inbox") == before
    assert "key" not in "\n".join([message.text for message in await here.family.sees()])


async def test_a_closed_general_topic_does_not_hold_up_the_cases(desk: Open) -> None:
    here = await desk()
    await here.telegram.close_topic(here.group.chat, GENERAL, user_id=here.rasa)
    await here.telegram.set_bot(here.group.chat, "administrator", user_id=here.rasa, bot_rights=ALL_RIGHTS)

    assert await here.replies("Ask the school for a certificate.")
    await here.group.writes(here.rasa, "/help")
    assert "/release" in await here.in_group()


# In and out -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["kicked", "left"])
async def test_what_a_group_misses_while_we_are_out_comes_when_we_are_back(desk: Open, status: str) -> None:
    here = await desk()
    await here.telegram.set_bot(here.group.chat, status, user_id=here.rasa)
    await here.telegram.wait_until_taken()

    await here.telegram.say(here.family.chat, here.more)
    await here.telegram.wait_until_taken()
    await _handled(here.group.tiltas)
    assert here.more not in await here.in_group()
    await here.telegram.set_bot(here.group.chat, "administrator", user_id=here.rasa)
    await here.settles()

    assert here.more in await here.in_group()
    assert await here.replies("By the end of the month.")


async def test_a_family_that_stops_the_bot_and_is_back_gets_what_was_written_meanwhile(desk: Open) -> None:
    here = await desk()
    await here.telegram.block(here.family.chat)
    await here.telegram.wait_until_taken()

    await here.telegram.say(
        here.group.chat, "Ask the school.", user_id=here.rasa, **await here.group.place(here.number)
    )
    await _handled(here.group.tiltas)
    told = here.group.says("{family} has stopped the bot, question {number}. Replies are kept until they return.")
    await until_said(here.group, told.partition("}")[2].partition("{")[0])
    await here.telegram.unblock(here.family.chat)
    await here.settles()

    assert sum("Ask the school." in message.text for message in await here.family.sees()) == 1
    back = here.group.says("{family} is back, question {number}. What was kept goes to them now.")
    assert back.partition("}")[2].partition("{")[0] in await here.in_group()


async def test_whoever_leaves_gives_back_what_they_had(desk: Open) -> None:
    here = await desk()

    await here.telegram.leave(here.group.chat, here.rasa)
    await here.settles()

    assert here.says("waiting") in (await here.family.says("/questions"))[0].text
    assert here.number in (await here.family.sees())[-2].text


async def test_an_edited_reply_becomes_a_correction_once(desk: Open) -> None:
    here = await desk()
    assert await here.replies("Ask the bank.")
    before = len(await here.family.sees())

    await here.telegram.edit(here.group.chat, here.group.last, "Ask the school.")
    await here.telegram.edit(here.group.chat, here.group.last, "Ask the school.")
    await here.settles()

    first, *others = (await here.family.sees())[before:]
    assert here.says("A person corrects an earlier reply: {alias}. Question {number}.").partition("{")[0] in first.text
    assert "Ask the school." in first.text
    assert others == []
    assert any("Ask the bank." in message.text for message in await here.family.sees())


# Strangers ------------------------------------------------------------------------------------------------------------


async def test_a_strangers_presses_are_refused_with_words_and_change_nothing(desk: Open) -> None:
    here = await desk()
    stranger = await here.group.comes("Visitor")
    before = here.group.tiltas.number("SELECT max(id) FROM case_events")
    card = await here.group.card(here.number)

    for row in card["reply_markup"]["inline_keyboard"]:
        for button in row:
            await here.telegram.press(
                here.group.chat, data=button["callback_data"], message_id=card["message_id"], user_id=stranger
            )
    await here.settles()

    refused = here.group.says("Only people who have pressed “I work here” can do this.")
    assert (await here.group.toasts())[-4:] == [refused] * 4
    assert here.group.tiltas.number("SELECT max(id) FROM case_events") == before


async def test_strangers_and_the_unseen_are_told_that_their_words_went_nowhere(desk: Open) -> None:
    here = await desk()
    stranger = await here.group.comes("Visitor")
    place = await here.group.place(here.number)
    before = len(await here.family.sees())

    await here.telegram.say(here.group.chat, "I know him!", user_id=stranger, **place)
    await here.telegram.say_unseen(here.group.chat, "I am the boss.", **place)
    await here.settles()

    words = await here.in_group()
    assert (
        here.group.says("I do not know you yet, so this was not sent. Press the button, then write it again.") in words
    )
    unseen = "I cannot see who wrote this, so it was not sent. Switch off anonymous writing for yourself."
    assert here.group.says(unseen) in words
    assert len(await here.family.sees()) == before


async def test_held_words_do_not_go_from_a_group_that_the_case_has_left(desk: Open, texts: Texts) -> None:
    here = await desk()
    legal = await Group(here.telegram, here.group.tiltas, texts).opens("Legal")
    await legal.connects("legal")
    jonas = await here.group.joins("Jonas")
    await here.group.writes(jonas, "I would ask the bank.", about=here.number)
    await here.group.writes(here.rasa, "/transfer legal", about=here.number)

    await here.group.presses(jonas, here.group.says("Take over and send"))

    assert not any("bank" in message.text for message in await here.family.sees())
    (case,) = here.family.cases()
    assert case["claimed_by"] is None


# Files ----------------------------------------------------------------------------------------------------------------


def photograph() -> bytes:
    """Return a picture as a phone makes it: with the place, the time and the phone written into it."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Telltale", "Phone 7 of Olena"
    exif[Base.DateTime] = "2026:11:22 12:00:00"
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (54.0, 41.0, 14.0)})
    made = BytesIO()
    Image.new("RGB", (640, 480), "orange").save(made, "JPEG", exif=exif, comment=b"Telltale home")
    return made.getvalue()


def received(telegram: FakeTelegram, message: Any) -> bytes:  # Any: Message JSON
    """Return the bytes of a file that the bot has sent."""
    assert telegram.server is not None
    file = message["photo"][-1] if "photo" in message else message["document"]
    return telegram.server.api.world.files[file["file_id"]].content


def tells_nothing(content: bytes) -> bool:
    """Tell whether a picture is a picture and nothing else."""
    with Image.open(BytesIO(content)) as picture:
        picture.load()
        silent = not picture.getexif() and "comment" not in picture.info and "exif" not in picture.info
    return silent and not any(word in content for word in (b"Telltale", b"Olena", b"Exif", b"GPS", b"2026"))


async def newest_file(telegram: FakeTelegram, chat: int) -> Any:  # Any: Message JSON
    """Return the newest message of the bot with a file."""
    return [body for body in await telegram.bot_messages(chat) if "photo" in body or "document" in body][-1]


@pytest.mark.parametrize("as_file", [False, True])
async def test_a_picture_loses_its_place_and_time_on_its_way_to_specialists(desk: Open, *, as_file: bool) -> None:
    here = await desk()
    picture = photograph()
    assert not tells_nothing(picture)

    if as_file:
        send = here.telegram.send_document(here.family.chat, picture, name="Olena passport.jpg", mime_type="image/jpeg")
    else:
        send = here.telegram.send_photo(here.family.chat, picture)
    await here.family.gets(lambda: send)
    await here.family.presses(here.says("Send it to a person"))

    message = await newest_file(here.telegram, here.group.chat)
    assert tells_nothing(received(here.telegram, message))
    assert "Olena" not in str(message)


async def test_a_picture_loses_its_place_and_time_on_its_way_to_the_family(desk: Open) -> None:
    here = await desk()

    await here.group.sends_photo(here.rasa, here.number, photograph(), caption="This is the form.")
    assert not any("photo" in body for body in await here.telegram.bot_messages(here.family.chat))
    await here.group.presses(here.rasa, here.group.says("Send it"))

    message = await newest_file(here.telegram, here.family.chat)
    assert tells_nothing(received(here.telegram, message))
    assert "This is the form." in message["caption"]


async def test_a_corrected_caption_reaches_the_family(desk: Open) -> None:
    here = await desk()
    await here.group.sends_photo(here.rasa, here.number, caption="Sign it on page one.")
    await here.group.presses(here.rasa, here.group.says("Send it"))
    photos = [body for body in await here.telegram.messages(here.group.chat) if "photo" in body]

    news = len(await here.group.sees())
    await here.telegram.edit(here.group.chat, photos[-1]["message_id"], "Sign it on page two.")
    await here.settles()
    if len(await here.group.sees()) > news:  # asked once more, which is right for a picture
        await here.group.presses(here.rasa, here.group.says("Send it"))

    told = await here.telegram.sent_texts(here.family.chat)
    assert sum("page two" in text for text in told) == 1


@pytest.mark.parametrize(
    ("bytes_", "mime"),
    [(b"PK\x03\x04", "application/zip"), (b"%PDF-" + b"x" * (20 * 1024 * 1024), "application/pdf")],
    ids=["wrong", "huge"],
)
async def test_a_file_that_cannot_be_passed_on_is_refused_with_words_both_ways(
    desk: Open, bytes_: bytes, mime: str
) -> None:
    here = await desk()

    from_family = await here.family.gets(lambda: here.telegram.send_document(here.family.chat, bytes_, mime_type=mime))
    place = await here.group.place(here.number)
    await here.telegram.send_document(here.group.chat, bytes_, mime_type=mime, user_id=here.rasa, **place)
    await here.settles()

    assert here.says("I cannot pass this on. Nobody has it.") in from_family[-1].text
    assert here.group.says("I cannot pass this on. Nobody has it.") in (await here.group.sees())[-1].text
    both = await here.telegram.bot_messages(here.group.chat) + await here.telegram.bot_messages(here.family.chat)
    assert not any("document" in body for body in both)


async def test_a_file_that_is_not_what_it_says_is_told_of_to_both_sides(desk: Open) -> None:
    here = await desk()
    await here.family.gets(lambda: here.telegram.send_document(here.family.chat, b"MZ\x90 a program"))
    before = len(await here.family.sees())
    words = len(await here.group.sees())

    await here.family.presses(here.says("Send it to a person"))
    await here.settles()

    assert not any("document" in body for body in await here.telegram.bot_messages(here.group.chat))
    assert len(await here.family.sees()) > before + 1, "only told that it was added"
    assert len(await here.group.sees()) > words


# Twenty messages a minute ---------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="module")
async def strict() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(limits=LimitSettings()) as telegram:
        yield telegram


async def test_thirty_cases_at_once_keep_the_limits_and_danger_comes_first(
    strict: FakeTelegram, prepared: Start, texts: Texts
) -> None:
    tiltas = prepared(strict, TILTAS_PACE="yes")
    await tiltas.serve()
    group = await Group(strict, tiltas, texts).opens("Support")
    await group.connects("support")
    crowd = await strict.crowd(30, first_id=50_000)
    in_danger = Random(5).choice(crowd[10:])

    for chat in crowd:
        await strict.say(chat, texts.red() if chat == in_danger else "/human what about the school?")
    await until(lambda: tiltas.number("SELECT count(*) FROM cases") == 30, "thirty cases")
    await until(lambda: _digests(tiltas) > 0, "a digest")
    await until(lambda: tiltas.number(_SENT_DANGER) > 0, "the card of danger")
    await asyncio.sleep(3)

    (danger,) = tiltas.rows("SELECT number, id FROM cases WHERE danger = 'red'")
    cards = [text for text in await strict.sent_texts(group.chat) if " · " in text]
    before = next(n for n, text in enumerate(cards) if danger["number"] in text)
    first = tiltas.number("SELECT count(*) FROM cases WHERE id < ?", danger["id"])
    assert before <= min(first, 5), f"{before} cards before the one of danger, {first} questions before it"
    assert _digests(tiltas) == 1
    assert (await strict.stats()).floods == []
    assert len(await strict.calls(chat_id=group.chat, code=200)) <= 20 + len(await strict.calls("answerCallbackQuery"))


_SENT_DANGER = """
    SELECT count(*) FROM outbox JOIN cases ON cases.id = case_id
    WHERE cases.danger = 'red' AND kind = 'case_card' AND outbox.state = 'sent'
"""


def _digests(tiltas: Tiltas) -> int:
    return tiltas.number("SELECT count(*) FROM outbox WHERE outbox.key LIKE 'digest:%' AND state = 'sent'")


async def _handled(tiltas: Tiltas) -> None:
    """Wait until all messages are handled, although not everything that is owed can leave."""
    await until(lambda: not tiltas.number("SELECT count(*) FROM inbox WHERE state = 'new'"), "all is handled")


async def until_said(group: Group, words: str) -> None:
    """Wait until the bot has said something in a group."""
    for _ in range(500):
        if words in "\n".join([message.text for message in await group.sees()]):
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"the group was never told {words!r}")

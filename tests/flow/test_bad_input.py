"""What goes wrong outside: messages of any shape, wrong settings, a full disk, broken content, a network that is away."""

from __future__ import annotations

import asyncio
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import notices
from bot.conversation.model import InboxId, Outgoing
from bot.settings import from_environment
from tests.fakes.bot_api import FakeTelegram, FaultKind
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, ROOT, Person, Tiltas, environment, with_index
from tests.flow.texts import ADDRESS, BENEFIT, EN, LT, RU, UK, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

Update = dict[str, Any]  # Any: an update's JSON


SOME = InboxId(1)
"""A message; which one does not show in the words of a reply."""


def _no_words(v: notices.Voice) -> Outgoing:
    return notices.no_words(v, SOME)


# Messages of any shape ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("   \n ", id="blank"),
        pytest.param("\u200b\u200d\ufeff", id="invisible"),
        pytest.param("😀👍🏽👨‍👩‍👧", id="emoji"),
        pytest.param("!?…", id="punctuation"),
        pytest.param("\x00\x01\x07\x1b\x7f", id="control"),
        pytest.param(r"\ud83d", id="half-a-pair"),
        pytest.param(r"\udc00\ud83d\ud83d", id="pairs-the-wrong-way-round"),
    ],
)
async def test_a_message_without_words_is_asked_for_words(person: Person, texts: Texts, text: str) -> None:
    reply, *_ = await person.gets(lambda: person.telegram.add_raw_update(_raw(person.chat, text)))

    assert reply.text == texts.notice(_no_words)
    assert person.rows("SELECT state, attempts FROM inbox WHERE conversation_id = :me")[0]["attempts"] == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 4096, id="one-word-of-4096-letters"),
        pytest.param("where " * 682, id="682-words"),
        pytest.param("ї" * 4096, id="4096-letters-of-two-bytes"),
        pytest.param("😀" * 2047 + "a", id="emoji-and-a-letter"),
        pytest.param("\u202eknow I want to what\u202c", id="right-to-left-override"),
        pytest.param("a\u0301\u0302\u0303" * 900, id="marks-upon-marks"),
        pytest.param("١٢٣ ٤٥٦ ٧٨٩", id="digits-of-another-script"),
        pytest.param("{0.__class__} %s %(x)s ${y} {number}", id="placeholders"),
        pytest.param("'; DROP TABLE inbox; --", id="a-statement"),
        pytest.param("/", id="a-slash"),
    ],
)
async def test_any_text_gets_a_reply_at_the_first_try(person: Person, text: str) -> None:
    replies = await person.gets(lambda: person.telegram.add_raw_update(_raw(person.chat, text)))

    (kept,) = person.rows("SELECT state, attempts FROM inbox WHERE conversation_id = :me")
    assert len(replies) in {1, 2}
    assert tuple(kept) == ("done", 1)


async def test_halves_of_characters_beside_words_do_not_hide_the_question(person: Person, texts: Texts) -> None:
    question = texts.question(ADDRESS)

    answer, *_ = await person.gets(
        lambda: person.telegram.add_raw_update(_raw(person.chat, r"\ud83d " + question + r" \udc00"))
    )

    assert answer.text.startswith(texts.short(ADDRESS))


def _raw(chat: int, text: str) -> str:
    """Return an update as JSON; backslash escapes in `text` stay as they are written."""
    encoded = text if text.startswith(r"\u") else json.dumps(text)[1:-1]
    update = json.dumps({"update_id": 0, "message": _message(chat, text="TEXT")})
    return update.replace('"update_id": 0', '"update_id": {id}').replace("TEXT", encoded)


def _message(chat: int, **content: Any) -> Update:  # Any: fields of a Message
    who = {"id": chat, "is_bot": False, "first_name": "Somebody", "language_code": "en"}
    where = {"id": chat, "type": "private", "first_name": "Somebody"}
    return {"message_id": 9_000_000 + chat, "date": 1_790_000_000, "from": who, "chat": where, **content}


async def test_an_edited_question_is_answered_in_its_new_words(person: Person, texts: Texts) -> None:
    message = await person.telegram.say(person.chat, texts.unanswerable())
    await person.tiltas.settles()

    answer, *_ = await person.gets(lambda: person.telegram.edit(person.chat, message, texts.question(ADDRESS)))

    assert answer.text.startswith(texts.short(ADDRESS))


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
async def test_pictures_voices_and_files_are_told_that_only_words_are_read(
    person: Person, texts: Texts, kind: str
) -> None:
    (reply,) = await person.gets(lambda: getattr(person.telegram, f"send_{kind}")(person.chat))

    assert reply.text == texts.notice(lambda v: notices.only_text(v, SOME))
    assert reply.buttons == [texts.says("Talk to a person")]


@pytest.mark.parametrize("kind", ["sticker", "location", "contact"])
async def test_what_has_no_words_at_all_is_asked_for_words(person: Person, texts: Texts, kind: str) -> None:
    (reply,) = await person.gets(lambda: getattr(person.telegram, f"send_{kind}")(person.chat))

    assert reply.text == texts.notice(_no_words)


async def test_the_words_below_a_picture_are_a_question(person: Person, texts: Texts) -> None:
    answer, *_ = await person.gets(lambda: person.telegram.send_photo(person.chat, caption=texts.question(ADDRESS)))

    assert answer.text.startswith(texts.short(ADDRESS))


async def test_a_picture_goes_along_when_its_sender_wants_a_person(person: Person, texts: Texts) -> None:
    await person.gets(lambda: person.telegram.send_document(person.chat))

    await person.presses(texts.says("Talk to a person"))

    assert len(person.cases()) == 1


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"hologram": {"of": "a cat"}}, id="a-kind-from-the-future"),
        pytest.param({"message": {"message_id": 1}}, id="a-message-without-a-chat"),
        pytest.param({"message": "hello"}, id="a-message-that-is-a-text"),
        pytest.param({"message": None}, id="no-message"),
        pytest.param({"message": {"message_id": [], "date": "now", "chat": [1]}}, id="lists-for-numbers"),
        pytest.param({"callback_query": {"id": 7}}, id="a-press-without-a-person"),
        pytest.param({"callback_query": "press"}, id="a-press-that-is-a-text"),
        pytest.param({"my_chat_member": {"chat": {"id": 5, "type": "private"}}}, id="a-member-without-a-status"),
        pytest.param({"edited_message": {"chat": {"id": "x", "type": "private"}}}, id="an-edit-of-nowhere"),
        pytest.param({}, id="nothing"),
    ],
)
async def test_an_update_that_cannot_be_read_does_not_hold_those_around_it(
    person: Person, other: Person, texts: Texts, update: Update
) -> None:
    before = await _polls_that_failed(person.tiltas)

    await person.telegram.say(person.chat, texts.question(ADDRESS))
    await person.telegram.add_update(update)
    await other.says(texts.question(BENEFIT))

    assert [len(await who.sees()) for who in (person, other)] == [2, 2]
    assert await _polls_that_failed(person.tiltas) == before


async def _polls_that_failed(tiltas: Tiltas) -> int:
    return len(tiltas.logged("telegram.poll_failed"))


async def test_a_readable_text_in_an_unreadable_message_is_still_answered(person: Person, texts: Texts) -> None:
    broken = {"message": {**_message(person.chat, text=texts.question(ADDRESS)), "from": [], "date": "yesterday"}}

    answer, *_ = await person.gets(lambda: person.telegram.add_update(broken))

    assert answer.text.startswith(texts.short(ADDRESS))


@pytest.mark.parametrize(
    "text",
    [
        "<b>pizza</b> <a href='https://evil.example'>here</a>",
        "*pizza* [here](https://evil.example) `x` ||y||",
        "&lt;i&gt;pizza & <",
    ],
)
async def test_markup_in_a_message_comes_back_nowhere(person: Person, text: str) -> None:
    await person.says(text)
    await person.says("/questions")

    calls = [call for call in await person.telegram.calls() if call.chat_id == person.chat]
    assert {call.code for call in calls} == {200}
    assert not any("pizza" in str(call.params) or "evil" in str(call.params) for call in calls)


async def test_what_is_said_in_groups_is_neither_kept_nor_answered(person: Person, texts: Texts) -> None:
    telegram = person.telegram
    await telegram.group(-1_000_000_000_777, "Parents", members=[person.chat])
    before = person.tiltas.number("SELECT count(*) FROM inbox")

    await telegram.say(-1_000_000_000_777, texts.question(ADDRESS), user_id=person.chat)
    await telegram.say(-1_000_000_000_777, texts.red(), user_id=person.chat)
    await person.tiltas.settles()

    assert await telegram.bot_messages(-1_000_000_000_777) == []
    assert person.tiltas.number("SELECT count(*) FROM inbox") == before


async def test_no_telling_number_address_or_name_is_written_anywhere(person: Person) -> None:
    telegram, secrets = (
        person.telegram,
        ("612 34567", "61234567", "olena.k@example.com", "39001011234", "LT121000011101001000"),
    )
    await telegram.person(person.chat, "Olenaqx", last_name="Kovalqx", username="olena_qx", language_code="uk")

    await person.says(
        "My phone is +370 612 34567 or 861234567, mail olena.k@example.com, code 39001011234, "
        "account LT121000011101001000, where do I get a tractor?"
    )
    await person.gets(lambda: telegram.send_contact(person.chat, "+37061234567"))
    await person.gets(lambda: telegram.send_photo(person.chat, caption="my number 861234567 and olena.k@example.com"))
    await person.says("/human call me +370 612 34567")

    written = b"".join(path.read_bytes() for path in person.tiltas.data.rglob("*") if path.is_file())
    found = [secret for secret in (*secrets, "Olenaqx", "Kovalqx", "olena_qx") if secret.encode() in written]
    assert found == []
    assert all("[phone]" in case["words"] for case in person.cases())


# Settings and starts --------------------------------------------------------------------------------------------------


async def _refuses(tiltas: Tiltas, *words: str) -> None:
    """Start, and check that it ends with 2 and says these words, without a trace of Python."""
    tiltas.begin()
    code = await tiltas.ends()

    said = tiltas.words()
    assert (code, [word for word in words if word not in said]) == (2, []), said
    assert "Traceback" not in said


async def test_a_token_that_is_none_is_refused_without_showing_it(prepared: Start) -> None:
    tiltas = prepared(TILTAS_TELEGRAM_TOKEN="my secret")

    await _refuses(tiltas, "TILTAS_TELEGRAM_TOKEN")

    assert "my secret" not in tiltas.words()


async def test_a_token_that_telegram_does_not_know_is_refused(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram, TILTAS_TELEGRAM_TOKEN="77:somebody-elses")

    await _refuses(tiltas, "TILTAS_TELEGRAM_TOKEN", "@BotFather")

    assert "somebody-elses" not in tiltas.words()


async def test_nothing_to_serve_is_said(prepared: Start) -> None:
    await _refuses(prepared(), "TILTAS_TELEGRAM_TOKEN", "pipe")


async def test_a_second_process_on_the_same_database_is_refused_and_the_first_goes_on(
    person: Person, prepared: Start, texts: Texts
) -> None:
    second = prepared(person.telegram, TILTAS_DATABASE_URL=f"sqlite:///{person.tiltas.database}")

    await _refuses(second, "another Tiltas already works on", "TILTAS_DATA")

    assert len(await person.says(texts.question(ADDRESS))) == 2


async def test_a_folder_that_cannot_be_written_is_refused_at_the_start(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    locked = tiltas.data / "locked"
    locked.mkdir(mode=0o555)
    tiltas.options["TILTAS_DATABASE_URL"] = f"sqlite:///{locked / 'tiltas.db'}"
    tiltas.program = ("-c", _WITHOUT_POWERS_OF_ROOT)

    await _refuses(tiltas, "cannot write", "locked")


_WITHOUT_POWERS_OF_ROOT = """
import ctypes, os, sys
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24
if hasattr(ctypes.CDLL(None), "prctl"):
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)
os.execv(sys.executable, [sys.executable, "-m", "bot", "run"])
"""


async def test_a_file_that_is_no_database_is_refused(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    tiltas.database.write_bytes(b"this is a letter, not a database" * 100)

    await _refuses(tiltas, "The database cannot be used")


async def test_a_database_of_a_later_tiltas_is_refused(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    with closing(sqlite3.connect(tiltas.database)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()

    await _refuses(tiltas, "9999", "newer Tiltas")


async def test_broken_content_is_refused_with_all_that_is_wrong(
    telegram: FakeTelegram, prepared: Start, tmp_path: Path
) -> None:
    faq = _copy_of_the_content(tmp_path)
    _replace(faq / "en" / "housing.yaml", "    short: >-\n", "    shorts: >-\n")
    _replace(faq / "uk" / "benefits.yaml", "entries:\n", "entries: [\n")
    _replace(faq / "topics.yaml", "team: support", "team: nobody")
    tiltas = prepared(telegram, TILTAS_FAQ=str(faq))

    await _refuses(tiltas, "en/housing.yaml:", "uk/benefits.yaml:", "topics.yaml:", "nothing was started")


async def test_another_process_with_the_same_token_is_noticed_after_some_patience(
    prepared: Start,
) -> None:
    async with FakeTelegram() as telegram:
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        await telegram.fault(FaultKind.REFUSE, "getUpdates", code=409, description=words, times=0)
        await telegram.say(5, "hello")
        tiltas = prepared(telegram)

        await _refuses(tiltas, "another process receives this bot's messages")

        assert len(await telegram.pending()) == 1


async def test_a_short_conflict_after_a_crash_is_waited_for(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        await telegram.fault(FaultKind.REFUSE, "getUpdates", code=409, description=words, times=2)
        tiltas = prepared(telegram)
        await tiltas.serve()

        assert len(await Person(telegram, tiltas).says(texts.question(ADDRESS))) == 2


# While it runs --------------------------------------------------------------------------------------------------------


async def test_a_full_disk_loses_nothing_and_is_recovered_from(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram)
        await tiltas.serve()
        before, during = Person(telegram, tiltas), Person(telegram, tiltas)
        await before.says(texts.question(ADDRESS))

        _limit_files(tiltas, 0)
        await telegram.say(during.chat, texts.question(ADDRESS))
        await telegram.say(during.chat, texts.red())
        await telegram.say(before.chat, texts.question(BENEFIT))
        await asyncio.sleep(2)
        waiting = len(await telegram.pending())
        sent = (await telegram.stats()).count("sendMessage")
        assert tiltas.runs, tiltas.words()
        _limit_files(tiltas, resource.RLIM_INFINITY)
        await tiltas.settles()

        assert (waiting, sent) == (3, 2)
        assert [len(await who.sees()) for who in (before, during)] == [3, 3]
        assert await tiltas.stop() == 0


def _limit_files(tiltas: Tiltas, size: int) -> None:
    """Let no file grow beyond `size` bytes: what a process meets when the disk is full."""
    _, hard = resource.prlimit(tiltas.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(tiltas.process.pid, resource.RLIMIT_FSIZE, (size, hard))


async def test_a_reply_that_left_while_the_disk_was_full_is_not_sent_twice(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram)
        await tiltas.serve()
        person = Person(telegram, tiltas)
        await telegram.fault(FaultKind.LATE_ANSWER, "sendMessage", seconds=1.5)

        await telegram.say(person.chat, texts.question(ADDRESS))
        await telegram.wait_for_call("sendMessage", chat_id=person.chat)
        _limit_files(tiltas, 0)
        await asyncio.sleep(3)
        _limit_files(tiltas, resource.RLIM_INFINITY)
        await tiltas.settles()

        assert [len(shown.text) > 0 for shown in await person.sees()] == [True, True]
        assert tiltas.number("SELECT count(*) FROM outbox WHERE state = 'uncertain'") == 0


async def test_broken_content_changes_nothing_and_a_sound_change_goes_live(
    prepared: Start, texts: Texts, tmp_path: Path
) -> None:
    faq = _copy_of_the_content(tmp_path)
    housing = faq / "en" / "housing.yaml"
    sound = housing.read_text("utf-8")
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram, TILTAS_FAQ=str(faq))
        await tiltas.serve()
        person = Person(telegram, tiltas)

        housing.write_text(sound[: len(sound) // 2] + "\n  :broken", "utf-8")
        await tiltas.logs("content.refused")
        old, *_ = await person.says(texts.question(ADDRESS))
        short = texts.catalogue.entries[ADDRESS].texts[EN].short
        first, *others = sound.split(short.split()[0] + " " + short.split()[1])
        housing.write_text(
            f"{first}a < b & <i>yes</i>, {short.split()[0]} {short.split()[1]}{''.join(others)}", "utf-8"
        )
        await tiltas.logs("content.swapped")
        (new,) = await person.says(texts.question(ADDRESS))

        assert old.text.startswith(texts.short(ADDRESS))
        assert new.text.startswith("a < b & <i>yes</i>, " + texts.short(ADDRESS))


def _copy_of_the_content(folder: Path) -> Path:
    return Path(shutil.copytree(from_environment().faq, folder / "faq"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


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
        first = await person.says(texts.question(ADDRESS))
        await telegram.server.stop()
        await tiltas.logs("telegram.poll_failed", times=2)
        await telegram.server.start(port)
        second = await person.says(texts.question(BENEFIT))

        assert (len(first), len(second)) == (2, 1)


# Lines instead of Telegram --------------------------------------------------------------------------------------------


async def test_piped_lines_are_answered_in_four_languages_and_end_with_0(
    solved: Path, tmp_path: Path, texts: Texts
) -> None:
    languages = (LT, EN, RU, UK)
    lines = "".join(texts.question(ADDRESS, language) + "\n" for language in languages)

    code, out, err = await _pipe(
        with_index(tmp_path / "data", solved), (lines + "\n \n").encode() + b"\xff\xfe broken\n"
    )

    assert code == 0, err
    assert [texts.short(ADDRESS, language)[:40] in out for language in languages] == [True] * 4
    assert out.count("You:") == 5
    assert err == ""


async def _pipe(data: Path, lines: bytes) -> tuple[int, str, str]:
    def work() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            input=lines,
            capture_output=True,
            cwd=ROOT,
            env=environment({"TILTAS_DATA": str(data)}),
            timeout=PATIENCE,
            check=False,
        )

    done = await asyncio.to_thread(work)
    return done.returncode, done.stdout.decode(), done.stderr.decode()

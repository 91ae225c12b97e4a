"""What people see of the bot before they write."""

from __future__ import annotations

import json

import httpx
import pytest
from structlog.testing import capture_logs

from bot.channels.telegram.profile import set_profile
from bot.content.model import MAIN_LANGUAGES
from bot.conversation.dialogue import SLASH
from tests.builders_dialogue import messages
from tests.builders_logs import named
from tests.unit.channels.scripted import Call, Script, bot_with, granted, refused

COMMANDS = ["human", "questions", "topics", "checklists", "language", "hide", "privacy", "help"]


def empty(call: Call) -> httpx.Response:
    """Answer as Telegram does for a bot that has no texts yet."""
    match call.method:
        case "getMyShortDescription":
            return granted({"short_description": ""})
        case "getMyDescription":
            return granted({"description": ""})
    return granted()


async def profile(script: Script) -> None:
    await set_profile(bot_with(script), messages(), "112")


async def test_commands_are_set_for_everybody_and_in_each_language() -> None:
    script = Script(otherwise=empty)

    await profile(script)

    calls = script.of("setMyCommands")
    assert [params.get("language_code") for params in calls] == [None, *MAIN_LANGUAGES]
    for params in calls:
        assert [command["command"] for command in json.loads(params["commands"])] == COMMANDS
    assert set(COMMANDS) <= SLASH.keys()


async def test_each_language_gets_its_own_words_and_english_serves_the_rest() -> None:
    script = Script(otherwise=empty)

    await profile(script)

    said = {params.get("language_code"): params["commands"] for params in script.of("setMyCommands")}
    assert said[None] == said["en"]
    assert len(set(said.values())) == len(MAIN_LANGUAGES)


async def test_the_emergency_number_stands_in_the_menu_and_in_the_description() -> None:
    script = Script(otherwise=empty)

    await profile(script)

    assert all("112" in params["commands"] for params in script.of("setMyCommands"))
    assert all("112" in params["description"] for params in script.of("setMyDescription"))


async def test_texts_keep_to_the_lengths_that_telegram_allows() -> None:
    script = Script(otherwise=empty)

    await profile(script)

    assert all(len(params["short_description"]) <= 120 for params in script.of("setMyShortDescription"))
    assert all(len(params["description"]) <= 512 for params in script.of("setMyDescription"))
    descriptions = [x["description"] for params in script.of("setMyCommands") for x in json.loads(params["commands"])]
    assert all(1 <= len(text) <= 256 for text in descriptions)


async def test_texts_that_stand_there_already_are_not_set_again() -> None:
    first = Script(otherwise=empty)
    await profile(first)
    short = {params.get("language_code"): params["short_description"] for params in first.of("setMyShortDescription")}
    long = {params.get("language_code"): params["description"] for params in first.of("setMyDescription")}

    def there(call: Call) -> httpx.Response:
        code = call.params.get("language_code")
        match call.method:
            case "getMyShortDescription":
                return granted({"short_description": short[code]})
            case "getMyDescription":
                return granted({"description": long[code]})
        return granted()

    second = Script(otherwise=there)
    await profile(second)

    assert len(short) == len(long) == len(MAIN_LANGUAGES) + 1
    assert second.of("setMyShortDescription") == second.of("setMyDescription") == []


@pytest.mark.filterwarnings("ignore:.*`retry_after`")  # the library's own announcement
@pytest.mark.parametrize(
    "fault",
    [
        refused(400, "Bad Request"),
        refused(429, "Too Many Requests: retry after 900", retry_after=900),
        refused(502, "Bad Gateway"),
        httpx.ReadTimeout("slow"),
    ],
)
async def test_a_refusal_is_only_logged(fault: httpx.Response | Exception) -> None:
    script = Script(fault, otherwise=empty)

    with capture_logs() as logs:
        await profile(script)

    assert len(named(logs, "telegram.profile_not_set")) == 1

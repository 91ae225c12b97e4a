"""Updates are asked for again and again; nothing is acknowledged that was not kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

import httpx
import pytest
from telegram.error import RetryAfter

from bot.channels.telegram import receive
from bot.channels.telegram.receive import CONFLICTS, Poller, seconds_of
from bot.conversation.model import Incoming
from bot.errors import ChannelRejected, ChannelTaken, StoreUnavailable
from tests.builders_time import until
from tests.unit.channels.scripted import Json, Script, bot_with, granted, refused
from tests.unit.channels.updates import BOT, CHANNEL, CHAT, FORUM, pressed, update, written

# The library warns at raw updates and at its own two kinds of waits; the program silences both where it imports it.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Please use 'Bot.getUpdates'", "ignore:.*`retry_after`:telegram.warnings.PTBDeprecationWarning"
)


class Kept:
    """Keeps messages in memory; fails first, if it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.batches: list[list[str]] = []
        self._faults = list(faults)

    async def __call__(self, messages: Sequence[Incoming]) -> None:
        if self._faults:
            raise self._faults.pop(0)
        self.batches.append([message.text for message in messages])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no pause take time; those of a second and more are what the program waits after failures."""
    monkeypatch.setattr(receive, "_WAITS", (0,) * 5)


async def poll(script: Script, keep: Callable[[Sequence[Incoming]], Awaitable[None]], calls: int) -> None:
    """Poll until the script has been asked for updates `calls` times."""
    poller = asyncio.create_task(Poller(bot_with(script), keep).run())

    async def reached() -> bool:
        return len(script.of("getUpdates")) >= calls or poller.done()

    await until(reached)
    if poller.done():
        await poller
    poller.cancel()
    await asyncio.gather(poller, return_exceptions=True)


def numbered(number: int, text: str = "hello") -> Json:
    return update(written(text=text)) | {"update_id": number}


def nothing_more(_call: object) -> httpx.Response:
    return granted([])


async def test_updates_are_acknowledged_after_they_are_kept() -> None:
    kept = Kept()
    script = Script(granted([numbered(7, "a"), numbered(9, "b")]), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    first, second = script.of("getUpdates")[:2]
    assert kept.batches == [["a", "b"]]
    assert "offset" not in first
    assert second["offset"] == "10"
    assert first["timeout"] == "30"


@pytest.mark.usefixtures("impatient")
async def test_updates_that_could_not_be_kept_are_asked_for_again() -> None:
    kept = Kept(StoreUnavailable("disk full"))
    script = Script(granted([numbered(7, "a")]), granted([numbered(7, "a")]), otherwise=nothing_more)

    await poll(script, kept, calls=3)

    assert kept.batches == [["a"]]
    assert ["offset" in params for params in script.of("getUpdates")[:3]] == [False, False, True]


async def test_while_only_the_database_is_away_updates_are_asked_for_as_often_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receive, "_WAITS", (0, 60, 60, 60, 60))
    kept = Kept(*[StoreUnavailable("disk full")] * 5)
    script = Script(*[granted([numbered(7, "a")])] * 6, otherwise=nothing_more)

    await poll(script, kept, calls=7)

    assert kept.batches == [["a"]]


async def test_an_update_that_is_for_nobody_is_acknowledged_too() -> None:
    kept = Kept()
    script = Script(granted([update(written(text="hello", chat=CHANNEL))]), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[]]
    assert script.of("getUpdates")[1]["offset"] == "78"


@pytest.mark.parametrize("answer", [granted(), refused(400, "query is too old"), httpx.ReadTimeout("slow")])
async def test_the_waiting_mark_of_a_press_is_ended_whether_or_not_telegram_listens(
    answer: httpx.Response | Exception,
) -> None:
    kept = Kept()
    script = Script(granted([pressed()]), answer, otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[""]]
    assert [params["callback_query_id"] for params in script.of("answerCallbackQuery")] == ["q1"]


@pytest.mark.parametrize("kind", [[], {}, None, 5])
async def test_a_press_in_a_chat_of_no_kind_does_not_end_the_polling(kind: object) -> None:
    kept = Kept()
    script = Script(granted([pressed(chat=CHAT | {"type": kind})]), granted(), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[]]


async def test_a_press_in_a_group_is_answered_later_in_words() -> None:
    kept = Kept()
    script = Script(granted([pressed(chat=FORUM)]), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[""]]
    assert script.of("answerCallbackQuery") == []


async def test_all_kinds_of_updates_that_we_read_are_asked_for() -> None:
    script = Script(otherwise=nothing_more)

    await poll(script, Kept(), calls=1)

    wanted = json.loads(script.of("getUpdates")[0]["allowed_updates"])
    assert set(wanted) == {"message", "edited_message", "callback_query", "my_chat_member", "chat_member"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, text="<html>"),
        refused(502, "Bad Gateway"),
        refused(429, "Too Many Requests: retry after 0", retry_after=0),
    ],
)
async def test_a_network_that_fails_is_asked_again(fault: httpx.Response | Exception) -> None:
    kept = Kept()
    script = Script(fault, granted([numbered(7, "a")]), otherwise=nothing_more)

    await poll(script, kept, calls=3)

    assert kept.batches == [["a"]]


async def test_a_wait_that_telegram_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "seconds_of", lambda error: seconds_of(error) / 1000)
    script = Script(refused(429, "Too Many Requests: retry after 50", retry_after=50), otherwise=nothing_more)
    began = asyncio.get_running_loop().time()

    await poll(script, Kept(), calls=2)

    assert asyncio.get_running_loop().time() - began >= 0.05


@pytest.mark.usefixtures("impatient")
async def test_a_short_conflict_is_waited_for() -> None:
    kept = Kept()
    script = Script(*conflicts(CONFLICTS), granted([numbered(7, "a")]), *conflicts(CONFLICTS), otherwise=nothing_more)

    await poll(script, kept, calls=2 * CONFLICTS + 2)

    assert kept.batches == [["a"]]


@pytest.mark.usefixtures("impatient")
async def test_a_conflict_that_does_not_end_is_told() -> None:
    with pytest.raises(ChannelTaken, match="another process"):
        await poll(Script(*conflicts(CONFLICTS + 1)), Kept(), calls=99)


def conflicts(times: int) -> list[httpx.Response]:
    return [refused(409, "Conflict: terminated by other getUpdates request") for _ in range(times)]


async def test_a_token_that_is_not_known_any_more_is_told_without_showing_it() -> None:
    with pytest.raises(ChannelRejected, match="TILTAS_TELEGRAM_TOKEN") as told:
        await poll(Script(refused(401, "Unauthorized")), Kept(), calls=99)

    assert BOT.token not in str(told.value)


def test_a_wait_is_read_in_seconds() -> None:
    assert seconds_of(RetryAfter(7)) == 7

"""The fake as a process of its own, and its speed."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from telegram import Bot

from tests.fakes.bot_api import FakeTelegram, FakeTelegramError, FaultKind
from tests.fakes.bot_api.asking import ask

ROOT = Path(__file__).parents[2]
TOKEN = "42:of-another-process"


class Running(NamedTuple):
    """A fake in another process and what it said about itself."""

    process: asyncio.subprocess.Process
    address: dict[str, str]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.bot_api", "--port", "0", "--token", TOKEN),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        address = json.loads(await process.stdout.readline())
    yield Running(process, address)
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def test_another_process_is_used_like_ones_own(running: Running) -> None:
    async with (
        FakeTelegram.connect(running.address["url"]) as telegram,
        Bot(running.address["token"], base_url=running.address["base_url"]) as bot,
    ):
        await telegram.person(5, "Olena")
        await telegram.say(5, "/start")
        await telegram.fault(FaultKind.FLOOD, "sendMessage", retry_after=2)
        assert len(await bot.get_updates()) == 1
        assert (await ask(telegram, "sendMessage", chat_id=5, text="x")).status == 429
        await bot.send_message(5, "hello")
        await telegram.wait_for_call(chat_id=5)

        assert telegram.token == TOKEN
        assert await telegram.sent_texts(5) == ["hello"]
        assert [event.who for event in await telegram.transcript(5)] == ["Olena", "bot"]
        assert (await telegram.stats()).count("sendMessage", 429) == 1
        with pytest.raises(FakeTelegramError, match="No button 'Nope'"):
            await telegram.press(5, "Nope")
        with pytest.raises(FakeTelegramError, match="say: missing a required argument: 'text'"):
            await telegram.order("say", chat_id=5)


async def test_it_ends_when_told_to(running: Running) -> None:
    running.process.send_signal(signal.SIGTERM)

    async with asyncio.timeout(10):
        assert await running.process.wait() == 0


async def send_many(port: int, chat_ids: list[int]) -> None:
    """Send a message to each chat over one connection, with as little work on this side as possible."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for chat_id in chat_ids:
        body = f"chat_id={chat_id}&text=%3Cb%3Ehello%3C%2Fb%3E&parse_mode=HTML".encode()
        head = (
            f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: fake\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()


async def test_it_carries_five_hundred_messages_a_second(running: Running) -> None:
    port = int(running.address["url"].rpartition(":")[2])
    async with FakeTelegram.connect(running.address["url"]) as telegram:
        people = await telegram.crowd(150)
        started = time.perf_counter()

        await asyncio.gather(*(send_many(port, people) for _ in range(10)))

        rate = 1500 / (time.perf_counter() - started)
        assert (await telegram.stats()).count("sendMessage") == 1500
    assert rate >= 500, f"{rate:.0f} messages a second"


async def test_two_fakes_run_side_by_side() -> None:
    async with FakeTelegram() as one, FakeTelegram() as other:
        await one.person(5)

        assert one.url != other.url
        assert (await ask(one, "sendMessage", chat_id=5, text="x")).status == 200
        assert (await ask(other, "sendMessage", chat_id=5, text="x")).status == 400


async def test_stopping_does_not_wait_for_polls() -> None:
    async with FakeTelegram() as telegram:
        poll = asyncio.create_task(ask(telegram, "getUpdates", timeout=50))
        await asyncio.sleep(0.05)
        started = time.perf_counter()

    assert time.perf_counter() - started < 2
    await asyncio.gather(poll, return_exceptions=True)

"""Delivery to a webhook: in order per chat, again until accepted, with the secret."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from telegram import Bot

from tests.fakes.bot_api import FakeTelegram, Settings
from tests.fakes.bot_api.asking import ask
from tests.fakes.bot_api.jsontypes import JsonObject


@dataclass
class Receiver:
    """The bot's side of a webhook. `answer` decides what each delivery gets."""

    url: str = ""
    got: list[JsonObject] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[JsonObject], Awaitable[web.Response]] | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, request: web.BaseRequest) -> web.Response:
        update = await request.json()
        self.got.append(update)
        self.headers.append(dict(request.headers))
        self.arrived.set()
        return await self.answer(update) if self.answer else web.Response()

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self.arrived.clear()
                await self.arrived.wait()

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got if "message" in update]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.receive))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(settings=Settings(webhook_first_pause=0.05)) as telegram:
        yield telegram


async def test_updates_are_posted_with_the_secret(telegram: FakeTelegram, receiver: Receiver) -> None:
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        await bot.set_webhook(receiver.url, secret_token="s3cret_-", max_connections=7)
        await telegram.say(5, "hello")
        await telegram.wait_until_taken()
        info = await bot.get_webhook_info()

    assert receiver.texts() == ["hello"]
    assert receiver.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret_-"
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert (info.url, info.max_connections, info.pending_update_count) == (receiver.url, 7, 0)


async def test_what_waited_before_is_delivered_too(telegram: FakeTelegram, receiver: Receiver) -> None:
    await telegram.say(5, "early")

    await ask(telegram, "setWebhook", url=receiver.url)
    await telegram.wait_until_taken()

    assert receiver.texts() == ["early"]


async def test_a_refused_update_comes_again_before_later_ones_of_its_chat(
    telegram: FakeTelegram, receiver: Receiver
) -> None:
    async def refuse_twice(update: JsonObject) -> web.Response:
        seen = receiver.texts().count("first")
        return web.Response(status=503 if update["message"]["text"] == "first" and seen < 3 else 200)

    receiver.answer = refuse_twice
    await ask(telegram, "setWebhook", url=receiver.url)
    await telegram.say(5, "first")
    await telegram.say(5, "second")
    await telegram.wait_until_taken()

    assert receiver.texts() == ["first", "first", "first", "second"]
    assert [delivery["status"] for delivery in await telegram.webhook_deliveries()] == [503, 503, 200, 200]


async def test_the_pause_asked_for_is_kept(telegram: FakeTelegram, receiver: Receiver) -> None:
    async def busy_once(update: JsonObject) -> web.Response:  # noqa: ARG001 - the same for every update
        return web.Response(status=503, headers={"Retry-After": "1"}) if len(receiver.got) == 1 else web.Response()

    receiver.answer = busy_once
    await ask(telegram, "setWebhook", url=receiver.url)
    await telegram.say(5, "hello")
    await telegram.wait_until_taken()

    first, second = await telegram.webhook_deliveries()
    assert second["at"] - first["at"] >= 0.99


async def test_one_slow_chat_holds_up_only_itself(telegram: FakeTelegram, receiver: Receiver) -> None:
    slow = asyncio.Event()

    async def wait_for_slow(update: JsonObject) -> web.Response:
        if update["message"]["text"] == "slow":
            await slow.wait()
        return web.Response()

    receiver.answer = wait_for_slow
    await ask(telegram, "setWebhook", url=receiver.url)
    await telegram.say(5, "slow")
    await telegram.say(5, "after slow")
    await telegram.say(6, "other")
    await receiver.wait_until(lambda: "other" in receiver.texts())
    assert "after slow" not in receiver.texts()

    slow.set()
    await telegram.wait_until_taken()

    assert receiver.texts()[-1] == "after slow"


async def test_presses_have_a_lane_of_their_own(telegram: FakeTelegram, receiver: Receiver) -> None:
    stuck = asyncio.Event()

    async def hold_messages(update: JsonObject) -> web.Response:
        if "message" in update:
            await stuck.wait()
        return web.Response()

    receiver.answer = hold_messages
    await telegram.person(5)
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await ask(telegram, "sendMessage", chat_id=5, text="x", reply_markup=keyboard)
    await ask(telegram, "setWebhook", url=receiver.url)
    await telegram.say(5, "hello")
    await telegram.press(5, "A")
    await receiver.wait_until(lambda: len(receiver.got) == 2)
    stuck.set()
    await telegram.wait_until_taken()

    assert {kind for update in receiver.got for kind in update} == {"update_id", "message", "callback_query"}


async def test_trouble_shows_in_the_info(telegram: FakeTelegram, receiver: Receiver) -> None:
    async def refuse(update: JsonObject) -> web.Response:  # noqa: ARG001 - the same for every update
        return web.Response(status=500)

    receiver.answer = refuse
    await ask(telegram, "setWebhook", url=receiver.url, allowed_updates=["message"])
    await telegram.say(5, "hello")
    await receiver.wait_until(lambda: len(receiver.got) == 2)  # the second time means that the first was noted

    info = (await ask(telegram, "getWebhookInfo")).result
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["pending_update_count"] == 1
    assert info["allowed_updates"] == ["message"]


async def test_without_the_webhook_polling_goes_on_where_it_stopped(telegram: FakeTelegram) -> None:
    set_reply = await ask(telegram, "setWebhook", url="http://127.0.0.1:9/nobody-listens")
    again = await ask(telegram, "setWebhook", url="http://127.0.0.1:9/nobody-listens")
    await telegram.say(5, "hello")
    deleted = await ask(telegram, "deleteWebhook")
    deleted_again = await ask(telegram, "deleteWebhook")

    assert [reply.description for reply in (set_reply, again, deleted, deleted_again)] == [
        "Webhook was set",
        "Webhook is already set",
        "Webhook was deleted",
        "Webhook is already deleted",
    ]
    assert len((await ask(telegram, "getUpdates")).result) == 1

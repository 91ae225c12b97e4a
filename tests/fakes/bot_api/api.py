"""The Bot API itself: who may call which method, and the ledger of all calls."""

import asyncio
import inspect
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from tests.fakes.bot_api.clock import Clock
from tests.fakes.bot_api.errors import ApiError, bad_request, too_many_requests
from tests.fakes.bot_api.faults import FaultScript
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.limits import LimitSettings, RateLimiter
from tests.fakes.bot_api.model import Call, Chat
from tests.fakes.bot_api.params import Params
from tests.fakes.bot_api.updates import UpdateQueue
from tests.fakes.bot_api.webhook import Webhook
from tests.fakes.bot_api.world import World

KEPT_CALLS = 200_000


@dataclass(slots=True)
class Settings:
    """How this fake differs from the plain case. Times in seconds.

    `latency`: added to every call except getUpdates, half before and half after it is handled.
    `callback_lifetime`: how long a press waits for the bot and can be answered. `privacy_mode`: a bot that is a plain member of a group sees
    only commands, replies to it and mentions, as BotFather sets it up.
    `repeat_poll_guard`: like the real server, let a getUpdates wait 3 s if it repeats the offset of one just before.
    """

    token: str = "4242:fake-token-of-the-tests"
    username: str = "tiltas_test_bot"
    first_update_id: int = 700_001
    latency: float = 0.0
    repeat_poll_guard: bool = False
    callback_lifetime: float = 150.0
    privacy_mode: bool = True
    webhook_first_pause: float = 1.0
    webhook_longest_pause: float = 60.0

    @property
    def bot_id(self) -> int:
        """Return the number in front of the colon of the token, which is the bot's user id."""
        return int(self.token.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that comes with a sentence, as setWebhook's does."""

    result: JsonValue
    description: str


Handler = Callable[["BotApi", Params], JsonValue | Awaitable[JsonValue]]
METHODS: dict[str, tuple[str, Handler]] = {}


def method(name: str) -> Callable[[Handler], Handler]:
    """Register a handler; the Bot API does not care about the case of method names."""

    def register(handler: Handler) -> Handler:
        METHODS[name.lower()] = (name, handler)
        return handler

    return register


class BotApi:
    """One bot's server: the world, the queue of updates, limits, faults and what was asked."""

    def __init__(self, settings: Settings, limits: LimitSettings, clock: Clock) -> None:
        """Start with an empty world."""
        self.settings = settings
        self.clock = clock
        self.world = World(_bot_user(settings), clock)
        self.queue = UpdateQueue(clock, settings.first_update_id)
        self.limiter = RateLimiter(limits, clock)
        self.faults = FaultScript()
        self.webhook = Webhook(self.queue, clock, settings.webhook_first_pause, settings.webhook_longest_pause)
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.call_counts: Counter[str] = Counter()
        self.accepted: Counter[tuple[str | None, int | None]] = Counter()
        self.last_poll: tuple[int, float] = (0, 0.0)
        self._waiters: list[asyncio.Event] = []
        self.world.on_event = self.wake
        self.queue.on_taken = self.wake

    async def handle(self, handler: Handler, params: Params) -> JsonObject:
        """Carry out one call and return the answer; raises ApiError if it is refused."""
        outcome = handler(self, params)
        if inspect.isawaitable(outcome):
            outcome = await outcome
        if isinstance(outcome, Answer):
            return {"ok": True, "result": outcome.result, "description": outcome.description}
        return {"ok": True, "result": outcome}

    def record(self, call: Call) -> None:
        """Add a call to the ledger and wake whoever waits for one."""
        self.calls.append(call)
        self.call_counts[f"{call.method} {call.code}"] += 1
        if call.code == HTTPStatus.OK:
            self.accepted.update({(name, chat) for name in (call.method, None) for chat in (call.chat_id, None)})
        self.wake()

    def forget_calls(self) -> None:
        """Empty the ledger, the counts and the windows of the limits."""
        self.calls.clear()
        self.call_counts.clear()
        self.accepted.clear()
        self.limiter.forget()

    def wake(self) -> None:
        """Let `changed` return wherever it is waited for."""
        for waiter in self._waiters:
            waiter.set()

    async def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until `condition` holds, looking again after each call; False if it did not within `seconds`."""
        event = asyncio.Event()
        self._waiters.append(event)
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    event.clear()
                    await event.wait()
        except TimeoutError:
            return condition()
        finally:
            self._waiters.remove(event)
        return True

    def find_chat(self, params: Params, name: str = "chat_id") -> Chat:
        """Return the chat a call names by number or @username; raises ApiError if there is none."""
        given = params.text(name).strip()
        if not given:
            raise bad_request(f"{name} is empty")
        chat = self.world.chat_by_name(given) if given.startswith("@") else self.world.chats.get(_number(given))
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def find_reachable_chat(self, params: Params, name: str = "chat_id") -> Chat:
        """Return the chat a call names; raises ApiError if there is none or the bot may not write there."""
        chat = self.find_chat(params, name)
        self.world.require_reachable(chat)
        return chat

    def pace(self, name: str, chat: Chat, *, edit: bool = False) -> None:
        """Take a place under the limits for one message or edit; raises ApiError 429 if there is none."""
        if edit and not self.limiter.settings.edits_count:
            return
        retry_after = self.limiter.ask(name, chat.id, private=chat.is_private)
        if retry_after is not None:
            raise too_many_requests(retry_after)


def check_token(expected: str, given: str) -> None:
    """Raise ApiError as Telegram does: 404 for what cannot be a token, 401 for a token of no bot."""
    number, colon, secret = given.partition(":")
    if not colon or not number.isascii() or not number.isdigit() or number.startswith("0") or not secret:
        raise ApiError(HTTPStatus.NOT_FOUND, "Not Found")
    if given != expected:
        raise ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _bot_user(settings: Settings) -> JsonObject:
    return {"id": settings.bot_id, "is_bot": True, "first_name": "Tiltas", "username": settings.username}

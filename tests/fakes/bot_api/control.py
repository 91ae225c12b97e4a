"""Orders from tests: the same whether they come by a call in the process or over HTTP under /control/."""

import dataclasses
import inspect
from collections.abc import Callable
from datetime import timedelta

from tests.fakes.bot_api.api import BotApi
from tests.fakes.bot_api.attachments import Attachments
from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.faults import Fault, FaultKind
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.membership import Membership, PeoplesTopics
from tests.fakes.bot_api.people import People

Order = Callable[..., JsonValue]
# Orders are methods with these names; everything else of these classes stays inside.
ATTACHMENT_ORDERS = ("send_photo", "send_document", "send_voice", "send_sticker", "send_location", "send_contact")
MEMBERSHIP_ORDERS = (
    "group", "channel", "member", "leave", "block", "unblock", "deactivate", "set_bot", "migrate", "switch_topics",
)  # fmt: skip
TOPIC_ORDERS = ("open_topic", "rename_topic", "close_topic", "reopen_topic", "delete_topic")
PEOPLE_ORDERS = ("person", "crowd", "say", "say_unseen", "send", "edit", "press", "react")
DESK_ORDERS = (
    "info", "configure", "advance", "fault", "clear_faults", "calls", "messages", "transcript", "stats", "pending",
    "add_update", "add_raw_update", "callback_answers", "wait_for", "reset_stats", "profile", "webhook_deliveries",
)  # fmt: skip


class Control:
    """Finds and carries out orders."""

    def __init__(self, api: BotApi) -> None:
        """Collect the orders."""
        people = People(api)
        rooms: list[tuple[object, tuple[str, ...]]] = [
            (people, PEOPLE_ORDERS),
            (Attachments(api.world, people), ATTACHMENT_ORDERS),
            (Membership(api, people), MEMBERSHIP_ORDERS),
            (PeoplesTopics(api, people), TOPIC_ORDERS),
            (Desk(api), DESK_ORDERS),
        ]
        self._orders: dict[str, Order] = {name: getattr(room, name) for room, names in rooms for name in names}

    async def carry_out(self, order: str, arguments: JsonObject) -> JsonValue:
        """Carry out one order; raises FakeTelegramError if it is unknown or makes no sense."""
        action = self._orders.get(order)
        if action is None:
            raise FakeTelegramError(f"Unknown order {order!r}; there are {', '.join(sorted(self._orders))}.")
        try:
            inspect.signature(action).bind(**arguments)
        except TypeError as error:
            raise FakeTelegramError(f"{order}: {error}.") from None
        result = action(**arguments)
        return await result if inspect.isawaitable(result) else result


class Desk:
    """Settings, faults and looking at what happened."""

    def __init__(self, api: BotApi) -> None:
        """Sit at this server."""
        self._api = api

    def info(self) -> JsonObject:
        """Return what a client must know to connect."""
        return {"token": self._api.settings.token, "bot": self._api.world.bot}

    def configure(self, **changes: JsonValue) -> JsonObject:
        """Change settings and limits by name; changing a limit empties the windows. Returns all values."""
        settings, limits = self._api.settings, self._api.limiter.settings
        changed_limits = False
        for name, value in changes.items():
            if hasattr(settings, name):
                setattr(settings, name, value)
            elif hasattr(limits, name):
                setattr(limits, name, value)
                changed_limits = True
            else:
                raise FakeTelegramError(f"There is no setting {name!r}.")
        if changed_limits:
            self._api.limiter.forget()
        return {**dataclasses.asdict(settings), **dataclasses.asdict(limits)}

    def advance(self, seconds: float) -> JsonObject:
        """Move the clock forward."""
        self._api.clock.advance(timedelta(seconds=seconds))
        return {"now": self._api.clock.now()}

    def fault(self, kind: str, **details: JsonValue) -> None:
        """Script a fault; see `Fault` for the details."""
        try:
            self._api.faults.add(Fault(FaultKind(kind), **details))
        except (TypeError, ValueError) as error:
            raise FakeTelegramError(f"fault: {error}") from None

    def clear_faults(self) -> None:
        """Forget all faults."""
        self._api.faults.clear()

    def calls(self, method: str | None = None, chat_id: int | None = None, code: int | None = None) -> JsonValue:
        """Return the calls that fit, oldest first."""
        return [
            dataclasses.asdict(call)
            for call in self._api.calls
            if (method is None or call.method.lower() == method.lower())
            and (chat_id is None or call.chat_id == chat_id)
            and (code is None or call.code == code)
        ]

    def messages(self, chat_id: int, *, from_bot: bool | None = None) -> JsonValue:
        """Return the messages that are in a chat now, oldest first, as Message JSON."""
        chat = self._api.world.chat(chat_id)
        return [
            message.body
            for message in sorted(chat.messages.values(), key=lambda one: one.id)
            if from_bot is None or message.outgoing == from_bot
        ]

    def transcript(self, chat_id: int) -> JsonValue:
        """Return everything that could be seen in a chat, in order."""
        return [dataclasses.asdict(event) for event in self._api.world.chat(chat_id).events]

    def stats(self) -> JsonObject:
        """Return counts of calls, floods and the highest rates."""
        limiter = self._api.limiter
        return {
            "calls": dict(self._api.call_counts),
            "floods": [dataclasses.asdict(flood) for flood in limiter.floods],
            "accepted": limiter.accepted.total,
            "peak_per_second": limiter.accepted.highest,
            "peak_asked_per_second": limiter.asked.highest,
            "pending_updates": len(self._api.queue),
            "updates_added": self._api.queue.added,
        }

    def reset_stats(self) -> None:
        """Empty the ledger of calls, the counts and the windows of the limits."""
        self._api.forget_calls()

    def pending(self) -> JsonValue:
        """Return ids and JSON text of the updates that wait."""
        return [{"id": update.id, "raw": update.raw, "lane": update.lane} for update in self._api.queue]

    def add_update(self, update: JsonObject, lane: str = "test", lifetime: float = 86_400.0) -> JsonObject:
        """Queue an update of any kind; its update_id may be given."""
        return {"update_id": self._api.queue.add(update, lane=lane, lifetime=lifetime)}

    def add_raw_update(self, raw: str, lane: str = "test") -> JsonObject:
        """Queue a text in the place of an update, for instance broken JSON; "{id}" in it becomes its id."""
        number = self._api.queue.next_id
        return {"update_id": self._api.queue.add_raw(raw.replace("{id}", str(number)), lane=lane)}

    def callback_answers(self, chat_id: int) -> JsonValue:
        """Return the presses in a chat with the bot's answers, None where it has not answered."""
        found = [query for query in self._api.world.callbacks.values() if query.chat_id == chat_id]
        return [dataclasses.asdict(query) for query in found]

    def profile(self) -> JsonObject:
        """Return names, descriptions and commands the bot set, by language."""
        commands = {
            f"{scope} {language}".strip(): value for (scope, language), value in self._api.world.commands.items()
        }
        return {**self._api.world.profile, "commands": commands}

    def webhook_deliveries(self) -> JsonValue:
        """Return all attempts to deliver to a webhook."""
        return [dataclasses.asdict(delivery) for delivery in self._api.webhook.deliveries]

    async def wait_for(
        self,
        seconds: float,
        method: str | None = None,
        chat_id: int | None = None,
        count: int = 1,
        *,
        idle: bool = False,
    ) -> bool:
        """Wait for `count` accepted calls of a method in a chat, counted from the start of the ledger.

        `idle`: wait instead until no update waits to be taken. Returns False if `seconds` passed before.
        """
        if idle:
            return await self._api.wait_until(lambda: not len(self._api.queue), seconds)
        return await self._api.wait_until(lambda: self._api.accepted[method, chat_id] >= count, seconds)

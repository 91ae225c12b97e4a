"""The half of `FakeTelegram` that sets things up and looks at what happened."""

from datetime import timedelta

from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.faults import FaultKind
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.lines import Line
from tests.fakes.bot_api.model import Call, Event
from tests.fakes.bot_api.stats import Stats

DEFAULT_WAIT = timedelta(seconds=5)


class DeskClient:
    """Orders to the desk: settings, faults, the ledger of calls, waiting."""

    _line: Line

    async def order(self, order: str, **arguments: JsonValue) -> JsonValue:
        """Carry out any order by name; arguments that are None are left out."""
        given = {name: value for name, value in arguments.items() if value is not None}
        return await self._line.carry_out(order, given)

    async def configure(self, **changes: float | bool) -> JsonObject:
        """Change fields of `Settings` (such as latency) and `LimitSettings` (such as enabled) while running."""
        values: JsonObject = await self.order("configure", **changes)
        return values

    async def advance(self, by: timedelta) -> None:
        """Move the clock of the server forward: callbacks and updates age, limits recover."""
        await self.order("advance", seconds=by.total_seconds())

    async def fault(
        self, kind: FaultKind | str, method: str | None = None, *, chat_id: int | None = None, **details: JsonValue
    ) -> None:
        """Script trouble for the next call that fits; see `faults.Fault` for times, after, every, seconds and others.

        `times=0` in the details means for ever.
        """
        await self.order("fault", kind=str(kind), method=method, chat_id=chat_id, **details)

    async def clear_faults(self) -> None:
        """Forget all scripted trouble."""
        await self.order("clear_faults")

    async def calls(
        self, method: str | None = None, *, chat_id: int | None = None, code: int | None = None
    ) -> list[Call]:
        """Return what the bot asked, also what was refused, oldest first."""
        found = await self.order("calls", method=method, chat_id=chat_id, code=code)
        return [Call(**call) for call in found]

    async def sent_texts(self, chat_id: int) -> list[str]:
        """Return what the bot's messages in a chat say now, oldest first: edited texts as edited, deleted ones not."""
        return [str(body.get("text") or body.get("caption") or "") for body in await self.bot_messages(chat_id)]

    async def bot_messages(self, chat_id: int) -> list[JsonObject]:
        """Return the bot's messages that are in a chat now, as Message JSON, oldest first."""
        found: list[JsonObject] = await self.order("messages", chat_id=chat_id, from_bot=True)
        return found

    async def messages(self, chat_id: int) -> list[JsonObject]:
        """Return all messages that are in a chat now, as Message JSON, oldest first."""
        found: list[JsonObject] = await self.order("messages", chat_id=chat_id)
        return found

    async def transcript(self, chat_id: int) -> list[Event]:
        """Return everything that could be seen in a chat, in order, from both sides."""
        return [Event(**event) for event in await self.order("transcript", chat_id=chat_id)]

    async def callback_answers(self, chat_id: int) -> list[JsonObject]:
        """Return the presses in a chat; `answer` is None or {"text", "show_alert"}."""
        found: list[JsonObject] = await self.order("callback_answers", chat_id=chat_id)
        return found

    async def stats(self) -> Stats:
        """Return counts of calls, floods and the highest rates."""
        return Stats.from_json(await self.order("stats"))

    async def reset_stats(self) -> None:
        """Empty the ledger of calls, the counts and the windows of the limits."""
        await self.order("reset_stats")

    async def pending(self) -> list[JsonObject]:
        """Return the updates that were not confirmed yet: id, raw JSON text and lane."""
        found: list[JsonObject] = await self.order("pending")
        return found

    async def profile(self) -> JsonObject:
        """Return names, descriptions and commands the bot set, by language."""
        found: JsonObject = await self.order("profile")
        return found

    async def webhook_deliveries(self) -> list[JsonObject]:
        """Return all attempts to deliver to a webhook: at, update_id, lane, status (0: no answer)."""
        found: list[JsonObject] = await self.order("webhook_deliveries")
        return found

    async def add_update(self, update: JsonObject, *, lane: str = "test") -> int | None:
        """Queue any update, for instance of a kind nobody knows; None if the bot did not ask for its kind."""
        found = await self.order("add_update", update=update, lane=lane)
        update_id: int | None = found["update_id"]
        return update_id

    async def add_raw_update(self, raw: str) -> int:
        """Queue a text in the place of an update, for instance broken JSON; "{id}" in it becomes its id."""
        found = await self.order("add_raw_update", raw=raw)
        update_id: int = found["update_id"]
        return update_id

    async def wait_for_call(
        self,
        method: str = "sendMessage",
        *,
        chat_id: int | None = None,
        count: int = 1,
        timeout: timedelta = DEFAULT_WAIT,  # noqa: ASYNC109 - the server waits
    ) -> list[Call]:
        """Wait until `count` calls of a method were accepted since the start (or reset_stats), and return them.

        Raises FakeTelegramError after `timeout`, with what was seen instead.
        """
        seconds = timeout.total_seconds()
        if not await self.order("wait_for", seconds=seconds, method=method, chat_id=chat_id, count=count):
            seen = (await self.stats()).calls
            where = "" if chat_id is None else f" to chat {chat_id}"
            raise FakeTelegramError(f"No {count} accepted {method}{where} within {seconds} s; calls so far: {seen}.")
        return await self.calls(method, chat_id=chat_id, code=200)

    async def wait_until_taken(self, timeout: timedelta = DEFAULT_WAIT) -> None:  # noqa: ASYNC109 - the server waits
        """Wait until no update is left unconfirmed; raises FakeTelegramError after `timeout`."""
        if not await self.order("wait_for", seconds=timeout.total_seconds(), idle=True):
            raise FakeTelegramError(f"{len(await self.pending())} updates are still waiting.")

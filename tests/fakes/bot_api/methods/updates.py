"""Receiving updates: long polling or a webhook, never both."""

import re
from urllib.parse import urlsplit

from tests.fakes.bot_api.api import Answer, BotApi, method
from tests.fakes.bot_api.errors import bad_request, conflict, too_many_requests
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.params import Params
from tests.fakes.bot_api.updates import ALL_KINDS, MAX_BATCH, MAX_LONG_POLL
from tests.fakes.bot_api.webhook import DEFAULT_CONNECTIONS

SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_CONNECTIONS = 100
GUARD_WAIT = 3  # seconds


class RawUpdates(str):
    """A JSON array of updates as text: it may be broken on purpose, so nobody parses it on the way."""

    __slots__ = ()


@method("getUpdates")
async def get_updates(api: BotApi, params: Params) -> RawUpdates:
    """Confirm what lies below `offset` and return what follows, waiting up to `timeout` seconds."""
    if api.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    offset = params.integer("offset")
    limit = params.integer("limit", MAX_BATCH, 1, MAX_BATCH)
    seconds = params.integer("timeout", 0, 0, MAX_LONG_POLL)
    _read_allowed(api, params)
    if api.settings.repeat_poll_guard:
        seconds = max(seconds, _guard_wait(api, offset))
    found = await api.queue.poll(offset, limit, seconds)
    return RawUpdates("[" + ",".join(update.raw for update in found) + "]")


def _guard_wait(api: BotApi, offset: int) -> int:
    last_offset, last_at = api.last_poll
    now = api.clock.now()
    api.last_poll = (offset, now)
    return GUARD_WAIT if offset == last_offset and now < last_at + GUARD_WAIT else 0


def _read_allowed(api: BotApi, params: Params) -> None:
    """Remember `allowed_updates`; a call without it changes nothing, an empty list brings back the default."""
    kinds = params.structure("allowed_updates", "allowed updates")
    if isinstance(kinds, list):
        api.queue.allowed = [kind for kind in kinds if kind in ALL_KINDS]


@method("setWebhook")
async def set_webhook(api: BotApi, params: Params) -> Answer:
    """Deliver updates to `url`; an empty one means deleteWebhook. Plain HTTP is taken on loopback only."""
    url = params.text("url").strip()
    if not url:
        return await _delete(api, params)
    address = urlsplit(url)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret_token = params.text("secret_token")
    if secret_token and not SECRET_TOKEN.fullmatch(secret_token):
        raise bad_request("secret token contains unallowed characters")
    _read_allowed(api, params)
    if api.limiter.settings.enabled and api.clock.now() < api.webhook.next_set_at:
        raise too_many_requests(1)
    api.webhook.next_set_at = api.clock.now() + 1
    if params.flag("drop_pending_updates"):
        api.queue.clear()
    max_connections = params.integer("max_connections", DEFAULT_CONNECTIONS, 1, MAX_CONNECTIONS)
    changed = await api.webhook.set(url, secret_token, max_connections)
    return Answer(result=True, description="Webhook was set" if changed else "Webhook is already set")


@method("deleteWebhook")
async def delete_webhook(api: BotApi, params: Params) -> Answer:
    """Go back to getUpdates."""
    return await _delete(api, params)


async def _delete(api: BotApi, params: Params) -> Answer:
    if params.flag("drop_pending_updates"):
        api.queue.clear()
    had_one = bool(api.webhook.url)
    await api.webhook.remove()
    return Answer(result=True, description="Webhook was deleted" if had_one else "Webhook is already deleted")


@method("getWebhookInfo")
def get_webhook_info(api: BotApi, params: Params) -> JsonObject:  # noqa: ARG001 - all handlers look alike
    """Return where updates go and what went wrong there last."""
    return api.webhook.info()

"""Plain calls to the fake, for tests of what client libraries hide: raw answers, odd bodies, wrong tokens."""

import ssl
from dataclasses import dataclass

import httpx

from tests.fakes.bot_api.client import FakeTelegram
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue

# Making one takes longer than a call, although nothing here is encrypted.
_CONTEXT = ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: status, headers, text, and the JSON if it is an object."""

    status: int
    headers: httpx.Headers
    text: str
    body: JsonObject

    @property
    def description(self) -> str:
        """Return the words of a refusal."""
        return str(self.body.get("description", ""))

    @property
    def result(self) -> JsonValue:
        """Return the result of an accepted call."""
        return self.body["result"]


async def ask(telegram: FakeTelegram, method: str, **params: JsonValue) -> Reply:
    """Call a method with a JSON body."""
    async with plain_client() as client:
        return read_reply(await client.post(f"{telegram.base_url}{telegram.token}/{method}", json=params))


def plain_client() -> httpx.AsyncClient:
    """Return an HTTP client that ignores proxies of the environment."""
    return httpx.AsyncClient(trust_env=False, timeout=30, verify=_CONTEXT)


def read_reply(response: httpx.Response) -> Reply:
    """Read an answer; one that is no JSON has an empty body."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    return Reply(response.status_code, response.headers, response.text, body if isinstance(body, dict) else {})

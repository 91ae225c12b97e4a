"""The HTTP side: finds token, method and parameters in a request and lets faults happen."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from tests.fakes.bot_api import methods  # noqa: F401 - registers the methods
from tests.fakes.bot_api.api import METHODS, BotApi, Settings, check_token
from tests.fakes.bot_api.clock import Clock
from tests.fakes.bot_api.control import Control
from tests.fakes.bot_api.errors import ApiError, FakeTelegramError, too_many_requests
from tests.fakes.bot_api.faults import Fault, FaultKind
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.limits import LimitSettings
from tests.fakes.bot_api.methods.updates import RawUpdates
from tests.fakes.bot_api.model import Call
from tests.fakes.bot_api.params import Params, read_params

LARGEST_REQUEST = 60 * 1024 * 1024
BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
NO_LATENCY = frozenset({"getUpdates"})
BEFORE = frozenset({
    FaultKind.FLOOD, FaultKind.REFUSE, FaultKind.BAD_GATEWAY, FaultKind.INTERNAL, FaultKind.DROP, FaultKind.HANG,
    FaultKind.DELAY,
})  # fmt: skip


class BotApiServer:
    """A Bot API server for one bot on a loopback port."""

    def __init__(
        self, settings: Settings | None = None, limits: LimitSettings | None = None, clock: Clock | None = None
    ) -> None:
        """Prepare a server; `start` opens the port."""
        self.api = BotApi(settings or Settings(), limits or LimitSettings(), clock or Clock())
        self.control = Control(self.api)
        self._runner: web.ServerRunner | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 and return the address; port 0 takes a free one."""
        server = web.Server(self._answer, request_factory=_make_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, backlog=1024)
        await site.start()
        host, real_port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{real_port}"
        return self.url

    async def stop(self) -> None:
        """Close the port; polls that wait get no answer."""
        await self.api.webhook.remove()
        self.api.queue.interrupt(ApiError(HTTPStatus.BAD_GATEWAY, "Bad Gateway"))
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        parts = request.path.split("/", 3)  # "", "bot<token>", "<method>" or "", "file", "bot<token>", "<path>"
        if parts[1].startswith("bot") and len(parts) == 3:
            return await self._answer_call(request, parts[1].removeprefix("bot"), parts[2])
        if parts[1] == "file" and len(parts) == 4:
            return self._answer_file(parts[2].removeprefix("bot"), parts[3])
        if parts[1] == "control" and len(parts) == 3:
            return await self._answer_control(request, parts[2])
        return _refusal(ApiError(HTTPStatus.NOT_FOUND, "Not Found"))

    async def _answer_call(self, request: web.BaseRequest, token: str, name: str) -> web.StreamResponse:
        try:
            check_token(self.api.settings.token, token)
            params = await read_params(request)
        except ApiError as error:
            return _refusal(error)
        known = METHODS.get(name.lower())
        if known is None:
            _Exchange(self.api, request, name, params).record(HTTPStatus.NOT_FOUND, "Not Found")
            return _refusal(ApiError(HTTPStatus.NOT_FOUND, "Not Found"))
        method, handler = known
        exchange = _Exchange(self.api, request, method, params)
        async with exchange.slowly():
            fault = self.api.faults.strike(method, exchange.chat_id)
            if fault is not None and fault.kind in BEFORE:
                early = await exchange.fail_before(fault)
                if early is not None:
                    return early
            try:
                body = await self.api.handle(handler, params)
            except ApiError as error:
                exchange.record(error.code, error.description, fault=fault)
                return _refusal(error)
            exchange.record(HTTPStatus.OK, result=body["result"], fault=fault)
        return await exchange.finish(_success(body), fault)

    def _answer_file(self, token: str, path: str) -> web.StreamResponse:
        try:
            check_token(self.api.settings.token, token)
        except ApiError as error:
            return _refusal(error)
        for stored in self.api.world.files.values():
            if stored.path == path:
                return web.Response(body=stored.content, content_type="application/octet-stream")
        return _refusal(ApiError(HTTPStatus.NOT_FOUND, "Not Found"))

    async def _answer_control(self, request: web.BaseRequest, order: str) -> web.StreamResponse:
        body = await request.read()
        try:
            result = await self.control.carry_out(order, json.loads(body) if body else {})
        except FakeTelegramError as error:
            return web.json_response({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
        return web.json_response({"result": result})


class _Exchange:
    """One request and what becomes of it."""

    def __init__(self, api: BotApi, request: web.BaseRequest, method: str, params: Params) -> None:
        self._api = api
        self._request = request
        self._method = method
        self._params = params
        chat_id = params.integer("chat_id")
        self.chat_id = chat_id or None

    @contextlib.asynccontextmanager
    async def slowly(self) -> AsyncIterator[None]:
        """Take half of the latency before and half after the call is handled."""
        pause = 0.0 if self._method in NO_LATENCY else self._api.settings.latency / 2
        if pause:
            await asyncio.sleep(pause)
        try:
            yield
        finally:
            if pause:
                await asyncio.sleep(pause)

    async def fail_before(self, fault: Fault) -> web.StreamResponse | None:
        """Let a fault happen that comes before handling; None if the call goes on."""
        if fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind in (FaultKind.DROP, FaultKind.HANG):
            self.record(0, fault=fault)
            await asyncio.sleep(fault.seconds)
            return self._drop()
        if fault.kind is FaultKind.BAD_GATEWAY:
            self.record(HTTPStatus.BAD_GATEWAY, "Bad Gateway", fault=fault)
            return _bad_gateway()
        refusal = ApiError(fault.code, fault.description)
        if fault.kind is FaultKind.FLOOD:
            refusal = too_many_requests(fault.retry_after)
        elif fault.kind is FaultKind.INTERNAL:
            refusal = ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
        self.record(refusal.code, refusal.description, fault=fault)
        return _refusal(refusal)

    async def finish(self, response: web.Response, fault: Fault | None) -> web.StreamResponse:
        """Let a fault happen that comes after handling, or answer."""
        if fault is None:
            return response
        if fault.kind is FaultKind.LATE_ANSWER:
            await asyncio.sleep(fault.seconds)
        elif fault.kind is FaultKind.LOST_ANSWER:
            await asyncio.sleep(fault.seconds)
            return self._drop()
        elif fault.kind is FaultKind.GATEWAY_AFTER:
            return _bad_gateway()
        elif fault.kind is FaultKind.GARBLED:
            text = response.text or ""
            return web.Response(text=text[: len(text) // 2], content_type="application/json")
        return response

    def record(self, code: int, description: str = "", *, result: object = None, fault: Fault | None = None) -> None:
        """Write the call into the ledger."""
        values = dict(self._params.values)
        values.update({name: f"<{upload.name}>" for name, upload in self._params.files.items()})
        if isinstance(result, RawUpdates):
            result = str(result)
        call = Call(
            at=self._api.clock.now(),
            method=self._method,
            chat_id=self.chat_id,
            params=values,
            code=int(code),
            description=description,
            result=result,
            fault=fault.kind.value if fault else None,
        )
        self._api.record(call)

    def _drop(self) -> web.StreamResponse:
        if self._request.transport is not None:
            self._request.transport.abort()
        return web.Response()


def _success(body: JsonObject) -> web.Response:
    result = body["result"]
    text = (
        f'{{"ok":true,"result":{result}}}' if isinstance(result, RawUpdates) else json.dumps(body, ensure_ascii=False)
    )
    return web.Response(body=text.encode(), content_type="application/json")


def _refusal(error: ApiError) -> web.Response:
    headers = {}
    if "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    body = json.dumps(error.body(), ensure_ascii=False)
    return web.Response(text=body, status=error.code, content_type="application/json", headers=headers)


def _bad_gateway() -> web.Response:
    return web.Response(text=BAD_GATEWAY, status=HTTPStatus.BAD_GATEWAY, content_type="text/html")


def _make_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_REQUEST)

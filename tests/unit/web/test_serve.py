"""uvicorn inside our loop: it leaves signals alone, logs no request, ends with us, and says when its port is taken."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from bot.errors import SettingsInvalid
from bot.web.serve import serving


async def hello(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer everything."""
    if scope["path"] == "/broken":
        raise ValueError("words of somebody")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def free_port(family: socket.AddressFamily = socket.AF_INET) -> int:
    with socket.socket(family) as found:
        found.bind(("::1" if family is socket.AF_INET6 else "127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_it_answers_meanwhile_and_not_after(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    caplog.set_level(logging.DEBUG)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as asking:
        async with serving(hello, ("127.0.0.1", port)):
            answer = await asking.get("/secret?of=somebody")

        with pytest.raises(httpx.ConnectError):
            await asking.get("/")

    assert answer.text == "hello"
    assert "server" not in answer.headers
    assert "somebody" not in "".join(record.getMessage() for record in caplog.records if "uvicorn" in record.name)


async def test_it_takes_no_signal() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    port = free_port()

    async with serving(hello, ("127.0.0.1", port)), httpx.AsyncClient() as asking:
        await asking.get(f"http://127.0.0.1:{port}/")
        meanwhile = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    assert meanwhile == before


async def test_connections_that_are_left_open_do_not_hold_up_the_end() -> None:
    port = free_port()
    async with asyncio.timeout(10):
        async with serving(hello, ("127.0.0.1", port)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b"hello")
            silent, half = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            half[1].write(b"GET / HTT")
            await half[1].drain()
        for open_writer in (writer, silent[1], half[1]):
            open_writer.close()


async def test_a_request_that_breaks_the_page_ends_nothing() -> None:
    port = free_port()
    async with serving(hello, ("127.0.0.1", port)), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as asking:
        broken = await asking.get("/broken")

        assert (broken.status_code, broken.text) == (500, "Internal Server Error")
        assert (await asking.get("/")).text == "hello"


async def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsInvalid, match=rf"TILTAS_WEB: .*127\.0\.0\.1:{port}: .*in use\. .*another"):
            async with serving(hello, ("127.0.0.1", port)):
                pass


async def test_a_host_that_is_not_this_machine_is_told() -> None:
    with pytest.raises(SettingsInvalid, match=r"TILTAS_WEB: .*192\.0\.2\.1"):
        async with serving(hello, ("192.0.2.1", free_port())):
            pass


async def test_the_sixth_version_of_the_protocol_works_too() -> None:
    port = free_port(socket.AF_INET6)
    async with serving(hello, ("::1", port)), httpx.AsyncClient() as asking:
        assert (await asking.get(f"http://[::1]:{port}/")).text == "hello"


async def test_the_same_port_can_be_had_again_at_once() -> None:
    port = free_port()
    for _ in range(2):
        async with serving(hello, ("127.0.0.1", port)), httpx.AsyncClient() as asking:
            assert (await asking.get(f"http://127.0.0.1:{port}/")).text == "hello"

"""Runs the fake as its own process and prints one JSON line with its address."""

import argparse
import asyncio
import json
import signal
import sys

from tests.fakes.bot_api.api import Settings
from tests.fakes.bot_api.limits import LimitSettings
from tests.fakes.bot_api.server import BotApiServer


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.bot_api", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=Settings().token)
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's rate limits")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="added to every call except getUpdates")
    return parser.parse_args()


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = Settings(token=arguments.token, latency=arguments.latency_ms / 1000)
    server = BotApiServer(settings, LimitSettings(enabled=arguments.limits))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    url = await server.start(arguments.port)
    address = {"url": url, "base_url": f"{url}/bot", "base_file_url": f"{url}/file/bot", "token": settings.token}
    sys.stdout.write(json.dumps(address) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop()


asyncio.run(run(read_arguments()))

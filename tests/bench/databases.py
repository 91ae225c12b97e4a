"""The databases that are measured: SQLite as it is, and a PostgreSQL of our own beside the bot, both writing to the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from tests import builders_postgres

Database = Callable[[Path], AbstractContextManager[str]]
"""Gives the address of an empty database; one that is a file lies in the folder."""
NAMES = ("sqlite", "postgresql")


@contextmanager
def chosen(names: Sequence[str]) -> Iterator[Mapping[str, Database]]:
    """Return databases by name; a server is started only for one that needs it."""
    unknown = set(names) - set(NAMES)
    if unknown:
        raise SystemExit(f"Databases are: {', '.join(NAMES)}; not {', '.join(unknown)}.")
    found: dict[str, Database] = {"sqlite": lambda folder: nullcontext(f"sqlite:///{folder / 'tiltas.db'}")}
    if "postgresql" not in names:
        yield {name: found[name] for name in names}
        return
    with builders_postgres.databases(durable=True) as server:
        found["postgresql"] = lambda _: server.one()
        yield {name: found[name] for name in names}

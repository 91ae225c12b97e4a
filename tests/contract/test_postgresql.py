"""What only a server can do to us: be away, go away, be slow, refuse. It is told shortly, and without words or passwords."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import bindparam, make_url, select, text

from bot.conversation.model import Channel, Incoming, OutgoingKind
from bot.errors import SettingsInvalid, StoreAway, StoreRefused, StoreUnavailable
from bot.storage import engine
from bot.storage.migrate import NEWEST, migrate, present_schema
from bot.storage.tables import inbox, metadata
from bot.storage.unit_of_work import SqlReader, SqlStore
from tests.builders_dialogue import NOW, told
from tests.builders_postgres import Databases, Looking, Server
from tests.builders_store import BORYS, SOON, all_rows, arrive, incoming, opened, owe, owing, states

SECRET = "my husband beats me"
PASSWORD = "correct horse"
END_THE_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid != pg_backend_pid()
"""


@pytest.fixture
def address(postgres: Databases) -> Iterator[str]:
    with postgres.one() as address:
        yield address


@pytest_asyncio.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    async with opened(address) as store:
        yield store


@pytest.fixture
def looking(address: str) -> Iterator[Looking]:
    """Return an administrator's own connection."""
    with closing(Looking(address)) as looking:
        yield looking


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """Return a server of this module's own: it asks one user for a password, and tests stop it."""
    server = Server(asks_for_password=("guarded",))
    try:
        server.start()
        with closing(Looking(server.address)) as looking:
            looking.rows(f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        server.close()


async def said(address: str) -> str:
    """Return what is told about an address that cannot be used, as the command line would print it."""
    store = SqlStore(address)
    try:
        with pytest.raises((StoreUnavailable, SettingsInvalid)) as caught:
            await migrate(store)
    finally:
        await store.close()
    return str(caught.value)


# Away at the start ----------------------------------------------------------------------------------------------------


async def test_a_server_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    nowhere = await said(f"postgresql://tiltas:{PASSWORD}@/tiltas?host={tmp_path}")
    refused = await said(f"postgresql://tiltas:{PASSWORD}@127.0.0.1:1/tiltas")

    assert nowhere == "the database cannot be opened or written: FileNotFoundError: No such file or directory"
    assert refused.startswith("the database cannot be opened or written: ConnectionRefusedError: ")


async def test_a_database_that_is_not_there_is_named(address: str) -> None:
    found = await said(address.replace("/tiltas_test_", "/nothing_like_"))

    assert 'database "nothing_like_' in found
    assert found.endswith('" does not exist')


async def test_a_wrong_password_is_told_and_not_shown(guarded: Server) -> None:
    found = await said(guarded.address.replace("tiltas@", "guarded:battery%20staple@"))

    assert found.endswith('password authentication failed for user "guarded"')
    assert "battery" not in found


async def test_the_right_password_may_have_any_characters(guarded: Server) -> None:
    with closing(Looking(guarded.address)) as looking:
        looking.rows("ALTER ROLE guarded PASSWORD 'a/b@c:d%?#e'")
    store = SqlStore(guarded.address.replace("tiltas@", "guarded:a%2Fb%40c%3Ad%25%3F%23e@"))

    async with store.begin() as tx:
        who = await tx.connection.scalar(text("SELECT current_user"))

    await store.close()
    assert who == "guarded"


async def test_what_waiting_does_not_help_is_told_from_a_server_that_may_come_back(
    guarded: Server, tmp_path: Path
) -> None:
    with closing(Looking(guarded.address)) as looking:
        looking.rows("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    addresses = {
        "full": guarded.address.replace("tiltas@", "crowded@"),
        "refused": "postgresql://tiltas@127.0.0.1:1/tiltas",
        "nowhere": f"postgresql://tiltas@/tiltas?host={tmp_path}",
        "password": guarded.address.replace("tiltas@", "guarded:battery@"),
        "no database": make_url(guarded.address).set(database="nothing_like").render_as_string(),
    }

    away = {name for name, address in addresses.items() if await is_away(address)}

    assert away == {"full", "refused", "nowhere"}


async def is_away(address: str) -> bool:
    store = SqlStore(address)
    with pytest.raises(StoreUnavailable) as caught:
        await migrate(store)
    await store.close()
    return isinstance(caught.value, StoreAway)


@pytest.mark.parametrize("broken", ["tiltas:corr@ct:horse@host/tiltas", "tiltas:correct@host:horse/tiltas"])
def test_an_address_that_cannot_be_read_is_not_repeated(broken: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        SqlStore(f"postgresql://{broken}")

    assert str(caught.value).startswith("TILTAS_DATABASE_URL is no database address; it should be like postgresql://")
    assert "horse" not in str(caught.value)


@pytest.mark.parametrize("options", ["sslmode=perhaps", "port=many"])
async def test_an_option_of_the_address_that_cannot_be_used_is_told(address: str, options: str) -> None:
    assert (await said(f"{address}&{options}")).startswith("TILTAS_DATABASE_URL cannot be used: ")


async def test_an_option_that_the_server_does_not_know_is_told(address: str) -> None:
    assert (await said(f"{address}&colour=blue")).endswith('unrecognized configuration parameter "colour"')


# Gone in the middle ---------------------------------------------------------------------------------------------------


async def write(store: SqlStore, looking: Looking, *after: Incoming) -> None:
    """Write in one transaction, whose connection is lost before some of it."""
    async with store.begin() as tx:
        await tx.inbox.add([incoming("lost")], NOW)
        looking.rows(END_THE_OTHERS)
        await tx.inbox.add(after, NOW)


async def test_a_connection_lost_in_a_transaction_undoes_it_and_the_next_one_works(
    store: SqlStore, looking: Looking
) -> None:
    with pytest.raises(StoreUnavailable):
        await write(store, looking, incoming("lost too", BORYS))

    assert [one.incoming.key for one in await arrive(store, incoming("kept"))] == ["kept"]


async def test_a_connection_lost_before_the_commit_is_no_commit(store: SqlStore, looking: Looking) -> None:
    with pytest.raises(StoreUnavailable):
        await write(store, looking)

    assert await all_rows(store, inbox) == []


async def test_connections_that_broke_while_nobody_used_them_are_made_anew(store: SqlStore, looking: Looking) -> None:
    async def use() -> None:
        async with store.begin() as tx:
            await tx.connection.execute(text("SELECT pg_sleep(0.05)"))

    await asyncio.gather(*(use() for _ in range(engine.POOL)))
    looking.rows(END_THE_OTHERS)

    await asyncio.gather(*(use() for _ in range(engine.POOL)))


async def test_a_server_that_comes_back_is_used_again(guarded: Server) -> None:
    async with opened(guarded.address) as store:
        await arrive(store, incoming("before"))

        guarded.stop()
        with pytest.raises(StoreUnavailable):
            await arrive(store, incoming("meanwhile"))
        guarded.start()
        found = await arrive(store, incoming("after", BORYS))

    assert [one.incoming.key for one in found] == ["before", "after"]


# Slow -----------------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def hasty(store: SqlStore, address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    """Return the same database as a process sees it that gives up soon."""
    del store  # makes the schema
    tenths = {"statement_timeout": 4, "lock_timeout": 2, "idle_in_transaction_session_timeout": 2}
    assert tenths.keys() == engine.LIMITS.keys()
    monkeypatch.setattr(engine, "LIMITS", {name: timedelta(seconds=n / 10) for name, n in tenths.items()})
    found = SqlStore(address)
    yield found
    await found.close()


async def test_a_statement_that_takes_too_long_is_given_up(hasty: SqlStore) -> None:
    told = "QueryCanceledError: canceling statement due to statement timeout"
    with pytest.raises(StoreUnavailable, match=told) as caught:
        async with hasty.begin() as tx:
            await tx.connection.execute(text("SELECT pg_sleep(30)"))

    assert not isinstance(caught.value, StoreRefused)  # the server may be quicker next time


async def test_who_waits_too_long_for_another_gives_up(store: SqlStore, hasty: SqlStore) -> None:
    (one,) = await arrive(store, incoming("a"))

    async with store.begin() as mine:
        await mine.inbox.hold([one.id])
        with pytest.raises(StoreUnavailable, match="LockNotAvailableError: canceling statement due to lock timeout"):
            async with hasty.begin() as tx:
                await tx.inbox.hold([one.id])


async def test_a_process_that_hangs_in_a_transaction_keeps_its_locks_not_for_long(
    store: SqlStore, hasty: SqlStore
) -> None:
    (one,) = await arrive(store, incoming("a"))

    async def hang() -> None:
        async with hasty.begin() as tx:
            await tx.inbox.hold([one.id])
            async with store.begin() as other:
                held.extend(await other.inbox.hold([one.id]))
            await tx.inbox.finish([one.id], NOW)

    held: list[int] = []
    with pytest.raises(StoreUnavailable):
        await hang()

    assert held == [one.id]
    assert await states(store, inbox) == {"a": "new"}


async def test_a_server_that_says_nothing_is_given_up(
    store: SqlStore, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del store
    monkeypatch.setattr(engine, "ANSWER_TIMEOUT", timedelta(seconds=0.3))
    impatient = SqlStore(address)

    with pytest.raises(StoreUnavailable, match="TimeoutError"):
        async with impatient.begin() as tx:
            await tx.connection.execute(text("SELECT pg_sleep(30)"))

    await impatient.close()


async def test_a_migration_may_take_longer(hasty: SqlStore) -> None:
    async with hasty.patiently() as connection:
        await connection.execute(text("SELECT pg_sleep(0.5)"))


# Refusing -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("SELECT CAST(:words AS TEXT)::INTEGER", "InvalidTextRepresentationError"),
        ("INSERT INTO leases VALUES (:words || repeat('x', 99), '', 1, now())", "StringDataRightTruncationError"),
        ("INSERT INTO leases VALUES (:words, NULL, 1, now())", "NotNullViolationError"),
        (
            "INSERT INTO leases VALUES (:words, '', 1, now()), (:words, '', 2, now())",
            "UniqueViolationError: pk_leases",
        ),
        ("SELECT nothing FROM leases WHERE name = :words", 'UndefinedColumnError: column "nothing" does not exist'),
    ],
)
async def test_no_words_are_told(store: SqlStore, statement: str, told: str) -> None:
    with pytest.raises(StoreRefused) as caught:
        async with store.begin() as tx:
            await tx.connection.execute(text(statement), {"words": SECRET})

    assert str(caught.value) == told


async def test_a_value_of_the_wrong_kind_is_told_without_it(store: SqlStore) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        async with store.begin() as tx:
            await tx.connection.execute(select(inbox).where(inbox.c.id == bindparam("id", SECRET)))

    assert SECRET not in str(caught.value)


# Reading --------------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def reader(store: SqlStore, address: str) -> AsyncIterator[SqlReader]:
    del store  # makes the schema
    found = SqlReader(address)
    yield found
    await found.close()


async def test_a_reader_sees_one_moment(store: SqlStore, reader: SqlReader) -> None:
    async with reader.begin() as looking:
        before = await looking.state(NOW)
        await arrive(store, incoming("a"))
        again = await looking.state(NOW)
    async with reader.begin() as looking:
        afterwards = await looking.state(NOW)

    assert (before.unhandled, again.unhandled, afterwards.unhandled) == (0, 0, 1)


async def test_a_reader_waits_for_nobody(store: SqlStore, reader: SqlReader) -> None:
    (one,) = await arrive(store, incoming("a"))

    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW)
        async with reader.begin() as looking:
            assert (await looking.state(NOW)).unhandled == 1


async def test_a_reader_cannot_write(store: SqlStore, reader: SqlReader) -> None:
    with pytest.raises(StoreUnavailable, match="cannot execute INSERT in a read-only transaction"):
        async with reader.begin() as tx:
            await tx.inbox.add([incoming("a")], NOW)

    assert await all_rows(store, inbox) == []


async def test_a_reader_sees_what_is_late_while_somebody_keeps_it_locked(store: SqlStore, reader: SqlReader) -> None:
    (one,) = await arrive(store, incoming("a", text=SECRET))
    row = owing("card", one.conversation_id, told(kind=OutgoingKind.CARD), source=one.id)
    await owe(store, row)

    async with store.begin() as tx:
        await tx.inbox.hold([one.id])
        await tx.outbox.due([Channel.TELEGRAM], SOON, 10)
        async with reader.begin() as looking:
            late = await looking.inbox.late([Channel.TELEGRAM], SOON, 10)
            cards = await looking.outbox.late_cards([Channel.TELEGRAM], SOON, 10)

    assert ([message.text for message in late], list(cards)) == ([SECRET], ["a"])


async def test_a_reader_of_an_empty_database_finds_no_schema(address: str) -> None:
    reader = SqlReader(address)

    assert await present_schema(reader) is None

    await reader.close()


async def test_a_copy_that_postgresql_makes_of_itself_can_be_restored(guarded: Server, tmp_path: Path) -> None:
    there, copy = guarded.address.replace("/postgres?", "/copied?"), tmp_path / "tiltas.dump"
    with closing(Looking(guarded.address)) as looking:
        looking.rows("CREATE DATABASE copied")
    store = SqlStore(there)
    await migrate(store)
    await arrive(store, incoming("a"))
    before = {table.name: await all_rows(store, table) for table in metadata.sorted_tables}

    guarded.call("pg_dump", "--format=custom", f"--file={copy}", there)
    await arrive(store, incoming("b", BORYS))
    await store.engine.dispose()
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    guarded.call("pg_restore", *options, f"--dbname={there}", copy)

    assert await migrate(store) == (NEWEST, NEWEST)
    assert {table.name: await all_rows(store, table) for table in metadata.sorted_tables} == before
    assert len(await arrive(store, incoming("c"), incoming("b", BORYS))) == 2
    await store.close()


# How it is set --------------------------------------------------------------------------------------------------------


async def test_what_is_acknowledged_is_on_the_disk_whatever_the_server_is_set_to(
    store: SqlStore, address: str, looking: Looking
) -> None:
    del store
    looking.rows(f"ALTER DATABASE {make_url(address).database} SET synchronous_commit = off")
    looking.rows(f"ALTER DATABASE {make_url(address).database} SET default_transaction_isolation = 'serializable'")
    ours = SqlStore(address)

    async with ours.begin() as tx:
        found = [
            await tx.connection.scalar(text(f"SHOW {name}")) for name in ("synchronous_commit", "transaction_isolation")
        ]

    await ours.close()
    assert found == ["on", "read committed"]

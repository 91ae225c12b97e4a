"""The composition root: settings in, a running app out. The only module that knows every adapter."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TextIO

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.actions import calibrating
from bot.actions.answering import Mind
from bot.actions.calibrating import Learned, with_own
from bot.actions.direct import DirectCards
from bot.actions.health import Database, Health, writes
from bot.actions.invitations import invite
from bot.actions.receiving import receive
from bot.actions.reporting import State, store_state
from bot.channels.console import ConsoleChannel
from bot.channels.telegram.profile import set_profile
from bot.channels.telegram.receive import Poller
from bot.channels.telegram.send import TelegramChannel
from bot.content.model import TeamId, emergency_number
from bot.conversation.decide import CAUTIOUS_POLICY, DEFAULT_POLICY
from bot.conversation.model import Address, Channel, Incoming, Kind, Token
from bot.conversation.replies import Calls, World
from bot.encoders import choose
from bot.errors import ChannelRejected, ContentBroken, StoreAway, StoreUnavailable, TeamUnknown
from bot.matching.encoder import Encoder
from bot.matching.find import Matcher
from bot.matching.language import load as load_language_model
from bot.ports import ChannelPort, Missed, StoreState
from bot.settings import Settings
from bot.storage import faq_watch
from bot.storage.backup import last_backup
from bot.storage.calibration_file import CalibrationFile
from bot.storage.faq_files import Content, ContentFolder, Print, describe
from bot.storage.last_good import LastGood
from bot.storage.migrate import NEWEST, migrate, present_schema
from bot.storage.unit_of_work import SqlReader, SqlStore
from bot.web.health import Lately, health_app
from bot.web.serve import serving
from bot.workers import timers
from bot.workers.answers import Answerer
from bot.workers.delivery import Sender
from bot.workers.direct import IN_TIME, Direct
from bot.workers.pacing import Pacer
from bot.workers.pulse import Hearts

log = structlog.get_logger()

OPENED_EVERY = 1.0
"""Seconds between two tries to open a store that was away at the start."""

Work = Coroutine[Any, Any, None]  # Any: what a coroutine may be sent, and yields, is asyncio's own


def now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


def new_token() -> Token:
    """Return a token for a set of buttons: 48 random bits."""
    return Token(secrets.token_urlsafe(6).replace(".", "-"))


def content_folder(
    settings: Settings, encoder: Encoder | None = None, last_good: LastGood | None = None
) -> ContentFolder:
    """Return the content folders that the settings name."""
    return ContentFolder(settings.faq, settings.locales, settings.data / "cache", encoder, last_good)


def encoder_of(settings: Settings) -> Encoder | None:
    """Return the encoder that the settings name, or None; why there is none is logged once. Takes up to a second."""
    chosen = choose(settings.encoder, settings.data / "cache")
    if chosen.encoder is None and settings.encoder != "none":
        log.warning("encoder.none", reason=chosen.reason)
    return chosen.encoder


def with_own_calibration(settings: Settings, content: Content) -> Content:
    """Return content whose probabilities are the deployment's own, if it has some that were learned by this way of matching."""
    own = CalibrationFile(settings.data).read()
    if own is None:
        return content
    if not own.fits(content.index):
        log.warning("calibration.ignored", algorithm=own.algorithm, encoder=own.encoder_id)
        return content
    log.info("calibration.used", day=own.day.isoformat(), verdicts=own.verdicts)
    return replace(content, index=with_own(content.index, own))


def mind_of(content: Content, *, cautious: bool = False, shadow: bool = False, calls: Calls | None = None) -> Mind:
    """Return the means to understand and to word, of one sound content."""
    catalogue = content.catalogue
    policy = CAUTIOUS_POLICY if cautious else DEFAULT_POLICY
    world = World(catalogue, content.messages, policy, now(), new_token, shadow, calls or Calls())
    return Mind(Matcher(catalogue, content.index, content.encoder), world)


def _mind(settings: Settings, content: Content) -> Mind:
    own = with_own_calibration(settings, content)
    return mind_of(own, cautious=settings.cautious, shadow=settings.shadow, calls=_calls(settings))


def _calls(settings: Settings) -> Calls:
    administrator = Address(Channel.TELEGRAM, settings.administrator) if settings.administrator else None
    return Calls(timedelta(minutes=settings.alert_minutes), administrator)


@dataclass
class App:
    """A store, the present content, and the workers between them."""

    settings: Settings
    store: SqlStore
    folder: ContentFolder
    seen: Print
    mind: Mind
    findings: int = 0
    """Of content that was refused after the present one."""
    hearts: Hearts = field(default_factory=lambda: Hearts(monotonic))
    direct: DirectCards = field(default_factory=DirectCards)

    def swap(self, content: Content) -> None:
        """Answer from other content from now on; whatever is being handled keeps the one it began with.

        Compiling the patterns takes half a second: call it beside the event loop.
        """
        self.mind = _mind(self.settings, content)
        self.findings = 0

    def refused(self, findings: int) -> None:
        """Remember that newer content could not be used."""
        self.findings = findings

    def present_mind(self) -> Mind:
        """Return the present content's mind, at the present."""
        return replace(self.mind, world=replace(self.mind.world, now=now()))

    async def run(
        self, channels: Sequence[ChannelPort], sources: Callable[[Callable[[], None]], Sequence[Work]]
    ) -> None:
        """Run all workers until a source ends; `sources` get the call that says "something was kept"."""
        pacer = Pacer(monotonic) if self.settings.pace else Pacer(monotonic, per_second=0, chat_pause=0)
        sender = Sender(
            {channel.channel: channel for channel in channels},
            store=self.store,
            clock=now,
            world=lambda: self.present_mind().world,
            pacer=pacer,
            in_flight=self.settings.in_flight,
            cards=self.direct,
            pulse=self.hearts.delivery,
        )
        answerer = Answerer(
            store=self.store,
            clock=now,
            mind=self.present_mind,
            handled=sender.nudge,
            cards=self.direct,
            pulse=self.hearts.answers,
        )
        background = [
            _ready(self.store),
            sender.run(),
            answerer.run(),
            timers.run(
                store=self.store,
                clock=now,
                world=lambda: self.present_mind().world,
                moved=sender.nudge,
                pulse=self.hearts.timers,
            ),
            faq_watch.watch(
                self.folder, self.seen, self.swap, clock=now, refused=self.refused, pulse=self.hearts.content
            ),
        ]
        await _until_one_ends(sources(answerer.nudge), background)


async def _ready(store: SqlStore) -> None:
    """Open a store that was away at the start. Raises StoreTaken, StoreUnavailable where waiting does not help."""
    while store.away:
        await asyncio.sleep(OPENED_EVERY)
        with suppress(StoreAway):
            await migrate(store)
            log.info("store.opened")
    await asyncio.Event().wait()  # a worker that ends, ends the others


async def _until_one_ends(sources: Sequence[Work], background: Sequence[Work]) -> None:
    first = [asyncio.create_task(work) for work in sources]
    rest = [asyncio.create_task(work) for work in background]
    try:
        ended, _ = await asyncio.wait([*first, *rest], return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        # Sources first: nothing new may come in while the sender writes down what is on its way.
        for task in (*first, *rest):
            task.cancel()
        await asyncio.gather(*first, *rest, return_exceptions=True)


@asynccontextmanager
async def opened(settings: Settings, last_good: LastGood | None = None, *, away: bool = False) -> AsyncIterator[App]:
    """Open the store, bring it up to date, load the content; `last_good` takes the place of content that is broken.

    With `away` the store may be, and is opened later by `App.run`. Raises SettingsInvalid, StoreTaken, StoreUnavailable,
    ContentBroken: each says what to do.
    """
    # Unpacking the language model takes as long as reading the content; both leave the interpreter free for the other.
    language_model = asyncio.create_task(asyncio.to_thread(load_language_model))
    folder = content_folder(settings, await asyncio.to_thread(encoder_of, settings), last_good)
    seen = folder.print()
    content, findings = await asyncio.to_thread(_sound, settings, folder, last_good)
    await language_model
    store = SqlStore(settings.database)
    try:
        try:
            await migrate(store)
        except StoreAway as error:
            if not away:
                raise
            log.error("store.away", reason=str(error))
        yield App(settings, store, folder, seen, _mind(settings, content), findings)
    finally:
        folder.close()
        await store.close()


def _sound(settings: Settings, folder: ContentFolder, last_good: LastGood | None) -> tuple[Content, int]:
    """Return the content, or the last sound one and how many findings the present one has. Raises ContentBroken."""
    try:
        return folder.load(now().date(), at_once=True), 0
    except ContentBroken as broken:
        copy = last_good.folder() if last_good else None
        if copy is None:
            raise
        kept = replace(settings, faq=copy / "faq", locales=copy / "locales")
        with suppress(ContentBroken):  # a copy that an upgrade of the program has made unfit is no help
            content = content_folder(kept, folder.encoder).load(now().date(), at_once=True)
            told = describe(broken.findings[:3])
            log.error("content.last_good", findings=len(broken.findings), first=told)
            return content, len(broken.findings)
        raise


async def serve_telegram(settings: Settings) -> None:
    """Serve Telegram until a signal. Raises ChannelRejected for a token that Telegram does not know."""
    last_good = LastGood(settings.data / "last-good")
    async with (
        opened(settings, last_good, away=True) as app,
        _pages(app),
        _bot(settings) as bot,
        _direct(app, bot) as direct,
    ):

        def sources(nudge: Callable[[], None]) -> Sequence[Work]:
            async def keep(messages: Sequence[Incoming]) -> None:
                if await receive(messages, store=app.store, clock=now, urgency=app.mind.matcher.urgency):
                    nudge()

            poller = Poller(bot, lambda messages: direct.keep(messages, keep), app.hearts.poll)
            return [poller.run(), direct.run(), _until_signal()]

        world = app.mind.world
        profile = asyncio.create_task(set_profile(bot, world.messages, emergency_number(world.catalogue)))
        try:
            log.info("telegram.serving", entries=len(world.catalogue.entries), bot=bot.id)
            await app.run([TelegramChannel(bot)], sources)
        finally:
            profile.cancel()
            await asyncio.gather(profile, return_exceptions=True)


@asynccontextmanager
async def _direct(app: App, bot: Bot) -> AsyncIterator[Direct]:
    """Watch over danger beside the database, with a connection that only reads: the others may hang."""
    reader = SqlReader(app.settings.database)
    takes = Lately(lambda: writes(store=app.store, clock=now), keep=1.0, patience=IN_TIME)
    direct = Direct(
        {Channel.TELEGRAM: TelegramChannel(bot)},
        store=reader,
        clock=now,
        mind=app.present_mind,
        takes=takes,
        cards=app.direct,
        stuck=app.hearts.stuck,
        pulse=app.hearts.direct,
    )
    try:
        yield direct
    finally:
        await asyncio.gather(direct.close(), takes.close())
        await reader.close()


@asynccontextmanager
async def _pages(app: App) -> AsyncIterator[None]:
    """Answer `/health` meanwhile, where the settings name an address. Raises SettingsInvalid for one that is taken."""
    address = app.settings.web_address
    if address is None:
        yield
        return
    # Beside the bot's own connection: counting must not hold up whoever writes.
    reader = SqlReader(app.settings.database)
    reads = Lately(lambda: _schema_and_state(reader))
    takes = Lately(lambda: writes(store=app.store, clock=now))

    async def look() -> Health:
        read, taken = await asyncio.gather(reads(), takes())
        schema, state = read or (None, None)
        database = Database(schema, state, writes=taken is True)
        version = app.mind.world.catalogue.version
        return Health(database, NEWEST, version, app.findings, app.hearts.felt(), now(), app.direct)

    try:
        async with serving(health_app(look), address):
            yield
    finally:
        await asyncio.gather(reads.close(), takes.close())
        await reader.close()


async def _schema_and_state(reader: SqlReader) -> tuple[str | None, StoreState]:
    return await present_schema(reader), await store_state(store=reader, clock=now)


@asynccontextmanager
async def _bot(settings: Settings) -> AsyncIterator[Bot]:
    if settings.telegram_token is None:
        msg = "TILTAS_TELEGRAM_TOKEN is not set"
        raise ChannelRejected(msg)
    connections = settings.in_flight + 4
    bot = Bot(
        settings.telegram_token,
        base_url=f"{settings.telegram_api}/bot",
        base_file_url=f"{settings.telegram_api}/file/bot",
        request=HTTPXRequest(connection_pool_size=connections, read_timeout=20, pool_timeout=20),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=45),
    )
    try:
        await _meet(bot)
        yield bot
    finally:
        with suppress(TelegramError):
            await bot.shutdown()


async def _meet(bot: Bot) -> None:
    """Make Telegram's acquaintance, however long the network is away. A webhook would keep updates from us."""
    for wait in (1, 2, 5, 10, 30, *[60] * 1_000_000):
        try:
            await bot.initialize()
            await bot.delete_webhook()
        except InvalidToken as error:
            msg = "Telegram does not accept TILTAS_TELEGRAM_TOKEN; copy it again from @BotFather"
            raise ChannelRejected(msg) from error
        except TelegramError as error:
            log.warning("telegram.unreachable", error_type=type(error).__name__, next_try_s=wait)
            await asyncio.sleep(wait)
        else:
            return


async def _until_signal() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    log.info("stopping")


async def chat(settings: Settings, lines: TextIO, out: TextIO) -> None:
    """Be one fresh person's conversation in a terminal; end when `lines` end and everything owed is printed."""
    echo = not lines.isatty()
    session = secrets.token_hex(8)
    console = ConsoleChannel(session, out)
    async with opened(settings) as app:

        async def converse(nudge: Callable[[], None]) -> None:
            number = 0
            if not echo:
                out.write("Tiltas. Write a question; Ctrl+D ends.\n\n")
                out.flush()
            while line := await asyncio.to_thread(lines.readline):
                if not line.strip():
                    continue
                number += 1
                if echo:
                    out.write(f"You:    {line.strip()}\n")
                await receive([_line(console, number, line)], store=app.store, clock=now)
                nudge()
                await _until_nothing_is_owed(app.store, console)

        await app.run([console], lambda nudge: [converse(nudge)])


def _line(console: ConsoleChannel, number: int, line: str) -> Incoming:
    key = f"console:{console.address.chat}:{number}"
    return Incoming(key, console.address, Kind.TEXT, text=line.strip(), at=now())


async def _until_nothing_is_owed(store: SqlStore, console: ConsoleChannel) -> None:
    while True:
        async with store.begin() as tx:
            owed = await tx.inbox.unhandled(console.address) + await tx.outbox.unsent(console.address)
        if not owed:
            return
        await asyncio.sleep(0.02)


async def invite_team(settings: Settings, team: str) -> str:
    """Return a code that connects a group to a team, also beside a running Tiltas.

    Raises TeamUnknown naming the teams there are, ContentBroken, or StoreUnavailable.
    """
    content = await asyncio.to_thread(content_folder(settings).load, now().date())
    teams = content.catalogue.teams
    if team not in teams:
        msg = f"there is no team {team!r}; teams are: {', '.join(sorted(teams))}"
        raise TeamUnknown(msg)
    async with _reading(settings):
        pass
    store = SqlStore(settings.database, beside=True)
    try:
        return await invite(TeamId(team), store=store, clock=now)
    finally:
        await store.close()


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[SqlReader]:
    """Look at the database, also beside a running Tiltas. Raises StoreUnavailable, also for another schema."""
    reader = SqlReader(settings.database)
    try:
        schema = await present_schema(reader)
        if schema != NEWEST:
            msg = f"it has schema {schema}, this program needs {NEWEST}; start Tiltas once, or run `tiltas migrate`"
            raise StoreUnavailable(msg)
        yield reader
    finally:
        await reader.close()


async def learned_from_presses(settings: Settings) -> Learned:
    """Return what this deployment's verdicts would change. Raises ContentBroken, StoreUnavailable."""
    folder = content_folder(settings, await asyncio.to_thread(encoder_of, settings))
    content = await asyncio.to_thread(folder.load, now().date())
    async with _reading(settings) as reader:
        return await calibrating.learned(store=reader, index=content.index, policy=DEFAULT_POLICY, today=now().date())


async def missed_questions(settings: Settings) -> list[Missed]:
    """Return the kept questions that entries were wrong for. Raises StoreUnavailable."""
    async with _reading(settings) as reader:
        return await calibrating.missed(store=reader)


async def state_of(settings: Settings) -> State:
    """Return how the store and the content are, also beside a running Tiltas. Raises StoreUnavailable."""
    reader = SqlReader(settings.database)
    try:
        schema = await present_schema(reader)
        store = await store_state(store=reader, clock=now)
    finally:
        await reader.close()
    backup = await asyncio.to_thread(last_backup, settings.database)
    chosen = await asyncio.to_thread(choose, settings.encoder, settings.data / "cache")
    folder = content_folder(settings, chosen.encoder)
    try:
        content = await asyncio.to_thread(folder.load, now().date(), at_once=True)
    except ContentBroken as broken:
        return State(schema, store, 0, "none", len(broken.findings), "none", now(), backup)
    without = f"none: {chosen.reason}" if chosen.reason else "none yet: its index is not solved"
    own = CalibrationFile(settings.data).read()
    return State(
        schema,
        store,
        len(content.catalogue.entries),
        content.catalogue.version,
        0,
        content.index.encoder_id or without,
        now(),
        backup,
        own if own is not None and own.fits(content.index) else None,
    )

"""The content folders on disk: read whole, checked whole, swapped whole, with the solved index beside them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event

import structlog

from bot.actions.checking import check_reading
from bot.content.findings import Finding
from bot.content.messages import Messages, check_catalogues, po_file
from bot.content.model import MAIN_LANGUAGES, Catalogue, Language
from bot.content.read import Reading, read
from bot.errors import ContentBroken
from bot.matching.encoder import Encoder
from bot.matching.index import ALGORITHM, Index, IndexUnreadable, solve
from bot.storage.last_good import LastGood
from bot.storage.vectors import Kept, Vectors

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Content:
    """A sound catalogue, the bot's own texts, and the index that finds its entries, by meaning too if with an encoder."""

    catalogue: Catalogue
    messages: Messages
    index: Index
    encoder: Encoder | None = None


Print = tuple[tuple[str, int, int], ...]
"""Name, size and time of every content file: when it changes, the folder is read again."""


class ContentFolder:
    """Reads `faq/` and `locales/`; keeps solved indexes under `cache`, and the vectors of an encoder."""

    def __init__(
        self,
        faq: Path,
        locales: Path,
        cache: Path,
        encoder: Encoder | None = None,
        last_good: LastGood | None = None,
    ) -> None:
        """Read nothing yet. What is found sound later is copied to `last_good`."""
        self._faq = faq
        self._locales = locales
        self._cache = cache
        self._vectors = Vectors(cache, faq / "vectors")
        self._last_good = last_good
        self._closing = Event()
        self.encoder = encoder

    def close(self) -> None:
        """End an encoding that is under way in another thread; what is encoded already is kept."""
        self._closing.set()

    def files(self) -> dict[str, str]:
        """Return all YAML files by their path below `faq/`. Raises ContentBroken for one that is no UTF-8 text."""
        texts, findings = {}, []
        for path in sorted(self._faq.rglob("*.yaml")):
            name = path.relative_to(self._faq).as_posix()
            try:
                texts[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                findings.append(_unreadable(name, error))
        if findings:
            raise ContentBroken(findings)
        return texts

    def reading(self) -> Reading:
        """Return all files, read. Raises ContentBroken where the form of one is wrong."""
        reading = read(self.files())
        if reading.findings:
            raise ContentBroken(reading.findings)
        return reading

    def exactly(self, names: Iterable[str]) -> dict[str, str]:
        """Return those of these files that there are, with their line ends as they stand. Raises OSError."""
        paths = {name: self._faq / name for name in names}
        return {name: path.read_bytes().decode("utf-8") for name, path in paths.items() if path.exists()}

    def write(self, texts: Mapping[str, str]) -> None:
        """Write YAML files, each whole or not at all, line ends as given. Raises OSError, mostly before any is changed."""
        ready: list[tuple[Path, Path]] = []
        try:
            for name, text in texts.items():
                path = self._faq / name
                path.parent.mkdir(parents=True, exist_ok=True)
                ready.append((path.with_suffix(".new"), path))
                ready[-1][0].write_bytes(text.encode("utf-8"))
            for beside, path in ready:
                beside.replace(path)
        finally:
            for beside, _ in ready:
                with suppress(OSError):
                    beside.unlink()

    def messages(self) -> Messages:
        """Return the bot's own texts. Raises ContentBroken for gaps, broken placeholders and missing main languages."""
        return _messages(self._catalogues())

    def _catalogues(self) -> dict[Language, str]:
        texts: dict[Language, str] = {}
        for path in sorted(self._locales.glob("*/LC_MESSAGES/tiltas.po")):
            language = Language(path.parent.parent.name)
            try:
                texts[language] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ContentBroken([_unreadable(po_file(language), error)]) from error
        return texts

    def _unless_closed(self, *_: int) -> None:
        if self._closing.is_set():
            raise _Closed

    def load(self, today: date, *, at_once: bool = False) -> Content:
        """Read, check and solve, with the encoder if there is one. Raises ContentBroken with all findings.

        What was found sound once is not checked again: its index lies in the cache under a hash of all files.
        `at_once` leaves meaning for later unless its index is there: new texts may take minutes to encode.
        """
        catalogues = self._catalogues()
        messages = _messages(catalogues)
        encoder_ids = [self._encoder_id, ""] if at_once else [self._encoder_id]
        catalogue, index = self._checked(today, encoder_ids, catalogues)
        if index is None:
            # Nothing of what reading and checking needed is held any more: solving needs most memory.
            index = self._solved(catalogue, None if at_once else self.encoder)
        return Content(catalogue, messages, index, self.encoder if index.encoder_id else None)

    def _checked(
        self, today: date, encoder_ids: Sequence[str], catalogues: Mapping[Language, str]
    ) -> tuple[Catalogue, Index | None]:
        """Return the catalogue, and the first of these encoders' indexes that is in the cache."""
        files = self.files()
        reading = read(files)
        cached = None if reading.findings else (self._cached(reading.version, one) for one in encoder_ids)
        index = next((index for index in cached or () if index), None)
        if index is None:
            errors = check_reading(reading, today=today).errors
            if errors:
                raise ContentBroken(errors)
        if self._last_good is not None:
            of_the_bot = {po_file(language): text for language, text in catalogues.items()}
            self._last_good.keep({f"faq/{name}": text for name, text in files.items()} | of_the_bot)
        return reading.catalogue(), index

    @property
    def _encoder_id(self) -> str:
        return self.encoder.id if self.encoder else ""

    def _solved(self, catalogue: Catalogue, encoder: Encoder | None) -> Index:
        try:
            index = solve(catalogue, Kept(encoder, self._vectors, self._unless_closed) if encoder else None)
        except _Closed:
            raise
        except Exception:
            if encoder is None:
                raise
            # Whatever a foreign encoder raises: words go on without it, until the next start tries again.
            log.exception("encoder.failed", encoder=encoder.id)
            self.encoder = None
            index = self._cached(catalogue.version, "") or solve(catalogue)
        self._keep(index)
        return index

    def print(self) -> Print:
        """Return what tells that something in the folders has changed, without reading it."""
        found = [*self._faq.rglob("*.yaml"), *self._locales.rglob("*.po")]
        return tuple(sorted((str(path), *_size_and_time(path)) for path in found))

    def _path(self, version: str, encoder_id: str) -> Path:
        name = hashlib.sha256(f"{version}\0{ALGORITHM}\0{encoder_id}".encode()).hexdigest()[:16]
        return self._cache / f"index-{name}.npz"

    def _cached(self, version: str, encoder_id: str) -> Index | None:
        try:
            return Index.from_bytes(self._path(version, encoder_id).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, IndexUnreadable) as error:
            log.warning("index.cache_unreadable", error_type=type(error).__name__)
            return None

    def _keep(self, index: Index) -> None:
        # A cache that cannot be written costs time at the next start, nothing else.
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._cache) as folder:
                written = Path(folder) / "index.npz"
                written.write_bytes(index.to_bytes())
                written.replace(self._path(index.catalogue_version, index.encoder_id))
            self._forget_old()
        except OSError as error:
            log.warning("index.cache_not_written", error_type=type(error).__name__)

    def _forget_old(self, keep: int = 8) -> None:
        newest_first = sorted(self._cache.glob("index-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest_first[keep:]:
            path.unlink(missing_ok=True)


def _messages(texts: Mapping[Language, str]) -> Messages:
    missing = [_no_catalogue(language) for language in MAIN_LANGUAGES if language not in texts]
    findings = [*missing, *check_catalogues(texts)]
    if findings:
        raise ContentBroken(findings)
    return Messages(texts)


class _Closed(Exception):
    """The folder was closed while texts were encoded."""


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0  # gone between listing and looking; the next look tells
    return found.st_size, found.st_mtime_ns


def _unreadable(name: str, error: Exception) -> Finding:
    return Finding(
        name,
        1,
        "file",
        f"it cannot be read ({type(error).__name__}).",
        "Tiltas keeps the last sound content.",
        "Save it as UTF-8.",
    )


def _no_catalogue(language: Language) -> Finding:
    return Finding(
        po_file(language),
        1,
        language,
        "the bot's own texts are missing.",
        "Tiltas cannot talk in this language.",
        "Run `make messages` and translate.",
    )


def describe(findings: Sequence[Finding]) -> str:
    """Return findings as an editor reads them, all at once."""
    return "\n".join(str(finding) for finding in findings)

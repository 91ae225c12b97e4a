"""Vectors of texts on disk, so that a text is encoded once: what travels with the content, and what this server added."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import structlog
from numpy.lib.npyio import NpzFile

if TYPE_CHECKING:
    from bot.matching.encoder import Encoder, Floats

log = structlog.get_logger()

Halves = npt.NDArray[np.float16]
Progress = Callable[[int, int], None]
"""Told after each batch how many texts are encoded, of how many. Whatever it raises ends the work."""

OTHERS = 20_000
"""How many vectors that were not asked for last are kept: of earlier content, which may come back."""
_BATCH = 64
_PORTION = 16 * _BATCH
"""Texts encoded between two writes of the cache: what a process that ends meanwhile has to do again, some ten seconds."""
_KEY = 16
"""Bytes of the hash by which a text is found."""


class Vectors:
    """Vectors in the folder `cache`, and those in the folder `shipped`, which are only read.

    A text is known by what the encoder reads of it. Vectors are rounded to half precision whether they are fresh or kept:
    the same texts give the same index at each start, and on each server that has the shipped file.
    Files are named by the encoder's id. One that cannot be used is passed over, and made anew if it is ours.
    """

    def __init__(self, cache: Path, shipped: Path) -> None:
        self._cache = cache
        self._shipped = shipped

    def missing(self, encoder: Encoder, texts: Sequence[str]) -> int:
        """Return how many different texts would have to be encoded."""
        known = self._read(self._shipped, encoder) + self._read(self._cache, encoder)
        return len({_key(encoder, text) for text in texts} - known.places.keys())

    def of(self, encoder: Encoder, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return a row for each text, of length 1 but for the rounding. Those in neither file are encoded, and kept.

        An encoder of 384 numbers takes some 5 to 20 ms for each of these; call it beside the event loop.
        Raises what the encoder or `progress` raises; the cache has all but the last thousand then.
        """
        shipped, kept = self._read(self._shipped, encoder), self._read(self._cache, encoder)
        asked = [_key(encoder, text) for text in texts]
        known = shipped + kept
        absent = {key: text for key, text in zip(asked, texts, strict=True) if key not in known.places}
        # The longest first: a guess from what is done then errs on the safe side.
        for portion in _pieces(sorted(absent, key=lambda key: -len(absent[key])), _PORTION):
            done = len(known.keys) - len(shipped.keys) - len(kept.keys)
            rows = []
            for batch in _pieces(portion, _BATCH):
                rows.append(encoder.encode([absent[key][: encoder.max_chars] for key in batch]).astype(np.float16))
                done += len(batch)
                if progress is not None:
                    progress(done, len(absent))
            known += _Table(portion, np.concatenate(rows))
            self._keep(encoder, known, asked, shipped, kept)
        if not absent:
            self._keep(encoder, known, asked, shipped, kept)
        return known.at(asked).astype(np.float32)

    def ship(self, encoder: Encoder, texts: Sequence[str], progress: Progress | None = None) -> Path:
        """Write the file that travels with the content: the vectors of these texts and no others. Return its path.

        The same texts give the same bytes. Raises OSError where it cannot be written, and what `of` raises.
        """
        rows = self.of(encoder, texts, progress).astype(np.float16)
        table = _Table([_key(encoder, text) for text in texts], rows)
        in_order = sorted(table.places)
        path = self._shipped / _name(encoder)
        _write(path, encoder, _Table(in_order, table.at(in_order)))
        return path

    def _read(self, folder: Path, encoder: Encoder) -> _Table:
        path = folder / _name(encoder)
        try:
            return _table(path, encoder)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            log.warning("vectors.unreadable", file=str(path), error_type=type(error).__name__)
        return _Table([], np.zeros((0, encoder.dim), np.float16))

    def _keep(self, encoder: Encoder, known: _Table, asked: Sequence[bytes], shipped: _Table, kept: _Table) -> None:
        """Write what was asked for and is not shipped, then what else there was, unless the file says just that."""
        ours = [key for key in dict.fromkeys(asked) if key in known.places and key not in shipped.places]
        present = {*ours, *shipped.places}
        ours += [key for key in kept.keys if key not in present][:OTHERS]
        if set(ours) == kept.places.keys():
            return
        try:
            _write(self._cache / _name(encoder), encoder, _Table(ours, known.at(ours)))
        except OSError as error:
            # It costs the same encoding at the next start, nothing else.
            log.warning("vectors.not_written", error_type=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An encoder whose vectors are kept on disk: for the texts of content, not for people's messages."""

    encoder: Encoder
    vectors: Vectors
    progress: Progress | None = None

    @property
    def id(self) -> str:
        """The encoder's."""
        return self.encoder.id

    @property
    def dim(self) -> int:
        """The encoder's."""
        return self.encoder.dim

    @property
    def max_chars(self) -> int:
        """The encoder's."""
        return self.encoder.max_chars

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a row for each text; see `Vectors.of`."""
        return self.vectors.of(self.encoder, texts, self.progress)


@dataclass(frozen=True, eq=False, slots=True)
class _Table:
    """Rows in half precision, each under the key of its text."""

    keys: list[bytes]
    rows: Halves
    places: Mapping[bytes, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {key: place for place, key in enumerate(self.keys)})

    def __add__(self, other: _Table) -> _Table:
        return _Table([*self.keys, *other.keys], np.concatenate([self.rows, other.rows]))

    def at(self, keys: Sequence[bytes]) -> Halves:
        """Return the rows of these keys, in their order."""
        found: Halves = self.rows[np.array([self.places[key] for key in keys], np.intp)]
        return found


def _key(encoder: Encoder, text: str) -> bytes:
    return hashlib.sha256(text[: encoder.max_chars].encode("utf-8", "surrogatepass")).digest()[:_KEY]


def _name(encoder: Encoder) -> str:
    # Two ids may share a name; the file tells whose it is.
    return f"{re.sub(r'[^A-Za-z0-9.]+', '-', encoder.id).strip('-.')[:100]}.npz"


def _pieces(keys: Sequence[bytes], size: int) -> Iterator[list[bytes]]:
    return (list(keys[start : start + size]) for start in range(0, len(keys), size))


# The file: `encoder`, its id; `keys`, 16 bytes a row; `rows`, float16 --------------------------------------------------


def _table(path: Path, encoder: Encoder) -> _Table:
    """Read a file. Raises OSError, ValueError, KeyError, EOFError or BadZipFile where it is torn or of something else."""
    with path.open("rb") as raw:  # numpy leaves a torn archive open
        file = np.load(raw, allow_pickle=False)
        if not isinstance(file, NpzFile):
            raise ValueError("it is no archive")  # noqa: TRY004  it says what the other faults of a file say
        whose, keys, rows = str(file["encoder"]), file["keys"], file["rows"]
    right = (
        whose == encoder.id
        and keys.dtype == np.uint8
        and rows.dtype == np.float16
        and keys.shape == (len(rows), _KEY)
        and rows.shape == (len(keys), encoder.dim)
        and bool(np.isfinite(rows).all())
    )
    if not right:
        raise ValueError("it is of something else")
    joined = keys.tobytes()
    return _Table([joined[start : start + _KEY] for start in range(0, len(joined), _KEY)], rows)


def _write(path: Path, encoder: Encoder, table: _Table) -> None:
    """Write a file whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(table.keys), np.uint8).reshape(-1, _KEY)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / "vectors.npz"
        np.savez(whole, encoder=np.array(encoder.id), keys=keys, rows=table.rows)
        whole.replace(path)

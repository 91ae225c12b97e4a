"""Contents that are not the present one: another folder, another checkout, a revision that git keeps."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bot.content.model import Catalogue
from bot.errors import ContentBroken, ContentNotFound
from bot.matching.index import Index, solve
from bot.storage.faq_files import ContentFolder

_LONGEST_WAIT = 60
"""Seconds for one call of git: all that it does here is local."""


@contextmanager
def content_at(name: str, here: Path) -> Iterator[Path]:
    """Yield the folder of the content that `name` means, seen from the folder `here`; a revision's is gone afterwards.

    A name means a content folder (one with `entries/`), else a checkout that contains `faq/`, else a revision of the
    repository that `here` is in. Raises ContentNotFound.
    """
    folder = _content_in(here / name) if name and "\0" not in name else None
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory(prefix="tiltas-") as unpacked:
        _unpack(_archive(name, here), Path(unpacked))
        yield Path(unpacked)


def _content_in(place: Path) -> Path | None:
    return next((folder for folder in (place, place / "faq") if (folder / "entries").is_dir()), None)


# Git ------------------------------------------------------------------------------------------------------------------


def _archive(name: str, here: Path) -> bytes:
    """Return the content of a revision as a tar file."""
    if not name or name.startswith("-") or "\0" in name:
        raise ContentNotFound(f"{name!r} is no folder, and cannot be a revision.")
    top = _said(_git(here, "rev-parse", "--show-toplevel"))
    if not top:
        raise ContentNotFound(f"{name!r} is no content folder, and {here} is in no git repository.")
    commit = _object(here, f"{name}^{{commit}}")
    if not commit:
        raise ContentNotFound(
            f"{name!r} is neither a content folder, nor a checkout with faq/, nor a revision of {top}."
        )
    tree = _tree(here, commit)
    if not tree:
        raise ContentNotFound(f"The revision {name!r} of {top} has no faq/ with entries/.")
    packed = _git(Path(top), "archive", "--format=tar", tree)
    if packed.returncode:
        raise ContentNotFound(f"git cannot read the revision {name!r} of {top}.")
    return packed.stdout


def _tree(here: Path, commit: str) -> str:
    """Return the content's tree in a commit: beside us, else at the top, else the whole; empty if there is none."""
    beside = _said(_git(here, "rev-parse", "--show-prefix"))
    for folder in (f"{beside}faq/", "faq/", ""):
        if _object(here, f"{commit}:{folder}entries"):
            return _object(here, f"{commit}:{folder}")
    return ""


def _object(here: Path, name: str) -> str:
    return _said(_git(here, "rev-parse", "--verify", "--quiet", name))


def _git(here: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        raise ContentNotFound("To read a revision, git is needed; it is not installed here.")
    command = [program, "-C", str(here), *arguments]
    try:
        # A list, no shell, and no name that begins with a dash comes this far.
        return subprocess.run(  # noqa: S603  as above
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST_WAIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ContentNotFound(f"git did not work: {type(error).__name__}.") from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape").strip("\n")


def _unpack(packed: bytes, target: Path) -> None:
    """Write the plain YAML files of a tar file; links and whatever would leave the folder are left out."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            data = archive.extractfile(member) if member.isreg() and name.suffix == ".yaml" else None
            if data is None or name.is_absolute() or ".." in name.parts:
                continue
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.read())


# Content --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Readable:
    """Content that can be matched with; `errors` counts the findings that would keep it out of a running Tiltas."""

    catalogue: Catalogue
    index: Index
    errors: int = 0


def readable(folder: ContentFolder, today: date) -> Readable:
    """Read and solve content, also such as a running Tiltas would refuse: an old revision fails newer checks.

    Raises ContentBroken where the form of a file is wrong, or a pattern of danger cannot be read.
    """
    try:
        content = folder.load(today)
    except ContentBroken as broken:
        return _unsound(folder, broken)
    return Readable(content.catalogue, content.index)


def _unsound(folder: ContentFolder, broken: ContentBroken) -> Readable:
    catalogue = folder.reading().catalogue()
    try:
        index = solve(catalogue)
    except ValueError:
        raise broken from None
    return Readable(catalogue, index, len(broken.findings))

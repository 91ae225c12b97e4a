"""The last sound content, kept with the data: a start with broken content has something to answer danger from."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import structlog

log = structlog.get_logger()


class LastGood:
    """Keeps one copy of the texts of `faq/` and `locales/`, each in a folder of its own that is whole or not there.

    Vectors are not copied: they are found by what is in the texts.
    """

    def __init__(self, place: Path) -> None:
        self._place = place

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep texts by their paths, unless they are kept already. Where that fails, the copy before stays."""
        name = _name(texts)
        try:
            if (self._place / name).exists():
                os.utime(self._place / name)  # it is the newest again
            else:
                self._write(name, texts)
                self._forget_all_but(name)
        except OSError as error:
            log.warning("content.last_good_not_kept", error_type=type(error).__name__)

    def _write(self, name: str, texts: Mapping[str, str]) -> None:
        self._place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._place, prefix=".") as beside:
            for path, text in texts.items():
                file = Path(beside) / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            (Path(beside) / name).rename(self._place / name)

    def folder(self) -> Path | None:
        """Return where the newest whole copy is; `faq` and `locales` are in it. None where nothing was ever kept."""
        copies = [path for path in self._place.glob("*") if not path.name.startswith(".")]
        return max(copies, key=lambda path: path.stat().st_mtime, default=None)

    def _forget_all_but(self, name: str) -> None:
        for path in self._place.iterdir():
            if path.name != name:
                shutil.rmtree(path)


def _name(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(texts):
        digest.update(f"{path}\0{texts[path]}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]

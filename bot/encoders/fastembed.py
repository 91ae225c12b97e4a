"""fastembed: the maintained mainstream library of encoders, for one of its models by name or for any ONNX model in a folder."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.encoders.guard import Guarded, Unusable, fault_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastembed import TextEmbedding
    from fastembed.common.model_description import PoolingType

    from bot.matching.encoder import Encoder, Floats

_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])")
_POOLING = "1_Pooling/config.json"
"""Where models made with sentence-transformers say how the vectors of words become that of a text."""


class FastEmbed:
    """A model of fastembed as an Encoder. Models of the e5 family get their prefix "query: "."""

    max_chars = 400

    def __init__(self, model: TextEmbedding, name: str, *, prefix: str) -> None:
        self._model = model
        self._prefix = prefix
        self.id = f"fastembed/{name}{'/query' if prefix else ''}"
        (vector,) = model.embed(["one text"])
        self.dim = len(vector)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit row for each text; onnxruntime lets several threads ask at once."""
        rows = np.asarray(list(self._model.embed([self._prefix + text for text in texts])), np.float32)
        rows[~rows.any(axis=1)] = 1  # a text without one known word, as some models tell it: it points nowhere
        units: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return units


def opened(what: str, cache: Path) -> Encoder:
    """Return the encoder of a model's name, or of a folder with an ONNX model and its tokenizer.

    A folder is used as it lies there. A name is looked for in `cache/fastembed` first, and then fetched by fastembed from
    where it keeps its models. Raises Unusable, and whatever fastembed raises for files that it cannot use.
    """
    try:
        from loguru import logger  # noqa: PLC0415  fastembed's; optional as it is

        logger.disable("fastembed")  # it would write beside our own log; what it raises we tell
        import fastembed  # noqa: F401, PLC0415  as above
    except ModuleNotFoundError as error:
        raise Unusable(f"fastembed is not installed ({error.name} is missing).") from error
    folder = Path(what).expanduser()
    if folder.is_dir():
        encoder = Guarded(_of_folder(folder.resolve()))
    elif what.startswith((".", "/", "~")):
        raise Unusable(f"There is no folder {what}.")
    else:
        encoder = Guarded(_of_name(what, cache / "fastembed"))
    fault = fault_of(encoder)
    if fault:
        raise Unusable(f"fastembed:{what} cannot be used: {fault}.")
    return encoder


def _of_name(name: str, cache: Path) -> FastEmbed:
    from fastembed import TextEmbedding  # noqa: PLC0415  as above

    known = {model["model"].lower(): model["model"] for model in TextEmbedding.list_supported_models()}
    if name.lower() not in known:
        raise Unusable(f"fastembed has no model {name!r}; put its files into a folder and name that.")
    model = TextEmbedding(known[name.lower()], cache_dir=str(cache))
    return FastEmbed(model, f"{version('fastembed')}/{known[name.lower()]}", prefix=_prefix(name))


def _of_folder(folder: Path) -> FastEmbed:
    from fastembed import TextEmbedding  # noqa: PLC0415  as above
    from fastembed.common.model_description import ModelSource  # noqa: PLC0415

    file = _model_file(folder)
    # The files themselves are the name: other files under the same path must not meet the vectors of these.
    weights = sorted(file.parent.glob(f"{file.name}*"))  # large models keep them in files beside
    name = f"{folder.name}/{_digest([*weights, folder / 'tokenizer.json', folder / _POOLING])}"
    if name not in {model["model"] for model in TextEmbedding.list_supported_models()}:
        TextEmbedding.add_custom_model(
            model=name,
            pooling=_pooling(folder),
            normalization=True,
            sources=ModelSource(hf=name),  # asked for, and never used where the path is given
            dim=0,
            model_file=file.relative_to(folder).as_posix(),
        )
    model = TextEmbedding(name, specific_model_path=str(folder), local_files_only=True)
    return FastEmbed(model, name, prefix=_prefix(_named(folder)))


def _model_file(folder: Path) -> Path:
    found = sorted(folder.rglob("*.onnx"))
    plain = [path for path in found if path.name == "model.onnx"]
    if not found:
        raise Unusable(f"There is no ONNX model in {folder}.")
    if len(plain) != 1 and len(found) != 1:
        names = ", ".join(path.relative_to(folder).as_posix() for path in found)
        raise Unusable(f"There are several ONNX models in {folder}, and not one named model.onnx: {names}.")
    return plain[0] if len(plain) == 1 else found[0]


def _pooling(folder: Path) -> PoolingType:
    from fastembed.common.model_description import PoolingType  # noqa: PLC0415  as above

    try:
        told = json.loads((folder / _POOLING).read_text("utf-8"))
    except FileNotFoundError:
        return PoolingType.MEAN
    if told.get("pooling_mode_cls_token"):
        return PoolingType.CLS
    return PoolingType.LAST_TOKEN if told.get("pooling_mode_lasttoken") else PoolingType.MEAN


def _named(folder: Path) -> str:
    """Return the model's name as far as its place tells; hubs keep it above a folder that is named by a number."""
    return " ".join([folder.name, *(part for part in folder.parts if part.startswith("models--"))])


def _prefix(name: str) -> str:
    return "query: " if _E5.search(name.lower()) else ""


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        if path.exists():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]

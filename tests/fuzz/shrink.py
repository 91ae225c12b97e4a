"""From an update that shows a fault to the smallest one that does."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from tests.fuzz.families import Made
from tests.fuzz.shapes import Json, is_readable, places

_TRIES = 200


async def smallest(made: Made, shows_it: Callable[[Made], Awaitable[bool]]) -> Json | None:
    """Return the smallest update found; None if it alone shows nothing."""
    if not await shows_it(made):
        return None
    tries, best = 0, made
    while tries < _TRIES:
        for raw in _smaller(best.raw):
            tries += 1
            if tries >= _TRIES or await shows_it(_with(made, raw)):
                break
        else:
            break
        if tries < _TRIES:
            best = _with(made, raw)
    return best.raw


def _with(made: Made, raw: Json) -> Made:
    return replace(made, raw=raw, kept=made.kept and is_readable(raw))


def _smaller(raw: Json) -> Iterator[Json]:
    """Yield updates with one thing less in them, and with one text that is shorter."""
    for at in range(len(list(places(raw)))):
        less = copy.deepcopy(raw)
        where, name = list(places(less))[at]
        del where[name]
        yield less
    for at, (where, name) in enumerate(places(raw)):
        text = where[name]
        for shorter in _shorter(text) if isinstance(text, str) and len(text) > 1 else ():
            less = copy.deepcopy(raw)
            inside, field = list(places(less))[at]
            inside[field] = shorter
            yield less


def _shorter(text: str) -> Iterator[str]:
    for gone in (len(text) // 2, len(text) // 8, 1):
        if gone:
            yield text[gone:]
            yield text[:-gone]

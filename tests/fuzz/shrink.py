"""From an update that shows a fault to the smallest one that does."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from tests.fuzz.families import Made
from tests.fuzz.shapes import Json, places

_TRIES = 200


async def smallest(made: Made, shows_it: Callable[[Made], Awaitable[bool]]) -> Json | None:
    """Return the smallest update found; None if it alone shows nothing."""
    if not await shows_it(made):
        return None
    tries, best = 0, made
    while tries < _TRIES:
        for raw in _smaller(best.raw):
            tries += 1
            if tries >= _TRIES or await shows_it(replace(made, raw=raw)):
                break
        else:
            break
        if tries < _TRIES:
            best = replace(made, raw=raw)
    return best.raw


def _smaller(raw: Json) -> Iterator[Json]:
    """Yield updates with one thing less in them, and with one text cut in half."""
    for at in range(len(list(places(raw)))):
        less = copy.deepcopy(raw)
        where, name = list(places(less))[at]
        del where[name]
        yield less
    for at, (where, name) in enumerate(places(raw)):
        text = where[name]
        if isinstance(text, str) and len(text) > 1:
            for half in (text[: len(text) // 2], text[len(text) // 2 :]):
                less = copy.deepcopy(raw)
                inside, field = list(places(less))[at]
                inside[field] = half
                yield less

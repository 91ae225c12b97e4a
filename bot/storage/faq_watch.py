"""Watches the content folders: a sound change goes live without a restart, a bad one is told and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.errors import ContentBroken
from bot.ports import Clock, Pulse, Unfelt
from bot.storage.faq_files import Content, ContentFolder, Print, describe

log = structlog.get_logger()

LOOK_EVERY = 2.0
"""Seconds between two looks at sizes and times of the files."""


def _untold(_: int) -> None:
    """Tell nobody."""


async def watch(
    folder: ContentFolder,
    seen: Print,
    swap: Callable[[Content], None],
    *,
    clock: Clock,
    refused: Callable[[int], None] = _untold,
    pulse: Pulse | None = None,
) -> None:
    """Look until cancelled; hand each sound new content to `swap`, and the number of findings of any other to `refused`.

    `seen` was taken before the present one was read. If that compares words only though there is an encoder, the same
    content comes again as soon as its meaning is learned too.
    """
    felt = pulse or Unfelt()
    await _add_meaning(folder, swap, clock)
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = await asyncio.to_thread(folder.print)
        felt.turned()
        if now == seen:
            continue
        seen = now
        try:
            content = await asyncio.to_thread(folder.load, clock().date())
        except ContentBroken as broken:
            refused(len(broken.findings))
            log.error("content.refused", findings=len(broken.findings), first=describe(broken.findings[:3]))
        except Exception:  # whatever a half-saved file breaks: the last sound content stays
            refused(1)
            log.exception("content.failed")
        else:
            await asyncio.to_thread(swap, content)
            log.info("content.swapped", version=content.catalogue.version, entries=len(content.catalogue.entries))


async def _add_meaning(folder: ContentFolder, swap: Callable[[Content], None], clock: Clock) -> None:
    if folder.encoder is None:
        return
    try:
        content = await asyncio.to_thread(folder.load, clock().date())
    except ContentBroken:
        return  # somebody is writing: the first look tells, and then it is learned with the rest
    except Exception:  # as below
        log.exception("content.failed")
        return
    if content.encoder is not None:
        await asyncio.to_thread(swap, content)
        log.info("content.meaning_ready", encoder=content.encoder.id)

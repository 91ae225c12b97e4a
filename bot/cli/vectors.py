"""The command that writes down the meaning of the content, so that others need not encode it."""

from __future__ import annotations

import sys

import click

from bot.cli.common import fail, read_settings
from bot.errors import ContentBroken


@click.command()
def vectors() -> None:
    """Encode all texts of the content, and write the file that travels with it.

    \b
    A start that finds a text there, or in its own cache, does not encode it. What neither has is encoded now.
    Reads: faq/. Writes: faq/vectors/ENCODER.npz, whole or not at all, with the present texts and no others.
    Prints the file, how many texts it holds, and how many were encoded now; in a terminal also how far it is.
    Returns: 0. Can go wrong (2): no encoder, with the reason; content that cannot be read; a folder not to be written.
    """  # noqa: D301  \b keeps click from joining lines
    settings = read_settings("error")
    from bot.app import content_folder  # noqa: PLC0415  loads the matching libraries
    from bot.encoders import choose  # noqa: PLC0415
    from bot.matching.corpus import texts_of  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415
    from bot.storage.vectors import Vectors  # noqa: PLC0415

    cache = settings.data / "cache"
    chosen = choose(settings.encoder, cache)
    if chosen.encoder is None:
        fail(f"Nothing was encoded. {chosen.reason}")
    try:
        catalogue = content_folder(settings).reading().catalogue()
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    texts = [text.text for text in texts_of(catalogue)]
    store = Vectors(cache, settings.faq / "vectors")
    missing = store.missing(chosen.encoder, texts)
    try:
        file = store.ship(chosen.encoder, texts, _progress if sys.stderr.isatty() else None)
    except OSError as error:
        fail(f"{settings.faq / 'vectors'} cannot be written: {error.strerror}.")
    except RuntimeError as error:
        fail(f"The encoder broke: {error}.")
    click.echo(f"{file}: {len(texts)} texts, {missing} encoded now, {file.stat().st_size / 1e6:.1f} MB")


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{done} of {total}", nl=done == total, err=True)

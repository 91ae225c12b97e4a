"""Pictures, files and voice on their way from one chat to another: fetched, looked at, sent without their story.

A file's own name and what a camera wrote into a picture (place, time, device) do not come along. The bytes decide what a
thing is, not what its sender says of it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.conversation.belonging import LARGEST_FILE
from bot.conversation.model import AttachmentKind
from bot.errors import Refused

LONGEST_SIDE = 2560
"""Pixels of a picture that goes on: enough to read a letter; Telegram itself keeps no more of a photo."""
MOST_PIXELS = 80_000_000
"""More are refused before they are unpacked: a small file may hold a picture that fills the memory."""
_PICTURES = ("JPEG", "PNG", "WEBP")

# Before our own look at its size the library only warns; what it warns of goes nowhere.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: bytes under a name that tells only their kind."""

    kind: AttachmentKind
    name: str
    content: bytes


def parcel(content: bytes, kind: AttachmentKind) -> Parcel:
    """Return what may go on of a file. Raises Refused for what is too large, or none of picture, PDF and voice."""
    if len(content) > LARGEST_FILE:
        raise Refused("file_too_large")
    if kind is AttachmentKind.VOICE and content.startswith(b"OggS"):
        return Parcel(AttachmentKind.VOICE, "voice.ogg", content)
    if kind is AttachmentKind.FILE and content.startswith(b"%PDF-"):
        return Parcel(AttachmentKind.FILE, "file.pdf", content)
    return Parcel(AttachmentKind.PHOTO, "picture.jpg", _drawn_anew(content))


def _drawn_anew(content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=_PICTURES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("file_too_large")
            upright = ImageOps.exif_transpose(picture)  # the one thing worth keeping of what the camera wrote
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new("RGB", upright.size, "white")
            seen = upright.convert("RGBA")
            plain.paste(seen, mask=seen.getchannel("A"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("file_too_large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused("file_not_passed_on") from error
    drawn = BytesIO()
    plain.save(drawn, "JPEG", quality=88)
    return drawn.getvalue()

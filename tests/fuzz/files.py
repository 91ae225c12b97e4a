"""What the files are that people of this run send: few, made once, good and bad."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image

KINDS = ("jpg", "png", "pdf", "ogg", "junk", "empty")


def ref_of(kind: str, mark: str) -> str:
    """Return a channel's name of a file, from which its bytes can be told."""
    return f"{mark}-{kind}"


@cache
def content_of(ref: str) -> bytes:
    """Return the bytes of a file."""
    match ref.rpartition("-")[2]:
        case "jpg" | "png" as kind:
            drawn = BytesIO()
            Image.new("RGB", (4, 4), "white").save(drawn, "JPEG" if kind == "jpg" else "PNG")
            return drawn.getvalue()
        case "pdf":
            return b"%PDF-1.4\n%%EOF"
        case "ogg":
            return b"OggS\x00\x02"
        case "empty":
            return b""
    return b"<html><script>alert(1)</script>"

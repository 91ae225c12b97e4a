"""Pictures, files and voice go on without their story; everything else does not go on."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from bot.channels.telegram.attachments import LONGEST_SIDE, MOST_PIXELS, Parcel, parcel
from bot.conversation.belonging import LARGEST_FILE
from bot.conversation.model import AttachmentKind
from bot.errors import Refused

PHOTO, FILE, VOICE = AttachmentKind.PHOTO, AttachmentKind.FILE, AttachmentKind.VOICE
SECRETS = (b"Koval", b"Phone of Olena", b"2026:11:21", b"Vilnius")
TURNED = 6
"""The camera was held upright: the picture has to be turned by a quarter to the right."""


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Return a white picture with a red left half."""
    picture = Image.new(mode, size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return picture


def as_bytes(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a camera writes into a picture: who, when, where, with what, and how it was held."""
    told = Image.Exif()
    told[Base.Orientation] = orientation
    told[Base.Artist] = "Olena Koval"
    told[Base.Model] = "Phone of Olena"
    told[Base.DateTime] = "2026:11:21 12:00:00"
    place = told.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitude] = (54.0, 41.0, 13.0)
    place[GPS.GPSLatitudeRef] = "N"
    place[GPS.GPSAreaInformation] = b"Vilnius"
    return told


def opened(one: Parcel) -> Image.Image:
    return Image.open(BytesIO(one.content))


def colour(picture: Image.Image, x: float, y: float) -> str:
    """Return the colour at a place, counted from 0 to 1 from the upper left."""
    seen = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(seen, tuple)
    red, green, blue = seen
    return "red" if red > 200 and green < 60 and blue < 60 else "white" if min(seen) > 200 else f"{seen}"


# Pictures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        as_bytes(drawn(), exif=exif(), comment=b"Olena Koval"),
        as_bytes(drawn(), exif=exif(TURNED)),
        as_bytes(drawn(), "PNG", exif=exif()),
        as_bytes(drawn(), "WEBP", exif=exif(), xmp=b"<x:xmpmeta>Olena Koval</x:xmpmeta>"),
        as_bytes(drawn(), dpi=(72, 72), icc_profile=b"Phone of Olena" + bytes(200)),
    ],
)
def test_nothing_that_a_camera_wrote_into_a_picture_goes_on(content: bytes) -> None:
    assert any(secret in content for secret in SECRETS)

    one = parcel(content, PHOTO)

    assert [secret for secret in SECRETS if secret in one.content] == []
    picture = opened(one)
    assert dict(picture.getexif()) == {}
    assert picture.getexif().get_ifd(IFD.GPSInfo) == {}
    assert not {"exif", "xmp", "comment", "icc_profile"} & picture.info.keys()


def test_words_hidden_in_a_png_do_not_go_on() -> None:
    said = PngInfo()
    said.add_text("Author", "Olena Koval")
    content = as_bytes(drawn(), "PNG", pnginfo=said)

    assert b"Koval" in content
    assert b"Koval" not in parcel(content, PHOTO).content


def test_what_is_glued_to_the_end_of_a_picture_does_not_go_on() -> None:
    assert b"Koval" not in parcel(as_bytes(drawn()) + b"PK\x03\x04 Olena Koval", PHOTO).content


@pytest.mark.parametrize(
    ("orientation", "size", "red_at", "white_at"),
    [
        (1, (60, 40), (0.1, 0.5), (0.9, 0.5)),
        (3, (60, 40), (0.9, 0.5), (0.1, 0.5)),
        (TURNED, (40, 60), (0.5, 0.1), (0.5, 0.9)),
        (8, (40, 60), (0.5, 0.9), (0.5, 0.1)),
    ],
)
def test_a_picture_stands_as_it_was_taken(
    orientation: int, size: tuple[int, int], red_at: tuple[float, float], white_at: tuple[float, float]
) -> None:
    picture = opened(parcel(as_bytes(drawn(), exif=exif(orientation)), PHOTO))

    assert picture.size == size
    assert (colour(picture, *red_at), colour(picture, *white_at)) == ("red", "white")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_where_a_picture_is_transparent_it_becomes_white(kind: str) -> None:
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((0, 0, 29, 40), fill=(255, 0, 0, 255))

    picture = opened(parcel(as_bytes(clear, kind), PHOTO))

    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert (colour(picture, 0.1, 0.5), colour(picture, 0.9, 0.5)) == ("red", "white")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_all_modes_go_on(mode: str) -> None:
    content = as_bytes(Image.new(mode, (60, 40), 1), "PNG")

    assert opened(parcel(content, PHOTO)).size == (60, 40)


def test_a_picture_with_colours_for_printing_goes_on() -> None:
    assert opened(parcel(as_bytes(drawn().convert("CMYK")), PHOTO)).mode == "RGB"


def test_of_moving_pictures_the_first_one_goes_on() -> None:
    frames = [drawn(), Image.new("RGB", (60, 40), "blue")]
    content = as_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)

    picture = opened(parcel(content, PHOTO))

    assert (picture.format, colour(picture, 0.1, 0.5)) == ("JPEG", "red")


@pytest.mark.parametrize(
    ("size", "becomes"),
    [
        ((2 * LONGEST_SIDE, 100), (LONGEST_SIDE, 50)),
        ((100, 2 * LONGEST_SIDE), (50, LONGEST_SIDE)),
        ((60, 40), (60, 40)),
    ],
)
def test_a_large_picture_is_made_smaller_and_a_small_one_stays(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    assert opened(parcel(as_bytes(drawn(size)), PHOTO)).size == becomes


@pytest.mark.parametrize("kind", [PHOTO, FILE, VOICE])
def test_a_picture_is_a_picture_whatever_it_was_sent_as(kind: AttachmentKind) -> None:
    one = parcel(as_bytes(drawn()), kind)

    assert (one.kind, one.name) == (PHOTO, "picture.jpg")


# Files and voice ----------------------------------------------------------------------------------------------------


def test_a_pdf_goes_on_as_it_is_under_a_name_that_tells_nothing() -> None:
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"

    assert parcel(content, FILE) == Parcel(FILE, "file.pdf", content)


def test_a_voice_message_goes_on_as_it_is_under_a_name_that_tells_nothing() -> None:
    content = b"OggS\x00\x02 voice"

    assert parcel(content, VOICE) == Parcel(VOICE, "voice.ogg", content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7", PHOTO), (b"%PDF-1.7", VOICE), (b"OggS\x00\x02", FILE), (b"OggS\x00\x02", PHOTO)],
)
def test_what_is_not_what_it_was_sent_as_does_not_go_on(content: bytes, kind: AttachmentKind) -> None:
    with pytest.raises(Refused, match="file_not_passed_on"):
        parcel(content, kind)


# Everything else ----------------------------------------------------------------------------------------------------

OTHERS = {
    "nothing": b"",
    "html": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "html that begins like a picture": b"\xff\xd8\xff<html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a header": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "zip": b"PK\x03\x04\x14\x00\x00\x00",
    "exe": b"MZ\x90\x00\x03\x00\x00\x00",
    "elf": b"\x7fELF\x02\x01\x01",
    "gif": as_bytes(drawn(), "GIF"),
    "bmp": as_bytes(drawn(), "BMP"),
    "tiff": as_bytes(drawn(), "TIFF"),
    "ico": as_bytes(drawn(), "ICO"),
    "word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 60 40\n",
    "mp4": b"\x00\x00\x00\x18ftypmp42",
    "words": b"hello",
    "pdf behind something": b" %PDF-1.7",
}


@pytest.mark.parametrize("kind", [PHOTO, FILE, VOICE])
@pytest.mark.parametrize("name", OTHERS)
def test_nothing_else_goes_on(name: str, kind: AttachmentKind) -> None:
    with pytest.raises(Refused, match="file_not_passed_on"):
        parcel(OTHERS[name], kind)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_picture_that_breaks_off_does_not_go_on_as_something_else(kind: str, part: float) -> None:
    whole = as_bytes(Image.effect_noise((200, 200), 50), kind)

    with pytest.raises(Refused, match="file_not_passed_on"):
        parcel(whole[: int(len(whole) * part)], PHOTO)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_with_broken_bytes_is_passed_on_or_refused_and_breaks_nothing(kind: str) -> None:
    whole = as_bytes(drawn(), kind)
    for at in range(len(whole)):
        broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            assert parcel(broken, PHOTO).name == "picture.jpg"
        except Refused as refused:
            assert refused.reason in {"file_not_passed_on", "file_too_large"}  # noqa: PT017  either is right


# Too large ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [b"%PDF-1.7", as_bytes(drawn()), b"OggS"])
@pytest.mark.parametrize("kind", [PHOTO, FILE, VOICE])
def test_what_is_larger_than_telegram_passes_on_is_refused(start: bytes, kind: AttachmentKind) -> None:
    with pytest.raises(Refused, match="file_too_large"):
        parcel(start.ljust(LARGEST_FILE + 1, b"\0"), kind)


def test_what_is_just_as_large_as_allowed_goes_on() -> None:
    assert parcel(b"%PDF-1.7".ljust(LARGEST_FILE, b"\0"), FILE).name == "file.pdf"


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that unpacks to a white picture of any size."""
    rows = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    data = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


# Pillow warns too, at a size of its own.
def test_a_small_file_that_would_fill_the_memory_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unpack(picture: Image.Image) -> Image.Image:
        raise AssertionError(picture.size)

    monkeypatch.setattr("bot.channels.telegram.attachments.ImageOps.exif_transpose", unpack)
    content = bomb(10_000, 10_000)

    assert len(content) < 50_000
    with pytest.raises(Refused, match="file_too_large"):
        parcel(content, PHOTO)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_claims_any_size_is_refused(width: int, height: int) -> None:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header
    content += (
        struct.pack(">I", zlib.crc32(b"IHDR" + header)) + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )

    with pytest.raises(Refused):
        parcel(content, PHOTO)


def test_the_largest_picture_that_is_allowed_goes_on() -> None:
    assert 10_000 * (MOST_PIXELS // 10_000) == MOST_PIXELS

    assert opened(parcel(bomb(10_000, MOST_PIXELS // 10_000), PHOTO)).size == (LONGEST_SIDE, 2048)

"""Contents of messages that people send besides text."""

import base64
import struct
import zlib

from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.people import People, text_fields
from tests.fakes.bot_api.world import World


def tiny_png(width: int = 90, height: int = 67) -> bytes:
    """Return a valid grey PNG of this size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Attachments:
    """People send files, places and contacts. Contents travel as base64 because orders are JSON."""

    def __init__(self, world: World, people: People) -> None:
        """Let `people` send what this class puts together."""
        self._world = world
        self._people = people

    def send_photo(
        self,
        chat_id: int,
        *,
        content: str | None = None,
        caption: str | None = None,
        width: int = 1280,
        height: int = 960,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """Send a picture; the bot gets two sizes, the larger one last."""
        small, large = tiny_png(), base64.b64decode(content) if content else tiny_png(width, height)
        sizes = []
        for picture, wide, high in ((small, 90, 67), (large, width, height)):
            stored = self._world.store_file("photo", picture, "photo.jpg", "image/jpeg")
            sizes.append({**stored.fields, "width": wide, "height": high})
        body = {"photo": sizes, **_caption(caption)}
        return self._people.send(chat_id, body, user_id=user_id, thread_id=thread_id, reply_to=reply_to)

    def send_document(
        self,
        chat_id: int,
        *,
        content: str | None = None,
        name: str = "file.pdf",
        mime_type: str = "application/pdf",
        caption: str | None = None,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """Send a file."""
        stored = self._world.store_file("document", base64.b64decode(content or "JVBERg=="), name, mime_type)
        document = {**stored.fields, "file_name": name, "mime_type": mime_type}
        body = {"document": document, **_caption(caption)}
        return self._people.send(chat_id, body, user_id=user_id, thread_id=thread_id, reply_to=reply_to)

    def send_voice(
        self,
        chat_id: int,
        *,
        content: str | None = None,
        duration: int = 3,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """Send a voice message of `duration` seconds."""
        stored = self._world.store_file("voice", base64.b64decode(content or "T2dnUw=="), "voice.oga", "audio/ogg")
        body = {"voice": {**stored.fields, "duration": duration, "mime_type": "audio/ogg"}}
        return self._people.send(chat_id, body, user_id=user_id, thread_id=thread_id, reply_to=reply_to)

    def send_sticker(
        self,
        chat_id: int,
        *,
        emoji: str = "👍",
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """Send a sticker."""
        stored = self._world.store_file("sticker", emoji.encode(), "sticker.webp", "image/webp")
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        body = {"sticker": {**stored.fields, **kind, "emoji": emoji}}
        return self._people.send(chat_id, body, user_id=user_id, thread_id=thread_id, reply_to=reply_to)

    def send_location(
        self,
        chat_id: int,
        *,
        latitude: float = 54.6872,
        longitude: float = 25.2797,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """Send a place; Vilnius unless told otherwise."""
        body = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._people.send(chat_id, body, user_id=user_id, thread_id=thread_id, reply_to=reply_to)

    def send_contact(
        self,
        chat_id: int,
        *,
        phone_number: str = "+37060000000",
        first_name: str = "Contact",
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """Send a telephone number."""
        body = {"contact": {"phone_number": phone_number, "first_name": first_name}}
        return self._people.send(chat_id, body, user_id=user_id, thread_id=thread_id, reply_to=reply_to)


def _caption(caption: str | None) -> JsonObject:
    return text_fields(caption, "caption", "caption_entities") if caption else {}

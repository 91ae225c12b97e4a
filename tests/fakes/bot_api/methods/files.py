"""Sending and fetching files."""

import struct

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import Draft, send
from tests.fakes.bot_api.errors import ApiError, bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.methods.messages import read_caption
from tests.fakes.bot_api.model import StoredFile
from tests.fakes.bot_api.params import Params, Upload

LARGEST_DOWNLOAD = 20 * 1024 * 1024
LARGEST_UPLOAD = 50 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024
ATTACHED = "attach://"


def _read_file(api: BotApi, params: Params, kind: str) -> StoredFile:
    """Return the file of a call: uploaded, or known by its file_id. The fake fetches nothing from the internet."""
    given = params.text(kind)
    name = given.removeprefix(ATTACHED) if given.startswith(ATTACHED) else kind
    upload = params.files.get(name)
    if upload is not None:
        return _store(api, upload, kind)
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    if given.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    known = api.world.files.get(given)
    if known is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if known.kind != kind:
        raise bad_request(f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}")
    return known


def _store(api: BotApi, upload: Upload, kind: str) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > LARGEST_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        if len(upload.content) > LARGEST_PHOTO:
            raise bad_request("file is too big for a photo")
        picture_size(upload.content)
    return api.world.store_file(kind, upload.content, upload.name, upload.mime_type)


def picture_size(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, or a plausible size of a JPEG; raises ApiError for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith((b"\xff\xd8", b"GIF8", b"RIFF")):
        return 640, 480
    raise bad_request("IMAGE_PROCESS_FAILED")


def media_fields(stored: StoredFile) -> JsonObject:
    """Return the field of a message that holds this file."""
    fields = stored.fields
    if stored.kind == "photo":
        width, height = picture_size(stored.content)
        return {"photo": [{**fields, "width": width, "height": height}]}
    fields["mime_type"] = stored.mime_type
    if stored.kind == "document":
        return {"document": {**fields, "file_name": stored.name}}
    return {"voice": {**fields, "duration": max(1, len(stored.content) // 4000)}}


def _send_file(api: BotApi, params: Params, name: str, kind: str) -> JsonObject:
    chat = api.find_reachable_chat(params)
    draft = Draft.read(chat, params)
    caption = read_caption(params)
    media = media_fields(_read_file(api, params, kind))
    return send(api, draft, name, {**media, **caption})


@method("sendPhoto")
def send_photo(api: BotApi, params: Params) -> JsonObject:
    """Send a picture."""
    return _send_file(api, params, "sendPhoto", "photo")


@method("sendDocument")
def send_document(api: BotApi, params: Params) -> JsonObject:
    """Send a file of any kind."""
    return _send_file(api, params, "sendDocument", "document")


@method("sendVoice")
def send_voice(api: BotApi, params: Params) -> JsonObject:
    """Send a voice message."""
    return _send_file(api, params, "sendVoice", "voice")


@method("getFile")
def get_file(api: BotApi, params: Params) -> JsonObject:
    """Return where a file of up to 20 MB can be fetched."""
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    stored = api.world.files.get(file_id)
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {**stored.fields, "file_path": stored.path}

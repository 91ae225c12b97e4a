"""Reads the parameters of a call, however they came: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import content_disposition_filename, parse_content_disposition, web
from aiohttp.helpers import parse_mimetype

from tests.fakes.bot_api.errors import ApiError, bad_request
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue

TRUE_WORDS = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    content: bytes
    mime_type: str


class Params:
    """The parameters of one call. Forms carry only strings, JSON bodies carry values: both read the same here."""

    __slots__ = ("files", "values")

    def __init__(self, values: Mapping[str, JsonValue], files: Mapping[str, Upload] | None = None) -> None:
        """Keep plain values and uploaded files, both by name."""
        self.values: dict[str, JsonValue] = dict(values)
        self.files: dict[str, Upload] = dict(files or {})

    def has(self, name: str) -> bool:
        """Tell whether the parameter came and is not empty."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Return a string, empty if missing.

        Raises ApiError if the string has half a surrogate pair, which JSON can spell but UTF-8 cannot.
        """
        value = self.values.get(name)
        if value is None:
            return ""
        text = value if isinstance(value, str) else json.dumps(value)
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
        return text

    def integer(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """Return a whole number, moved into low..high; nonsense counts as `default`, as in the real server."""
        try:
            number = int(self.values.get(name, default))
        except (TypeError, ValueError):
            number = default
        if low is not None:
            number = max(low, number)
        return number if high is None else min(high, number)

    def flag(self, name: str) -> bool:
        """Return True for true, yes and 1 in any case."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else str(value).lower() in TRUE_WORDS

    def structure(self, name: str, what: str) -> JsonValue:
        """Return a JSON value, None if missing; `what` names it in the refusal of broken JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None


async def read_params(request: web.BaseRequest) -> Params:
    """Read query string and body of a request; the body wins where both name a parameter."""
    values: dict[str, JsonValue] = {}
    files: dict[str, Upload] = {}
    try:
        if request.rel_url.raw_query_string:
            values.update(_form(request.rel_url.raw_query_string))
        if request.method == "POST":
            await _read_body(request, values, files)
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return Params(values, files)


async def _read_body(request: web.BaseRequest, values: dict[str, JsonValue], files: dict[str, Upload]) -> None:
    kind = request.content_type
    if kind == "multipart/form-data":
        await _read_multipart(request, values, files)
        return
    body = await request.read()
    if not body:
        return
    if kind == "application/json":
        values.update(_json_object(body))
    elif kind == "application/x-www-form-urlencoded":
        values.update(_form(body.decode()))
    else:
        raise ApiError(400, "Bad Request: unsupported content type specified")


async def _read_multipart(request: web.BaseRequest, values: dict[str, JsonValue], files: dict[str, Upload]) -> None:
    # Not aiohttp's own reader: where a part ends with a packet it warns of itself, and warnings are errors here.
    boundary = parse_mimetype(request.headers["Content-Type"]).parameters.get("boundary", "").encode()
    _, *parts = (b"\r\n" + await request.read()).split(b"\r\n--" + boundary)
    if not boundary or not parts or not parts[-1].startswith(b"--"):
        raise bad_request("can't parse multipart body")
    for part in parts[:-1]:
        head, found, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in map(_split_header, head.splitlines())}
        _, disposition = parse_content_disposition(headers.get("content-disposition"))
        if not found or "name" not in disposition:
            raise bad_request("can't parse multipart body")
        filename = content_disposition_filename(disposition)
        if filename is None:
            values[disposition["name"]] = content.decode()
        else:
            mime_type = headers.get("content-type", "application/octet-stream")
            files[disposition["name"]] = Upload(filename, content, mime_type)


def _split_header(line: bytes) -> tuple[str, str, str]:
    return line.decode().partition(":")


def _form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict"))


def _json_object(body: bytes) -> JsonObject:
    try:
        value = json.loads(body.decode())
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise bad_request("can't parse JSON body") from None
    if not isinstance(value, dict):
        raise bad_request("JSON body must be an object")
    return value

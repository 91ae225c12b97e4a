"""Sending text, and what all messages share."""

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import Draft, send
from tests.fakes.bot_api.entities import FormattedText, from_json, utf16_length
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.markup_html import parse_html
from tests.fakes.bot_api.markup_markdown import parse_markdown, parse_markdown_v2
from tests.fakes.bot_api.params import Params

MAX_TEXT = 4096
MAX_CAPTION = 1024
PARSERS = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}


def read_formatted(params: Params, text_name: str, entities_name: str) -> FormattedText:
    """Return a text with its markup applied and white space at its ends removed; raises ApiError for bad markup."""
    source = params.text(text_name)
    mode = params.text("parse_mode").lower()
    if mode and mode != "none":
        parser = PARSERS.get(mode)
        if parser is None:
            raise bad_request("unsupported parse_mode")
        formatted = parser(source)
    else:
        formatted = from_json(source, params.structure(entities_name, "message entities") or [])
    return formatted.cleaned()


def read_text(params: Params) -> JsonObject:
    """Return the fields `text` and `entities` of a message; raises ApiError if the text is empty or too long."""
    formatted = read_formatted(params, "text", "entities")
    if formatted.is_blank:
        raise bad_request("text must be non-empty" if params.text("text") else "message text is empty")
    if utf16_length(formatted.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return fields(formatted, "text", "entities")


def read_caption(params: Params) -> JsonObject:
    """Return the fields `caption` and `caption_entities`, none for an empty caption."""
    formatted = read_formatted(params, "caption", "caption_entities")
    if utf16_length(formatted.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return fields(formatted, "caption", "caption_entities") if formatted.text else {}


def fields(formatted: FormattedText, text_name: str, entities_name: str) -> JsonObject:
    """Return a formatted text as fields of a message, with the links and commands Telegram finds in it."""
    body: JsonObject = {text_name: formatted.text}
    entities = formatted.with_found_entities().to_json()
    if entities:
        body[entities_name] = entities
    return body


@method("sendMessage")
def send_message(api: BotApi, params: Params) -> JsonObject:
    """Send a text."""
    chat = api.find_reachable_chat(params)
    return send(api, Draft.read(chat, params), "sendMessage", read_text(params))

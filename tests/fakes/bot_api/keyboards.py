"""Checks reply markup the way the Bot API does."""

from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.params import Params

MAX_CALLBACK_DATA = 64  # bytes, not characters
MAX_INLINE_BUTTONS = 100
URL_SCHEMES = ("http://", "https://", "tg://")
# What an inline button may do besides url and callback_data.
OTHER_ACTIONS = (
    "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def read_markup(params: Params) -> JsonObject | None:
    """Return the checked `reply_markup`, None if there is none.

    Raises ApiError for markup of no known kind, inline buttons without an action or with more than 64 bytes of data.
    """
    markup = params.structure("reply_markup", "reply keyboard markup")
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def read_inline_markup(params: Params) -> JsonObject | None:
    """Return the checked `reply_markup` of an edit, which may only be an inline keyboard."""
    markup = read_markup(params)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _rows(value: JsonValue, field: str) -> list[list[JsonValue]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{field}" of the reply markup must be of type Array')
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f'field "{field}" of the reply markup must be an Array of Arrays')
    return [row for row in value if row]


def _inline(value: JsonValue) -> JsonObject | None:
    rows = [[_inline_button(button) for button in row] for row in _rows(value, "inline_keyboard")]
    if sum(map(len, rows)) > MAX_INLINE_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: JsonValue) -> JsonObject:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: Inline keyboard button must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline keyboard button: Text buttons must have non-empty text")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "url" in button:
        url = button["url"]
        if not isinstance(url, str) or not url:
            raise bad_request("BUTTON_URL_INVALID")
        if "://" in url and not url.startswith(URL_SCHEMES):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: unsupported URL protocol")
        if "." not in url and not url.startswith("tg://"):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    elif not any(action in button for action in OTHER_ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {key: value for key, value in button.items() if value is not None}


def _reply_keyboard(markup: JsonObject) -> JsonObject:
    rows: list[list[JsonValue]] = []
    for row in _rows(markup["keyboard"], "keyboard"):
        rows.append([{"text": button} if isinstance(button, str) else button for button in row])
        for button in rows[-1]:
            if not isinstance(button, dict) or not button.get("text"):
                raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return {**markup, "keyboard": rows}

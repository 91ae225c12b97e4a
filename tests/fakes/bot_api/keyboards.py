"""Checks reply markup the way the Bot API does."""

from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.links import checked_link
from tests.fakes.bot_api.params import Params

MAX_CALLBACK_DATA = 64  # bytes, not characters
MAX_INLINE_BUTTONS = 100
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
        raise bad_request(f'field "{field}" must be of type Array')
    for row in value:
        if not isinstance(row, list):
            of_what = " of the InlineKeyboardMarkup" if field == "inline_keyboard" else ""
            raise bad_request(f'field "{field}"{of_what} must be an Array of Arrays')
    return [row for row in value if row]


def _inline(value: JsonValue) -> JsonObject | None:
    rows = [[_inline_button(button) for button in row] for row in _rows(value, "inline_keyboard")]
    if sum(map(len, rows)) > MAX_INLINE_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: JsonValue) -> JsonObject:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if button.get("url"):
        _check_url(str(button["url"]))
    elif button.get("callback_data"):
        data = button["callback_data"]
        if not isinstance(data, str) or len(data.encode()) > MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif not any(action in button for action in OTHER_ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {key: value for key, value in button.items() if value is not None}


def _check_url(url: str) -> None:
    if url.startswith("tg://"):
        return
    if "://" in url and not url.startswith(("http://", "https://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if not checked_link(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _reply_keyboard(markup: JsonObject) -> JsonObject:
    rows: list[list[JsonValue]] = []
    for row in _rows(markup["keyboard"], "keyboard"):
        rows.append([{"text": button} if isinstance(button, str) else button for button in row])
        for button in rows[-1]:
            if not isinstance(button, dict) or not button.get("text"):
                raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return {**markup, "keyboard": rows}

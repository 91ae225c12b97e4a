"""The bot about itself: who it is, what it is called, which commands it has."""

import re
from collections.abc import Callable

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.params import Params

MAX_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE_CODE = re.compile(r"([a-z]{2})?")
MAX_COMMAND_DESCRIPTION = 256
# Field of the profile, longest text, method name.
PROFILE = (("name", 64, "Name"), ("description", 512, "Description"), ("short_description", 120, "ShortDescription"))


@method("getMe")
def get_me(api: BotApi, params: Params) -> JsonObject:  # noqa: ARG001 - all handlers look alike
    """Return the bot's own User."""
    return {
        **api.world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _language(params: Params) -> str:
    code = params.text("language_code")
    if not LANGUAGE_CODE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(api: BotApi, params: Params) -> str:
    scope = params.structure("scope", "bot command scope") or {"type": "default"}
    if not isinstance(scope, dict) or not isinstance(scope.get("type"), str):
        raise bad_request("can't parse BotCommandScope: Can't find field \"type\"")
    if "chat_id" in scope:
        api.find_chat(Params(scope))
    return " ".join(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)


@method("setMyCommands")
def set_my_commands(api: BotApi, params: Params) -> bool:
    """Set the commands people see in the menu, by scope and two-letter language."""
    commands = params.structure("commands", "bot commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [_checked_command(command) for command in commands]
    key = (_scope(api, params), _language(params))
    if checked:
        api.world.commands[key] = checked
    else:
        api.world.commands.pop(key, None)
    return True


def _checked_command(command: JsonValue) -> JsonObject:
    if not isinstance(command, dict):
        raise bad_request("expected an Object as command")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > MAX_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("getMyCommands")
def get_my_commands(api: BotApi, params: Params) -> list[JsonObject]:
    """Return the commands of exactly this scope and language."""
    return api.world.commands.get((_scope(api, params), _language(params)), [])


@method("deleteMyCommands")
def delete_my_commands(api: BotApi, params: Params) -> bool:
    """Forget the commands of this scope and language."""
    api.world.commands.pop((_scope(api, params), _language(params)), None)
    return True


def _setter(field: str, longest: int) -> Callable[[BotApi, Params], JsonValue]:
    def set_field(api: BotApi, params: Params) -> bool:
        text = params.text(field).strip()
        if len(text) > longest:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        language = _language(params)
        if text:
            api.world.profile[field][language] = text
        else:
            api.world.profile[field].pop(language, None)
        return True

    return set_field


def _getter(field: str) -> Callable[[BotApi, Params], JsonValue]:
    def get_field(api: BotApi, params: Params) -> JsonObject:
        texts = api.world.profile[field]
        default = api.world.bot["first_name"] if field == "name" else ""
        return {field: texts.get(_language(params)) or texts.get("") or default}

    return get_field


for _field, _longest, _name in PROFILE:
    method(f"setMy{_name}")(_setter(_field, _longest))
    method(f"getMy{_name}")(_getter(_field))

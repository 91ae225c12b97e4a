"""Sending places and telephone numbers."""

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import Draft, send
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.params import Params

MAX_LATITUDE = 90
MAX_LONGITUDE = 180


def _degrees(params: Params, name: str, largest: int) -> float:
    try:
        degrees = float(params.text(name))
    except ValueError:
        raise bad_request(f"{name} is empty") from None
    if abs(degrees) > largest:
        raise bad_request("wrong latitude or longitude specified")
    return degrees


def _location(params: Params) -> JsonObject:
    latitude = _degrees(params, "latitude", MAX_LATITUDE)
    return {"latitude": latitude, "longitude": _degrees(params, "longitude", MAX_LONGITUDE)}


@method("sendLocation")
def send_location(api: BotApi, params: Params) -> JsonObject:
    """Send a place on the map."""
    chat = api.find_reachable_chat(params)
    return send(api, Draft.read(chat, params), "sendLocation", {"location": _location(params)})


@method("sendVenue")
def send_venue(api: BotApi, params: Params) -> JsonObject:
    """Send a place with name and address."""
    chat = api.find_reachable_chat(params)
    location = _location(params)
    venue = {"location": location, "title": params.text("title"), "address": params.text("address")}
    return send(api, Draft.read(chat, params), "sendVenue", {"location": location, "venue": venue})


@method("sendContact")
def send_contact(api: BotApi, params: Params) -> JsonObject:
    """Send a telephone number."""
    chat = api.find_reachable_chat(params)
    if not params.text("phone_number"):
        raise bad_request('field "phone_number" must be non-empty')
    if not params.text("first_name"):
        raise bad_request('field "first_name" must be non-empty')
    contact = {name: params.text(name) for name in ("phone_number", "first_name", "last_name") if params.has(name)}
    return send(api, Draft.read(chat, params), "sendContact", {"contact": contact})

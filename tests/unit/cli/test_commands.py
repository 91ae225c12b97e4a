"""What each command says of itself, and what it returns where it is used wrongly."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from bot.cli import main
from tests.builders_cli import Environment, tiltas

COMMANDS = (
    "run",
    "chat",
    "match",
    "evaluate",
    "try",
    "diff",
    "check",
    "stamp",
    "new-entry",
    "new-language",
    "new-municipality",
    "schemas",
    "coverage",
    "helplines",
    "danger",
    "vectors",
    "calibrate",
    "candidates",
    "migrate",
    "status",
    "team",
    "backup",
    "restore",
)
_INSIDE = {"team": "invite", "danger": "review"}
"""The command of a group of commands."""


def test_all_commands_are_listed() -> None:
    assert set(COMMANDS) == main.commands.keys()


@pytest.mark.parametrize("command", [f"{name} {_INSIDE[name]}" if name in _INSIDE else name for name in COMMANDS])
def test_every_command_tells_what_it_reads_returns_and_what_can_go_wrong(command: str) -> None:
    result = tiltas({}, *command.split(), "--help")

    assert result.exit_code == 0
    assert "Reads" in result.output
    assert "Returns: 0" in result.output
    assert "Can go wrong" in result.output or "1 when there is one" in result.output


def test_the_version_is_told() -> None:
    result = tiltas({}, "--version")

    assert result.exit_code == 0
    assert version("tiltas") in result.output


@pytest.mark.parametrize(
    "arguments", [["dance"], ["match"], ["evaluate"], ["evaluate", "/no/such/file"], ["check", "it"]]
)
def test_a_command_that_is_used_wrongly_ends_with_2_and_its_usage(arguments: list[str]) -> None:
    result = tiltas({}, *arguments)

    assert result.exit_code == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize("command", ["run", "chat", "check", "migrate", "status"])
def test_an_option_that_cannot_be_used_ends_every_command_with_2(fresh: Environment, command: str) -> None:
    result = tiltas({**fresh, "TILTAS_PACE": "perhaps"}, command)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "TILTAS_PACE: 'perhaps' cannot be used; it should be yes or no.\n"


def test_a_bad_token_is_not_shown(fresh: Environment) -> None:
    result = tiltas({**fresh, "TILTAS_TELEGRAM_TOKEN": "12345:bad token"}, "run")

    assert result.exit_code == 2
    assert "bad token" not in result.output

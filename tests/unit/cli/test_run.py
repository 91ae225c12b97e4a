"""`tiltas run` and `tiltas chat`: who is served, and what is said where nobody can be."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.errors import ChannelRejected, ChannelTaken, ContentBroken, SettingsInvalid, StoreUnavailable
from tests.builders_cli import LATE_THREADS, Environment, at_work, broken, tiltas
from tests.builders_dialogue import ROOT

pytestmark = LATE_THREADS


def piped(environment: Environment, command: str, words: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, with a pipe for its input."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILTAS_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", command],
        input=words,
        env={**kept, "LC_ALL": "C", **environment},
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_run_with_nothing_to_serve_says_what_is_missing(fresh: Environment) -> None:
    result = tiltas(fresh, "run")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "TILTAS_TELEGRAM_TOKEN" in result.stderr


def test_piped_lines_are_answered_one_after_the_other_in_any_locale(fresh: Environment) -> None:
    lines = "How do I register my child for kindergarten?\n\n/help\nкак взять отпуск \udcff"

    result = piped(fresh, "run", lines.encode(errors="surrogateescape"))

    said = result.stdout.decode()
    assert result.returncode == 0, result.stderr.decode()
    assert result.stderr == b""
    parts = said.split("You:    ")
    assert len(parts) == 4
    assert "Tiltas: Apply to your municipality." in parts[1]
    assert "/questions" in parts[2]
    assert "Tiltas: " in parts[3]


def test_a_chat_ends_with_its_input_when_everything_owed_is_printed(fresh: Environment) -> None:
    result = tiltas(fresh, "chat", words="How do I register my child for kindergarten?\n3\n")

    assert result.exit_code == 0
    assert result.stdout.count("You:    ") == 2
    assert "Apply to your municipality." in result.stdout


class Terminal(io.StringIO):
    """Standard input as somebody's terminal has it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, fresh: Environment) -> list[str]:
    """Let nothing be served; note what would be."""
    seen: list[str] = []

    async def serve_telegram(_: object) -> None:
        seen.append("telegram")

    async def chat(*_: object) -> None:
        seen.append("chat")

    for name, value in fresh.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("bot.app.serve_telegram", serve_telegram)
    monkeypatch.setattr("bot.app.chat", chat)
    return seen


def test_run_in_a_terminal_chats(monkeypatch: pytest.MonkeyPatch, served: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())

    main(["run"], standalone_mode=False)

    assert served == ["chat"]


@pytest.mark.parametrize("stdin", [Terminal(), io.StringIO(), None])
def test_run_with_a_token_serves_telegram(
    monkeypatch: pytest.MonkeyPatch, served: list[str], stdin: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setenv("TILTAS_TELEGRAM_TOKEN", "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0")

    main(["run"], standalone_mode=False)

    assert served == ["telegram"]


def test_run_with_a_token_and_a_pipe_answers_the_pipe(monkeypatch: pytest.MonkeyPatch, served: list[str]) -> None:
    out_of, into = os.pipe()
    os.close(into)
    monkeypatch.setenv("TILTAS_TELEGRAM_TOKEN", "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0")
    with os.fdopen(out_of) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)

        main(["run"], standalone_mode=False)

    assert served == ["chat"]


@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (ChannelRejected("Telegram does not accept it"), 2, "Telegram does not accept it"),
        (ChannelTaken("another process receives"), 2, "another process receives"),
        (StoreUnavailable("disk full"), 2, "disk full"),
        (SettingsInvalid("TILTAS_DATABASE_URL: no"), 2, "TILTAS_DATABASE_URL: no"),
        (ContentBroken([]), 2, "nothing was started"),
    ],
)
def test_what_stops_a_serving_program_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, fresh: Environment, trouble: BaseException, code: int, said: str
) -> None:
    async def chat(*_: object) -> None:
        raise trouble

    monkeypatch.setattr("bot.app.chat", chat)

    result = tiltas(fresh, "chat")

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["chat", "migrate"])
def test_a_database_that_is_taken_ends_with_2(fresh: Environment, command: str) -> None:

    with at_work(fresh):
        result = tiltas(fresh, command, words="hello\n")

    assert result.exit_code == 2
    assert "another Tiltas" in result.stderr
    assert "Traceback" not in result.stderr


def test_broken_content_ends_a_chat_with_2_and_all_findings(fresh: Environment, tmp_path: Path) -> None:
    result = tiltas({**fresh, "TILTAS_FAQ": str(broken(tmp_path))}, "chat", words="hello\n")

    assert result.exit_code == 2
    assert "nothing was started" in result.stderr
    assert "entries/education.yaml" in result.stderr
    assert "entries/housing.yaml" in result.stderr

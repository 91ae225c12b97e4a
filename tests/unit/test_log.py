"""One line for each event, and never a person's words, name or address in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import structlog
from telegram.error import TelegramError

from bot import log
from tests.builders_logs import logging_as_before
from tests.unit.channels.scripted import Script, bot_with

WORDS = "mano vyras mane muša"
TOKEN = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"

Lines = Callable[[], list[dict[str, Any]]]  # Any: log fields


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with logging_as_before():
        yield


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Return what was written, line by line."""

    def read() -> list[dict[str, Any]]:  # Any: as above
        written = capsys.readouterr()
        assert written.out == ""
        return [json.loads(line) for line in written.err.splitlines()]

    return read


def test_an_event_is_one_line_with_its_fields(lines: Lines) -> None:
    log.configure("info")

    structlog.get_logger().info("message.handled", channel="telegram", took_ms=38)

    (line,) = lines()
    assert (line["event"], line["level"], line["channel"], line["took_ms"]) == (
        "message.handled",
        "info",
        "telegram",
        38,
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(("level", "seen"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_only_events_of_the_level_and_above_are_written(lines: Lines, level: str, seen: int) -> None:
    log.configure(level)
    logger = structlog.get_logger()

    for name in ("debug", "info", "warning", "error"):
        getattr(logger, name)("event")

    assert len(lines()) == seen


@pytest.mark.parametrize("field", sorted(log.PERSONAL))
def test_personal_fields_are_dropped_wherever_they_turn_up(lines: Lines, field: str) -> None:
    log.configure("info")

    structlog.get_logger().info("event", **{field: WORDS, "row": 3})

    (line,) = lines()
    assert field not in line
    assert line["row"] == 3


def test_fields_of_the_context_are_dropped_too(lines: Lines) -> None:
    log.configure("info")

    with structlog.contextvars.bound_contextvars(username="ana", conversation=4):
        structlog.get_logger().info("event")

    (line,) = lines()
    assert "username" not in line
    assert line["conversation"] == 4


def test_a_bot_token_is_taken_out_of_every_text(lines: Lines) -> None:
    log.configure("info")

    structlog.get_logger().info(f"calling bot{TOKEN}", error=f"https://api.telegram.org/bot{TOKEN}/getMe failed")

    (line,) = lines()
    assert TOKEN not in json.dumps(line)
    assert line["error"] == "https://api.telegram.org/bot[token]/getMe failed"


def test_an_exception_leaves_its_type_and_places_and_not_its_message(lines: Lines) -> None:
    log.configure("info")

    try:
        int(WORDS)
    except ValueError:
        structlog.get_logger().exception("message.failed", message=7)

    (line,) = lines()
    assert WORDS not in json.dumps(line, ensure_ascii=False)
    assert (line["error_type"], line["message"]) == ("ValueError", 7)
    assert line["trace"][-1].startswith("test_log.py:")


def test_an_exception_handed_over_leaves_its_type_only_too(lines: Lines) -> None:
    log.configure("info")

    structlog.get_logger().error("failed", exc_info=KeyError(WORDS))

    (line,) = lines()
    assert WORDS not in json.dumps(line, ensure_ascii=False)
    assert line["error_type"] == "KeyError"


def test_libraries_write_in_the_same_form_without_the_message_of_an_exception(lines: Lines) -> None:
    log.configure("info")
    library = logging.getLogger("somebody.elses")

    library.info("not seen")
    try:
        int(WORDS)
    except ValueError:
        library.exception("it broke with bot%s", TOKEN)

    (line,) = lines()
    assert (line["event"], line["level"]) == ("it broke with bot[token]", "error")
    assert line["error_type"] == "ValueError"
    assert WORDS not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("name", ["httpx", "httpcore.connection", "telegram.Bot"])
def test_libraries_that_write_addresses_of_calls_are_quiet(lines: Lines, name: str) -> None:
    log.configure("debug")

    logging.getLogger(name).warning("POST https://api.telegram.org/bot%s/getMe", TOKEN)

    assert lines() == []


async def test_an_answer_of_telegram_that_cannot_be_read_is_not_quoted(lines: Lines) -> None:
    log.configure("debug")

    with pytest.raises(TelegramError):
        await bot_with(Script(httpx.Response(200, text=f'{{"text": "{WORDS}'))).get_me()

    assert lines() == []


def test_letters_of_all_languages_stay_readable(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info")

    structlog.get_logger().info("content.refused", first="būstas, житло")

    assert "būstas, житло" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            raise OSError(28, "No space left on device")

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr("sys.stderr", Full())
    log.configure("info")

    structlog.get_logger().info("event")
    structlog.get_logger().error("event")

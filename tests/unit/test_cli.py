"""The command line: what each command says of itself, what it returns, and what it says when it cannot work."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.errors import ChannelRejected, ChannelTaken, ContentBroken, SettingsInvalid, StoreUnavailable
from bot.storage.migrate import NEWEST
from bot.storage.unit_of_work import SqlStore
from tests.builders_content import Content, small_content, written
from tests.builders_dialogue import ROOT
from tests.builders_logs import logging_as_before

# The driver's thread may outlive by a moment the loop that could not open a database.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

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
NO_TOKEN = {"TILTAS_TELEGRAM_TOKEN": "", "TILTAS_TELEGRAM_API": "", "TILTAS_LOG_LEVEL": "", "TILTAS_DATABASE_URL": ""}


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    with logging_as_before():
        yield


def write(folder: Path, content: Content) -> Path:
    for name, text in written(content).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return an environment with a small sound content, and a folder whose index is solved once."""
    folder = tmp_path_factory.mktemp("small")
    return NO_TOKEN | {
        "TILTAS_FAQ": str(write(folder / "faq", small_content())),
        "TILTAS_LOCALES": str(ROOT / "locales"),
        "TILTAS_DATA": str(folder / "data"),
    }


@pytest.fixture
def fresh(small: Mapping[str, str], tmp_path: Path) -> Mapping[str, str]:
    """Return the same with a database of its own."""
    return {**small, "TILTAS_DATABASE_URL": f"sqlite:///{tmp_path / 'tiltas.db'}"}


def tiltas(environment: Mapping[str, str], *arguments: str, words: str = "") -> Result:
    """Run a command in this process; its standard input is neither a pipe nor a terminal."""
    result = CliRunner().invoke(main, arguments, input=words, env=environment)
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join(5)
    return result


def piped(environment: Mapping[str, str], command: str, words: bytes) -> subprocess.CompletedProcess[bytes]:
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


# What commands say of themselves --------------------------------------------------------------------------------------


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
def test_an_option_that_cannot_be_used_ends_every_command_with_2(fresh: Mapping[str, str], command: str) -> None:
    result = tiltas({**fresh, "TILTAS_PACE": "perhaps"}, command)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "TILTAS_PACE: 'perhaps' cannot be used; it should be yes or no.\n"


def test_a_bad_token_is_not_shown(fresh: Mapping[str, str]) -> None:
    result = tiltas({**fresh, "TILTAS_TELEGRAM_TOKEN": "12345:bad token"}, "run")

    assert result.exit_code == 2
    assert "bad token" not in result.output


# run, chat ------------------------------------------------------------------------------------------------------------


def test_run_with_nothing_to_serve_says_what_is_missing(fresh: Mapping[str, str]) -> None:
    result = tiltas(fresh, "run")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "TILTAS_TELEGRAM_TOKEN" in result.stderr


def test_piped_lines_are_answered_one_after_the_other_in_any_locale(fresh: Mapping[str, str]) -> None:
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


def test_a_chat_ends_with_its_input_when_everything_owed_is_printed(fresh: Mapping[str, str]) -> None:
    result = tiltas(fresh, "chat", words="How do I register my child for kindergarten?\n3\n")

    assert result.exit_code == 0
    assert result.stdout.count("You:    ") == 2
    assert "Apply to your municipality." in result.stdout


class Terminal(io.StringIO):
    """Standard input as somebody's terminal has it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, fresh: Mapping[str, str]) -> list[str]:
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
    monkeypatch: pytest.MonkeyPatch, fresh: Mapping[str, str], trouble: BaseException, code: int, said: str
) -> None:
    async def chat(*_: object) -> None:
        raise trouble

    monkeypatch.setattr("bot.app.chat", chat)

    result = tiltas(fresh, "chat")

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["chat", "migrate"])
def test_a_database_that_is_taken_ends_with_2(fresh: Mapping[str, str], command: str) -> None:
    held = SqlStore(fresh["TILTAS_DATABASE_URL"])
    held.take()
    try:
        result = tiltas(fresh, command, words="hello\n")
    finally:
        assert held._lock is not None
        held._lock.release()

    assert result.exit_code == 2
    assert "another Tiltas" in result.stderr
    assert "Traceback" not in result.stderr


def test_broken_content_ends_a_chat_with_2_and_all_findings(fresh: Mapping[str, str], tmp_path: Path) -> None:
    result = tiltas({**fresh, "TILTAS_FAQ": str(broken(tmp_path))}, "chat", words="hello\n")

    assert result.exit_code == 2
    assert "nothing was started" in result.stderr
    assert "entries/education.yaml" in result.stderr
    assert "entries/housing.yaml" in result.stderr


def broken(folder: Path) -> Path:
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["body"] = "nobody"
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "nobody"
    return write(folder / "broken", content)


# check ----------------------------------------------------------------------------------------------------------------


def test_check_counts_what_is_sound(small: Mapping[str, str]) -> None:
    result = tiltas(small, "check")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 entries (lt 2, en 2, ru 2, uk 2)")
    assert "0 errors" in result.stdout


def test_check_reports_all_findings_and_returns_1(small: Mapping[str, str], tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(broken(tmp_path))}, "check")

    assert result.exit_code == 1
    assert "entries/education.yaml:" in result.stdout
    assert "entries/housing.yaml:" in result.stdout
    assert "2 errors" in result.stdout


@pytest.mark.parametrize("option", ["TILTAS_FAQ", "TILTAS_LOCALES"])
def test_check_tells_of_a_folder_that_is_not_there(small: Mapping[str, str], option: str) -> None:
    result = tiltas({**small, option: "/no/such/folder"}, "check")

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.output


def test_check_tells_of_a_file_that_is_no_text(small: Mapping[str, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "faq", small_content())
    (folder / "lt" / "talk.yaml").write_bytes(b"human: [\xff\xfe]")

    result = tiltas({**small, "TILTAS_FAQ": str(folder)}, "check")

    assert result.exit_code == 1
    assert "lt/talk.yaml:1" in result.stderr


# coverage -------------------------------------------------------------------------------------------------------------


def test_coverage_has_a_line_for_each_topic_and_with_entries_one_for_each_entry(small: Mapping[str, str]) -> None:
    plain, each = tiltas(small, "coverage"), tiltas(small, "coverage", "--entries")

    assert (plain.exit_code, each.exit_code) == (0, 0)
    assert plain.stdout.startswith("2 published entries and 0 drafts")
    assert "\nhousing " in plain.stdout
    assert "\n  deposit " not in plain.stdout
    assert "\n  deposit " in each.stdout


def test_coverage_is_json_where_asked(small: Mapping[str, str]) -> None:
    result = tiltas(small, "coverage", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["totals"]["entries"] == 2


def test_coverage_writes_a_page_over_an_older_one_and_leaves_nothing_beside(
    small: Mapping[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "coverage.html"
    page.write_text("old", encoding="utf-8")

    result = tiltas(small, "coverage", "--html", str(page))

    assert (result.exit_code, result.stdout) == (0, f"{page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize("place", [".", "no/such/folder/coverage.html"])
def test_a_page_that_cannot_be_written_ends_coverage_with_2(
    small: Mapping[str, str], tmp_path: Path, place: str
) -> None:
    result = tiltas(small, "coverage", "--html", str(tmp_path / place))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_coverage_of_content_that_cannot_be_read_ends_with_2(small: Mapping[str, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "faq", small_content())
    (folder / "lt" / "talk.yaml").write_bytes(b"human: [\xff\xfe]")

    result = tiltas({**small, "TILTAS_FAQ": str(folder)}, "coverage")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "lt/talk.yaml:1" in result.stderr


# match, evaluate ------------------------------------------------------------------------------------------------------


def test_match_answers_each_line_in_order(small: Mapping[str, str]) -> None:
    lines = [
        json.dumps({"id": "a", "text": "How do I register my child for kindergarten?"}),
        "no json",
        json.dumps({"id": 3, "text": "Kada grąžinamas užstatas?", "lang": "lt"}),
        json.dumps({"id": "d", "text": "dangeren0 now"}),
        json.dumps({"id": "e"}),
    ]

    result = tiltas(small, "match", "--jsonl", words="\n".join(lines))

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [one.get("id") for one in found] == ["a", None, 3, "d", "e"]
    assert [one.get("step") for one in found] == ["answer", None, "answer", "danger", None]
    assert ["error" in one for one in found] == [False, True, False, False, True]
    assert found[0]["entries"][0]["id"] == "kindergarten"
    assert found[3]["danger"] == "red"


def test_match_says_why_it_cannot_work(small: Mapping[str, str], tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(broken(tmp_path))}, "match", "--jsonl", words="{}")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "entries/housing.yaml" in result.stderr


def question(**changes: object) -> str:
    one = {
        "id": "q",
        "lang": "en",
        "kind": "direct",
        "gold": ["kindergarten"],
        "style": "plain",
        "text": "kindergarten",
    }
    return json.dumps(one | changes)


def test_evaluate_prints_figures(small: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(question() + "\n", encoding="utf-8")

    table = tiltas(small, "evaluate", str(tmp_path / "questions.jsonl"))
    figures = tiltas(small, "evaluate", "--json", str(tmp_path / "questions.jsonl"))

    assert (table.exit_code, figures.exit_code) == (0, 0), table.output
    assert table.stdout.startswith(("lexical; ", "hybrid: "))
    assert "en" in table.stdout
    assert json.loads(figures.stdout)["questions"] == {"en": 1}


def asked(tmp_path: Path) -> str:
    """Return a file of questions: one is answered, one finds another entry than the one it says, half each."""
    lines = [
        question(kind="in", id="lt-0", text="How do I register my child for kindergarten?"),
        question(kind="in", id="lt-1", text="When do I get the deposit back?"),
    ]
    (tmp_path / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(tmp_path / "asked.jsonl")


def test_evaluate_looks_closer_where_it_is_told_to(small: Mapping[str, str], tmp_path: Path) -> None:
    result = tiltas(small, "evaluate", asked(tmp_path), "--intervals", "--styles", "--confusions")

    assert result.exit_code == 0, result.output
    assert "0.500 (0.09-0.91)" in result.stdout
    assert re.search(r"^plain +2 ", result.stdout, re.MULTILINE)
    assert "kindergarten -> deposit\n      en 1; answered 1; lt-1" in result.stdout


def test_evaluate_counts_one_half_of_the_questions(small: Mapping[str, str], tmp_path: Path) -> None:
    file = asked(tmp_path)

    shares = {
        part: json.loads(tiltas(small, "evaluate", "--json", "--part", part, file).stdout)["languages"]["en"]["top-1"]
        for part in ("tuning", "checking", "all")
    }

    assert shares == {"tuning": 1.0, "checking": 0.0, "all": 0.5}


def test_evaluate_takes_the_card_for_no_mistake_on_entries_about_danger(
    small: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "asked.jsonl").write_text(question(kind="in", text="dangeren0 now"), encoding="utf-8")
    (tmp_path / "ids.txt").write_text("deposit\nkindergarten\n", encoding="utf-8")
    command = ("evaluate", "--json", str(tmp_path / "asked.jsonl"))

    plain, told = (
        json.loads(tiltas(small, *command, *more).stdout)["languages"]["en"]["false red"]
        for more in ((), ("--danger-ids", str(tmp_path / "ids.txt")))
    )

    assert (plain, told) == (1.0, None)


def test_evaluate_draws_pictures_and_keeps_its_output_for_programs(small: Mapping[str, str], tmp_path: Path) -> None:
    result = tiltas(small, "evaluate", "--json", "--plots", str(tmp_path / "new" / "plots"), asked(tmp_path))

    pictures = sorted(path.name for path in (tmp_path / "new" / "plots").iterdir())
    assert pictures == ["calibration.svg", "coverage.svg"]
    assert all(name in result.stderr for name in pictures)
    assert json.loads(result.stdout)


def test_evaluate_says_that_pictures_cannot_be_written(small: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "coverage.svg").mkdir()

    result = tiltas(small, "evaluate", "--plots", str(tmp_path / "plots"), asked(tmp_path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "The pictures cannot be written" in result.stderr


def test_evaluate_names_a_line_that_is_no_question(small: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(question() + '\n{"id": "broken"}\n', encoding="utf-8")

    result = tiltas(small, "evaluate", str(tmp_path / "questions.jsonl"))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "questions.jsonl:2 " in result.stderr


# try, diff ------------------------------------------------------------------------------------------------------------


def test_try_tells_what_a_message_hits_and_why(small: Mapping[str, str]) -> None:
    text = tiltas(small, "try", "registr my child for kindergarten please", "--lang", "en")
    as_json = tiltas(small, "try", "registr my child for kindergarten please", "--lang", "en", "--json")

    found = json.loads(as_json.stdout)
    assert (text.exit_code, as_json.exit_code) == (0, 0), text.output
    assert text.stdout.startswith(f"step      {found['step']}: ")
    assert found["chosen"] == "en"
    assert found["entries"][0]["id"] == "kindergarten"
    assert found["entries"][0]["phrasings"][0]["text"] in text.stdout


def test_try_takes_a_message_that_looks_like_an_option_after_two_dashes(small: Mapping[str, str]) -> None:
    result = tiltas(small, "try", "--", "--help me")

    assert result.exit_code == 0, result.output
    assert "Usage" not in result.stdout


def test_try_says_why_it_cannot_work(small: Mapping[str, str], tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(broken(tmp_path))}, "try", "hello")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "entries/housing.yaml" in result.stderr


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """Return questions, one of which small content answers."""
    lines = [
        question(kind="in", id="k", text="How do I register my child for kindergarten?"),
        question(kind="oos", text="en pets 1"),
    ]
    (tmp_path / "golden.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "golden.jsonl"


def without_kindergarten(folder: Path) -> Path:
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["status"] = "draft"
    del content["checklists.yaml"]["checklists"]["first-week"]["steps"]["place"]
    return write(folder / "without" / "faq", content).parent


def test_diff_returns_1_where_a_question_is_lost_and_0_where_one_is_gained(
    small: Mapping[str, str], tmp_path: Path, golden: Path
) -> None:
    with_it, without = small["TILTAS_FAQ"], str(without_kindergarten(tmp_path))

    lost = tiltas(small, "diff", with_it, without, "--questions", str(golden))
    gained = tiltas(small, "diff", without, with_it, "--questions", str(golden), "--format", "json")

    assert (lost.exit_code, gained.exit_code) == (1, 0), lost.output + gained.output
    assert "lost (1)\n  en  k  How do I register my child" in lost.stdout
    assert "status: published -> draft" in lost.stdout
    assert [one["id"] for one in json.loads(gained.stdout)["gained"]] == ["k"]


def test_diff_writes_a_comment_for_a_pull_request(small: Mapping[str, str], golden: Path) -> None:
    faq = small["TILTAS_FAQ"]

    result = tiltas(small, "diff", faq, faq, "--questions", str(golden), "--format", "markdown")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("## Content: 0 lost, 0 gained, 0 moved\n")


def test_diff_tells_the_findings_of_all_sides_that_cannot_be_read(
    small: Mapping[str, str], tmp_path: Path, golden: Path
) -> None:
    content = small_content()
    del content["topics.yaml"]
    faq = write(tmp_path / "spoilt", content)

    result = tiltas(small, "diff", str(faq), "--questions", str(golden), "--", "-no-revision")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "topics.yaml:1" in result.stderr
    assert "'-no-revision' is no folder" in result.stderr


def test_diff_tells_of_content_that_tiltas_would_refuse_and_compares_it(
    small: Mapping[str, str], tmp_path: Path, golden: Path
) -> None:
    result = tiltas(small, "diff", small["TILTAS_FAQ"], str(broken(tmp_path)), "--questions", str(golden))

    assert result.exit_code == 0, result.output
    assert "finds 2 errors" in result.stderr
    assert "body: smsm -> nobody" in result.stdout


def test_diff_takes_the_golden_questions_of_the_project(
    small: Mapping[str, str], golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faq = small["TILTAS_FAQ"]
    monkeypatch.setattr("bot.cli.questions.GOLDEN", golden.parent)
    found = tiltas(small, "diff", faq, faq, "--format", "json")
    monkeypatch.setattr("bot.cli.questions.GOLDEN", golden.parent / "nowhere")
    missing = tiltas(small, "diff", faq, faq)

    assert json.loads(found.stdout)["languages"]["en"]["questions"] == 2
    assert missing.exit_code == 2
    assert "--questions" in missing.stderr


def test_diff_ends_with_2_at_a_line_that_is_no_question(small: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "golden.jsonl").write_text("no json\n", encoding="utf-8")
    faq = small["TILTAS_FAQ"]

    result = tiltas(small, "diff", faq, faq, "--questions", str(tmp_path / "golden.jsonl"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "golden.jsonl:1 " in result.stderr


# migrate, status ------------------------------------------------------------------------------------------------------


def test_migrate_tells_before_and_after(fresh: Mapping[str, str]) -> None:
    first, second = tiltas(fresh, "migrate"), tiltas(fresh, "migrate")

    assert (first.exit_code, first.stdout) == (0, f"Schema none -> {NEWEST}\n")
    assert (second.exit_code, second.stdout) == (0, f"Schema {NEWEST} -> {NEWEST}\n")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://db/tiltas", "sqlite, postgresql"),
        ("nonsense", "TILTAS_DATABASE_URL"),
        ("sqlite:////proc/no/such/tiltas.db", "cannot"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "status"])
def test_a_database_that_cannot_be_used_ends_with_2(
    fresh: Mapping[str, str], command: str, address: str, said: str
) -> None:
    result = tiltas({**fresh, "TILTAS_DATABASE_URL": address}, command)

    assert result.exit_code == 2, result.output
    assert said in result.stderr or command == "status"
    assert "Traceback" not in result.stderr


def test_status_is_well_where_all_is_well(fresh: Mapping[str, str]) -> None:
    tiltas(fresh, "migrate")

    text, as_json = tiltas(fresh, "status"), tiltas(fresh, "status", "--json")

    assert (text.exit_code, as_json.exit_code) == (0, 0)
    assert text.stdout.startswith("well\n")
    state = json.loads(as_json.stdout)
    assert (state["well"], state["schema"], state["entries"]) == (True, NEWEST, 2)
    assert state["store"]["unhandled"] == 0


def test_status_returns_1_where_the_content_is_broken(fresh: Mapping[str, str], tmp_path: Path) -> None:
    tiltas(fresh, "migrate")

    result = tiltas({**fresh, "TILTAS_FAQ": str(broken(tmp_path))}, "status")

    assert result.exit_code == 1
    assert result.stdout.startswith("needs a look\n")


def test_status_of_no_database_ends_with_2_and_makes_none(fresh: Mapping[str, str]) -> None:
    result = tiltas(fresh, "status")

    assert result.exit_code == 2
    assert not Path(fresh["TILTAS_DATABASE_URL"].removeprefix("sqlite:///")).exists()


def test_status_looks_beside_a_tiltas_at_work(fresh: Mapping[str, str]) -> None:
    tiltas(fresh, "migrate")
    held = SqlStore(fresh["TILTAS_DATABASE_URL"])
    held.take()
    try:
        result = tiltas(fresh, "status")
    finally:
        assert held._lock is not None
        held._lock.release()

    assert result.exit_code == 0, result.output


# backup, restore ------------------------------------------------------------------------------------------------------


def test_a_copy_is_made_beside_a_tiltas_at_work_and_told(fresh: Mapping[str, str], tmp_path: Path) -> None:
    tiltas(fresh, "migrate")
    held = SqlStore(fresh["TILTAS_DATABASE_URL"])
    held.take()
    try:
        result = tiltas(fresh, "backup", str(tmp_path / "copy.db"))
    finally:
        assert held._lock is not None
        held._lock.release()

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{tmp_path / 'copy.db'}: 0.")
    assert f"MB, schema {NEWEST}, 0 conversations, 0 cases" in result.stdout


def test_a_copy_is_put_in_place_and_what_happens_next_is_told(fresh: Mapping[str, str], tmp_path: Path) -> None:
    tiltas(fresh, "migrate")
    tiltas(fresh, "backup", str(tmp_path / "copy.db"))

    unasked = tiltas(fresh, "restore", str(tmp_path / "copy.db"))
    asked = tiltas(fresh, "restore", str(tmp_path / "copy.db"), "--replace")

    assert (unasked.exit_code, unasked.stdout) == (2, "")
    assert "--replace" in unasked.stderr
    assert asked.exit_code == 0, asked.output
    assert "kept as" in asked.stdout
    assert "may be sent twice" in asked.stdout
    assert tiltas(fresh, "status").exit_code == 0


def test_a_copy_is_not_put_in_place_beside_a_tiltas_at_work(fresh: Mapping[str, str], tmp_path: Path) -> None:
    tiltas(fresh, "migrate")
    tiltas(fresh, "backup", str(tmp_path / "copy.db"))
    held = SqlStore(fresh["TILTAS_DATABASE_URL"])
    held.take()
    try:
        result = tiltas(fresh, "restore", str(tmp_path / "copy.db"), "--replace")
    finally:
        assert held._lock is not None
        held._lock.release()

    assert (result.exit_code, result.stdout) == (2, "")
    assert "another Tiltas" in result.stderr


@pytest.mark.parametrize("command", ["backup", "restore"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://a:secret@db/tiltas", "pg_dump"),
        ("nonsense", "TILTAS_DATABASE_URL"),
        ("sqlite:////no/db", "There is no"),
    ],
)
def test_what_cannot_be_copied_or_restored_is_told_in_one_line(
    fresh: Mapping[str, str], tmp_path: Path, command: str, address: str, said: str
) -> None:
    result = tiltas({**fresh, "TILTAS_DATABASE_URL": address}, command, str(tmp_path / "copy.db"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "secret" not in result.stderr
    assert result.stderr.count("\n") == 1


# helplines ------------------------------------------------------------------------------------------------------------


def test_helplines_tells_how_each_published_line_stands_at_an_instant(small: Mapping[str, str]) -> None:
    result = tiltas(small, "helplines", "--at", "2026-11-23T11:00", "--lang", "uk")

    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines()[3:]] == [
        ["linija", "112", "open", "always", "lt"],
        ["linija", "+370", "600", "00000", "open", "mon", "2026-11-23", "12:00", "lt"],
    ]


def test_helplines_looks_at_now_and_refuses_what_is_no_instant(small: Mapping[str, str]) -> None:
    now, wrong = tiltas(small, "helplines"), tiltas(small, "helplines", "--at", "tomorrow")

    assert (now.exit_code, wrong.exit_code) == (0, 2)
    assert " in Vilnius" in now.stdout.splitlines()[0]
    assert "'tomorrow'" in wrong.stderr


def test_helplines_says_why_it_cannot_work(small: Mapping[str, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "faq", small_content())
    (folder / "helplines.yaml").write_text("helplines: [", encoding="utf-8")

    result = tiltas({**small, "TILTAS_FAQ": str(folder)}, "helplines")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "helplines.yaml:" in result.stderr


# stamp ----------------------------------------------------------------------------------------------------------------


def test_stamp_writes_what_is_new_once_and_names_the_files(small: Mapping[str, str], tmp_path: Path) -> None:
    content = {**small, "TILTAS_FAQ": str(write(tmp_path / "faq", small_content()))}

    first, second = tiltas(content, "stamp"), tiltas(content, "stamp")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert first.stdout.splitlines()[0] == "faq/stamps/en/education.yaml"
    assert first.stdout.splitlines()[-1] == "6 files written."
    assert second.stdout == "All translations have their stamps.\n"
    assert tiltas(content, "check").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such"], "There is no translation of no-such."),
        (["deposit", "--lang", "lt"], "There is no translation of deposit in lt."),
        (["--lang", "xx"], "There is no translation of anything in xx."),
    ],
)
def test_stamp_refuses_what_is_no_translation_and_writes_nothing(
    small: Mapping[str, str], tmp_path: Path, arguments: list[str], said: str
) -> None:
    folder = write(tmp_path / "faq", small_content())

    result = tiltas({**small, "TILTAS_FAQ": str(folder)}, "stamp", *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert not (folder / "stamps").exists()

"""The commands for what presses teach, and the settings for as long as they have not."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.app import content_folder, opened
from bot.content.model import EntryId
from bot.conversation.decide import CAUTIOUS_POLICY, DEFAULT_POLICY, ENOUGH_VERDICTS
from bot.conversation.model import Address, Channel, InboxId, Incoming, Kind, VerdictSource
from bot.matching.index import ALGORITHM
from bot.matching.logistic import Doubles, Logistic
from bot.matching.signals import NAMES
from bot.ports import KeptVerdict
from bot.settings import ROOT, from_environment
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_cli import LATE_THREADS, NOTHING_SET, Environment, tiltas
from tests.builders_content import small_content, write
from tests.builders_dialogue import NOW

pytestmark = LATE_THREADS

TODAY = date(2026, 11, 21)
QUESTION = "How do I register my child for kindergarten?"
"""Of the small content; its own phrasing, so that it is answered whatever was learned."""
KINDERGARTEN = EntryId("kindergarten")
NEAR = "kindergarten for the child of my sister please"


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small sound content in `faq`, and its index in `cache`."""
    folder = tmp_path_factory.mktemp("small")
    write(folder / "faq", small_content())
    settings = from_environment(
        {"TILTAS_FAQ": str(folder / "faq"), "TILTAS_DATA": str(folder), "TILTAS_ENCODER": "none"}
    )
    content_folder(settings).load(TODAY)
    return folder


@pytest.fixture
def fresh(learned: Path, tmp_path: Path) -> Environment:
    """Return an environment with a data folder of its own."""
    shutil.copytree(learned / "cache", tmp_path / "data" / "cache")
    return {
        **NOTHING_SET,
        "TILTAS_ENCODER": "none",
        "TILTAS_FAQ": str(learned / "faq"),
        "TILTAS_LOCALES": str(ROOT / "locales"),
        "TILTAS_DATA": str(tmp_path / "data"),
    }


def file(environment: Environment) -> Path:
    return Path(environment["TILTAS_DATA"]) / "calibration.json"


def shipped(environment: Environment) -> Logistic:
    return content_folder(from_environment(environment)).load(TODAY).index.calibration.families["entry"]


def keep(environment: Environment, verdicts: Sequence[KeptVerdict], asked: Sequence[str] = ()) -> None:
    """Keep verdicts; those that name a question number the words in `asked`."""

    async def work() -> None:
        store = SqlStore(from_environment(environment).database)
        try:
            await migrate(store)
            async with store.begin() as tx:
                person = Address(Channel.TELEGRAM, "1001")
                await tx.inbox.add([Incoming(words, person, Kind.TEXT, words, at=NOW) for words in asked], NOW)
                await tx.verdicts.add(verdicts)
        finally:
            await store.close()

    asyncio.run(work())


def verdict(number: int, signals: Sequence[float], *, right: bool, **changes: Any) -> KeptVerdict:  # Any: its fields
    made = KeptVerdict(
        question=None,
        language=EN,
        entry_id=KINDERGARTEN,
        source=VerdictSource.HELPED if right else VerdictSource.NOT_HELPED,
        right=right,
        p=0.5,
        signals=tuple(signals),
        encoder_id="",
        algorithm=ALGORITHM,
        day=TODAY - timedelta(days=number % 30),
    )
    return replace(made, **changes)


def public(n: int, truth: Callable[[Doubles], float]) -> list[KeptVerdict]:
    """Return verdicts of a public whose entries are right with the probability that `truth` tells of their signals."""
    random = np.random.default_rng(7)
    rows = random.random((n, len(NAMES)))
    return [verdict(number, row, right=bool(random.random() < truth(row))) for number, row in enumerate(rows)]


def coin(_: Doubles) -> float:
    """Return the truth of a public for which nothing tells what is right."""
    return 0.5


# calibrate ------------------------------------------------------------------------------------------------------------


def test_too_few_verdicts_are_counted_and_nothing_is_written(fresh: Environment) -> None:
    keep(fresh, public(ENOUGH_VERDICTS - 1, coin))

    plain, put_to_use = tiltas(fresh, "calibrate"), tiltas(fresh, "calibrate", "--apply")

    assert (plain.exit_code, put_to_use.exit_code) == (0, 0), plain.output + put_to_use.output
    assert ": 149; entries right: " in plain.stdout
    assert plain.stdout == put_to_use.stdout
    assert "At least 150 are needed" in plain.stdout
    assert not file(fresh).exists()


def test_without_apply_both_are_told_and_nothing_is_written(fresh: Environment) -> None:
    keep(fresh, public(300, coin))

    text, as_json = tiltas(fresh, "calibrate"), tiltas(fresh, "calibrate", "--json")

    assert (text.exit_code, as_json.exit_code) == (0, 0), text.output + as_json.output
    assert "shipped" in text.stdout
    assert "refitted" in text.stdout
    assert text.stderr == "--apply puts it to use.\n"
    told = json.loads(as_json.stdout)
    assert (told["verdicts"], told["worse"]) == (300, "")
    assert told["figures"]["refitted"]["log_loss"] < told["figures"]["shipped"]["log_loss"]
    assert not file(fresh).exists()


def test_what_is_applied_is_used_told_and_taken_back(fresh: Environment) -> None:
    keep(fresh, public(300, lambda _: 0.02))
    before = matched(fresh)

    applied = tiltas(fresh, "calibrate", "--apply")
    after, state, status = matched(fresh), json.loads(tiltas(fresh, "status", "--json").stdout), tiltas(fresh, "status")
    reset = tiltas(fresh, "calibrate", "--reset")

    assert applied.exit_code == 0, applied.output
    assert f"Written to {file(fresh)}" in applied.stderr
    assert after < before
    assert state["calibration"]["verdicts"] == 300
    assert "from 300 verdicts" in status.stdout
    assert (reset.exit_code, matched(fresh)) == (0, before)
    assert "removed" in reset.stdout
    assert not file(fresh).exists()
    assert "not there" in tiltas(fresh, "calibrate", "--reset").stdout
    assert "calibration shipped" in tiltas(fresh, "status").stdout


def matched(environment: Environment) -> float:
    """Return the probability of what a message finds."""
    result = tiltas(environment, "match", "--jsonl", words=json.dumps({"id": 1, "text": NEAR}) + "\n")
    return float(json.loads(result.stdout)["entries"][0]["p"])


def test_a_worse_one_is_refused_and_the_earlier_one_stays(fresh: Environment) -> None:
    keep(fresh, public(300, shipped(fresh).p))
    file(fresh).write_text("what was there before")

    told, refused = tiltas(fresh, "calibrate"), tiltas(fresh, "calibrate", "--apply")

    assert (told.exit_code, refused.exit_code) == (0, 1)
    assert told.stderr.startswith("It would not be put to use: its probabilities are further from what is true")
    assert refused.stderr.startswith("Not put to use: its probabilities are further from what is true")
    assert file(fresh).read_text() == "what was there before"


def test_one_of_another_way_of_matching_or_a_damaged_one_is_left_alone_with_a_line_of_log(fresh: Environment) -> None:
    keep(fresh, public(300, lambda _: 0.02))
    before = matched(fresh)
    tiltas(fresh, "calibrate", "--apply")
    own = json.loads(file(fresh).read_text())

    said = []
    for text in (json.dumps(own | {"algorithm": "0"}), json.dumps(own | {"encoder": "a model"}), "{"):
        file(fresh).write_text(text)
        result = tiltas({**fresh, "TILTAS_LOG_LEVEL": "warning"}, "match", "--jsonl", words='{"id": 1, "text": "x"}\n')
        events = [json.loads(line)["event"] for line in result.stderr.splitlines()]
        said += [event for event in events if event.startswith("calibration.")]
        assert matched(fresh) == before
        assert "calibration shipped" in tiltas(fresh, "status").stdout

    assert said == ["calibration.ignored", "calibration.ignored", "calibration.unreadable"]


@pytest.mark.parametrize("command", ["calibrate", "candidates"])
def test_where_there_is_no_database_or_an_older_one_it_is_told(fresh: Environment, command: str) -> None:
    nothing = tiltas(fresh, command)
    (Path(fresh["TILTAS_DATA"]) / "tiltas.db").touch()
    older = tiltas(fresh, command)

    assert (nothing.exit_code, older.exit_code) == (2, 2)
    assert "there is none at" in nothing.stderr
    assert "tiltas migrate" in older.stderr


def test_broken_content_is_told(fresh: Environment, tmp_path: Path) -> None:
    keep(fresh, [])
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "topics.yaml").write_text("topics: [")

    result = tiltas({**fresh, "TILTAS_FAQ": str(tmp_path / "broken")}, "calibrate")

    assert result.exit_code == 2
    assert "topics.yaml" in result.stderr


def test_a_file_that_cannot_be_written_or_removed_is_told(fresh: Environment) -> None:
    keep(fresh, public(300, coin))
    file(fresh).mkdir()

    written, removed = tiltas(fresh, "calibrate", "--apply"), tiltas(fresh, "calibrate", "--reset")

    assert (written.exit_code, removed.exit_code) == (2, 2)
    assert "calibration.json cannot be written" in written.stderr
    assert "calibration.json cannot be removed" in removed.stderr


def test_apply_and_reset_do_not_go_together(fresh: Environment) -> None:
    result = tiltas(fresh, "calibrate", "--apply", "--reset")

    assert result.exit_code == 2
    assert "do not go together" in result.stderr


# candidates -----------------------------------------------------------------------------------------------------------


def test_candidates_are_printed_as_lines_newest_first(fresh: Environment) -> None:
    assert tiltas(fresh, "migrate").exit_code == 0
    nothing = tiltas(fresh, "candidates")
    first, second = InboxId(1), InboxId(2)
    keep(
        fresh,
        [
            verdict(0, (), right=False, question=first),
            verdict(0, (), right=True, question=first, entry_id=EntryId("rent")),
            verdict(1, (), right=False, question=second, source=VerdictSource.NONE_OF_THESE),
        ],
        asked=("садик для сестри", "a garden"),
    )

    result = tiltas(fresh, "candidates")

    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert result.exit_code == 0, result.output
    assert "садик" in result.stdout
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"id": 2, "lang": "en", "text": "a garden", "wrong": ["kindergarten"], "right": None, "day": "2026-11-20"},
        {
            "id": 1,
            "lang": "en",
            "text": "садик для сестри",
            "wrong": ["kindergarten"],
            "right": "rent",
            "day": "2026-11-21",
        },
    ]


# Cautious, shadow mode ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "wanted"), [("yes", True), ("no", False), ("", False)])
async def test_both_settings_hold_from_the_start_and_after_a_change_of_content(
    fresh: Environment, said: str, *, wanted: bool
) -> None:
    settings = from_environment({**fresh, "TILTAS_CAUTIOUS": said, "TILTAS_SHADOW": said})

    async with opened(settings) as app:
        at_the_start = app.mind.world
        app.swap(content_folder(settings).load(TODAY))

        for world in (at_the_start, app.mind.world):
            assert world.policy == (CAUTIOUS_POLICY if wanted else DEFAULT_POLICY)
            assert world.shadow is wanted


def test_in_shadow_mode_a_person_answers_what_else_would_be_answered(fresh: Environment) -> None:
    plain = tiltas(fresh, "chat", words=f"{QUESTION}\n")
    shadow = tiltas({**fresh, "TILTAS_SHADOW": "yes"}, "chat", words=f"{QUESTION}\n")

    assert "Apply to your municipality." in plain.stdout
    assert "Apply to your municipality." not in shadow.stdout
    assert "A person will answer you here." in shadow.stdout


def test_match_heeds_neither(fresh: Environment) -> None:
    words = "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate((QUESTION, NEAR)))

    plain = tiltas(fresh, "match", "--jsonl", words=words)
    careful = tiltas({**fresh, "TILTAS_CAUTIOUS": "yes", "TILTAS_SHADOW": "yes"}, "match", "--jsonl", words=words)

    assert json.loads(plain.stdout.splitlines()[0])["step"] == "answer"
    assert careful.stdout == plain.stdout

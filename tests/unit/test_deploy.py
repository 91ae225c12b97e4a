"""The units of systemd in deploy/: what they name exists, is told, and does what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.cli import main
from bot.settings import ROOT, Settings
from bot.storage.tables import metadata

UNITS = ("tiltas.service", "tiltas-backup.service", "tiltas-backup.timer")
SERVICES = ("tiltas.service", "tiltas-backup.service")
GUIDE = "docs/how-to/deploy-for-one-town.md"

Unit = Mapping[str, list[str]]
"""All values of each key of a unit, as `Section.Key`; a key may stand more than once."""


def unit(name: str) -> Unit:
    found: defaultdict[str, list[str]] = defaultdict(list)
    section = ""
    for line in (ROOT / "deploy" / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"{name}: {line}"
            found[f"{section}.{key}"].append(value)
    return found


def commands(name: str) -> list[list[str]]:
    """Return each command of a service as its words; `$$` and `%%` are systemd's spelling of `$` and `%`."""
    found = unit(name)
    lines = [line for key, lines in found.items() if key.startswith("Service.Exec") for line in lines]
    return [shlex.split(line.replace("$$", "$").replace("%%", "%")) for line in lines]


def guide() -> str:
    return (ROOT / GUIDE).read_text("utf-8")


# What they name -------------------------------------------------------------------------------------------------------


def test_every_unit_is_known_here_and_installed_by_the_guide() -> None:
    assert {path.name for path in (ROOT / "deploy").iterdir()} == set(UNITS)
    assert [name for name in UNITS if f"deploy/{name}" not in guide()] == []


@pytest.mark.parametrize("name", SERVICES)
def test_each_command_of_tiltas_exists(name: str) -> None:
    told = [word for words in commands(name) for word in re.findall(r"bin/tiltas ([a-z]+)", " ".join(words))]

    assert told
    assert set(told) <= main.commands.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_each_option_exists(name: str) -> None:
    known = {option.metadata["name"] for option in Settings.__dataclass_fields__.values()}
    given = {line.partition("=")[0] for line in unit(name)["Service.Environment"]}

    assert given <= known


@pytest.mark.parametrize("name", SERVICES)
def test_each_place_of_ours_is_told_in_the_guide(name: str) -> None:
    lines = "\n".join(value for values in unit(name).values() for value in values)
    places = set(re.findall(r"/(?:srv/tiltas[\w./-]*|etc/[\w.-]+|var/lib/[\w-]+)", lines))

    assert places
    assert [place for place in places if place not in guide()] == []


def test_both_services_are_the_same_user_with_the_same_options_and_the_same_data() -> None:
    bot, copies = (unit(name) for name in SERVICES)

    for key in ("User", "Group", "WorkingDirectory", "EnvironmentFile", "Environment", "UMask", "StateDirectoryMode"):
        assert bot[f"Service.{key}"] == copies[f"Service.{key}"], key
    (data,) = [line.removeprefix("TILTAS_DATA=") for line in bot["Service.Environment"]]
    assert {f"/var/lib/{folder}" for folder in bot["Service.StateDirectory"][0].split()} == {data}
    assert data in {f"/var/lib/{folder}" for folder in copies["Service.StateDirectory"][0].split()}


def test_the_timer_starts_the_copy_and_both_are_wanted_at_the_start() -> None:
    assert unit("tiltas-backup.timer")["Timer.OnCalendar"]
    assert unit("tiltas-backup.timer")["Timer.Persistent"] == ["true"]
    assert unit("tiltas-backup.timer")["Install.WantedBy"] == ["timers.target"]
    assert unit("tiltas.service")["Install.WantedBy"] == ["multi-user.target"]


# How they are locked in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_locked_in(name: str) -> None:
    found = unit(name)
    wanted = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "UMask": "0077",
        "StateDirectoryMode": "0700",
        "CapabilityBoundingSet": "",
    }

    assert {key: found[f"Service.{key}"] for key in wanted} == {key: [value] for key, value in wanted.items()}
    assert found["Service.User"] != ["root"]


def test_the_bot_starts_again_with_limits_and_has_time_to_stop() -> None:
    found = unit("tiltas.service")

    assert found["Service.Restart"] == ["on-failure"]
    assert found["Unit.StartLimitIntervalSec"]
    assert found["Unit.StartLimitBurst"]
    assert found["Service.TimeoutStopSec"] == ["30"]
    assert found["Service.StandardInput"] == ["null"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_unit_holds_a_token(name: str) -> None:
    assert "TELEGRAM_TOKEN" not in (ROOT / "deploy" / name).read_text("utf-8")


# What they do ---------------------------------------------------------------------------------------------------------


def test_the_nightly_copy_is_made_dated_and_old_ones_go(tmp_path: Path) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    data.mkdir()
    copies.mkdir()
    make_database(data / "tiltas.db")
    kept = {"tiltas-2026-10-24T03-15-00Z.db": 28, "notes.txt": 99, ".tiltas-new.db.00.part": 0}
    gone = {"tiltas-2026-10-01T03-15-00Z.db": 31, ".tiltas-old.db.00.part": 3, ".tiltas-old.db.00.part-journal": 3}
    for file, days in {**kept, **gone}.items():
        aged(copies / file, days)

    for words in commands("tiltas-backup.service"):
        run(words, data, copies)

    made = {path.name for path in copies.iterdir()} - kept.keys()
    assert len(made) == 1
    assert re.fullmatch(r"tiltas-\d{4}-\d\d-\d\dT\d{6}Z\.db", made.pop())
    assert kept.keys() <= {path.name for path in copies.iterdir()}


def make_database(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    engine.dispose()


def aged(path: Path, days: int) -> None:
    path.touch()
    then = time.time() - days * 86_400 - 60
    os.utime(path, (then, then))


def run(words: list[str], data: Path, copies: Path) -> None:
    """Run a command of a service with folders of ours in the place of the server's."""
    tiltas = f"{sys.executable} -m bot"
    here = [
        x.replace("/srv/tiltas/.venv/bin/tiltas", tiltas).replace("/var/lib/tiltas-copies", str(copies)) for x in words
    ]
    subprocess.run(here, cwd=ROOT, env={**os.environ, "TILTAS_DATA": str(data)}, check=True, capture_output=True)


if shutil.which("systemd-analyze"):  # a test of its own kind of machine: elsewhere there is nothing to ask

    def test_systemd_understands_the_units(tmp_path: Path) -> None:
        units = tmp_path / "etc/systemd/system"
        units.mkdir(parents=True)
        for name in UNITS:
            shutil.copy(ROOT / "deploy" / name, units)
        for name in ("sysinit", "basic", "shutdown", "network-online", "multi-user", "timers", "time-set", "time-sync"):
            (units / f"{name}.target").write_text("[Unit]\nDefaultDependencies=no\n")
        for program in ("srv/tiltas/.venv/bin/tiltas", "bin/sh", "usr/bin/find"):
            path = tmp_path / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)

        done = subprocess.run(
            ["systemd-analyze", "verify", f"--root={tmp_path}", *(f"/etc/systemd/system/{name}" for name in UNITS)],
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr) == (0, "")

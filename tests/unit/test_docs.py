"""The documents are true: what they name is in the code, and what the code has is named."""

import ast
import importlib
import os
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import Field, fields
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from pydantic import BaseModel
from sqlalchemy import create_engine

import bot
from bot.actions.checking import check_everything
from bot.cli import main
from bot.content.model import MAIN_LANGUAGES, ServiceKind
from bot.content.read import ChecklistsFile, GuideFile, HelplinesFile, ServicesFile, TextsFile, kind_of
from bot.conversation.model import Verb
from bot.conversation.steps import Step
from bot.matching.language import KNOWN
from bot.settings import ROOT, Settings
from bot.storage.tables import metadata
from tests.builders_content import TODAY, small_content, written

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LEFT_OUT = {".venv", "data", "dist", "node_modules"}


def document(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def documents() -> Iterator[Path]:
    """Yield all Markdown files of the project."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        yield from (Path(folder) / name for name in files if name.endswith(".md"))


def rows(text: str) -> list[list[str]]:
    """Return the cells of all rows of all tables."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def section(text: str, title: str) -> str:
    """Return what stands below a heading, until the next of its kind."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def code() -> Iterator[ast.AST]:
    """Yield every node of the program's syntax."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


# README ---------------------------------------------------------------------------------------------------------------


def recipes() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", document("Makefile"), re.MULTILINE))


def test_the_two_commands_of_the_readme_are_recipes() -> None:
    first = re.findall(r"^make ([a-z-]+) +#", document("README.md"), re.MULTILINE)

    assert first == ["run", "test"]
    assert set(first) <= recipes()


def test_the_readme_has_a_place_for_figures() -> None:
    text = document("README.md")

    assert text.count("<!-- figures -->\n") == text.count("<!-- /figures -->\n") == 1
    assert text.index("<!-- figures -->") < text.index("<!-- /figures -->")


def test_contributors_are_told_each_recipe_that_they_need() -> None:
    told = {name for row in rows(document("CONTRIBUTING.md")) for name in re.findall(r"`make ([a-z-]+)`", row[0])}

    assert told <= recipes()
    assert recipes() - told <= {"help", "install"}


def test_no_document_names_a_recipe_that_is_not_there() -> None:
    told = {
        (path.name, name)
        for path in documents()
        for piece in _CODE.findall(path.read_text("utf-8"))
        for name in re.findall(r"(?:^`?|[|&] )make ([a-z-]+)", piece, re.MULTILINE)
    }

    assert {pair for pair in told if pair[1] not in recipes()} == set()


# Links ----------------------------------------------------------------------------------------------------------------

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """Return what headings can be linked by, made as code hosts make it."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(path: Path) -> list[str]:
    broken = []
    for link in _LINK.findall(_CODE.sub("", path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    return broken


def test_each_link_within_the_documents_leads_somewhere() -> None:
    found = {path.relative_to(ROOT).as_posix(): broken_links(path) for path in documents()}

    assert found
    assert {path: links for path, links in found.items() if links} == {}


def test_each_decision_is_in_the_list_of_decisions() -> None:
    pages = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}

    assert set(re.findall(r"\]\((0[^)]+)\)", document("docs/decisions/README.md"))) == pages


def test_each_decision_has_its_number_and_its_three_parts() -> None:
    for path in (ROOT / "docs/decisions").glob("0*.md"):
        text = path.read_text("utf-8")

        assert text.startswith(f"# {path.name[:4]} ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


# Operating ------------------------------------------------------------------------------------------------------------

_TYPES = {
    "str | None": "text",
    "str": "text",
    "Path": "folder",
    "bool": "yes or no",
    "int": "whole number",
    "float": "number",
}


def default_in_words(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return f"`{'yes' if value else 'no'}`"
        case Path() if value.is_relative_to(ROOT):
            return f"`{value.relative_to(ROOT)}/` of the project"
        case Path():
            return "the user's data folder, `~/.local/share/tiltas` on Linux"
    return f"`{value}`"


def option(one: Field[Any]) -> list[str]:  # Any: an option's type
    about = one.metadata
    return [f"`{about['name']}`", _TYPES[str(one.type)], default_in_words(one.default), about["meaning"]]


def test_each_option_is_told_with_its_type_default_and_meaning() -> None:
    told = rows(section(document("docs/how-to/operate.md"), "Options"))

    assert told[2:] == [option(one) for one in fields(Settings)]


def test_no_document_names_an_option_that_is_not_there() -> None:
    known = {one.metadata["name"] for one in fields(Settings)}
    told = {name for path in documents() for name in re.findall(r"\bTILTAS_[A-Z_]+\b", path.read_text("utf-8"))}

    assert told <= known


def test_each_command_is_told() -> None:
    told = [row[0].split()[1].strip("`") for row in rows(section(document("docs/how-to/operate.md"), "Commands"))[2:]]

    assert sorted(told) == sorted(main.commands)


def test_no_document_names_a_command_that_is_not_there() -> None:
    told = {name for path in documents() for name in re.findall(r"`tiltas ([a-z][a-z-]*)", path.read_text("utf-8"))}

    assert told <= main.commands.keys()


_LEVELS = {"debug", "info", "warning", "error", "exception"}


def events() -> dict[str, str]:
    """Return each event that the code logs, with its level."""
    found = {}
    for node in code():
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _LEVELS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
        ):
            (name, *_) = node.args
            assert isinstance(name, ast.Constant), "an event's name is a plain text"
            found[str(name.value)] = "error" if node.func.attr == "exception" else node.func.attr
    return found


def test_each_event_of_the_log_is_told_with_its_level() -> None:
    table = rows(section(document("docs/how-to/operate.md"), "Logs"))[2:]

    assert {row[0].strip("`"): row[1] for row in table} == events()


def test_what_status_prints_is_told() -> None:
    from bot.ports import StoreState  # noqa: PLC0415  beside its only use

    told = section(document("docs/how-to/operate.md"), "Status")

    names = [one.name.replace("_", " ") for one in fields(StoreState)]

    assert [name for name in names if f"`{name}`" not in told] == []


@pytest.mark.parametrize("path", ["docs/how-to/operate.md", "SECURITY.md"])
def test_statements_for_the_database_fit_its_schema(path: str, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'tiltas.db'}")
    metadata.create_all(engine)
    engine.dispose()
    statements = blocks(document(path), "sql")

    connection = sqlite3.connect(tmp_path / "tiltas.db")
    for statement in statements:
        connection.executescript(statement)
    connection.close()

    assert statements


# Words ----------------------------------------------------------------------------------------------------------------


def enums() -> dict[str, type[Enum]]:
    """Return all enums of the program by name."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, left = {}, [Enum]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__module__.startswith("bot."):
                found[kind.__qualname__] = kind
    return found


def glossary() -> set[str]:
    """Return the words of the glossary that are written as code."""
    return set(re.findall(r"`([^`]+)`", document("docs/glossary.md")))


def test_each_word_of_an_enum_is_in_the_glossary() -> None:
    words = {f"{name}.{one.name}": str(one.value) for name, kind in enums().items() for one in kind}

    assert {place: word for place, word in words.items() if word not in glossary()} == {}


def test_each_letter_of_a_button_is_in_the_glossary() -> None:
    line = document("docs/glossary.md").partition("A button carries one sign")[2]

    assert set(re.findall(r"`(\w)`", line)) == {verb.value for verb in Verb}


def test_each_step_is_in_the_glossary() -> None:
    table = rows(section(document("docs/glossary.md"), "Steps: what the bot does next"))[2:]
    steps = {re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower() for kind in Step.__args__}

    assert {row[0].strip("`") for row in table} == steps


def states() -> set[str]:
    """Return all texts that the code gives to something called state, or compares it with."""
    found: set[object] = set()
    for node in code():
        match node:
            case ast.keyword(arg="state", value=ast.Constant(value=word)):
                found.add(word)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                found |= {
                    value.value
                    for key, value in pairs
                    if isinstance(key, ast.Constant) and key.value == "state" and isinstance(value, ast.Constant)
                }
            case ast.Compare(left=ast.Attribute(attr="state"), comparators=[ast.Constant(value=word)]):
                found.add(word)
            case ast.Call(func=ast.Attribute(attr="end"), args=[_, _, ast.Constant(value=word), *_]):
                found.add(word)
    return {str(word) for word in found}


def test_each_state_is_in_the_glossary() -> None:
    assert {"new", "sending", "sent", "uncertain", "refused", "dropped", "done", "failed"} <= states()
    assert states() - glossary() == set()


def test_the_page_on_languages_tells_those_that_are_spoken_and_those_that_are_recognised() -> None:
    text = document("docs/languages.md")
    spoken = [row[1].strip("`") for row in rows(section(text, "What Tiltas speaks"))[2:]]
    recognised = re.findall(r"`(\w+)`", section(text, "What Tiltas recognises").partition("\n")[2].partition("\n")[0])

    assert spoken == list(MAIN_LANGUAGES)
    assert recognised == list(KNOWN)


# Editing --------------------------------------------------------------------------------------------------------------


def place_for_examples() -> dict[str, Any]:  # Any: YAML of every shape
    """Return small content in which what the examples name is there: a town, a checklist, a file for each place."""
    content = small_content()
    places = content["municipalities.yaml"]["municipalities"]
    content["municipalities.yaml"]["municipalities"] = {"kaunas" if x == "place-00" else x: places[x] for x in places}
    content |= {
        f"services/{place}.yaml": {"services": {}} for place in content["municipalities.yaml"]["municipalities"]
    }
    checklists = content["checklists.yaml"]["checklists"]
    checklists["first-weeks"] = checklists.pop("first-week")
    return content


def joined(first: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:  # Any: as above
    """Return both, what stands under the same names joined."""
    both = {key: joined(first[key], more[key]) for key in first.keys() & more.keys() if isinstance(more[key], dict)}
    return first | more | both


def test_the_examples_for_editors_are_sound() -> None:
    content = place_for_examples()
    for path in ("docs/how-to/edit-content.md", "docs/how-to/edit-in-the-browser.md"):
        for block in blocks(document(path), "yaml"):
            file = re.match(r"# faq/(\S+)\n", block)
            assert file, "an example says which file it stands in"
            content[file[1]] = joined(content.get(file[1], {}), yaml.safe_load(block))

    report = check_everything(written(content), today=TODAY)

    assert (report.entries, report.findings) == (3, ())


def test_each_thing_that_can_be_added_has_an_example() -> None:
    told = re.findall(r"^# faq/(\S+)$", document("docs/how-to/edit-in-the-browser.md"), re.MULTILINE)

    assert {kind_of(path) for path in told} == {TextsFile, ServicesFile, HelplinesFile, GuideFile, ChecklistsFile}


@pytest.mark.parametrize("title", ["Helplines", "Services", "Guide cards"])
def test_each_field_of_what_is_no_entry_is_told(title: str) -> None:
    from bot.content import model  # noqa: PLC0415  beside its only use

    of_section: dict[str, tuple[type[BaseModel], ...]] = {
        "Helplines": (model.Helpline,),
        "Services": (model.Service,),
        "Guide cards": (model.GuideCard, model.CardText),
    }
    told = section(document("docs/how-to/edit-content.md"), title)

    names = [field.alias or name for kind in of_section[title] for name, field in kind.model_fields.items()]

    assert [name for name in names if f"`{name}`" not in told] == []


def test_each_kind_of_service_is_told() -> None:
    told = section(document("docs/how-to/edit-content.md"), "Services").partition("Kinds: ")[2].partition(".")[0]

    assert re.findall(r"`([a-z-]+)`", told) == sorted(ServiceKind)


# The check of a proposal ----------------------------------------------------------------------------------------------


def workflow() -> dict[Any, Any]:  # Any: YAML of every shape; its key "on" is read as True
    return dict(yaml.safe_load(document(".github/workflows/content.yml")))


def steps() -> list[dict[str, Any]]:  # Any: as above
    return [step for job in workflow()["jobs"].values() for step in job["steps"]]


def test_the_workflow_cannot_write_and_sees_no_secret() -> None:
    found = workflow()

    assert found["permissions"] == {"contents": "read"}
    assert [job for job in found["jobs"].values() if "permissions" in job] == []
    assert set(found[True]) == {"pull_request"}
    assert "secrets" not in document(".github/workflows/content.yml")
    assert steps()[0]["with"]["persist-credentials"] is False


def test_the_workflow_uses_only_actions_of_the_host_by_their_major_version() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]

    assert used
    assert [name for name in used if re.fullmatch(r"actions/[a-z-]+@v\d+", name) is None] == []


def test_the_workflow_runs_when_texts_change() -> None:
    folders = {path.split("/")[0] for path in workflow()[True]["pull_request"]["paths"]}

    assert folders == {"faq", "locales"}
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_what_the_workflow_runs_is_there_and_takes_nothing_from_the_proposal() -> None:
    scripts = "\n".join(step["run"] for step in steps() if "run" in step)

    assert set(re.findall(r"make ([a-z-]+)", scripts)) <= recipes()
    assert set(re.findall(r"tiltas ([a-z-]+)", scripts)) == {"check", "diff"}
    assert "${{" not in scripts  # what somebody named a branch would be run


def test_editors_are_told_where_the_check_is_found() -> None:
    found = workflow()
    (job,) = found["jobs"].values()

    assert f"**{found['name']} / {job['name']}**" in document("docs/how-to/edit-in-the-browser.md")


# Entries --------------------------------------------------------------------------------------------------------------


def test_each_field_and_kind_of_value_of_an_entry_is_told() -> None:
    from bot.content import model  # noqa: PLC0415  beside its only use

    told = document("docs/how-to/edit-content.md")
    values = (
        model.Amount,
        model.Day,
        model.Duration,
        model.Number,
        model.Percent,
        model.Term,
        model.Link,
        model.HelplineRef,
        model.ServiceRef,
    )

    names = [name for kind in (model.EntryFacts, model.EntryText) for name in kind.model_fields]
    keys = [name for kind in values for name in kind.model_fields]

    assert [name for name in names if f"`{name}`" not in told] == []
    assert [key for key in keys if f"{key}: " not in told] == []

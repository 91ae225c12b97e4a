"""The schemas in schemas/ are those of the program, fit every file of faq/, and say the same as its models."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ValidationError

from bot.content import read
from bot.content.read import kind_of
from bot.content.schemas import FILES, HINTS, schemas
from bot.content.yaml_lines import parse
from bot.settings import ROOT
from tests.builders_content import Content, guide_card, small_content

SCHEMAS: dict[str, Any] = {name.removesuffix(".json"): json.loads(text) for name, text in schemas().items()}
NAMES = {kind: name for name, kind in FILES.items()}
SETTINGS = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]


def errors(path: str, value: object) -> list[str]:
    kind = kind_of(path)
    assert kind
    validator = Draft202012Validator(SCHEMAS[NAMES[kind]], format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def paths() -> list[str]:
    return sorted(path.relative_to(ROOT / "faq").as_posix() for path in (ROOT / "faq").rglob("*.yaml"))


# Files ----------------------------------------------------------------------------------------------------------------


def test_the_schemas_are_up_to_date() -> None:
    kept = {path.name: path.read_text("utf-8") for path in (ROOT / "schemas").iterdir()}

    assert kept == schemas(), "run: tiltas schemas"


def test_each_kind_of_file_has_a_schema() -> None:
    kinds = {kind for kind in vars(read).values() if isinstance(kind, type) and issubclass(kind, BaseModel)}

    assert set(FILES.values()) == {
        kind for kind in kinds if kind.__name__.endswith("File") and kind.__name__ != "_File"
    }


def test_each_file_of_the_content_fits_its_schema() -> None:
    found = {path: errors(path, parse((ROOT / "faq" / path).read_text("utf-8")).value) for path in paths()}

    assert len(found) > len(FILES)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def as_the_editor_reads_it(pattern: str) -> str:
    """Return a pattern of the settings as a regular expression: a star is any characters, slashes too."""
    return r"(^|/)" + re.escape(pattern).replace(r"\*", ".*") + "$"


def test_the_editor_finds_one_schema_for_each_file_of_the_content() -> None:
    patterns = [
        (schema, pattern)
        for schema, some in SETTINGS.items()
        for pattern in ([some] if isinstance(some, str) else some)
    ]

    for path in paths():
        found = [schema for schema, pattern in patterns if re.search(as_the_editor_reads_it(pattern), f"faq/{path}")]
        kind = kind_of(path)
        assert kind
        assert found == [f"./schemas/{NAMES[kind]}.json"], f"mend .vscode/settings.json for faq/{path}"


def test_the_editor_is_told_of_each_schema() -> None:
    assert set(SETTINGS) == {f"./schemas/{name}.json" for name in FILES}


# Shape ----------------------------------------------------------------------------------------------------------------


def parts(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from parts(part)


@pytest.mark.parametrize("name", FILES)
def test_a_schema_is_one_of_its_draft_and_refers_to_what_it_has(name: str) -> None:
    schema = SCHEMAS[name]

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    referred = {part["$ref"].removeprefix("#/$defs/") for part in parts(schema) if "$ref" in part}
    assert referred == schema.get("$defs", {}).keys()


@pytest.mark.parametrize("name", FILES)
def test_no_field_is_taken_that_is_not_known_and_everything_has_a_title(name: str) -> None:
    schema = SCHEMAS[name]

    assert [part for part in parts(schema) if part.get("type") == "object" and "additionalProperties" not in part] == []
    assert [key for key, part in schema.get("$defs", {}).items() if not part.get("title")] == []
    assert ".yaml" in schema["title"]


@pytest.mark.parametrize("name", FILES)
def test_a_schema_is_small_enough_to_be_read(name: str) -> None:
    text = schemas()[f"{name}.json"]

    assert len(text) < 10_000
    assert len(text.splitlines()) < 250


def test_fields_stand_in_the_order_of_the_model() -> None:
    facts = SCHEMAS["entries"]["$defs"]["EntryFacts"]

    assert list(facts["properties"])[:4] == ["status", "owner", "body", "checked"]


def test_each_field_of_an_entry_is_explained() -> None:
    for name, model in (("entries", "EntryFacts"), ("texts", "EntryText")):
        fields = SCHEMAS[name]["$defs"][model]["properties"]

        assert [key for key, field in fields.items() if not field.get("description")] == []


def test_each_hint_is_about_a_field() -> None:
    for model, hints in HINTS.items():
        fields = {field.alias or name for name, field in model.model_fields.items()}

        assert hints.keys() <= fields, model


# Agreement ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def content() -> Content:
    content = small_content()
    content["guide/meeting.yaml"] = guide_card()
    content["stamps/en/housing.yaml"] = {
        "entries": {"deposit": {"own": "0123abcd", "base": ["0123abcd"], "values": {}}}
    }
    content["entries/housing.yaml"]["entries"]["deposit"]["values"] |= {
        "fee": {"amount": "12.50", "currency": "EUR", "year": None},
        "day": {"date": "2026-02-28"},
        "share": {"percent": 40},
        "level": {"term": "A1"},
        "page": {"link": "https://spis.lt"},
    }
    return content


def as_plain(value: object) -> Any:  # Any: what JSON makes of it
    return json.loads(json.dumps(value))


def pydantic_takes(path: str, value: object) -> bool:
    kind = kind_of(path)
    assert kind
    try:
        kind.model_validate(value)
    except ValidationError:
        return False
    return True


def test_what_the_models_take_the_schemas_take(content: Content) -> None:
    for path, value in content.items():
        assert pydantic_takes(path, value), path
        assert errors(path, as_plain(value)) == [], path


FACTS = ("entries/housing.yaml", "entries", "deposit")
TEXT = ("uk/housing.yaml", "entries", "deposit")
LINE = ("helplines.yaml", "helplines", "hl-rent")
SERVICE = ("services/national.yaml", "services", "office")
SOURCE = (*FACTS, "sources", 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((*FACTS, "status"), "online"),
        ((*FACTS, "owner"), ""),
        ((*FACTS, "owner"), None),
        ((*FACTS, "cheked"), "2026-11-01"),
        ((*FACTS, "checked"), "2026-13-01"),
        ((*FACTS, "checked"), "yesterday"),
        ((*FACTS, "confidence"), "sure"),
        ((*FACTS, "min_confidence"), 2),
        ((*FACTS, "aliases"), "old"),
        ((*FACTS, "siblings"), "other"),
        ((*FACTS, "services"), ["schools"]),
        ((*SOURCE, "url"), "www.e-tar.lt"),
        ((*SOURCE, "url"), "ftp://e-tar.lt"),
        ((*SOURCE, "date"), "May 2026"),
        ((*SOURCE, "date"), "2026-1-5"),
        ((*SOURCE, "about"), "soon"),
        ((*FACTS, "values", "Fee"), {"number": 3}),
        ((*FACTS, "values", "fee"), {}),
        ((*FACTS, "values", "fee"), 12),
        ((*FACTS, "values", "fee"), {"amount": "much"}),
        ((*FACTS, "values", "fee"), {"amount": 12, "currency": "USD"}),
        ((*FACTS, "values", "fee"), {"amount": 12, "number": 12}),
        ((*FACTS, "values", "fee"), {"duration": 12}),
        ((*FACTS, "values", "fee"), {"duration": 12, "unit": "days"}),
        ((*FACTS, "values", "fee"), {"duration": 1.5, "unit": "day"}),
        ((*FACTS, "values", "fee"), {"date": "tomorrow"}),
        ((*FACTS, "values", "fee"), {"term": 2026}),
        ((*FACTS, "values", "fee"), {"link": "spis.lt"}),
        ((*TEXT, "question"), ""),
        ((*TEXT, "details"), ["a", "b"]),
        ((*TEXT, "phrasings"), "one"),
        ((*TEXT, "phrasings"), [3]),
        ((*TEXT, "towns"), {"kaunas": ""}),
        ((*TEXT, "review"), {"state": "read"}),
        ((*TEXT, "review"), {"state": "reviewed"}),
        ((*TEXT, "review"), {"state": "reviewed", "by": "lawyer"}),
        ((*TEXT, "review"), {"state": "reviewed", "by": "lawyer", "on": None}),
        ((*LINE, "number"), "112 or 113"),
        ((*LINE, "number"), 112),
        ((*LINE, "for"), "help"),
        ((*LINE, "name", "lt"), ""),
        ((*LINE, "audience"), "all"),
        ((*LINE, "danger"), ["fire"]),
        ((*LINE, "hours"), "often"),
        ((*LINE, "hours"), {"monday": []}),
        ((*LINE, "hours"), {"mon": ["9-12"]}),
        ((*LINE, "hours"), {"mon": "09:00-12:00"}),
        ((*SERVICE, "email"), "nobody"),
        ((*SERVICE, "kind"), "office"),
        (("topics.yaml", "topics", "housing", "target"), {}),
        (("topics.yaml", "topics", "housing", "target"), {"working_days": 1, "working_hours": 1}),
        (("topics.yaml", "topics", "housing", "target"), {"working_days": 0}),
        (("routing.yaml", "default"), None),
        (("checklists.yaml", "checklists", "first-week", "steps", "rent", "entry"), None),
        (("guide/meeting.yaml", "reviewer"), "mediator"),
        (("guide/meeting.yaml", "texts", "en", "do"), "Say hello."),
        (("uk/danger.yaml", "kinds", "fire"), {"red": [], "must_match": []}),
        (("uk/danger.yaml", "kinds", "violence", "must_match", 0, "level"), "yellow"),
        (("uk/danger.yaml", "kinds", "violence", "must_match", 0, "by"), "guess"),
        (("uk/danger.yaml", "review"), {"state": "reviewed", "by": "mediator", "on": "2026-11-01"}),
        (("uk/signs.yaml", "review"), {"state": "reviewed", "by": "mediator", "on": "2026-11-01"}),
        (("uk/talk.yaml", "small_talk", "weather"), []),
        (("uk/talk.yaml", "commands", "stop"), ["stop"]),
        (("stamps/en/housing.yaml", "entries", "deposit", "own"), "no mark"),
    ],
)
def test_what_the_models_refuse_the_schemas_refuse(
    content: Content, place: tuple[str | int, ...], value: object
) -> None:
    path, *keys, last = place
    spoilt = deepcopy(content[str(path)])
    within = spoilt
    for key in keys:
        within = within[key]
    within[last] = value

    assert not pydantic_takes(str(path), spoilt)
    assert errors(str(path), as_plain(spoilt))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((*SOURCE, "date"), 2026),
        ((*SOURCE, "date"), "2026-03"),
        ((*SOURCE, "date"), "undated"),
        ((*SOURCE, "about"), None),
        ((*FACTS, "values"), {}),
        ((*FACTS, "min_confidence"), 0.5),
        ((*TEXT, "review"), {"state": "reviewed", "by": "lawyer", "on": str(date(2026, 11, 1))}),
        ((*LINE, "number"), None),
        ((*LINE, "hours"), {"mon": [], "sun": ["00:00-24:00"]}),
        ((*LINE, "name"), {"lt": "linija", "fa-AF": "خط"}),
        (("topics.yaml", "topics", "housing", "target"), {"working_hours": 4}),
        (("uk/signs.yaml", "review"), {"state": "reviewed", "by": "mediator", "on": "2026-11-01", "digest": "0a1b"}),
    ],
)
def test_what_may_be_written_in_several_ways_is_taken_by_both(
    content: Content, place: tuple[str | int, ...], value: object
) -> None:
    path, *keys, last = place
    within = content[str(path)]
    for key in keys:
        within = within[key]
    within[last] = value

    assert pydantic_takes(str(path), content[str(path)])
    assert errors(str(path), as_plain(content[str(path)])) == []

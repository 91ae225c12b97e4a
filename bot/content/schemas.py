"""JSON Schemas of the content files, from their models: with them an editor's program completes, explains and checks.

They know the form of a file, not its sense: `tiltas check` knows both.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import chain
from typing import Any

from pydantic import BaseModel, TypeAdapter

from bot.content import model, read, staleness
from bot.content.model import MAIN_LANGUAGES, Hours, Words

Schema = dict[str, Any]
"""Any: a JSON Schema is JSON of every shape."""

FILES: Mapping[str, type[BaseModel]] = {
    "topics": read.TopicsFile,
    "routing": read.RoutingFile,
    "institutions": read.InstitutionsFile,
    "helplines": read.HelplinesFile,
    "municipalities": read.MunicipalitiesFile,
    "checklists": read.ChecklistsFile,
    "entries": read.FactsFile,
    "texts": read.TextsFile,
    "services": read.ServicesFile,
    "guide": read.GuideFile,
    "danger": read.DangerFile,
    "signs": read.SignsFile,
    "talk": read.TalkFile,
    "stamps": read.StampsFile,
}
"""Every kind of file in `faq/`, by the name of its schema."""

HINTS: Mapping[type[BaseModel], Mapping[str, str]] = {
    model.EntryFacts: {
        "status": "draft: nobody is shown it. published: people see it.",
        "owner": "The role that keeps it, never a person's name.",
        "body": "An id of institutions.yaml; named under the answer.",
        "checked": "The day on which somebody last compared it with its sources.",
        "review_by": "The day by which somebody must look again; later than checked.",
        "confidence": "Below medium the answer says that not everything is sure.",
        "min_confidence": "Below this probability it is only offered, never answered.",
        "aliases": "Old ids of this entry.",
        "siblings": "Entries that people cannot tell from this one: a clarification names one of them. At one of two is enough.",
        "untranslated": "Main languages that are left out on purpose.",
        "sources": "At least one.",
        "services": "Kinds of services that help with it; a family is told those of its town.",
        "values": "Facts that texts refer to: {name}. No figure, phone or address is typed into a text.",
        "note": "For editors; families never see it.",
    },
    model.EntryText: {
        "question": "At most 90 characters.",
        "label": "The text of a button: at most 28 characters.",
        "short": "What to do first, in one or two sentences; shown in bold.",
        "details": 'At most ten lines; lines with "- " are steps. With short at most 1 000 characters.',
        "towns": "What is different in a municipality, by its id; in all languages or in none.",
        "phrasings": "At least 6, better 8 and more, truly different ones, as people type. No placeholders.",
        "review": "Whether people have read it.",
    },
    model.Source: {
        "url": "The page that was read.",
        "date": "As exact as the page tells it: 2026-03-01, 2026-03, 2026 or undated.",
        "about": "The time that the page speaks of, where that is another.",
    },
    model.Review: {
        "by": "A role, never a person's name.",
        "second": "In a sensitive topic: a reader of another role.",
    },
    model.Topic: {
        "approval": "true: a specialist reads each answer before it goes to a family. Danger never waits for it.",
        "sensitive": "Law, violence, asylum, custody: two people read each text.",
        "team": "An id of routing.yaml.",
        "target": "The promised working time to a first reply.",
    },
    model.Helpline: {
        "for": "Whom it helps, and with what.",
        "number": 'With quotes: "116 111" or "+370 …".',
        "danger": "Kinds of danger in which it is shown.",
        "hours": "Lithuanian local time, only what a source confirms; a weekday that is left out is closed.",
        "languages": "Only what a source confirms.",
        "publish": "false: not shown until it is confirmed.",
        "note": "For editors; families never see it.",
    },
    model.Service: {
        "serves": "Whom, and with what.",
        "phone": 'Its own number, with quotes: "+370 …".',
        "helpline": "An id of helplines.yaml, instead of a number of its own.",
        "hours": "Lithuanian local time, only what a source confirms; a weekday that is left out is closed.",
        "confidence": "Below medium its phone and address are kept for editors, and not shown.",
        "note": "For editors; families never see it.",
    },
    model.Municipality: {"town": "The place as people call it."},
    model.ChecklistStep: {"entry": "The id of the entry that tells how."},
    model.WordsReview: {"digest": "What `tiltas danger review` prints; a later change of the words makes it stale."},
    model.ReviewedWords: {"review": "Whether a native speaker who works with families has read these words."},
    model.DangerExample: {
        "text": "A message as people type it.",
        "by": "detector: no pattern can see it, and the learned detector should.",
    },
    model.DangerList: {
        "red": "Patterns of what happens now. Words in order: beat*|hit* me.",
        "amber": "Patterns of what may happen, or has happened.",
        "must_match": "At least 8 messages that must be seen.",
        "prototypes": "More messages that the learned detector learns from; no pattern has to see them.",
    },
    model.DangerWords: {
        "must_not_match": "At least 15 messages that only sound alarming.",
        "near_misses": "More messages that only sound alarming, for the learned detector; patterns are not judged by them.",
        "ordinary": "For a language without entries: calm messages, so that the language itself does not seem dangerous.",
    },
    model.WriterSigns: {
        "patterns": "What only such a writer says of themselves. Words in order, as in danger.yaml: man 13 metu.",
        "must_match": "At least 8 messages that a pattern must see.",
        "must_not_match": "At least 8 messages of other writers, most of them adults.",
    },
    model.StrainSigns: {
        "prototypes": "Messages of families under strain in which nobody is in danger.",
        "near_misses": "Calm messages in like words.",
    },
    model.Signs: {
        "child": "A child writes for themself.",
        "interpreting": "A child writes for a parent who does not know the language.",
        "strain": "A family under strain, short of danger.",
    },
    model.Talk: {
        "human": "At least 25 ways to ask for a person.",
        "small_talk": "What people say that is no question.",
        "commands": "What people say instead of pressing a button.",
        "background": "Themes that are none of ours, each with at least 6 messages.",
    },
}
"""What a field wants to be told, by its name in the file; kinds and names that speak for themselves are left out."""


def _says_when_reviewed(*names: str) -> Schema:
    return {
        "if": {"properties": {"state": {"const": "reviewed"}}},
        "then": {"required": [*names], "properties": {name: {"type": "string"} for name in names}},
    }


_ALSO: Mapping[type[BaseModel], Schema] = {
    model.Review: _says_when_reviewed("by", "on"),
    model.WordsReview: _says_when_reviewed("by", "on", "digest"),
    model.WorkingTime: {"oneOf": [{"required": ["working_days"]}, {"required": ["working_hours"]}]},
    model.GuideCard: {"dependentRequired": {"reviewer": ["reviewed"], "reviewed": ["reviewer"]}},
}
"""What the models check by code."""

_SHARED = ((Words, "Words"), (Hours, "Hours"))
"""Kinds of fields that are no model of their own."""
_WORDS: Schema = {
    "title": "The same words in several languages",
    "type": "object",
    "properties": {language: {"type": "string", "minLength": 1} for language in MAIN_LANGUAGES},
    "additionalProperties": {"type": "string", "minLength": 1},
}
_VALUE: Schema = {
    "title": "A fact that texts refer to by its name",
    "description": "{amount: 129.50, currency: EUR, year: 2026}, {date: 2026-01-01}, {duration: 3, unit: month},"
    ' {number: 18}, {percent: 40}, {term: A1}, {link: "https://…"}, {helpline: hl-112} or {service: its-id}.',
}
_ORDER = (
    *("$schema", "title", "description", "type", "const", "enum", "pattern", "format", "default"),
    *("properties", "patternProperties", "required", "additionalProperties", "items", "oneOf", "anyOf"),
)
"""What a reader wants to know first; anything else stands behind it. Fields keep the order of the model."""
_WIDE = 100


def schemas() -> dict[str, str]:
    """Return each schema as JSON text, by the name of its file: `topics.json`."""
    return {f"{name}.json": f"{_written(_file(kind))}\n" for name, kind in FILES.items()}


def _file(kind: type[BaseModel]) -> Any:  # Any: as above
    raw = kind.model_json_schema()
    known = {one.__name__: one for one in _known()}
    definitions = {name: _told(found, known.get(name)) for name, found in raw.pop("$defs", {}).items()}
    definitions |= {"Words": _WORDS, "Value": _value(definitions), **_hours()}
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | _named_keys(_told(raw, kind), definitions)
    definitions = {name: _named_keys(found, definitions) for name, found in definitions.items()}
    used = dict.fromkeys(_used(whole, definitions))
    return _ordered(whole) | ({"$defs": {name: _ordered(definitions[name]) for name in used}} if used else {})


def _known() -> Iterator[type]:
    for module in (model, read, staleness):
        yield from (
            kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, BaseModel | Enum)
        )


def _value(definitions: Mapping[str, Schema]) -> Schema:
    kinds = [name for name in _VALUES if name in definitions]
    return _VALUE | {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds]}


def _hours() -> dict[str, Schema]:
    always, week = _plain(TypeAdapter(Hours).json_schema())["anyOf"]
    day = {"title": 'When it is open on a day: ["08:00-12:00", "13:00-17:00"]'} | week["additionalProperties"]
    week |= {"additionalProperties": {"$ref": "#/$defs/Openings"}}
    return {"Hours": {"title": "Opening hours", "anyOf": [always, week]}, "Openings": day}


_VALUES = ("Amount", "Day", "Duration", "Number", "Percent", "Term", "Link", "HelplineRef", "ServiceRef")


# One model ------------------------------------------------------------------------------------------------------------


def _told(found: Schema, kind: type | None) -> Schema:
    """Return the schema of a model, as an editor reads it."""
    plain: Schema = _plain(found)
    title, _, rest = " ".join(_documentation(kind)).partition(". ")
    plain["title"] = title.removesuffix(".").replace("`", "")
    if rest:
        plain["description"] = rest
    else:
        plain.pop("description", None)
    if kind is None or not issubclass(kind, BaseModel):
        return plain
    for name, field in kind.model_fields.items():
        key = field.alias or name
        shared = next((known for annotation, known in _SHARED if field.annotation == annotation), None)
        if shared:
            plain["properties"][key] = {"$ref": f"#/$defs/{shared}"}
        hint = next((hints[key] for parent, hints in HINTS.items() if issubclass(kind, parent) and key in hints), None)
        if hint:
            plain["properties"][key] = {"description": hint, **plain["properties"][key]}
    for parent, more in _ALSO.items():
        if issubclass(kind, parent):
            plain |= more
    return plain


def _documentation(kind: type | None) -> Iterator[str]:
    # The model of a file says where it stands; what it holds is told by the model that it extends.
    for one in kind.__mro__ if kind else ():
        if one.__module__.startswith("bot.content") and one.__doc__:
            yield " ".join(one.__doc__.split())
        if not one.__name__.endswith("File"):
            return


def _plain(schema: Any) -> Any:  # Any: as above
    """Leave out what only says again what is said, and write what is left as plainly as possible."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema:
        fields = {name: _plain(field) for name, field in schema["properties"].items()}
        schema = {**schema, "properties": fields, "additionalProperties": schema.get("additionalProperties", False)}
        return {key: part for key, part in schema.items() if key != "title"}
    found = {key: _plain(part) for key, part in schema.items() if key != "title" and not _says_nothing(key, part)}
    if found.get("format") == "date":
        found |= {"pattern": r"^\d{4}-\d{2}-\d{2}$"}
    if "const" in found:
        return {"const": found["const"]}
    if "patternProperties" in found:
        values = {key: {"$ref": "#/$defs/Value"} for key in found["patternProperties"]}
        return found | {"patternProperties": values, "additionalProperties": False}
    return _one_type(found)


def _says_nothing(key: str, part: object) -> bool:
    return key == "default" and part in (None, "", [], {})


def _one_type(schema: Schema) -> Schema:
    """Join alternatives that differ only in their type."""
    kinds = schema.get("anyOf", [])
    types = [kind.get("type") for kind in kinds if "type" in kind and "enum" not in kind]
    if not kinds or len(types) != len(kinds):
        return schema
    rest = {key: part for key, part in schema.items() if key != "anyOf"}
    joined = {key: part for kind in kinds for key, part in kind.items() if key != "type"}
    return {"type": [*chain.from_iterable([x] if isinstance(x, str) else x for x in types)], **joined, **rest}


# The whole ------------------------------------------------------------------------------------------------------------


def _used(schema: object, definitions: Mapping[str, Schema], seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the definitions that a schema refers to, in the order in which they are met."""
    if isinstance(schema, list):
        for part in schema:
            yield from _used(part, definitions, seen)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            yield name
            yield from _used(definitions[name], definitions, (*seen, name))
        for part in schema.values():
            yield from _used(part, definitions, seen)


def _named_keys(schema: Any, definitions: Mapping[str, Schema]) -> Any:  # Any: as above
    """Write out the keys of a closed set, so that each can be completed."""
    if isinstance(schema, list):
        return [_named_keys(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _named_keys(part, definitions) for key, part in schema.items()}
    if "propertyNames" in found:
        names = found.pop("propertyNames")
        names = definitions[names["$ref"].rpartition("/")[2]] if "$ref" in names else names
        found |= {
            "properties": dict.fromkeys(names["enum"], found["additionalProperties"]),
            "additionalProperties": False,
        }
    return found


def _ordered(schema: Any) -> Any:  # Any: as above
    if isinstance(schema, list):
        return [_ordered(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    keys = [*(key for key in _ORDER if key in schema), *(key for key in schema if key not in _ORDER)]
    return {
        key: {name: _ordered(part) for name, part in schema[key].items()}
        if key in {"properties", "patternProperties"}
        else _ordered(schema[key])
        for key in keys
    }


def _written(value: object, indent: int = 0) -> str:
    """Return JSON in which only what is long takes more than one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= _WIDE or not value or not isinstance(value, dict | list):
        return line
    pad = " " * (indent + 2)
    if isinstance(value, list):
        return "[\n" + ",\n".join(pad + _written(part, indent + 2) for part in value) + f"\n{' ' * indent}]"
    parts = [f"{pad}{json.dumps(key)}: {_written(part, indent + 2)}" for key, part in value.items()]
    return "{\n" + ",\n".join(parts) + f"\n{' ' * indent}}}"

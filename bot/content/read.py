"""YAML text to content model: everything that is wrong with the form of the files, all at once.

What is wrong with their sense (unknown values, missing translations …) is found by `check.py`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content.findings import Finding
from bot.content.model import (
    CardId,
    Catalogue,
    Checklist,
    ChecklistId,
    DangerWords,
    Entry,
    EntryFacts,
    EntryId,
    EntryText,
    GuideCard,
    Helpline,
    HelplineId,
    Institution,
    InstitutionId,
    Language,
    LocalService,
    Municipality,
    MunicipalityId,
    Service,
    ServiceId,
    Signs,
    Talk,
    Team,
    TeamId,
    Topic,
    TopicId,
)
from bot.content.staleness import Stamp, base_of, difference
from bot.content.yaml_lines import Parsed, Path, Plain, parse

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


M = TypeVar("M", bound=BaseModel)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicsFile(_File):
    """`topics.yaml`."""

    topics: Mapping[TopicId, Topic]
    early_help: tuple[EntryId, ...] = ()


class RoutingFile(_File):
    """`routing.yaml`."""

    default: TeamId
    teams: Mapping[TeamId, Team]


class InstitutionsFile(_File):
    """`institutions.yaml`."""

    institutions: Mapping[InstitutionId, Institution]


class HelplinesFile(_File):
    """`helplines.yaml`."""

    helplines: Mapping[HelplineId, Helpline]


class MunicipalitiesFile(_File):
    """`municipalities.yaml`."""

    municipalities: Mapping[MunicipalityId, Municipality]


class ChecklistsFile(_File):
    """`checklists.yaml`."""

    checklists: Mapping[ChecklistId, Checklist]


class GuideFile(GuideCard):
    """`guide/<card>.yaml`."""


class ServicesFile(_File):
    """`services/<where>.yaml`."""

    services: Mapping[ServiceId, Service]


class FactsFile(_File):
    """`entries/<topic>.yaml`."""

    entries: Mapping[EntryId, EntryFacts]


class TextsFile(_File):
    """`<language>/<topic>.yaml`."""

    entries: Mapping[EntryId, EntryText]


class StampsFile(_File):
    """`stamps/<language>/<topic>.yaml`: kept by `tiltas stamp`."""

    entries: Mapping[EntryId, Stamp]


class DangerFile(DangerWords):
    """`<language>/danger.yaml`."""


class SignsFile(Signs):
    """`<language>/signs.yaml`."""


class TalkFile(Talk):
    """`<language>/talk.yaml`."""


SINGLE_FILES: Mapping[str, type[BaseModel]] = {
    "topics.yaml": TopicsFile,
    "routing.yaml": RoutingFile,
    "institutions.yaml": InstitutionsFile,
    "helplines.yaml": HelplinesFile,
    "municipalities.yaml": MunicipalitiesFile,
    "checklists.yaml": ChecklistsFile,
}
_FOLDERS: Mapping[str, type[BaseModel]] = {"entries": FactsFile, "services": ServicesFile, "guide": GuideFile}
_NAMED: Mapping[str, type[BaseModel]] = {"danger.yaml": DangerFile, "signs.yaml": SignsFile, "talk.yaml": TalkFile}
"""In the folder of a language."""
_NO_FILE = "Nobody gets an answer from this file until it is mended."


def kind_of(path: str) -> type[BaseModel] | None:
    """Return the model of a file by its place under `faq/`, None where no YAML file belongs."""
    if path in SINGLE_FILES:
        return SINGLE_FILES[path]
    match path.split("/"):
        case [folder, _] if folder in _FOLDERS:
            return _FOLDERS[folder]
        case [_, name]:
            return _NAMED.get(name, TextsFile)
        case ["stamps", _, _]:
            return StampsFile
    return None


@dataclass(frozen=True)
class Reading:
    """What the files say, where it stands, and what is wrong with their form.

    `files` maps a path under `faq/` to its model. Broken files have findings; of a file that keeps entries, topics,
    institutions … the sound ones are there, so that their problems are found in the same run; others are missing.
    """

    version: str
    files: Mapping[str, BaseModel]
    parsed: Mapping[str, Parsed]
    findings: tuple[Finding, ...]
    _by_kind: dict[type[BaseModel], dict[str, BaseModel]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        for path, model in self.files.items():
            self._by_kind[type(model)][path] = model

    def of_kind(self, kind: type[M]) -> dict[str, M]:
        """Return the files of one kind by path."""
        return {path: model for path, model in self._by_kind[kind].items() if isinstance(model, kind)}

    def line(self, file: str, *path: str | int) -> int:
        """Return the line where `path` stands in `file`, or the nearest thing around it."""
        return self.parsed[file].line(path) if file in self.parsed else 1

    def catalogue(self) -> Catalogue:
        """Join the files; texts whose facts are missing are left out (`check` reports them).

        Call it only when there is no finding: it raises KeyError where a single file is missing.
        """
        topics, routing = self._single(TopicsFile), self._single(RoutingFile)
        entries = {entry.id: entry for entry in self.entries()}
        published = {key: entry for key, entry in entries.items() if entry.facts.status == "published"}
        return Catalogue(
            version=self.version,
            topics=topics.topics,
            teams=routing.teams,
            default_team=routing.default,
            institutions=self._single(InstitutionsFile).institutions,
            helplines={k: h for k, h in self._single(HelplinesFile).helplines.items() if h.publish},
            services=dict(chain.from_iterable(services_of(*file) for file in self.of_kind(ServicesFile).items())),
            municipalities=self._single(MunicipalitiesFile).municipalities,
            guide={CardId(stem(path)): card for path, card in self.of_kind(GuideFile).items()},
            checklists=self._single(ChecklistsFile).checklists,
            entries=published,
            drafts={key: entry for key, entry in entries.items() if key not in published},
            danger={language_of(path): words for path, words in self.of_kind(DangerFile).items()},
            signs={language_of(path): signs for path, signs in self.of_kind(SignsFile).items()},
            early_help=tuple(x for x in topics.early_help if x in published),
            talk={language_of(path): talk for path, talk in self.of_kind(TalkFile).items()},
        )

    def _single(self, kind: type[M]) -> M:
        found = list(self.of_kind(kind).values())
        if not found:
            raise KeyError(kind.__doc__)
        return found[0]

    def entries(self) -> list[Entry]:
        """Return all entries that have facts, drafts too, each with the texts that there are."""
        texts: dict[EntryId, dict[Language, EntryText]] = defaultdict(dict)
        for path, words in self.of_kind(TextsFile).items():
            for entry_id, text in words.entries.items():
                texts[entry_id][language_of(path)] = text
        stamps = self.stamps()
        return [
            Entry(
                id=entry_id,
                topic=topic_of(path),
                facts=facts,
                texts=texts[entry_id],
                stale=_stale(facts, texts[entry_id], stamps.get(entry_id, {})),
            )
            for path, file in self.of_kind(FactsFile).items()
            for entry_id, facts in file.entries.items()
        ]

    def stamps(self) -> Mapping[EntryId, Mapping[Language, Stamp]]:
        """Return what is kept of each translation, by entry."""
        found: dict[EntryId, dict[Language, Stamp]] = defaultdict(dict)
        for path, file in self.of_kind(StampsFile).items():
            for entry_id, stamped in file.entries.items():
                found[entry_id][Language(path.split("/")[1])] = stamped
        return found


def _stale(
    facts: EntryFacts, texts: Mapping[Language, EntryText], stamps: Mapping[Language, Stamp]
) -> frozenset[Language]:
    base = base_of(texts)
    return frozenset(
        language
        for language in stamps.keys() & texts.keys() - {base}
        if base is not None and difference(stamps[language], facts, texts[base], texts[language]) is not None
    )


def stem(path: str) -> str:
    """Return the name of a file without folder and ending."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def topic_of(path: str) -> TopicId:
    """Return the topic that a file of facts or texts is named after."""
    return TopicId(stem(path))


def services_of(path: str, file: ServicesFile) -> list[tuple[ServiceId, LocalService]]:
    """Return the services of a file, each in the municipality that the file is named after."""
    where = MunicipalityId(stem(path))
    return [
        (service_id, LocalService.model_construct(**dict(service), municipality=where))
        for service_id, service in file.services.items()
    ]


def language_of(path: str) -> Language:
    """Return the language whose folder a file stands in."""
    return Language(path.partition("/")[0])


def read(files: Mapping[str, str]) -> Reading:
    """Read all files of `faq/`, given as text by their path below it (`lt/education.yaml`)."""
    parsed = {path: parse(text) for path, text in files.items()}
    models: dict[str, BaseModel] = {}
    findings: list[Finding] = []
    for path, result in parsed.items():
        model, problems = _validate(path, result)
        findings += problems
        if model is not None:
            models[path] = model
    for path in SINGLE_FILES.keys() - files.keys():
        findings.append(Finding(path, 1, "file", "it is missing.", "Tiltas cannot start.", f"Add faq/{path}."))
    return Reading(_version(files), models, parsed, tuple(sorted(findings)))


def _version(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{files[path]}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def _validate(path: str, parsed: Parsed) -> tuple[BaseModel | None, list[Finding]]:
    findings = [
        Finding(path, line, "form", f"{problem}.", _NO_FILE, "Correct the line, or put the text in quotes.")
        for line, problem in parsed.problems
    ]
    kind = kind_of(path)
    if kind is None:
        return None, [
            Finding(path, 1, "file", "no content file belongs here.", "It is not read.", "Move or remove it.")
        ]
    if findings:
        return None, findings
    try:
        return kind.model_validate(parsed.value), []
    except ValidationError as errors:
        broken = {error["loc"][:2] for error in errors.errors()}
        return _sound_part(kind, parsed.value, broken), [_finding(path, parsed, error) for error in errors.errors()]


def _sound_part(kind: type[BaseModel], value: Plain, broken: set[tuple[str | int, ...]]) -> BaseModel | None:
    if not issubclass(kind, _File) or not isinstance(value, dict) or not all(place[1:] for place in broken):
        return None
    left = {
        name: {key: thing for key, thing in things.items() if (name, key) not in broken}
        if isinstance(things, dict)
        else things
        for name, things in value.items()
    }
    return kind.model_validate(left)


def _finding(path: str, parsed: Parsed, error: ErrorDetails) -> Finding:
    known = _known(parsed, error["loc"])
    subject = next((str(part) for part in known[1:2]), "form")
    name = str(error["loc"][-1]) if error["loc"] else "file"
    match error["type"]:
        case "missing":
            fact, remedy = f'"{name}" is missing.', f'Add "{name}:".'
        case "extra_forbidden":
            fact, remedy = f'"{name}" is not known here.', "Correct its spelling or remove it."
        case _:
            where = ".".join(str(part) for part in known[2:]) or name
            fact, remedy = f"{where}: {error['msg']}.", f"Correct it; it is now {_short(error['input'])}."
    return Finding(path, parsed.line(known), subject, fact, _NO_FILE, remedy)


def _known(parsed: Parsed, location: tuple[str | int, ...]) -> Path:
    # Pydantic names union members and "[key]" in its path; only what stands in the file has a line.
    path: Path = ()
    for part in location:
        if (*path, part) in parsed.lines:
            path = (*path, part)
    return path


def _short(value: object, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"

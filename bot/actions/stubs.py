"""Beginnings of files for editors: what a machine can write, and marks where only people know.

Pure: what is there comes in, new texts come out; the caller writes them. Nothing that stands in a file is touched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from babel import Locale
from pydantic import ValidationError

from bot.content.check.entries import UNFINISHED
from bot.content.check.phrasings import ENOUGH, FEWEST
from bot.content.check.talk import (
    FEWEST_BACKGROUND,
    FEWEST_DANGERS,
    FEWEST_HARMLESS,
    FEWEST_HUMAN,
    FEWEST_SIGNS,
    FEWEST_SMALL_TALK,
)
from bot.content.check.view import in_english, is_language, near
from bot.content.model import (
    ENGLISH,
    LITHUANIAN,
    MAIN_LANGUAGES,
    NATIONAL,
    RUSSIAN,
    UKRAINIAN,
    Command,
    DangerKind,
    Language,
    ServiceKind,
    SmallTalkKind,
)
from bot.content.read import (
    DangerFile,
    FactsFile,
    InstitutionsFile,
    MunicipalitiesFile,
    Reading,
    ServicesFile,
    SignsFile,
    TalkFile,
    TextsFile,
    TopicsFile,
    kind_of,
    topic_of,
)
from bot.content.yaml_lines import parse
from bot.errors import StubRefused

LOOK_AGAIN = timedelta(days=180)
"""From the day a draft is begun to the day somebody must look at it again."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_WORDS: Mapping[Language, tuple[str, str, str, str]] = {
    LITHUANIAN: (
        "Ko klausia žmonės?",
        "Mygtuko tekstas",
        "Ką daryti pirmiausia: vienas ar du sakiniai.",
        "Žingsniai, po vieną eilutėje.",
    ),
    ENGLISH: (
        "What do people ask?",
        "Text of the button",
        "What to do first: one sentence or two.",
        "The steps, one a line.",
    ),
    RUSSIAN: (
        "О чём спрашивают люди?",
        "Текст кнопки",
        "Что сделать сначала: одно или два предложения.",
        "Шаги, по одному в строке.",
    ),
    UKRAINIAN: (
        "Про що питають люди?",
        "Текст кнопки",
        "Що зробити спочатку: одне або два речення.",
        "Кроки, по одному в рядку.",
    ),
}
"""Question, label, short answer, details, as an editor finds them in place of the real ones."""


# An entry -------------------------------------------------------------------------------------------------------------


def files_of_entry(topic: str) -> tuple[str, ...]:
    """Return the files in which an entry of a topic stands, facts first: whoever stops in between leaves sound files."""
    return (f"entries/{topic}.yaml", *(f"{language}/{topic}.yaml" for language in MAIN_LANGUAGES))


def new_entry(
    reading: Reading, present: Mapping[str, str], topic: str, entry_id: str, *, today: date
) -> dict[str, str]:
    """Return the new text of the files of a topic, with a draft at the end of each.

    `present` are those of `files_of_entry` that there are, exactly as they stand: they stay so, to the last byte.
    Raises StubRefused for an id that is taken or has another form, an unknown topic, or a file that cannot be continued.
    """
    _refuse_id(reading, topic, entry_id)
    facts, *texts = files_of_entry(topic)
    added = {facts: _facts(reading, topic, today)}
    added |= {file: _text(language) for file, language in zip(texts, MAIN_LANGUAGES, strict=True)}
    return {
        file: _continued(reading, file, present[file], entry_id, lines)
        if file in present
        else "\n".join([*_head(file, topic), "entries:", *_indented("  ", entry_id, lines), ""])
        for file, lines in added.items()
    }


def _refuse_id(reading: Reading, topic: str, entry_id: str) -> None:
    topics = frozenset(str(key) for file in reading.of_kind(TopicsFile).values() for key in file.topics)
    if topic not in topics:
        hint = near(topic, topics) or f"; topics are: {', '.join(sorted(topics))}"
        raise StubRefused(f'There is no topic "{topic}"{hint}.')
    if _ID.fullmatch(entry_id) is None:
        raise StubRefused(f'"{entry_id}" is no id: write small Latin letters and figures, with hyphens between words.')
    for file, taken in _taken(reading):
        if entry_id in taken:
            raise StubRefused(f'"{entry_id}" stands in faq/{file} already; an id, also an old one, is used once.')


def _taken(reading: Reading) -> Iterator[tuple[str, frozenset[str]]]:
    for file, facts in reading.of_kind(FactsFile).items():
        yield file, frozenset(facts.entries) | {alias for entry in facts.entries.values() for alias in entry.aliases}
    for file, texts in reading.of_kind(TextsFile).items():
        yield file, frozenset(texts.entries)


def _facts(reading: Reading, topic: str, today: date) -> list[str]:
    owner, body = _usual(reading, topic)
    return [
        "status: draft",
        f"owner: {owner}",
        f"body: {body}  # who is responsible: an id of institutions.yaml",
        f"checked: {today}",
        f"review_by: {today + LOOK_AGAIN}",
        "confidence: unverified",
        "sources:",
        f'- {{url: "https://example.org/{UNFINISHED}", date: undated}}  # the law, office or page that you read',
    ]


def _usual(reading: Reading, topic: str) -> tuple[str, str]:
    """Return the owner and the body that most entries of a topic have."""
    file = reading.of_kind(FactsFile).get(f"entries/{topic}.yaml")
    owners = Counter(entry.owner for entry in file.entries.values()) if file else Counter[str]()
    bodies = Counter(str(entry.body) for entry in file.entries.values()) if file else Counter[str]()
    known = [key for one in reading.of_kind(InstitutionsFile).values() for key in one.institutions]
    bodies.update(key for key in known[:1] if not bodies)
    if not bodies:
        raise StubRefused(
            "There is no institution yet; add one to faq/institutions.yaml, so that an entry can name it."
        )
    return next((owner for owner, _ in owners.most_common(1)), f"{topic}-editor"), bodies.most_common(1)[0][0]


def _text(language: Language) -> list[str]:
    question, label, short, details = _WORDS[language]
    return [
        f"question: {UNFINISHED} {question}",
        f"label: {UNFINISHED} {label}",
        "short: >-",
        f"  {UNFINISHED} {short}",
        "details: |-",
        f"  - {UNFINISHED} {details}",
        f'phrasings: []  # at least {FEWEST}, better {ENOUGH} and more, each on a line "- …", as people type',
        "review: {state: unreviewed}",
    ]


def _head(file: str, topic: str) -> list[str]:
    folder = file.partition("/")[0]
    if folder == "entries":
        return [f"# {topic}: what no language changes."]
    return [f"# {topic}: {in_english(Language(folder))} words of the entries in faq/entries/{topic_of(file)}.yaml."]


def _indented(indent: str, entry_id: str, lines: Sequence[str]) -> list[str]:
    return [f"{indent}{entry_id}:", *(f"{indent}  {line}" for line in lines)]


def _continued(reading: Reading, file: str, text: str, entry_id: str, lines: Sequence[str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    first = re.search(r"^entries:[^\n]*\n(?:\s*#[^\n]*\n|\s*\n)*([ ]+)[^\s#]", text, re.MULTILINE)
    added = _indented(first[1] if first else "  ", entry_id, lines)
    whole = text + ("" if text.endswith("\n") else newline) + newline.join([*added, ""])
    if not _is_the_same_and_more(reading, file, whole, entry_id):
        raise StubRefused(
            f'faq/{file} cannot be continued at its end: "entries:" must stand last, each entry below it.'
        )
    return whole


def _is_the_same_and_more(reading: Reading, file: str, text: str, entry_id: str) -> bool:
    kind, before = kind_of(file), reading.files.get(file)
    try:
        after = kind.model_validate(parse(text).value) if kind else None
    except ValidationError:
        return False
    if not isinstance(before, FactsFile | TextsFile) or not isinstance(after, FactsFile | TextsFile):
        return False
    old, new = ({str(key): one for key, one in file.entries.items()} for file in (before, after))
    return new.pop(entry_id, None) is not None and new == old


# A language -----------------------------------------------------------------------------------------------------------


def new_language(reading: Reading, tag: str) -> dict[str, str]:
    """Return the files of a language that are not there yet, with nothing said in them but what is to be written.

    They are the same as no files: no word is invented, least of all one of danger. Raises StubRefused for no language.
    """
    if not is_language(tag) or str(Locale.parse(tag, sep="-")).replace("_", "-") != tag:
        raise StubRefused(f'"{tag}" is no language tag; write it as in BCP 47: be, pl, fa-AF.')
    made = {
        f"{tag}/danger.yaml": _danger(reading, tag),
        f"{tag}/signs.yaml": _signs(reading, tag),
        f"{tag}/talk.yaml": _talk(reading, tag),
    }
    return {file: "\n".join([*lines, ""]) for file, lines in made.items() if file not in reading.files}


_DANGERS: Mapping[DangerKind, str] = {
    DangerKind.VIOLENCE: "Somebody is beaten, threatened, locked in or followed.",
    DangerKind.SUICIDE: "Somebody wants to die, or to hurt themselves.",
    DangerKind.CHILD_DANGER: "A child is beaten, hurt, missing or alone.",
    DangerKind.SEXUAL_VIOLENCE: "Somebody is forced, touched or raped.",
    DangerKind.TRAFFICKING: "Somebody is held, sold, or made to work; papers are taken away.",
    DangerKind.MEDICAL: "Somebody needs an ambulance now.",
}


def _danger(reading: Reading, tag: str) -> list[str]:
    language = in_english(Language(tag))
    return [
        f"# Danger in {language} messages: patterns, examples that must fire and examples that must not.",
        f"# Nothing is written yet: danger told in {language} is not seen by its words.",
        "# A specialist and a native speaker write this together, and anew: translated words are not what people type.",
        "# Write all kinds at once; a part of it is refused, because the rest would look as if it were cared for.",
        "# Patterns are words in order. beat*|hit* me: * ends a stem, | separates alternatives, * alone is up to three words.",
        "kinds:",
        *(line for kind in DangerKind for line in _kind(reading, kind)),
        f"must_not_match: []  # at least {FEWEST_HARMLESS} harmless messages that only sound alarming",
        "near_misses: []  # more of these, for the detector that learns",
    ]


def _kind(reading: Reading, kind: DangerKind) -> list[str]:
    english = reading.of_kind(DangerFile).get(f"{ENGLISH}/danger.yaml")
    found = english.kinds.get(kind) if english else None
    return [
        f"  {kind}:",
        f"    # {_DANGERS[kind]}",
        *(f"    # In English: {_on_one_line(example.text)}" for example in (found.must_match[:2] if found else ())),
        '    red: []  # patterns of what happens now, each on a line "- …"',
        "    amber: []  # patterns of what may happen, or has happened",
        f'    must_match: []  # at least {FEWEST_DANGERS}, also indirect ones: - {{text: "…", level: red}}',
        "    prototypes: {red: [], amber: []}  # more messages, for the detector that learns; no pattern has to fire",
    ]


def _signs(reading: Reading, tag: str) -> list[str]:
    english = reading.of_kind(SignsFile).get(f"{ENGLISH}/signs.yaml")
    language = in_english(Language(tag))
    return [
        f"# What tells in {language} messages that a child writes, a child for a parent, or that a family is under strain.",
        f"# Nothing is written yet: a child who writes in {language} is spoken to like an adult.",
        "# A specialist and a native speaker write this together, and anew: translated words are not what people type.",
        "# Write all three at once: from the first message on, a detector looks for each of them.",
        "# Patterns are words in order, as in danger.yaml; $ is the end of a message.",
        "child:",
        "  # A child writes for themself.",
        *_writer(english.child.must_match if english else ()),
        "interpreting:",
        "  # A child writes for a parent who does not know the language.",
        *_writer(english.interpreting.must_match if english else ()),
        "strain:",
        "  # A family needs help, and nobody is in danger. No patterns: a detector learns it.",
        *_in_english(english.strain.prototypes if english else ()),
        f"  prototypes: []  # at least {FEWEST_SIGNS} messages of such families",
        f"  near_misses: []  # at least {FEWEST_SIGNS} calm messages in like words",
    ]


def _writer(english: Sequence[str]) -> list[str]:
    return [
        *_in_english(english),
        '  patterns: []  # what only such a writer says of themself, each on a line "- …"',
        f"  must_match: []  # at least {FEWEST_SIGNS} messages that a pattern must see",
        f"  must_not_match: []  # at least {FEWEST_SIGNS} messages of other writers, most of them adults",
    ]


def _in_english(said: Sequence[str], most: int = 2) -> list[str]:
    return [f"  # In English: {_on_one_line(text)}" for text in said[:most]]


def _talk(reading: Reading, tag: str) -> list[str]:
    english = reading.of_kind(TalkFile).get(f"{ENGLISH}/talk.yaml")
    language = in_english(Language(tag))
    small_talk, commands = (english.small_talk, english.commands) if english else ({}, {})
    background = english.background if english else {}
    return [
        f"# What people say in {language} that is no question about services.",
        "# Nothing is written yet. Write what people type, with their typos; do not translate word by word.",
        "# Write all of it at once: commands and small talk without words are refused.",
        f"human: []  # at least {FEWEST_HUMAN} ways to ask for a person{_as_in(english.human if english else ())}",
        "small_talk:",
        *(
            f"  {kind}: []  # at least {FEWEST_SMALL_TALK[kind]}{_as_in(small_talk.get(kind, ()))}"
            for kind in SmallTalkKind
        ),
        "commands:",
        *(f"  {command}: []  # at least 1{_as_in(commands.get(command, ()))}" for command in Command),
        "background:" if background else "background: {}",
        *(f"  {theme}: []  # at least {FEWEST_BACKGROUND}{_as_in(said)}" for theme, said in background.items()),
    ]


def _as_in(english: Sequence[str], most: int = 2) -> str:
    shown = ", ".join(map(_on_one_line, english[:most]))
    return f"; in English: {shown}" if shown else ""


def _on_one_line(words: str) -> str:
    # A line break in a comment would end it.
    return " ".join(words.split())


# A municipality -------------------------------------------------------------------------------------------------------


def new_municipality(reading: Reading, place: str, *, today: date) -> dict[str, str]:
    """Return the file of services of a municipality, nothing if it is there. Raises StubRefused for no municipality."""
    known = {
        str(key): one
        for file in reading.of_kind(MunicipalitiesFile).values()
        for key, one in file.municipalities.items()
    }
    file = f"services/{place}.yaml"
    if file in reading.of_kind(ServicesFile):
        return {}
    if place not in known and place != NATIONAL:
        raise StubRefused(
            f'There is no municipality "{place}"{near(place, frozenset(known))}; see faq/municipalities.yaml.'
        )
    name = known[place].name if place in known else "the whole country"
    words = ", ".join(f"{language}: …" for language in MAIN_LANGUAGES)
    return {
        file: "\n".join(
            [
                f"# Services in {name}. Nothing is known yet: answers fall back to the whole country and to a person.",
                '# In place of "{}" write one service below the other, like this; only what a source says.',
                "#   name-of-the-service:  # its id",
                f"#     kind: {ServiceKind.SOCIAL_SERVICES}  # {', '.join(ServiceKind)}",
                f"#     name: {{{words}}}",
                f"#     serves: {{{words}}}  # whom, and with what",
                "#     address: …",
                '#     phone: "+370 …"  # or helpline: its id in helplines.yaml',
                "#     url: https://…",
                '#     hours: {mon: ["08:00-12:00", "13:00-17:00"]}  # or unknown',
                "#     confidence: medium  # below that, address and phone are not shown",
                f"#     checked: {today}",
                '#     sources: [{url: "https://…", date: 2026-03}]',
                "services: {}",
                "",
            ]
        )
    }

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.actions.checking import check_everything
from bot.content.model import (
    MAIN_LANGUAGES,
    Amount,
    CardText,
    Checklist,
    ChecklistStep,
    Command,
    Confidence,
    DangerExample,
    DangerKind,
    DangerList,
    Day,
    Duration,
    EntryFacts,
    EntryText,
    GuideCard,
    Helpline,
    HelplineRef,
    Institution,
    Link,
    Municipality,
    Number,
    Percent,
    Review,
    Service,
    ServiceKind,
    ServiceRef,
    SmallTalkKind,
    Source,
    Team,
    Term,
    Topic,
    WorkingTime,
)
from bot.content.read import (
    ChecklistsFile,
    DangerFile,
    FactsFile,
    GuideFile,
    HelplinesFile,
    InstitutionsFile,
    MunicipalitiesFile,
    RoutingFile,
    ServicesFile,
    StampsFile,
    TalkFile,
    TextsFile,
    TopicsFile,
    read,
)
from bot.content.staleness import Stamp
from bot.content.yaml_lines import Plain, parse
from tests.builders_content import TODAY, small_content, written

SOUND = written(small_content())
M = TypeVar("M", bound=BaseModel)

# PyYAML writes U+0085, U+2028 and U+2029 as line ends that no YAML reader gives back.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\n")
WORDS = st.text(CHARACTERS, min_size=1).filter(str.strip)
IDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
NAMES = st.dictionaries(st.sampled_from(MAIN_LANGUAGES), WORDS, min_size=1)
DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 12, 31))
ADDRESSES = st.sampled_from(["https://www.spis.lt", "http://112.lt/a?b=%20#c", "https://smsm.lrv.lt/lt/"])
NUMBERS = st.decimals(min_value=0, max_value=10**6, places=2)
SOURCES = st.builds(
    Source,
    url=ADDRESSES,
    date=st.one_of(DATES.map(str), st.sampled_from(["2024", "2024-12", "undated"])),
    about=st.none() | st.just("2024"),
)
VALUES = st.one_of(
    st.builds(Amount, amount=NUMBERS, year=st.none() | st.integers(2000, 2030)),
    st.builds(Day, date=DATES),
    st.builds(Duration, duration=st.integers(0, 1000), unit=st.sampled_from(["hour", "day", "year"])),
    st.builds(Number, number=st.integers(0, 1000).map(Decimal) | NUMBERS),
    st.builds(Percent, percent=NUMBERS),
    st.builds(Term, term=WORDS),
    st.builds(Link, link=ADDRESSES),
    st.builds(HelplineRef, helpline=IDS),
    st.builds(ServiceRef, service=IDS),
)


def tuples(of: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=3).map(tuple)


def by_id(things: st.SearchStrategy[M]) -> st.SearchStrategy[dict[str, M]]:
    return st.dictionaries(IDS, things, max_size=2)


FACTS = st.builds(
    EntryFacts,
    status=st.sampled_from(["draft", "published"]),
    owner=WORDS,
    body=IDS,
    checked=DATES,
    review_by=DATES,
    confidence=st.sampled_from(Confidence),
    min_confidence=st.none() | st.floats(0, 1),
    aliases=tuples(IDS),
    siblings=tuples(IDS),
    untranslated=tuples(st.sampled_from(MAIN_LANGUAGES)),
    sources=tuples(SOURCES),
    values=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), VALUES, max_size=3),
    note=st.just("") | WORDS,
)
TEXTS = st.builds(
    EntryText,
    question=WORDS,
    label=WORDS,
    short=WORDS,
    details=WORDS,
    phrasings=tuples(WORDS),
    review=st.just(Review(state="unreviewed")) | st.builds(Review, state=st.just("reviewed"), by=WORDS, on=DATES),
)
HELPLINES = st.fixed_dictionaries(
    {
        "name": NAMES,
        "for": NAMES,
        "number": st.sampled_from([None, "112", "116 123", "+370 600 00000"]),
        "url": st.none() | ADDRESSES,
        "audience": st.sampled_from(["everyone", "women"]),
        "danger": tuples(st.sampled_from(DangerKind)),
        "hours": st.one_of(
            st.sampled_from(["always", "unknown"]),
            st.dictionaries(st.sampled_from(["mon", "sun"]), tuples(st.sampled_from(["09:00-19:00", "00:00-24:00"]))),
        ),
        "holidays": st.sampled_from(["same", "closed", "unknown"]),
        "languages": tuples(st.sampled_from(MAIN_LANGUAGES)),
        "cost": st.sampled_from(["free", "normal", "unknown"]),
        "checked": DATES,
        "confidence": st.sampled_from(Confidence),
        "publish": st.booleans(),
        "note": st.just("") | WORDS,
        "sources": tuples(SOURCES),
    }
).map(Helpline.model_validate)
SERVICES = st.builds(
    Service,
    name=NAMES,
    kind=st.sampled_from(ServiceKind),
    serves=st.just({}) | NAMES,
    address=st.none() | WORDS,
    phone=st.none() | st.just("+370 600 00000"),
    helpline=st.none() | IDS,
    email=st.none() | st.just("info@smsm.lt"),
    url=st.none() | ADDRESSES,
    hours=st.sampled_from(["always", "unknown", {"mon": ("09:00-17:00",), "sun": ()}]),
    languages=tuples(st.sampled_from(MAIN_LANGUAGES)),
    confidence=st.sampled_from(Confidence),
    note=st.just("") | WORDS,
    sources=tuples(SOURCES),
    checked=DATES,
)
CARD_TEXTS = st.builds(
    CardText,
    title=WORDS,
    audience=WORDS,
    points=tuples(WORDS),
    do=tuples(WORDS),
    dont=tuples(WORDS),
    phrases=tuples(WORDS),
)
CARDS = st.builds(
    GuideCard,
    topics=tuples(IDS),
    culture=st.none() | WORDS,
    reviewer=st.none(),
    reviewed=st.none(),
    checked=DATES,
    confidence=st.sampled_from(Confidence),
    sources=tuples(SOURCES),
    note=st.just("") | WORDS,
    texts=st.dictionaries(st.sampled_from(MAIN_LANGUAGES), CARD_TEXTS, min_size=1),
)
MARKS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
TOPICS = st.builds(
    Topic,
    name=NAMES,
    sensitive=st.booleans(),
    team=IDS,
    target=st.one_of(
        st.builds(WorkingTime, working_days=st.integers(1, 20)),
        st.builds(WorkingTime, working_hours=st.integers(1, 20)),
    ),
)
EXAMPLES = st.builds(
    DangerExample, text=WORDS, level=st.sampled_from(["red", "amber"]), by=st.sampled_from(["pattern", "detector"])
)
DANGERS = st.builds(DangerList, red=tuples(WORDS), amber=tuples(WORDS), must_match=tuples(EXAMPLES))
FILES: dict[str, st.SearchStrategy[BaseModel]] = {
    "topics.yaml": st.builds(TopicsFile, topics=by_id(TOPICS)),
    "routing.yaml": st.builds(RoutingFile, default=IDS, teams=by_id(st.builds(Team, name=NAMES))),
    "institutions.yaml": st.builds(
        InstitutionsFile, institutions=by_id(st.builds(Institution, name=NAMES, url=st.none() | ADDRESSES))
    ),
    "helplines.yaml": st.builds(HelplinesFile, helplines=by_id(HELPLINES)),
    "municipalities.yaml": st.builds(
        MunicipalitiesFile, municipalities=by_id(st.builds(Municipality, name=WORDS, town=NAMES, county=WORDS))
    ),
    "services/national.yaml": st.builds(ServicesFile, services=by_id(SERVICES)),
    "services/kaunas.yaml": st.builds(ServicesFile, services=by_id(SERVICES)),
    "guide/gc-time.yaml": CARDS.map(lambda card: GuideFile.model_validate(card.model_dump())),
    "checklists.yaml": st.builds(
        ChecklistsFile,
        checklists=by_id(
            st.builds(Checklist, name=NAMES, steps=by_id(st.builds(ChecklistStep, text=NAMES, entry=IDS)))
        ),
    ),
    "stamps/uk/housing.yaml": st.builds(
        StampsFile,
        entries=by_id(st.builds(Stamp, own=MARKS, base=tuples(MARKS), values=st.dictionaries(IDS, WORDS))),
    ),
    "entries/housing.yaml": st.builds(FactsFile, entries=by_id(FACTS)),
    "uk/housing.yaml": st.builds(TextsFile, entries=by_id(TEXTS)),
    "uk/danger.yaml": st.builds(
        DangerFile, kinds=st.dictionaries(st.sampled_from(DangerKind), DANGERS), must_not_match=tuples(WORDS)
    ),
    "uk/talk.yaml": st.builds(
        TalkFile,
        human=tuples(WORDS),
        small_talk=st.dictionaries(st.sampled_from(SmallTalkKind), tuples(WORDS)),
        commands=st.dictionaries(st.sampled_from(Command), tuples(WORDS)),
        background=st.dictionaries(IDS, tuples(WORDS)),
    ),
}
PLAIN: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(CHARACTERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(CHARACTERS), inner, max_size=4),
    max_leaves=12,
)


def dumped(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120)


def as_yaml(model: BaseModel) -> str:
    return dumped(model.model_dump(mode="json", by_alias=True))


@pytest.mark.parametrize("path", FILES)
@given(data=st.data())
def test_any_model_written_as_yaml_is_read_back_equal(path: str, data: st.DataObject) -> None:
    model = data.draw(FILES[path])

    reading = read({path: as_yaml(model)})

    assert reading.files[path] == model


@given(PLAIN)
def test_plain_values_written_as_yaml_are_read_back_equal(value: Plain) -> None:
    assert parse(dumped(value)).value == value


@given(st.text() | st.text(st.characters()) | st.text("[]{}-?:,&*!|>'\"%@` \n#ab01.~"))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    parsed = parse(text)

    assert all(1 <= line <= text.count("\n") + text.count("\r") + 2 for line, _ in parsed.problems if text.isascii())


@settings(max_examples=50)
@given(st.sampled_from(sorted(SOUND)), PLAIN | st.dictionaries(st.just("entries"), PLAIN))
def test_no_values_make_the_check_raise(path: str, value: Plain) -> None:
    report = check_everything(SOUND | {path: dumped(value)}, today=TODAY)

    assert report.errors


@settings(max_examples=50)
@given(st.data())
def test_no_model_makes_the_check_raise(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(FILES)))
    model = data.draw(FILES[path])

    check_everything(SOUND | {path: as_yaml(model)}, today=TODAY)


@settings(max_examples=50)
@given(st.data())
def test_what_is_removed_from_a_file_is_told_with_a_line_that_exists(data: st.DataObject) -> None:
    content = small_content()
    path = data.draw(st.sampled_from(sorted(content)))
    things = next(value for value in content[path].values() if isinstance(value, dict))
    thing = things[data.draw(st.sampled_from(sorted(things)))]
    assume(thing and isinstance(thing, dict))
    del thing[data.draw(st.sampled_from(sorted(thing)))]
    files = SOUND | {path: dumped(content[path])}

    findings = check_everything(files, today=TODAY).findings

    assert all(1 <= finding.line <= len(files[finding.file].splitlines()) for finding in findings)

"""Every message that a pattern of danger must see, in every way that it can come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from bot.content.model import Catalogue
from bot.conversation.limits import AT_ONCE
from tests.fuzz.families import Made
from tests.fuzz.people import People

FLOOD = AT_ONCE + 3
"""The first one too many is told of a pause; the others fall into it."""
IN_TALK = "in talk with a specialist"

Trial = tuple[str, str]
"""An example and a way."""


def examples_of(catalogue: Catalogue) -> list[str]:
    """Return the examples that patterns answer for, of all languages."""
    found = [x for d in catalogue.danger.values() for kind in d.kinds.values() for x in kind.must_match]
    return sorted({x.text for x in found if x.level == "red" and x.by == "pattern"})


def calm_of(catalogue: Catalogue) -> list[str]:
    """Return what is harmless and may stand around: messages that no pattern must see."""
    return sorted({text for words in catalogue.danger.values() for text in words.must_not_match})


def all_trials(catalogue: Catalogue, r: Random) -> list[Trial]:
    """Return every example in every way, shuffled."""
    trials = [(example, way) for example in examples_of(catalogue) for way in (*WAYS, IN_TALK)]
    r.shuffle(trials)
    return trials


def updates_of(trial: Trial, people: People, calm: Sequence[str], talking: Sequence[int]) -> list[Made]:
    """Return the updates of a trial; only those that must get a card are named by it."""
    example, way = trial
    if way == IN_TALK:
        return [replace(people.text(example, people.r.choice(talking)), danger=trial)]
    made = WAYS[way](people, example, calm)
    return [replace(one, danger=trial) if one is made[-1] else one for one in made]


def _alone(people: People, example: str, _: Sequence[str]) -> list[Made]:
    return [people.text(example, people.somebody_new())]


def _captioned(kind: str) -> Callable[[People, str, Sequence[str]], list[Made]]:
    return lambda people, example, _: [people.captioned(people.somebody_new(), kind, example)]


def _edited(people: People, example: str, calm: Sequence[str]) -> list[Made]:
    chat = people.somebody_new()
    return [people.text(people.r.choice(calm), chat), people.edit(chat, example)]


def _in_any_case(people: People, example: str, _: Sequence[str]) -> list[Made]:
    r = people.r
    how = r.choice((str.upper, str.title, str.capitalize, lambda x: "".join(r.choice((c.upper(), c)) for c in x)))
    return [people.text(how(example), people.somebody_new())]


def _with_words_around(people: People, example: str, calm: Sequence[str]) -> list[Made]:
    r = people.r
    before, after = (" ".join(r.choices(calm, k=r.choice((0, 1, 5, 30)))) for _ in range(2))
    sign = r.choice(
        (
            ". ",
            "\n",
            " … ",
            "!!! ",
            " <b> ",
            "\n\n😭 ",
            " …" * 99 + " ",
            " ½" * 150 + " ",
            " \ufdfa" * 99 + " ",
            " " + "\u200b" * 390,
        )
    )
    around = (f"{before[:1900]}{sign}", f"{sign}{after[:1900]}")
    return [people.text(example.join(around), people.somebody_new())]


def _in_a_flood(people: People, example: str, calm: Sequence[str]) -> list[Made]:
    chat = people.somebody_new()
    others = [people.text(people.r.choice(calm), chat) for _ in range(FLOOD)]
    return [*others, people.text(example, chat)]


def _in_a_pause(people: People, example: str, calm: Sequence[str]) -> list[Made]:
    *others, last = _in_a_flood(people, example, calm)
    return [*others, replace(last, later=True)]  # at once with the others it would overtake them


WAYS: dict[str, Callable[[People, str, Sequence[str]], list[Made]]] = {
    "alone": _alone,
    "below a photo": _captioned("photo"),
    "below a file": _captioned("document"),
    "with a voice message": _captioned("voice"),
    "in an edit": _edited,
    "in any case": _in_any_case,
    "with words around": _with_words_around,
    "in a flood": _in_a_flood,
    "in a pause": _in_a_pause,
}

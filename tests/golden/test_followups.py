"""What people write after an answer: what goes on from it reaches its entry, and nothing else is bent to it.

`followups.jsonl` holds three kinds of messages. `follow` goes on from the answer of `answered`, which the question `first`
got; `new` asks for another matter; `other` asks for nothing that we have, and is tried after many answers. `gold` are the
entries that would be right. The messages were written before the rule, as people type; those of even numbers were looked
at while its few numbers were chosen, those of odd numbers only counted. All but `other` tell the figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.actions.answering import Mind, _read
from bot.app import mind_of
from bot.content.model import MAIN_LANGUAGES, EntryId, Language
from bot.conversation.dialogue import respond
from bot.conversation.model import Address, Channel, Conversation, ConversationId, InboxId, Incoming, Kind
from bot.conversation.replies import Received
from bot.storage.faq_files import Content

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REACHED = 0.75
"""The share of follow-ups that must reach their entry, by an answer or among the choices. Measured: .83; read alone .52."""
REACHED_IN_EACH = 0.6
ASKED_BACK = 0.25
"""The share of messages about nothing of ours that may be asked back after an answer. Measured: .18."""
EVERY = 41
"""`other` messages are tried after the answer of each forty-first entry."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message after an answer."""

    id: str
    lang: Language
    kind: str
    then: str
    answered: EntryId | None = None
    gold: frozenset[EntryId] = frozenset()
    first: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """What a message got: the step, and the entry that was shown or those that were offered."""

    step: str
    entries: tuple[EntryId, ...]

    def reaches(self, gold: frozenset[EntryId]) -> bool:
        return bool(gold & set(self.entries)) if self.step in {"answer", "clarify"} else not gold


def messages(*kinds: str) -> list[Said]:
    lines = (Path(__file__).parent / "followups.jsonl").read_text("utf-8").splitlines()
    found = [Said(**{**json.loads(line), "gold": frozenset(json.loads(line).get("gold", ()))}) for line in lines]
    return [one for one in found if one.kind in kinds]


@pytest.fixture(scope="module")
def mind(content: Content) -> Mind:
    mind = mind_of(content)
    return replace(mind, world=replace(mind.world, now=NOW))


def got(said: Said, mind: Mind, answered: EntryId | None) -> Got:
    """Return what a message gets after an answer; after none if there was none."""
    person = Conversation(
        ConversationId(1),
        Channel.CONSOLE,
        language=said.lang,
        noticed=True,
        last_entries=(answered,) if answered else (),
        answered_at=NOW if answered else None,
    )
    incoming = Incoming("key", Address(Channel.CONSOLE, "1"), Kind.TEXT, text=said.then, at=NOW)
    read = _read(incoming, person, mind)
    received = Received(InboxId(2), incoming, person, read.evidence, follow=read.follow, together=read.together)
    effects = respond(received, mind.world)
    buttons = next((one.buttons for one in effects.outgoing if one.buttons), None)
    if effects.step == "answer" and buttons is not None:
        return Got("answer", buttons.shown[-1:])
    return Got(effects.step, buttons.entries if buttons and effects.step == "clarify" else ())


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def figures(mind: Mind) -> Iterator[tuple[str, list[bool], list[bool]]]:
    """Yield for each group whether its messages reach their entry, read with the question before and alone."""
    every = [(one, got(one, mind, one.answered), got(one, mind, None)) for one in messages("follow")]
    groups = [(str(language), [x for x in every if x[0].lang == language]) for language in MAIN_LANGUAGES]
    groups += [(name, [x for x in every if int(x[0].id[-2:]) % 2 == odd]) for odd, name in enumerate(("even", "odd"))]
    for name, some in (*groups, ("all", every)):
        yield name, [now.reaches(one.gold) for one, now, _ in some], [alone.reaches(one.gold) for one, _, alone in some]


def test_what_goes_on_from_an_answer_reaches_its_entry(mind: Mind) -> None:
    found = {name: (share(together), share(alone)) for name, together, alone in figures(mind)}

    told = "\n".join(f"{name:5} together {both:.2f}  alone {alone:.2f}" for name, (both, alone) in found.items())
    print(told)
    assert found["all"][0] >= REACHED, told
    assert all(found[language][0] >= REACHED_IN_EACH for language in MAIN_LANGUAGES), told
    assert found["all"][0] > found["all"][1], told


def test_a_new_question_gets_what_it_would_get_without_an_answer_before_it(mind: Mind) -> None:
    bent = [one.id for one in messages("new") if got(one, mind, one.answered) != got(one, mind, None)]

    assert bent == []


def test_what_is_none_of_ours_is_never_answered_because_of_an_answer_before_it(mind: Mind) -> None:
    tried = [
        (one, answered, got(one, mind, answered), got(one, mind, None))
        for one in messages("other")
        for answered in list(mind.world.catalogue.entries)[::EVERY]
    ]

    answered = [(one.id, before) for one, before, now, alone in tried if now.step == "answer" and now != alone]
    asked = share([now.step == "clarify" and now != alone for _, _, now, alone in tried])
    print(f"answered {len(answered)} of {len(tried)}, asked back {asked:.2f}")
    assert len(answered) <= len(tried) // 100, answered
    assert asked <= ASKED_BACK

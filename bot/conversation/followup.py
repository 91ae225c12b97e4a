"""Messages that go on from the answer before them: "and for the younger one?", "а в Каунасе?", "how much is it?".

Such a message is read twice: alone, and together with what was asked before. Danger, commands, small talk and the wish
for a person are only ever taken from its own words, and a message whose own words reach an answer is never bent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from bot.content.model import Catalogue, EntryId, Language
from bot.conversation.decide import FEWEST_CHOICES, MOST_CHOICES, NO_MINIMUM, Policy, is_sure
from bot.conversation.model import Conversation
from bot.conversation.steps import Answer, Clarify
from bot.matching.evidence import Candidate, Evidence, Level
from bot.matching.places import is_only_a_town
from bot.matching.text import fold, skeleton

REMEMBERED = timedelta(days=1)
"""How long an answer is gone on from; tomorrow the same words are another matter."""
MOST_WORDS = 8
"""A longer message says what it is about."""
FEW_WORDS = 5
"""So few words may lean on what was said before even if none of them says so."""
HEARD = 0.05
"""The probability from which a message's own words speak for an entry at all."""

_JOINING: Mapping[str, str] = {
    "en": "and but or also so then what_about how_about what_if",
    "lt": "o ir bet tai dar arba",
    "ru": "а и но или тогда еще",
    "uk": "а і й та але або тоді ще",
    "be": "а і але або тады яшчэ",
    "pl": "a i ale albo lub to jeszcze",
}
"""Words that join a message to the one before it; they count at its beginning."""
_POINTING: Mapping[str, str] = {
    "en": "it its this that these those there one ones then he she him her they them too same",
    "lt": "tai tam to ta šis jis ji jo jos jam jai jį ją jie jiems ten irgi",
    "ru": "это этого этот эта эти он она оно они его ее ему ей их им там тогда тоже",
    "uk": "це цього цей ця ці він вона воно вони його її йому їй їх їм там тоді теж",
    "be": "гэта гэтага гэты ён яна яно яны яго яе яму ёй іх ім там тады таксама",
    "pl": "to tego ten ta te on ona ono oni jego jej jemu ich im tam wtedy też",
}
"""Words that point at something said before; they count anywhere."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A message that may go on from the answer of `entry`.

    `marked` tells that one of its words says so, `only_a_town` that it names a town and nothing else.
    """

    entry: EntryId
    marked: bool
    only_a_town: bool


def follow_up(
    text: str, own: Evidence, conversation: Conversation, *, now: datetime, catalogue: Catalogue, policy: Policy
) -> FollowUp | None:
    """Tell whether a message may go on from the last answer, so that it has to be read together with its question."""
    entry, words = _answered(conversation, now), fold(text).split()
    if entry is None or entry not in catalogue.entries or not _has_words(text):
        return None
    lead = _joined(words, own.language, conversation.language)
    follow = FollowUp(
        entry,
        marked=lead > 0 or _points(words, own.language, conversation.language),
        only_a_town=is_only_a_town(" ".join(words[lead:]), catalogue.municipalities),
    )
    if follow.only_a_town:  # which says of no matter at all what it is about
        return follow
    if _is_talk(own) or _best(own) >= policy.for_language(own.language).answer:
        return None
    leans = len(words) <= MOST_WORDS if follow.marked else len(words) <= FEW_WORDS and _heard(follow, own, catalogue)
    return follow if leans else None


def _answered(conversation: Conversation, now: datetime) -> EntryId | None:
    """Return what was answered last, within a day; None while words go to people, or after we have asked back."""
    talking = conversation.open_case(conversation.talking)
    with_people = conversation.awaiting is not None or (talking is not None and talking.in_hand)
    at = conversation.answered_at
    if conversation.clarified or with_people or at is None or now - at >= REMEMBERED:
        return None
    return next(iter(conversation.last_entries), None)


def _has_words(text: str) -> bool:
    # "/human" is a command; "2" or a thumbs-up go on from nothing.
    return not text.startswith("/") and any(map(str.isalpha, text))


def _is_talk(own: Evidence) -> bool:
    asked = own.command is not None or own.wants_human
    return asked or own.exact or own.small_talk is not None or own.danger is Level.RED


def _best(own: Evidence) -> float:
    return max((candidate.p for candidate in own.candidates), default=0.0)


def _heard(follow: FollowUp, own: Evidence, catalogue: Catalogue) -> frozenset[EntryId]:
    """Return the other entries of the same topic that a message's own words speak for."""
    topic = catalogue.entries[follow.entry].topic
    heard = (one.entry_id for one in own.candidates if one.p >= HEARD and one.entry_id != follow.entry)
    return frozenset(entry for entry in heard if catalogue.entries[entry].topic == topic)


# Its form -------------------------------------------------------------------------------------------------------------


def _joined(words: Sequence[str], *languages: Language | None) -> int:
    """Return how many words at the beginning join a message to the one before. The first language is its own."""
    known = _words_of("joining", *languages)
    return next((size for size in (2, 1) if _is_known("_".join(words[:size]), known)), 0)


def _points(words: Sequence[str], *languages: Language | None) -> bool:
    known = _words_of("pointing", *languages)
    return any(_is_known(word, known) for word in words)


def _is_known(word: str, known: tuple[frozenset[str], frozenset[str]]) -> bool:
    return word in known[0] or (word.isascii() and skeleton(word) in known[1])


@lru_cache(maxsize=256)
def _words_of(which: str, own: Language, *others: Language | None) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of some languages, folded; and the sounds of those that the own language writes in Cyrillic.

    Only of the own one: in a talk that was Russian so far, the English "no" is no "но".
    """
    table = _JOINING if which == "joining" else _POINTING
    said = [word for language in (own, *others) if language for word in table.get(language, "").split()]
    sounds = (skeleton(word) for word in table.get(own, "").split() if not word.isascii() and own not in _LATIN)
    return frozenset("_".join(fold(word.replace("_", " ")).split()) for word in said), frozenset(sounds)


_LATIN = frozenset({"en", "lt", "pl"})


# What it asks for -----------------------------------------------------------------------------------------------------


def read_with(follow: FollowUp, text: str, own: Evidence, catalogue: Catalogue) -> str:
    """Return a message as it is read the second time: behind the question of the entry that was answered.

    Not behind the family's own words: these may have been read otherwise first, may be gone, or lean on others again.
    """
    texts = catalogue.entries[follow.entry].texts
    before = texts.get(own.language) or next(iter(texts.values()))
    return f"{before.question.rstrip(_ENDS)} {text}"


_ENDS = ".?!… "
"""Without them the two are one sentence, and not two needs."""


def step_of(
    follow: FollowUp,
    own: Evidence,
    together: Evidence,
    *,
    catalogue: Catalogue,
    policy: Policy,
    min_confidence: Mapping[EntryId, float] = NO_MINIMUM,
) -> Answer | Clarify | None:
    """Return the step of a message read together with the question before; None if that tells nothing of it.

    The question before speaks loudest for its own entry. So an entry of the same topic for which the new words speak
    comes first, and the entry itself is answered once more only if there is none. Where the new words speak for another
    topic, though not loud enough for an answer, nothing is answered: people choose. The name of a town speaks for no
    topic at all.
    """
    limits = policy.for_language(own.language)
    alone = () if follow.only_a_town else own.candidates
    again, *near = _of_its_topic(follow.entry, alone, together.candidates, catalogue)
    if follow.only_a_town:
        there = next((one for one in near if is_sure(one, limits, policy, min_confidence)), again)
        return Answer(there.entry_id, tuple(one for one in (again, *near) if one is not there))
    if sum(one.p for one in (again, *near[: MOST_CHOICES - 1])) < limits.clarify:
        return None
    own_words = _heard(follow, own, catalogue)
    heard = [one for one in near if one.entry_id in own_words]
    other = _of_another_topic(own, follow, catalogue, limits.clarify)
    if other is not None:
        choices = _once(*heard[:1], again, *near)[: MOST_CHOICES - 1]
        return Clarify((*choices, other)) if follow.marked else None
    best = next(iter(heard), None)
    own_p = {one.entry_id: one.p for one in own.candidates}
    if best and is_sure(best, limits, policy, min_confidence) and own_p[best.entry_id] >= limits.clarify:
        return Answer(best.entry_id, tuple(one for one in (again, *near) if one is not best))
    choices = _once(*heard[: MOST_CHOICES - 1], again, *near)[:MOST_CHOICES]
    return Clarify(choices) if len(choices) >= FEWEST_CHOICES else None


def _once(*candidates: Candidate) -> tuple[Candidate, ...]:
    return tuple({one.entry_id: one for one in candidates}.values())


def _of_its_topic(
    entry: EntryId, alone: Sequence[Candidate], together: Sequence[Candidate], catalogue: Catalogue
) -> list[Candidate]:
    """Return the entry itself as the second reading has it, then those of its topic, what both readings give added."""
    topic = catalogue.entries[entry].topic
    found: dict[EntryId, float] = {}
    for one in (*alone, *together):
        if catalogue.entries[one.entry_id].topic == topic and one.entry_id != entry:
            found[one.entry_id] = min(found.get(one.entry_id, 0.0) + one.p, 1.0)
    near = sorted((Candidate(entry_id, p) for entry_id, p in found.items()), key=lambda one: -one.p)
    again = next((one for one in together if one.entry_id == entry), Candidate(entry, 0.0))
    return [again, *near]


def _of_another_topic(own: Evidence, follow: FollowUp, catalogue: Catalogue, needed: float) -> Candidate | None:
    """Return the entry of another topic that a message's own words speak for."""
    topic, best = catalogue.entries[follow.entry].topic, next(iter(own.candidates), None)
    if best is None or catalogue.entries[best.entry_id].topic == topic or best.p < needed:
        return None
    return best

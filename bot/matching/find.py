"""From a message to evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from bot.content.model import Command, DangerKind, EntryId, Language, SmallTalkKind
from bot.matching import language as languages
from bot.matching.calibration import FAMILIES, family_of
from bot.matching.corpus import HUMAN, SIGNS, texts_of
from bot.matching.danger import Patterns
from bot.matching.evidence import Candidate, Evidence, Level, Writer
from bot.matching.learning import alarm
from bot.matching.romanised import in_cyrillic
from bot.matching.signals import Said, signals
from bot.matching.text import clauses, clean, fold, skeleton, windows
from bot.matching.writers import Writers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.content.model import Catalogue
    from bot.matching.calibration import Levels
    from bot.matching.danger import Hit
    from bot.matching.encoder import Encoder, Floats
    from bot.matching.index import Index
    from bot.matching.language import Guess

MOST_CANDIDATES = 5
EXACT_P = 0.99
NEAR_EXACT = 95
"""rapidfuzz `ratio` of folded texts, 0 to 100, from which two are the same but for a slip of the finger."""

_EXACT_SOUND_LETTERS = 5
"""Shorter skeletons are alike by chance, across languages above all."""

_TALK = 0.6
_ASKS_FOR_A_PERSON = 0.12
"""Probabilities from which a message counts as small talk, or as asking for a person. The second is low: offering a
person too often costs a press, too seldom a family. (On the tuning half 15 of 19 are seen, one false of 497.)"""

_NEED, _NEEDS_WORDS, _CLAUSE_WORDS = 0.7, 12, 3
"""Probability that a clause's best entry needs to be taken as one of several needs; words of a message that is taken
apart, and of a clause. (On the tuning half 5 of 17 messages with two needs are seen to have them, with 5 of 410 others.)"""

URGENT = 0.8
"""Part of the amber level that spelling alone has to reach for a message to be read before others: on the tuning half so do
.95 of danger and .24 of ordinary messages."""

_GRAVEST_FIRST = (Level.RED, Level.AMBER, Level.NONE)

_LONGEST_COURTESY = 4
"""Words of the longest greeting or thanks that is taken off a question."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the classifier says about one text: every class's score, the best of each family with what tells of it."""

    scores: Floats
    best: dict[str, tuple[tuple[str, Candidate], ...]]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(candidate for _, candidate in self.best["entry"])

    def leading(self, family: str) -> tuple[str, float]:
        return (self.best[family][0][0], self.best[family][0][1].p) if self.best[family] else ("", 0.0)


class Matcher:
    """Finds entries for messages. Holds nothing that changes: one may serve many threads.

    Raises ValueError if the index was not solved for this catalogue and this encoder.
    """

    def __init__(self, catalogue: Catalogue, index: Index, encoder: Encoder | None = None) -> None:
        if index.catalogue_version != catalogue.version or index.encoder_id != (encoder.id if encoder else ""):
            msg = (
                f"The index is of catalogue {index.catalogue_version!r}, encoder {index.encoder_id!r}; "
                f"needed: {catalogue.version!r}, {encoder.id if encoder else ''!r}."
            )
            raise ValueError(msg)
        languages.load()
        self._index, self._encoder = index, encoder
        self._patterns = Patterns(catalogue.danger)
        self._writers = Writers(catalogue.signs)
        self._told_of_signs = frozenset(language for language, told in catalogue.signs.items() if told.messages)
        self._phrasings = _phrasings(catalogue)
        self._exact = {folded: label for label, texts in self._phrasings.items() for folded in texts}
        sounds = ((skeleton(folded), label) for folded, label in self._exact.items())
        self._exact_sound = {sound: label for sound, label in sounds if len(sound) >= _EXACT_SOUND_LETTERS}
        self._commands = _commands(catalogue)
        self._courtesies = _courtesies(catalogue)
        self._families = {
            family: np.array([at for at, column in enumerate(index.columns) if family_of(column) == family], np.intp)
            for family in (*FAMILIES, "background", "language", "danger", "sign")
        }
        self._competing = np.concatenate([self._families[name] for name in ("entry", "background", "human", "talk")])
        self._competing.sort()

    @property
    def encoder_id(self) -> str:
        """The encoder that meaning comes from; empty where only spelling is compared."""
        return self._index.encoder_id

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """Return what `text` tells. `chosen` is the language the person set, `hint` that of their phone.

        Synchronous and without side effects; a few milliseconds. The question is looked for in the first 400 characters,
        danger in all of them.
        """
        cleaned = clean(text)
        folded = fold(cleaned)
        question = self._without_courtesies(folded)
        reading, guess = self._read_as_meant(question, cleaned, chosen, hint)
        command = self._command(folded, guess.language)
        level, kind, alarming = self._danger_in(text, None if command else reading, guess.language)
        signs = frozenset() if command else self._signs(reading, guess.language)
        exact = self._exact_label(folded, question, reading)
        needs = () if exact else self._needs(cleaned)
        return Evidence(
            language=guess.language,
            language_confident=guess.confident,
            danger=level,
            danger_kind=kind,
            small_talk=self._small_talk(exact, reading),
            wants_human=exact == HUMAN or (not exact and self._wants_human(reading)),
            command=command,
            candidates=self._candidates(exact, needs, reading),
            exact=exact.startswith("entry:"),
            needs=needs,
            writer=self._writers.who(cleaned) or _writer(signs),
            strain="strain" in signs,
            alarm=alarming,
        )

    def urgency(self, text: str) -> int:
        """Tell by patterns and spelling, in a fraction of a millisecond, how much sooner than others a message should be read.

        2 for a red pattern, 1 for what sounds like danger, 0 for all else. It decides nothing else: some danger is only seen
        when the message is read.
        """
        parts = windows(text)
        hits = [hit.level for part in parts if (hit := self._patterns.worst(part)) is not None]
        if Level.RED in hits:
            return 2
        return int(bool(hits) or any(self._is_loud(part) for part in parts))

    def gravest_pattern(self, text: str) -> Hit | None:
        """Return the gravest pattern of danger that fires in a message, for one that cannot be read any further."""
        return next(iter(self.patterns_in(text)), None)

    def _is_loud(self, part: str) -> bool:
        row = self._index.vocabulary.row(skeleton(fold(part)))
        if not row.columns.size:
            return False
        scores = self._index.by_words(row)[self._families["danger"]]
        return float(alarm(scores)) > URGENT * self._index.calibration.levels.amber

    # For telling why; nothing here decides ----------------------------------------------------------------------------

    def looked_up(self, text: str) -> tuple[str, ...]:
        """Return the folded texts that `find` takes candidates from.

        The question without greeting and thanks first; then its clauses, where they have different entries.
        """
        cleaned = clean(text)
        return (self._without_courtesies(fold(cleaned)), *(map(fold, _parts(cleaned)) if self._needs(cleaned) else ()))

    def patterns_in(self, text: str) -> tuple[Hit, ...]:
        """Return each pattern of danger that fires anywhere in a message, part by part, gravest first."""
        hits = (hit for part in windows(text) for hit in self._patterns.fired(part))
        once = {(hit.language, hit.pattern, hit.kind, hit.level): hit for hit in hits}
        return tuple(sorted(once.values(), key=lambda hit: _GRAVEST_FIRST.index(hit.level)))

    # The classifier ---------------------------------------------------------------------------------------------------

    def _read_as_meant(
        self, question: str, cleaned: str, chosen: Language | None, hint: Language | None
    ) -> tuple[_Reading, Guess]:
        """Read a message and tell its language; what is Russian or Ukrainian in Latin letters is read in Cyrillic."""
        reading = self._read(question, cleaned)
        heard = self._index.detector.hear(cleaned, chosen or hint)
        guess = languages.guess(cleaned, self._by_language(reading.scores), heard, chosen=chosen, hint=hint)
        if guess.romanised and self._encoder is not None:
            reading = self._read(question, in_cyrillic(cleaned, guess.language))
        return reading, guess

    def _read(self, folded: str, spoken: str) -> _Reading:
        """Read a text: the spelling of its folded form, the meaning of its spoken one."""
        return self._read_all([folded], [spoken])[0]

    def _read_all(self, folded: Sequence[str], spoken: Sequence[str]) -> list[_Reading]:
        return [self._reading(one, vector) for one, vector in zip(folded, self._vectors(spoken), strict=True)]

    def _reading(self, folded: str, vector: Floats | None) -> _Reading:
        row = self._index.vocabulary.row(skeleton(folded))
        if not row.columns.size and vector is None:  # nothing of it was ever seen: nothing can be said of it
            return _Reading(self._index.scores(row), dict.fromkeys(FAMILIES, ()))
        by_meaning = None if vector is None else self._index.by_meaning(vector)
        scores = self._index.by_words(row) + (0 if by_meaning is None else by_meaning)
        meant = None if by_meaning is None else by_meaning[self._competing]
        said = Said(scores[self._competing], meant, row.known, len(folded.split()))
        return _Reading(scores, {family: self._best(family, said) for family in FAMILIES})

    def _vectors(self, texts: Sequence[str]) -> Sequence[Floats | None]:
        """Return the vectors of texts: all at once takes half the time of one by one."""
        if self._encoder is None or not texts:
            return [None] * len(texts)
        try:
            return list(self._encoder.encode([text[: self._encoder.max_chars] for text in texts]))
        except RuntimeError:  # an encoder that breaks over a message costs its meaning, not its answer
            return [None] * len(texts)

    def _best(self, family: str, said: Said) -> tuple[tuple[str, Candidate], ...]:
        own = np.searchsorted(self._competing, self._families[family])
        entries, logistic = len(self._families["entry"]), self._index.calibration.families[family]
        top = own[np.argsort(-said.scores[own], kind="stable")[: MOST_CANDIDATES if family == "entry" else 1]]
        rated = []
        for place in top:
            label = self._index.columns[self._competing[place]]
            seen = signals(said, int(place), entries)
            name = EntryId(label.removeprefix("entry:"))
            rated.append((label, Candidate(name, logistic.p(seen), tuple(map(float, seen)))))
        return tuple(sorted(rated, key=lambda pair: -pair[1].p))

    def _by_language(self, scores: Floats) -> dict[Language, float]:
        return {
            Language(self._index.columns[at].removeprefix("language:")): float(scores[at])
            for at in self._families["language"]
        }

    # Danger -----------------------------------------------------------------------------------------------------------

    def _danger_in(
        self, text: str, reading: _Reading | None, language: Language
    ) -> tuple[Level, DangerKind | None, float]:
        """Return the gravest danger in any part of a message, and how alarming its most alarming part is.

        `reading` is that of its beginning; None for the words of a command, of which there is nothing to guess. Nor is there
        of smileys and numbers: patterns know those that matter.
        """
        _, *later = parts = windows(text)
        read = (reading, *self._read_all(list(map(fold, later)), later))
        readings = [heard if any(map(str.isalpha, part)) else None for part, heard in zip(parts, read, strict=True)]
        levels = self.levels_for(language)
        found = [self._danger(part, heard, levels) for part, heard in zip(parts, readings, strict=True)]
        alarming = max((self._alarm(heard) for heard in readings if heard is not None), default=0.0)
        return (*min(found, key=lambda danger: _GRAVEST_FIRST.index(danger[0])), alarming)

    def _alarm(self, reading: _Reading) -> float:
        return float(alarm(reading.scores[self._families["danger"]]))

    def _danger(self, cleaned: str, reading: _Reading | None, levels: Levels) -> tuple[Level, DangerKind | None]:
        """Return the graver of what patterns and the learned detector say."""
        hit = self._patterns.worst(cleaned)
        level, kind = self._learned_danger(reading.scores, levels) if reading else (Level.NONE, None)
        if hit is not None and (hit.level is Level.RED or level is not Level.RED):
            return hit.level, hit.kind
        return level, kind

    def levels_for(self, language: Language) -> Levels:
        """Return from which alarm on the learned detector speaks, in a language with content or without."""
        calibration = self._index.calibration
        known = calibration.levels if f"language:{language}" in self._index.columns else calibration.foreign
        return calibration.by_language.get(language, known)

    def _learned_danger(self, scores: Floats, levels: Levels) -> tuple[Level, DangerKind | None]:
        columns = scores[self._families["danger"]]
        kind = tuple(DangerKind)[int(columns[:-1].argmax())]
        score = float(alarm(columns))
        if score > levels.red:
            return Level.RED, kind
        return (Level.AMBER, kind) if score > levels.amber else (Level.NONE, None)

    def _signs(self, reading: _Reading, language: Language) -> frozenset[str]:
        """Return what a message seems to tell of who writes and how; nothing in languages without such messages."""
        if language not in self._told_of_signs:
            return frozenset()
        scores, levels = reading.scores[self._families["sign"]], self._index.calibration.signs
        told = zip(SIGNS, scores, levels, strict=True)
        return frozenset(sign.removeprefix("sign:") for sign, score, level in told if score > level)

    # Talk -------------------------------------------------------------------------------------------------------------

    def _small_talk(self, exact: str, reading: _Reading) -> SmallTalkKind | None:
        label, p = reading.leading("talk")
        if exact:
            label, p = exact, 1.0
        if not label.startswith("talk:") or p < _TALK or (not exact and p < reading.leading("entry")[1]):
            return None
        return SmallTalkKind(label.removeprefix("talk:"))

    def _wants_human(self, reading: _Reading) -> bool:
        return reading.leading(HUMAN)[1] >= _ASKS_FOR_A_PERSON

    def _command(self, folded: str, language: Language) -> Command | None:
        of_language = self._commands.get(language, {})
        if folded in of_language:
            return of_language[folded]
        return next((words[folded] for words in self._commands.values() if folded in words), None)

    def _without_courtesies(self, folded: str) -> str:
        """Take a greeting or thanks off both ends of a message that says more than that."""
        words = folded.split()
        for size in range(min(_LONGEST_COURTESY, len(words) - 2), 0, -1):
            if skeleton(" ".join(words[:size])) in self._courtesies:
                words = words[size:]
                break
        for size in range(min(_LONGEST_COURTESY, len(words) - 2), 0, -1):
            if skeleton(" ".join(words[-size:])) in self._courtesies:
                words = words[:-size]
                break
        return " ".join(words)

    # Entries ----------------------------------------------------------------------------------------------------------

    def _exact_label(self, folded: str, question: str, reading: _Reading) -> str:
        """Return the class one of whose phrasings this is, but for spelling; else an empty text."""
        for text in (folded, question):
            found = self._exact.get(text) or self._exact_sound.get(skeleton(text))
            if found:
                return found
        for family in FAMILIES:
            for label, _ in reading.best[family][:3]:
                near = process.extractOne(
                    question, self._phrasings.get(label, ()), scorer=fuzz.ratio, score_cutoff=NEAR_EXACT
                )
                if near:
                    return label
        return ""

    def _candidates(self, exact: str, needs: Sequence[Candidate], reading: _Reading) -> tuple[Candidate, ...]:
        if exact.startswith("entry:"):
            return _joined([Candidate(EntryId(exact.removeprefix("entry:")), EXACT_P)], reading.candidates)
        return _joined(needs, reading.candidates)

    def _needs(self, cleaned: str) -> tuple[Candidate, ...]:
        """Return the best entry of each clause, likeliest first, if several clauses have different ones."""
        parts = _parts(cleaned)
        if len(parts) < 2:  # noqa: PLR2004 - one clause is the message
            return ()
        readings = self._read_all(list(map(fold, parts)), parts)
        leading = [reading.candidates[0] for reading in readings if reading.candidates]
        sure = sorted((one for one in leading if one.p >= _NEED), key=lambda one: -one.p)
        return _joined(sure, ()) if len({one.entry_id for one in sure}) > 1 else ()


def _parts(cleaned: str) -> list[str]:
    if len(cleaned.split()) < _NEEDS_WORDS:
        return [cleaned]
    return [part for part in clauses(cleaned) if len(part.split()) >= _CLAUSE_WORDS]


def _joined(first: Sequence[Candidate], then: Sequence[Candidate]) -> tuple[Candidate, ...]:
    kept: dict[EntryId, Candidate] = {}
    for candidate in (*first, *then):
        kept.setdefault(candidate.entry_id, candidate)
    return tuple(kept.values())[:MOST_CANDIDATES]


def _phrasings(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the folded phrasings, titles and buttons of every class, without repetitions."""
    found: dict[str, dict[str, None]] = {}
    for text in texts_of(catalogue):
        if family_of(text.label) in FAMILIES:
            found.setdefault(text.label, {})[fold(text.text)] = None
    for entry in catalogue.entries.values():
        for words in entry.texts.values():
            found.setdefault(f"entry:{entry.id}", {})[fold(words.label)] = None
    return {label: tuple(folded for folded in texts if folded) for label, texts in found.items()}


def _commands(catalogue: Catalogue) -> dict[Language, dict[str, Command]]:
    return {
        language: {fold(word): command for command, words in talk.commands.items() for word in words}
        for language, talk in catalogue.talk.items()
    }


def _courtesies(catalogue: Catalogue) -> frozenset[str]:
    kinds = (SmallTalkKind.GREETING, SmallTalkKind.THANKS)
    return frozenset(
        skeleton(phrase)
        for talk in catalogue.talk.values()
        for kind in kinds
        for phrase in talk.small_talk.get(kind, ())
    )


def _writer(signs: frozenset[str]) -> Writer | None:
    """Return the child that a message tells of; one that writes for a parent is a child too."""
    if Writer.INTERPRETING in signs:
        return Writer.INTERPRETING
    return Writer.CHILD if Writer.CHILD in signs else None

"""The words that people and the bot use, taken from the content, so that no test hangs on somebody's wording."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.app import mind_of
from bot.channels.telegram.wire import plain
from bot.content.model import ENGLISH, LITHUANIAN, RUSSIAN, UKRAINIAN, DangerKind, EntryId, Language
from bot.content.render import render
from bot.conversation.decide import decide, minimums
from bot.conversation.dialogue import NEIGHBOUR_FROM
from bot.conversation.local import towns_of
from bot.conversation.model import Outgoing
from bot.conversation.notices import MAX_NEIGHBOURS, Voice
from bot.conversation.steps import Answer as AnswerStep
from bot.conversation.steps import Clarify, HandOff, Reason, SmallTalk, Step
from bot.matching.evidence import Evidence, Level
from bot.storage.faq_files import Content

EN, LT, RU, UK = ENGLISH, LITHUANIAN, RUSSIAN, UKRAINIAN
BANK_ACCOUNT = EntryId("bank-account")
MINIMUM_WAGE = EntryId("minimum-wage")
DOCTOR = EntryId("family-doctor-registration")
RENT = EntryId("rental-contract")
WAGES = EntryId("unpaid-wages")
SCHOOL = EntryId("preprimary-compulsory")

VAGUE = (
    "divorce and child",
    "rent contract address",
    "passport child",
    "doctor or insurance",
    "kindergarten or school place",
    "lawyer",
)
"""Messages of which one at least is unclear enough to be asked back about."""


class Texts:
    """The words of the content that the bot under test has, and what it makes of a message."""

    def __init__(self, content: Content) -> None:
        self.catalogue = content.catalogue
        self.messages = content.messages
        self._mind = mind_of(content)

    # What the bot says ------------------------------------------------------------------------------------------------

    def says(self, text: str, language: Language = EN) -> str:
        """Return one of the bot's own texts in a language; it must be in the catalogues."""
        assert self.messages.of(UK).gettext(text) != text, f"the bot does not say {text!r}"
        return self.messages.of(language).gettext(text)

    def voice(self, language: Language = EN) -> Voice:
        """Return what the notices are worded with."""
        return self._mind.world.voice(language)

    def notice(self, notice: Callable[[Voice], Outgoing], language: Language = EN) -> str:
        """Return the words of a notice."""
        return plain(notice(self.voice(language)).lines)

    def short(self, entry: EntryId, language: Language = EN) -> str:
        """Return the first paragraph of an answer."""
        found = self.catalogue.entries[entry]
        return render(found.texts[language].short, found, language, self.catalogue)

    def label(self, entry: EntryId, language: Language = EN) -> str:
        """Return an entry's name on a button."""
        return self.catalogue.entries[entry].texts[language].label

    # What people say --------------------------------------------------------------------------------------------------

    def question(self, entry: EntryId, language: Language = EN) -> str:
        """Return an entry's question: whoever writes it gets the entry."""
        return self._mind.world.voice(language).question(entry)

    def several(self, *entries: EntryId, language: Language = EN) -> str:
        """Return a message with several needs."""
        return " ".join(self.question(entry, language) for entry in entries)

    def with_neighbours(self, least: int, language: Language = EN) -> str:
        """Return a message whose one answer names so many neighbours at least; no town makes a difference to any."""
        minimum = minimums(self.catalogue)

        def is_wanted(evidence: Evidence, _: Step) -> bool:
            step = decide(evidence, self._mind.world.policy, min_confidence=minimum)
            if not isinstance(step, AnswerStep) or step.also or evidence.language != language:
                return False
            near = [x.entry_id for x in step.neighbours if x.p >= NEIGHBOUR_FROM]
            return len(near) >= least and not any(
                towns_of(self.catalogue, entry, language) for entry in (step.entry_id, *near)
            )

        texts = [entry.texts[language] for entry in self.catalogue.entries.values()]
        return self.first([part for text in texts for part in (text.question, text.short)], is_wanted)

    def neighbours(self, text: str) -> list[EntryId]:
        """Return what is named below the answer to a message."""
        _, step = self.reading(text)
        assert isinstance(step, AnswerStep)
        return [x.entry_id for x in step.neighbours if x.p >= NEIGHBOUR_FROM][:MAX_NEIGHBOURS]

    def reading(self, text: str) -> tuple[Evidence, Step]:
        """Return what a fresh person's message leads to."""
        evidence = self._mind.matcher.find(text)
        return evidence, decide(evidence, self._mind.world.policy)

    def first(self, texts: Iterable[str], wanted: Callable[[Evidence, Step], bool]) -> str:
        """Return the first of `texts` that is read as wanted; at least one must be."""
        tried = list(texts)
        found = next((text for text in tried if wanted(*self.reading(text))), None)
        assert found is not None, f"the matching reads none of these as this test needs: {tried}"
        return found

    def vague(self) -> str:
        """Return a message that is asked back about."""
        return self.first(VAGUE, lambda _, step: isinstance(step, Clarify))

    def choices(self, text: str) -> list[EntryId]:
        """Return what is offered when a message is asked back about."""
        _, step = self.reading(text)
        assert isinstance(step, Clarify)
        return [choice.entry_id for choice in step.choices]

    def unanswerable(self) -> str:
        """Return a question that no entry answers."""
        texts = ("where is the nearest pizza place", "what is the best pizza in town", "who won the football match")
        return self.first(texts, lambda e, s: s == HandOff(Reason.NO_MATCH) and e.language == EN)

    def greeting(self) -> str:
        """Return small talk."""
        return self.first(("hello", "good morning"), lambda _, step: isinstance(step, SmallTalk))

    def red(self, kind: DangerKind = DangerKind.VIOLENCE, language: Language = EN) -> str:
        """Return words of danger."""
        examples = self.catalogue.danger[language].kinds[kind].must_match
        return self.first(
            (x.text for x in examples if x.level == "red"),
            lambda evidence, _: evidence.danger is Level.RED and evidence.language == language,
        )

    def amber(self) -> str:
        """Return words that may be about danger, and are answered or handed over all the same."""
        examples = (x for kind in self.catalogue.danger[EN].kinds.values() for x in kind.must_match)
        return self.first(
            (x.text for x in examples if x.level == "amber"),
            lambda e, s: e.danger is Level.AMBER and e.language == EN and isinstance(s, AnswerStep | HandOff),
        )

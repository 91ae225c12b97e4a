"""Whatever is pressed and written around towns and checklists, a question is answered, and nothing breaks or is silent."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.content.model import MAIN_LANGUAGES, Command, EntryId, Language
from bot.conversation.model import Effects, Outgoing, OutgoingKind, Purpose, Verb
from bot.matching.evidence import Evidence
from tests.builders_dialogue import BENEFIT, DOCTOR, KINDERGARTEN, RENT, seen, without_entry
from tests.builders_local import Talk, local_catalogue

LANGUAGES = st.sampled_from(MAIN_LANGUAGES)
ENTRIES = st.sampled_from([BENEFIT, KINDERGARTEN, DOCTOR, RENT])
QUESTIONS = st.sampled_from([
    "kindergarten in Kaunas", "Kaunas kindergarten", "садик Каунас", "де лікар у Вільнюсі?", "vaikų pinigai", "doctor",
    "how do we register with a doctor now that we have moved from Kaunas to Vilnius", "Kauno rajone darželis", "benefit",
])  # fmt: skip
TOWNS = st.sampled_from(
    ["Kaunas", "в Каунасе", "Вільнюс", "Kauno raj.", "Jonava", "Klaipėdos rajonas", "Шауляй", "Kaunass"]
)
OTHER_WORDS = st.sampled_from(
    ["Garliava", "skip", "another town", "2", "5", "☐ 1", "helped", "???", "lost bicycle", "принять"]
)
COMMANDS = st.sampled_from([None, None, Command.HELPED, Command.NOT_THIS, Command.CHECKLISTS])
CHANGED = {
    "all": local_catalogue(),
    "no offices": local_catalogue().model_copy(update={"services": {}}),
    "no checklists": local_catalogue().model_copy(update={"checklists": {}}),
    "one entry less": without_entry(local_catalogue(), KINDERGARTEN),
}


class Walk(RuleBasedStateMachine):
    """One person, and content that changes under their hands."""

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk()

    @rule(words=QUESTIONS, entry=ENTRIES, near=ENTRIES, language=LANGUAGES)
    def ask(self, words: str, entry: EntryId, near: EntryId, language: Language) -> None:
        known = [x for x in dict.fromkeys((entry, near)) if x in self.talk.catalogue.entries]
        if entry not in known:
            return
        evidence = seen(*((x, 0.95 if x == entry else 0.2) for x in known), language=language)

        effects = self.heard(self.talk.writes(words, evidence))

        answer = effects.outgoing[0]
        assert (answer.kind, effects.step) == (OutgoingKind.ANSWER, "answer")
        assert answer.lines[0].text == self.talk.catalogue.entries[entry].texts[language].short
        assert answer.buttons is not None
        assert answer.buttons.shown[-1] == entry

    @rule(words=TOWNS | OTHER_WORDS, language=LANGUAGES, command=COMMANDS)
    def write(self, words: str, language: Language, command: Command | None) -> None:
        before = self.talk.person.language

        effects = self.heard(self.talk.writes(words, seen(language=language, confident=True, command=command)))

        if any(one.step == "town" for one in effects.counts):
            assert self.talk.person.town is not None
            assert (self.talk.person.language, effects.outgoing[0].language) == (before, before)

    @rule(data=st.data(), message=st.sampled_from(["", "900"]))
    def press(self, data: st.DataObject, message: str) -> None:
        sets = list(self.talk.sets.values())[-5:]
        if not sets:
            return
        buttons = data.draw(st.sampled_from(sets))
        button = data.draw(st.sampled_from([button for row in buttons.rows for button in row]))
        on = Outgoing(OutgoingKind.NOTICE, MAIN_LANGUAGES[0], (), buttons)

        effects = self.talk.presses(button.verb, button.choice, on, message)

        if button.verb is not Verb.DONE:
            self.heard(effects)

    @rule(verb=st.sampled_from(Verb), choice=st.integers(0, 9), data=st.data())
    def press_what_is_not_there(self, verb: Verb, choice: int, data: st.DataObject) -> None:
        if self.talk.sets:
            buttons = data.draw(st.sampled_from(list(self.talk.sets.values())[-5:]))
            self.talk.presses(verb, choice, Outgoing(OutgoingKind.NOTICE, MAIN_LANGUAGES[0], (), buttons))

    @rule()
    def open_the_checklists(self) -> None:
        self.heard(self.talk.writes("/checklists", Evidence(MAIN_LANGUAGES[1], language_confident=False)))

    @rule(what=st.sampled_from(sorted(CHANGED)))
    def change_the_content(self, what: str) -> None:
        self.talk.catalogue = CHANGED[what]

    @rule(hours=st.sampled_from([1, 23, 24, 48]))
    def wait(self, hours: int) -> None:
        self.talk.waits(timedelta(hours=hours))

    def heard(self, effects: Effects) -> Effects:
        """Assert that there is a reply, that a town is asked for at most once and last, and that no two ticks are one."""
        assert effects.outgoing or effects.moves, "silence"
        asks = [n for n, told in enumerate(effects.outgoing) if told.buttons and told.buttons.purpose is Purpose.TOWN]
        assert asks in ([], [len(effects.outgoing) - 1])
        assert all(count == 1 for count in Counter(self.talk.person.ticked).values())
        assert all(tick.count("/") == 1 for tick in self.talk.person.ticked)
        return effects


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestWalk = Walk.TestCase

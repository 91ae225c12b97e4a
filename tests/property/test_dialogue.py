"""Whatever somebody writes and presses, in whatever order: there is a reply, and no hand-over without a case."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.actions.answering import _latest
from bot.content.model import (
    MAIN_LANGUAGES,
    Catalogue,
    Command,
    DangerKind,
    EntryId,
    Language,
    SmallTalkKind,
    TopicId,
)
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import (
    ButtonSet,
    CaseId,
    Conversation,
    ConversationId,
    Effects,
    InboxId,
    Incoming,
    Kind,
    OpenCase,
    OutboxId,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    Token,
    Verb,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import Received, World
from bot.matching.evidence import Candidate, Evidence, Level
from tests.builders_dialogue import NOW, PERSON, conversation, talking_catalogue, tokens, world

ENTRIES = tuple(talking_catalogue().entries)
TOPICS = [topic for topic in talking_catalogue().topics if topic != "safety"]
WORDS_FOR_BUTTONS = (Command.HELPED, Command.NOT_THIS, Command.SOMETHING_ELSE, Command.SHOW)
LANGUAGES = st.sampled_from([*MAIN_LANGUAGES, Language("ar"), Language("xx")])
CANDIDATES = st.lists(
    st.builds(Candidate, st.sampled_from(ENTRIES), st.floats(0, 1)), max_size=5, unique_by=lambda x: x.entry_id
).map(tuple)
DANGER = st.sampled_from([*[Level.NONE] * 8, Level.AMBER, Level.RED])
EVIDENCE = st.builds(
    Evidence,
    language=LANGUAGES,
    language_confident=st.booleans(),
    danger=DANGER,
    danger_kind=st.sampled_from(DangerKind),
    small_talk=st.sampled_from([*[None] * 8, *SmallTalkKind]),
    wants_human=st.sampled_from([False] * 5 + [True]),
    command=st.sampled_from([*[None] * 12, *Command]),
    candidates=CANDIDATES,
    exact=st.booleans(),
)
WORDS_OF_BUTTONS = ("1", "2", "3", "7", "٢", "English", "Русский", "Helped", "Not this", "Talk to a person", "✓")
COMMANDS = ("/start x", "/human", "/human please\nmy son", "/topics", "/language", "/questions", "/x", "/")
STRANGE = ("???", "🙂", "<b>&amp;", "a" * 4000, "\u202eabc")
TEXTS = st.sampled_from([*WORDS_OF_BUTTONS, *COMMANDS, *STRANGE]) | st.text(min_size=1, max_size=30)


class Walk(RuleBasedStateMachine):
    """One person's conversation, with the store as it would be around it."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: Catalogue = talking_catalogue()
        self.new_token = tokens()
        self.person: Conversation = conversation(noticed=False)
        self.sets: list[ButtonSet] = []
        self.used: dict[Token, set[str]] = {}
        self.texts: dict[InboxId, str] = {}
        self.cases: set[CaseId] = set()
        self.count = 0

    @initialize(noticed=st.booleans(), language=st.none() | LANGUAGES, chosen=st.booleans())
    def begin(self, *, noticed: bool, language: Language | None, chosen: bool) -> None:
        self.person = replace(self.person, noticed=noticed, language=language, chosen=chosen)

    @property
    def world(self) -> World:
        return replace(world(self.whole), new_token=self.new_token)

    @rule(
        text=TEXTS, evidence=EVIDENCE, kind=st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.EDITED, Kind.PHOTO, Kind.OTHER])
    )
    def write(self, text: str, evidence: Evidence, kind: Kind) -> None:
        in_it = tuple(x for x in evidence.candidates if x.entry_id in self.whole.entries)

        effects = self.handle(Kind(kind), text=text, evidence=replace(evidence, candidates=in_it))

        assert any(told.edits is None for told in effects.outgoing) or effects.resend, "silence"
        if evidence.danger is Level.RED:
            assert [told.kind for told in effects.outgoing] == [OutgoingKind.CARD]
        if evidence.danger is Level.AMBER and effects.outgoing:
            assert "112" in "\n".join(line.text for told in effects.outgoing for line in told.lines)

    @rule(data=st.data(), command=st.sampled_from([None, None, *WORDS_FOR_BUTTONS]))
    def say_what_a_button_says(self, data: st.DataObject, command: Command | None) -> None:
        latest = self.person.latest_buttons
        if latest is None:
            return
        button = data.draw(st.sampled_from([button for row in latest.rows for button in row]))
        evidence = Evidence(MAIN_LANGUAGES[1], language_confident=False, command=command)

        effects = self.handle(Kind.TEXT, text=button.label, evidence=evidence)

        assert effects.outgoing or effects.resend, "silence"

    @rule(
        entries=st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4, unique=True),
        p=st.sampled_from([0.95, 0.95, 0.5]),
        language=LANGUAGES,
    )
    def ask(self, entries: list[EntryId], p: float, language: Language) -> None:
        candidates = tuple(Candidate(x, p) for x in entries)

        self.write("a question", Evidence(language, language_confident=True, candidates=candidates), Kind.TEXT)

    @rule(kind=st.sampled_from([x for x in Kind if x is not Kind.PRESS]), hint=st.none() | LANGUAGES)
    def send_something_without_words(self, kind: Kind, hint: Language | None) -> None:
        effects = self.handle(kind, hint=hint)

        assert bool(effects.outgoing) == (kind not in {Kind.BLOCKED, Kind.UNBLOCKED})
        assert effects.case is None

    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        if not self.sets:
            return
        buttons = data.draw(st.sampled_from(self.sets[-4:]))
        button = data.draw(st.sampled_from([button for row in buttons.rows for button in row]))
        message = data.draw(st.sampled_from(["", "900"]))
        name = f"{button.verb}.{button.choice}"
        before = name in self.used[buttons.token] or button.verb is Verb.DONE

        effects = self.handle(Kind.PRESS, press=Press(button.verb, buttons.token, button.choice, message))

        assert bool(effects.outgoing or effects.resend) != before

    @rule(verb=st.sampled_from([*Verb, "", "zz"]), choice=st.integers(0, 999), data=st.data())
    def press_what_is_not_there(self, verb: str, choice: int, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from([Token("unknown"), *(x.token for x in self.sets)]))

        self.handle(Kind.PRESS, press=Press(str(verb), token, choice, "900"))

    @rule()
    def be_interrupted(self) -> None:
        told = notices.interrupted(self.world.voice(MAIN_LANGUAGES[0]), (OutboxId(1), OutboxId(2)))
        self.keep([told])

    @rule(topic=st.sampled_from(TOPICS))
    def remove_a_topic(self, topic: TopicId) -> None:
        self.remove({x for x, one in self.whole.entries.items() if one.topic == topic}, {topic})

    @rule(entries=st.sets(st.sampled_from(ENTRIES), min_size=1, max_size=4))
    def remove_entries(self, entries: set[EntryId]) -> None:
        self.remove(entries, set())

    def remove(self, entries: set[EntryId], topics: set[TopicId]) -> None:
        left = {x: one for x, one in self.whole.entries.items() if x not in entries}
        named = {x: one for x, one in self.whole.topics.items() if x not in topics}
        self.whole = self.whole.model_copy(update={"entries": left, "topics": named})

    @rule()
    def wait_until_words_are_pruned_and_entries_are_back(self) -> None:
        self.texts.clear()
        self.whole = talking_catalogue()

    def handle(
        self,
        kind: Kind,
        *,
        text: str = "",
        evidence: Evidence | None = None,
        press: Press | None = None,
        hint: Language | None = None,
    ) -> Effects:
        self.count += 1
        number = InboxId(self.count)
        incoming = Incoming(f"key:{number}", PERSON, kind, text=text, press=press, hint=hint, at=NOW)
        received = Received(number, incoming, self.person, evidence, self.pressed(press), dict(self.texts))
        if text:
            self.texts[number] = text

        effects = respond(received, self.world)

        self.check(effects)
        self.apply(number, effects)
        return effects

    def pressed(self, press: Press | None) -> ButtonSet | None:
        buttons = next((x for x in reversed(self.sets) if press and x.token == press.token), None)
        if press is None or buttons is None:
            return None
        name = f"{press.verb}.{press.choice}"
        seen = name in self.used[buttons.token]
        self.used[buttons.token].add(name)
        return replace(buttons, purpose=Purpose.USED) if seen else buttons

    def check(self, effects: Effects) -> None:
        assert effects.conversation.id == ConversationId(1)
        fresh = [told.buttons.token for told in effects.outgoing if told.buttons and not self.is_known(told)]
        assert len(set(fresh)) == len(fresh), "two messages share a token"
        assert not set(fresh) & self.used.keys(), "a token was used before"
        handed = [told for told in effects.outgoing if told.kind in {OutgoingKind.HAND_OVER, OutgoingKind.CARD}]
        assert len(handed) <= 1
        if handed:
            assert effects.case or effects.addition or effects.step == "kept", "a hand-over without a case"
        if effects.case is not None:
            assert handed, "a case that nobody is told of"
        if effects.addition is not None:
            assert effects.addition.case in self.cases
        assert effects.case or not effects.awaits_detail
        assert all(told.lines or told.kind is OutgoingKind.EDIT for told in effects.outgoing)
        pickers = [told for told in effects.outgoing if told.buttons and told.buttons.purpose is Purpose.LANGUAGES]
        assert len(pickers) <= 1

    def is_known(self, told: Outgoing) -> bool:
        """Tell whether a message only changes the buttons of one that was sent before."""
        return told.kind is OutgoingKind.EDIT

    def apply(self, number: InboxId, effects: Effects) -> None:
        """Remember what the store would."""
        person = effects.conversation
        if effects.case is not None:
            case = CaseId(1000 + number)
            self.cases.add(case)
            opened = OpenCase(case, case_number(number), effects.case.topic, "waiting", effects.case.question, NOW)
            awaiting = case if effects.awaits_detail else None
            person = replace(person, awaiting=awaiting, open_cases=(*person.open_cases, opened))
        self.person = replace(person, latest_buttons=_latest(person, effects.outgoing))
        self.keep(effects.outgoing)

    def keep(self, outgoing: list[Outgoing] | tuple[Outgoing, ...]) -> None:
        for told in outgoing:
            if told.buttons is not None:
                self.sets = [x for x in self.sets if x.token != told.buttons.token] + [told.buttons]
                self.used.setdefault(told.buttons.token, set())


Walk.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestWalk = Walk.TestCase

"""Whatever somebody writes, sends and presses, in whatever order, and whatever people do to their cases meanwhile.

There is a reply or a person who gets the words, no hand-over without a case, and no move that the case does not allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.actions.answering import _latest
from bot.cases.model import CaseId, CaseState, CloseReason, EventKind, Rating
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
from bot.conversation import case_notices, notices
from bot.conversation.case_notices import Moved
from bot.conversation.dialogue import respond
from bot.conversation.followup import follow_up
from bot.conversation.limits import Allowance
from bot.conversation.model import (
    Addition,
    Attachment,
    AttachmentKind,
    ButtonSet,
    ClosedCase,
    Conversation,
    ConversationId,
    DangerOver,
    Effects,
    FamilyMove,
    InboxId,
    Incoming,
    KeptMessage,
    Kind,
    OpenCase,
    OutboxId,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    RatingGiven,
    Reachability,
    Reopening,
    Solution,
    StaffMove,
    Token,
    Verb,
    Withdrawal,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import Received, World
from bot.matching.evidence import Candidate, Evidence, Level
from tests.builders_dialogue import NOW, PERSON, PHOTO, SUPPORT, conversation, talking_catalogue, tokens, world

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
GOING_ON = ("and for him?", "а в Каунасе?", "how much is it", "o jei ne")
STRANGE = ("???", "🙂", "<b>&amp;", "a" * 4000, "\u202eabc")
FROM_PEOPLE = [Kind.TEXT, Kind.EDITED, Kind.PHOTO, Kind.FILE, Kind.VOICE, Kind.OTHER]
NOT_OF_PEOPLE = {Kind.MIGRATED, Kind.RIGHTS, Kind.LEFT}
"""These come from groups of specialists only."""
FILES = {
    Kind.PHOTO: (PHOTO,),
    Kind.FILE: (Attachment("file-1", AttachmentKind.FILE, "application/zip", 9),),
    Kind.VOICE: (Attachment("voice-1", AttachmentKind.VOICE, "audio/ogg", 9),),
}
TEXTS = st.sampled_from([*WORDS_OF_BUTTONS, *COMMANDS, *GOING_ON, *STRANGE]) | st.text(min_size=1, max_size=30)


class Walk(RuleBasedStateMachine):
    """One person's conversation, with the store as it would be around it."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: Catalogue = talking_catalogue()
        self.new_token = tokens()
        self.person: Conversation = conversation(noticed=False)
        self.sets: list[ButtonSet] = []
        self.used: dict[Token, set[str]] = {}
        self.kept: dict[InboxId, KeptMessage] = {}
        self.now = NOW
        self.count = 0

    @initialize(noticed=st.booleans(), language=st.none() | LANGUAGES, chosen=st.booleans())
    def begin(self, *, noticed: bool, language: Language | None, chosen: bool) -> None:
        self.person = replace(self.person, noticed=noticed, language=language, chosen=chosen)

    @property
    def world(self) -> World:
        return replace(world(self.whole, now=self.now), new_token=self.new_token)

    @rule(
        text=TEXTS,
        evidence=EVIDENCE,
        together=EVIDENCE,
        needs=st.sampled_from([0, 0, 0, 2, 3]),
        kind=st.sampled_from([Kind.TEXT, *FROM_PEOPLE]),
        data=st.data(),
    )
    def write(
        self, text: str, evidence: Evidence, together: Evidence, needs: int, kind: Kind, data: st.DataObject
    ) -> None:
        own = self.still_there(evidence)
        own = replace(own, needs=own.candidates[:needs])
        cases = [None, None, *(x.id for x in self.person.open_cases), *(x.id for x in self.person.closed_cases)]
        self.say(text, own, kind, data.draw(st.sampled_from(cases)), self.still_there(together))

    def still_there(self, evidence: Evidence) -> Evidence:
        in_it = tuple(x for x in evidence.candidates if x.entry_id in self.whole.entries)
        return replace(evidence, candidates=in_it)

    def say(
        self,
        text: str,
        evidence: Evidence,
        kind: Kind = Kind.TEXT,
        about: CaseId | None = None,
        together: Evidence | None = None,
    ) -> None:
        effects = self.handle(kind, text=text, evidence=evidence, about=about, together=together)

        self.somebody_hears(effects)
        if evidence.danger is Level.RED:
            assert effects.outgoing[0].kind is OutgoingKind.CARD
            assert effects.case or effects.moves
        if evidence.danger is Level.AMBER and effects.outgoing:
            assert "112" in "\n".join(line.text for told in effects.outgoing for line in told.lines)

    def somebody_hears(self, effects: Effects) -> None:
        """Assert that there is a reply, or that words go to people without one for a reason."""
        if any(told.edits is None for told in effects.outgoing) or effects.resend:
            return
        assert effects.moves, "silence"
        for move in effects.moves:
            match move:
                case Addition(case=case):
                    assert case == self.person.talking, "words went to a case, and nobody was told"
                case Reopening() | Withdrawal() | Solution() | RatingGiven():
                    pass  # the message about the change of hands, or the button that is marked, is the reply
                case _:
                    raise AssertionError(move)

    @rule(data=st.data(), command=st.sampled_from([None, None, *WORDS_FOR_BUTTONS]))
    def say_what_a_button_says(self, data: st.DataObject, command: Command | None) -> None:
        latest = self.person.latest_buttons
        if latest is None:
            return
        button = data.draw(st.sampled_from([button for row in latest.rows for button in row]))
        evidence = Evidence(MAIN_LANGUAGES[1], language_confident=False, command=command)

        effects = self.handle(Kind.TEXT, text=button.label, evidence=evidence)

        assert effects.outgoing or effects.resend or effects.moves, "silence"

    @rule(
        entries=st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4, unique=True),
        p=st.sampled_from([0.95, 0.95, 0.5]),
        language=LANGUAGES,
    )
    def ask(self, entries: list[EntryId], p: float, language: Language) -> None:
        candidates = tuple(Candidate(x, p) for x in entries if x in self.whole.entries)

        self.say("a question", Evidence(language, language_confident=True, candidates=candidates))

    @rule(
        kind=st.sampled_from([x for x in Kind if x is not Kind.PRESS and x not in NOT_OF_PEOPLE]),
        hint=st.none() | LANGUAGES,
    )
    def send_something_without_words(self, kind: Kind, hint: Language | None) -> None:
        effects = self.handle(kind, hint=hint)

        if kind in {Kind.BLOCKED, Kind.UNBLOCKED}:
            assert (effects.outgoing, effects.moves) == ((), (Reachability(kind is Kind.UNBLOCKED),))
        else:
            self.somebody_hears(effects)
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

        assert bool(effects.outgoing or effects.resend or effects.moves) != before

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
        self.kept.clear()
        self.whole = talking_catalogue()

    # People, meanwhile

    @rule(minutes=st.sampled_from([1, 14, 60, 24 * 60, 31 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(data=st.data(), state=st.sampled_from([CaseState.WAITING, CaseState.CLAIMED]))
    def somebody_claims_or_releases(self, data: st.DataObject, state: CaseState) -> None:
        if self.person.open_cases:
            case = data.draw(st.sampled_from(self.person.open_cases))
            self.change(replace(case, state=state))

    @rule(data=st.data())
    def somebody_replies(self, data: st.DataObject) -> None:
        in_hand = [case for case in self.person.open_cases if case.in_hand]
        if in_hand:
            case = data.draw(st.sampled_from(in_hand))
            told = case_notices.reply(self.world.voice(MAIN_LANGUAGES[1]), case.id, case.number, "Rasa", "Yes.")
            self.change(replace(case, state=CaseState.ANSWERED))
            self.keep(told)
            self.person = replace(self.person, talking=case.id, latest_buttons=told[0].buttons)

    @rule(data=st.data())
    def somebody_closes(self, data: st.DataObject) -> None:
        in_hand = [case for case in self.person.open_cases if case.in_hand]
        if in_hand:
            case = data.draw(st.sampled_from(in_hand))
            moved = Moved(EventKind.CLOSED, case.id, case.number, SUPPORT)
            told = case_notices.moved(self.world.voice(MAIN_LANGUAGES[1]), moved)
            self.end(case.id, CloseReason.HELPED)
            self.keep([told])
            self.person = replace(self.person, talking=None, latest_buttons=told.buttons)

    def change(self, case: OpenCase) -> None:
        cases = tuple(case if one.id == case.id else one for one in self.person.open_cases)
        self.person = replace(self.person, open_cases=cases)

    def end(self, case_id: CaseId, reason: CloseReason) -> None:
        case = self.person.open_case(case_id)
        assert case is not None
        left = tuple(one for one in self.person.open_cases if one.id != case_id)
        closed = ClosedCase(case.id, case.number, case.topic, self.now, reason)
        self.person = replace(self.person, open_cases=left, closed_cases=(closed, *self.person.closed_cases))

    def take_up(self, case_id: CaseId) -> None:
        closed = next(one for one in self.person.closed_cases if one.id == case_id)
        left = tuple(one for one in self.person.closed_cases if one.id != case_id)
        again = OpenCase(closed.id, closed.number, closed.topic, CaseState.WAITING, None, self.now)
        self.person = replace(self.person, closed_cases=left, open_cases=(*self.person.open_cases, again))

    def handle(
        self,
        kind: Kind,
        *,
        text: str = "",
        evidence: Evidence | None = None,
        press: Press | None = None,
        hint: Language | None = None,
        about: CaseId | None = None,
        together: Evidence | None = None,
    ) -> Effects:
        self.count += 1
        self.person = replace(self.person, allowance=Allowance())  # test_limits.py walks with limits
        number = InboxId(self.count)
        files = FILES.get(kind, ())
        incoming = Incoming(f"key:{number}", PERSON, kind, text=text, press=press, hint=hint, at=self.now, files=files)
        kept: Mapping[InboxId, KeptMessage] = dict(self.kept)
        received = Received(number, incoming, self.person, evidence, self.pressed(press), kept, about)
        w = self.world
        if evidence is not None and together is not None:
            follow = follow_up(text, evidence, self.person, now=w.now, catalogue=w.catalogue, policy=w.policy)
            received = replace(received, follow=follow, together=together if follow else None)
        if text or files:
            self.kept[number] = KeptMessage(text, files)

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
            assert effects.case or effects.moves or effects.step == "kept", "a hand-over without a case"
        if effects.case is not None:
            assert handed, "a case that nobody is told of"
        for move in effects.moves:
            self.check_move(move)
        assert effects.case or not effects.awaits_detail
        assert all(told.lines or told.kind is OutgoingKind.EDIT for told in effects.outgoing)
        pickers = [told for told in effects.outgoing if told.buttons and told.buttons.purpose is Purpose.LANGUAGES]
        assert len(pickers) <= 1

    def check_move(self, move: FamilyMove | StaffMove) -> None:
        """Assert that a move is about a case of this family, in a state that allows it."""
        is_open, is_closed = {x.id for x in self.person.open_cases}, {x.id for x in self.person.closed_cases}
        match move:
            case Addition(case=case) | DangerOver(case=case) | Withdrawal(case=case) | Solution(case=case):
                assert case in is_open
            case Reopening(case=case) | RatingGiven(case=case):
                assert case in is_closed

    def is_known(self, told: Outgoing) -> bool:
        """Tell whether a message only changes the buttons of one that was sent before."""
        return told.kind is OutgoingKind.EDIT

    def apply(self, number: InboxId, effects: Effects) -> None:
        """Remember what the store would."""
        person = effects.conversation
        if effects.case is not None:
            case = CaseId(1000 + number)
            opened = OpenCase(
                case, case_number(number), effects.case.topic, CaseState.WAITING, effects.case.question, self.now
            )
            awaiting = case if effects.awaits_detail else None
            person = replace(person, awaiting=awaiting, open_cases=(*person.open_cases, opened))
        self.person = replace(person, latest_buttons=_latest(person, effects.outgoing))
        self.keep(effects.outgoing)
        for move in effects.moves:
            self.make(move)

    def make(self, move: FamilyMove | StaffMove) -> None:
        match move:
            case Addition(case=case_id):
                case = self.person.open_case(case_id)
                if case is not None and case.state is CaseState.ANSWERED:
                    self.change(replace(case, state=CaseState.CLAIMED))
            case Withdrawal(case=case_id):
                self.end(case_id, CloseReason.WITHDRAWN)
            case Solution(case=case_id):
                self.end(case_id, CloseReason.SOLVED)
            case Reopening(case=case_id) | RatingGiven(case=case_id, rating=Rating.NO):
                self.take_up(case_id)

    def keep(self, outgoing: list[Outgoing] | tuple[Outgoing, ...]) -> None:
        for told in outgoing:
            if told.buttons is not None:
                self.sets = [x for x in self.sets if x.token != told.buttons.token] + [told.buttons]
                self.used.setdefault(told.buttons.token, set())


Walk.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestWalk = Walk.TestCase

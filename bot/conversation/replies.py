"""What every reply is made of: the message with all around it, the means to word it, and the effects that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.cases.alerting import WAIT
from bot.cases.model import CaseId, CloseReason
from bot.cases.sla import Promise, promise_of
from bot.content.messages import Messages
from bot.content.model import LITHUANIAN, Catalogue, EntryId, Language, TopicId
from bot.conversation import case_notices, local, notices
from bot.conversation.decide import Policy
from bot.conversation.followup import FollowUp
from bot.conversation.model import (
    Address,
    Attachment,
    ButtonSet,
    ClosedCase,
    Conversation,
    Count,
    Effects,
    FamilyMove,
    InboxId,
    Incoming,
    KeptMessage,
    NewCase,
    Outgoing,
    StaffMove,
    Token,
)
from bot.conversation.notices import Voice
from bot.conversation.numbers import case_number
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence, Level

FEW_WORDS = 3
"""A message of so few words changes the language of a conversation only if its language is sure."""
REOPENS = timedelta(days=30)
"""How long writing again takes a closed case up; later it opens one that is linked to it."""
TOPIC_KNOWN_FROM = 0.3
"""The probability from which the nearest entry's topic names the team; below it the default team sorts."""


@dataclass(frozen=True, slots=True)
class Calls:
    """How long each call about danger waits, and who is told when nobody of a team answers one."""

    wait: timedelta = WAIT
    administrator: Address | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What replies are made of: content, the bot's texts, thresholds, the present, fresh tokens.

    In `shadow` mode people answer all questions, and what the bot would have done is only counted and logged. `crowded`
    tells that many messages wait, so that each person has a smaller allowance.
    """

    catalogue: Catalogue
    messages: Messages
    policy: Policy
    now: datetime
    new_token: Callable[[], Token]
    shadow: bool = False
    calls: Calls = Calls()
    crowded: bool = False

    def voice(self, language: Language) -> Voice:
        """Return the means to word something in `language`."""
        return Voice(self.catalogue, self.messages, language, self.now, self.new_token)

    @property
    def promise(self) -> Promise:
        """What the topics promise."""
        return promise_of(self.catalogue)


@dataclass(frozen=True, slots=True)
class Received:
    """A message with all that is known around it when its turn comes.

    `evidence` is None only where there is no text. `pressed` is the set of the pressed button, None if this
    conversation has no such set. `kept` holds what is left of earlier messages that may be referred to. `about` is the case
    that an edit or a reply to a message of ours belongs to. `follow` is there if the message may go on from the last
    answer, with `together`, what it tells when it is read with the question of that answer. `on_duty` tells, for a message
    about danger, whether anybody is on duty who can be called.
    """

    id: InboxId
    incoming: Incoming
    conversation: Conversation
    evidence: Evidence | None = None
    pressed: ButtonSet | None = None
    kept: Mapping[InboxId, KeptMessage] = field(default_factory=dict)
    about: CaseId | None = None
    follow: FollowUp | None = None
    together: Evidence | None = None
    on_duty: bool = False

    def text_of(self, question: InboxId | None) -> str:
        """Return the words of an earlier question; empty where they are gone."""
        found = self.kept.get(question) if question is not None else None
        return found.text if found else ""

    def files_of(self, question: InboxId | None) -> tuple[Attachment, ...]:
        """Return the attachments of an earlier message."""
        found = self.kept.get(question) if question is not None else None
        return found.files if found else ()


def reply_language(r: Received) -> Language:
    """Return the language to reply in: the one chosen, else the message's own, else the last or the channel's hint."""
    conversation, evidence = r.conversation, r.evidence
    if conversation.chosen and conversation.language is not None:
        return conversation.language
    known = conversation.language or r.incoming.hint
    if evidence is not None and not (known and _is_command(r)):
        return evidence.language
    return known or LITHUANIAN


def _is_command(r: Received) -> bool:
    # "/start" is typed by an app, in no language.
    return r.incoming.text.startswith("/") and len(r.incoming.text.split()) == 1


def show(
    r: Received,
    w: World,
    entry_id: EntryId,
    neighbours: tuple[EntryId, ...],
    *,
    question: InboxId | None,
    shown: tuple[EntryId, ...] = (),
    language: Language | None = None,
    asked: tuple[EntryId, ...] = (),
    follows: EntryId | None = None,
    ask_town: bool = True,
) -> Effects:
    """Answer with an entry; in a language it does not have, offer those it has; on a topic that wants it, let a person read it first.

    `asked` are further needs of the same message, to be offered; `follows` is the entry that a follow-up went on from.
    """
    v = w.voice(language or reply_language(r))
    near = tuple(x for x in (*asked, *neighbours) if x not in (*shown, entry_id) and x in w.catalogue.entries)
    conversation = replace(
        heard(r.conversation, r),
        clarified=False,
        last_question=question,
        last_entries=(entry_id, *dict.fromkeys(near)),
        answered_at=w.now,
        town_for=None,
    )
    topic = w.catalogue.entries[entry_id].topic
    if needs_approval(w, entry_id):
        return _for_approval(r, w, entry_id, question)
    if v.language not in w.catalogue.entries[entry_id].texts:
        told = notices.other_language(v, entry_id, question)
        return effects_of(conversation, told, step="other_language", counts=(count(r, "other_language", topic=topic),))
    named = local.town_in(r.text_of(question) or r.incoming.text, v, entry_id, alike=follows is not None)
    if named is not None:
        conversation = local.lives_in(conversation, named, v)
    town, differs = local.town_of(conversation, v), bool(local.towns_of(w.catalogue, entry_id, v.language))
    here = local.lines(v, entry_id, town) if town is not None and (differs or named is not None) else ()
    too = tuple(x for x in asked if x in near)
    answer = notices.answer(
        v, entry_id, neighbours=near, question=question, shown=shown, local=here, asked=too, follows=follows
    )
    counts = (count(r, "answer", topic=topic), *(count(r, "offered", topic=w.catalogue.entries[x].topic) for x in too))
    effects = effects_of(conversation, answer, step="answer", counts=counts)
    return _with_question_for_town(effects, r, v, (entry_id,), near) if ask_town else effects


def needs_approval(w: World, entry_id: EntryId) -> bool:
    """Tell whether a specialist reads an answer before a family gets it."""
    return w.catalogue.topics[w.catalogue.entries[entry_id].topic].approval


def _for_approval(r: Received, w: World, entry_id: EntryId, question: InboxId | None) -> Effects:
    """Give a question to people with the answer that they may send; one chosen from the menu stands for itself."""
    v, topic = w.voice(reply_language(r)), w.catalogue.entries[entry_id].topic
    text = r.text_of(question) or r.incoming.text or v.question(entry_id)
    effects = hand_off(r, w, Reason.APPROVAL, question=question, topic=topic, text=text)
    if effects.case is None:
        return effects
    others = tuple(one for one in effects.case.nearest if one[0] != entry_id)
    return replace(effects, case=replace(effects.case, nearest=((entry_id, 1.0), *others)))


def show_both(
    r: Received, w: World, entries: tuple[EntryId, ...], neighbours: tuple[EntryId, ...], asked: tuple[EntryId, ...]
) -> Effects:
    """Answer two needs of one message, a message each; the town is asked for once, below both."""
    v, (first, second) = w.voice(reply_language(r)), entries
    near = tuple(x for x in neighbours if x not in entries)
    one = show(r, w, first, near[::2], question=r.id, ask_town=False)  # no neighbour below both
    after = replace(r, conversation=one.conversation)
    other = show(after, w, second, near[1::2], question=r.id, asked=asked, ask_town=False)
    both = effects_of(
        replace(other.conversation, last_entries=(first, *other.conversation.last_entries)),
        *one.outgoing,
        *other.outgoing,
        step=one.step if one.step == "answer" else other.step,
        counts=(*one.counts, *other.counts),
    )
    return _with_question_for_town(both, r, v, entries, near)


def _with_question_for_town(
    effects: Effects, r: Received, v: Voice, entries: tuple[EntryId, ...], near: tuple[EntryId, ...]
) -> Effects:
    calm = r.evidence is None or r.evidence.danger is Level.NONE  # the line about danger belongs below the answer
    known = (x for x in entries if v.language in v.catalogue.entries[x].texts)
    differing = [x for x in known if local.towns_of(v.catalogue, x, v.language)]
    if not differing or not calm or not local.may_ask(effects.conversation, v):
        return effects
    question = effects.conversation.last_question
    asked = local.ask(v, differing[-1], question, near, also=tuple(differing[:-1]))
    return replace(effects, outgoing=(*effects.outgoing, asked))


def hand_off(
    r: Received,
    w: World,
    reason: Reason,
    *,
    question: InboxId | None = None,
    topic: TopicId | None = None,
    text: str | None = None,
    files: tuple[Attachment, ...] = (),
    tried: tuple[EntryId, ...] = (),
) -> Effects:
    """Keep a question for people and tell the person so: who, by when, under which number."""
    v, question = w.voice(reply_language(r)), question or r.id
    kept = next((case for case in r.conversation.open_cases if case.question == question), None)
    if kept is not None:  # asked for a person once more: it is with them already
        told = case_notices.my_question(v, kept)  # its own team and time, which may not be those of its topic by now
        return effects_of(heard(r.conversation, r), told, step="kept", counts=(count(r, "kept", topic=kept.topic),))
    evidence, number = r.evidence, case_number(r.id)
    nearest = tuple((c.entry_id, c.p) for c in evidence.candidates) if evidence else ()
    amber = evidence is not None and evidence.danger is Level.AMBER
    topic = topic or _topic(nearest, w)
    case = NewCase(
        question=question,
        text=r.incoming.text if text is None else text,
        reason=reason,
        topic=topic,
        language=v.language,
        danger=Level.AMBER if amber else Level.NONE,
        danger_kind=evidence.danger_kind if amber and evidence else None,
        nearest=nearest,
        tried=tried,
        files=files,
        follows=_follows(r, topic),
        town=local.town_of(r.conversation, v),
        writer=r.conversation.writer,
    )
    asked, approval = reason is not Reason.NO_MATCH, reason is Reason.APPROVAL
    told = notices.hand_over(v, number, topic, asked=asked, approval=approval, opened_by=r.id)
    conversation = replace(heard(r.conversation, r), clarified=False, last_question=question, last_entries=())
    counts = (count(r, "hand_off", topic=topic), count(r, f"reason:{reason.value}", topic=topic))
    return effects_of(conversation, told, case=case, step="hand_off", counts=counts)


def recently_closed(r: Received, w: World, topic: TopicId | None) -> ClosedCase | None:
    """Return the case that writing again takes up: closed within 30 days, not taken back, and not of another topic."""
    return next((case for case in _like(r, topic) if w.now - case.closed_at <= REOPENS), None)


def _like(r: Received, topic: TopicId | None) -> list[ClosedCase]:
    return [
        case
        for case in r.conversation.closed_cases
        if case.close_reason != CloseReason.WITHDRAWN and (topic is None or case.topic in {None, topic})
    ]


def _follows(r: Received, topic: TopicId | None) -> CaseId | None:
    return next((case.id for case in _like(r, topic)), None)


def topic_of(r: Received, w: World) -> TopicId | None:
    """Return the topic that a message is probably about, None where nothing tells."""
    evidence = r.evidence
    return _topic(tuple((c.entry_id, c.p) for c in evidence.candidates), w) if evidence else None


def _topic(nearest: tuple[tuple[EntryId, float], ...], w: World) -> TopicId | None:
    if nearest and nearest[0][1] >= TOPIC_KNOWN_FROM:
        return w.catalogue.entries[nearest[0][0]].topic
    return None


def ask_for_person(r: Received, w: World) -> Effects:
    """Hand over the last question; without one, open a case and ask what it is about."""
    conversation, question = r.conversation, r.conversation.last_question
    if question is not None and r.text_of(question):
        topic = w.catalogue.entries[conversation.last_entries[0]].topic if _known(conversation, w) else None
        return hand_off(
            r,
            w,
            Reason.PERSON_ASKED,
            question=question,
            topic=topic,
            text=r.text_of(question),
            tried=conversation.last_entries[:1],
        )
    # A command alone, or "a person, please", is no question; more words than that a person should read.
    words = "" if _is_command(r) or len(r.incoming.text.split()) <= FEW_WORDS else r.incoming.text
    effects = hand_off(r, w, Reason.PERSON_ASKED, text=words)
    effects = replace(effects, conversation=replace(effects.conversation, last_question=None))
    told = notices.ask_for_the_question(w.voice(reply_language(r)), case_number(r.id), None)
    return replace(effects, outgoing=(told,), awaits_detail=True)


def _known(conversation: Conversation, w: World) -> bool:
    return bool(conversation.last_entries) and conversation.last_entries[0] in w.catalogue.entries


def heard(conversation: Conversation, r: Received) -> Conversation:
    """Remember the language of what somebody wrote, unless they chose one."""
    evidence = r.evidence
    if conversation.chosen or evidence is None or _is_command(r):
        return conversation
    several = len(r.incoming.text.split()) > FEW_WORDS
    if evidence.language_confident or several or conversation.language is None:
        return replace(conversation, language=evidence.language)
    return conversation


def count(r: Received, step: str, *, topic: TopicId | None = None) -> Count:
    """Return the count of one step, in the language of the reply."""
    return Count(str(reply_language(r)), topic or "", step)


def effects_of(
    conversation: Conversation,
    *outgoing: Outgoing,
    case: NewCase | None = None,
    moves: tuple[FamilyMove | StaffMove, ...] = (),
    step: str = "",
    counts: tuple[Count, ...] = (),
) -> Effects:
    """Return the effects of a step that has no others than these."""
    return Effects(conversation, outgoing, case=case, moves=moves, step=step, counts=counts)

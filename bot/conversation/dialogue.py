"""One message in, everything that follows from it out. Pure: the same message in the same state has the same effects.

The order is fixed: danger, then what belongs to a case by a reply or because we asked for it, then buttons in words,
commands, and at last the question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.cases.model import CaseId
from bot.content.model import Command, EntryId, TopicId
from bot.conversation import case_notices, checklists, danger_notices, early_help, hiding, local, notices, writers
from bot.conversation.belonging import attached, of_a_case, told_of_case
from bot.conversation.decide import all_siblings, decide, minimums
from bot.conversation.followup import step_of
from bot.conversation.limiting import limited
from bot.conversation.local_presses import is_perhaps_a_town, no_such_town, town_in_words
from bot.conversation.model import (
    Addition,
    DutyOrder,
    Effects,
    Kind,
    NewCase,
    Outgoing,
    OutgoingKind,
    Reachability,
    Reopening,
)
from bot.conversation.notices import Voice
from bot.conversation.numbers import case_number
from bot.conversation.presses import in_words, press
from bot.conversation.replies import (
    Received,
    World,
    ask_for_person,
    count,
    effects_of,
    hand_off,
    heard,
    needs_approval,
    reply_language,
    show,
    show_both,
    topic_of,
)
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, Reason, SmallTalk, Step
from bot.matching.evidence import Evidence, Level, Writer

NEIGHBOUR_FROM = 0.1
"""The probability from which an entry is worth naming below an answer."""

SLASH: Mapping[str, Command] = {
    "start": Command.START,
    "language": Command.LANGUAGE,
    "topics": Command.TOPICS,
    "help": Command.HELP,
    "human": Command.HUMAN,
    "questions": Command.QUESTIONS,
    "checklists": Command.CHECKLISTS,
    "privacy": Command.PRIVACY,
    "hide": Command.HIDE,
    "unhide": Command.UNHIDE,
}
OF_BUTTONS = frozenset({Command.HELPED, Command.NOT_THIS, Command.SOMETHING_ELSE, Command.SHOW})
"""Words of buttons. Where there is no such button, they are for whoever writes with the family."""


def respond(r: Received, w: World) -> Effects:
    """Return everything that follows from one message, as far as limits let it."""
    return limited(_everything(r, w), r, w)


def _everything(r: Received, w: World) -> Effects:
    blocked = r.incoming.kind is Kind.BLOCKED
    r = replace(r, conversation=replace(r.conversation, blocked=blocked))
    match r.incoming.kind:
        case Kind.BLOCKED | Kind.UNBLOCKED:
            return effects_of(r.conversation, moves=(Reachability(not blocked),), step=r.incoming.kind.value)
        case Kind.PRESS:
            return press(r, w)
    before, r = r.conversation, writers.remembered(r, w)
    if not r.incoming.text:
        return _without_text(r, w)
    whole = _text(r, w)
    whole = _with_danger_line(attached(whole, r, w) if r.incoming.files else whole, r, w)
    whole = hiding.with_question_about_the_phone(whole, r, w)
    whole = early_help.with_early_help(writers.with_words_for_a_child(whole, before, r, w), r, w)
    return _with_first_notice(whole, w)


def _without_text(r: Received, w: World) -> Effects:
    if r.incoming.kind in {Kind.PHOTO, Kind.FILE, Kind.VOICE}:
        return attached(effects_of(r.conversation, step="file"), r, w)
    return effects_of(r.conversation, notices.no_words(w.voice(reply_language(r)), r.id), step="no_text")


def _text(r: Received, w: World) -> Effects:  # noqa: PLR0911  the fixed order, one line for each
    evidence = r.evidence
    if evidence is None:
        return _without_text(r, w)
    v = w.voice(reply_language(r))
    if evidence.danger is Level.RED:
        return _danger(r, w, Danger(evidence.danger_kind))
    if r.incoming.text.lower().startswith("/duty"):
        return effects_of(r.conversation, moves=(DutyOrder(r.incoming.text[5:].strip().lower()),), step="duty")
    command, rest = _command(r)
    if command is Command.HUMAN and rest:
        return hand_off(r, w, Reason.PERSON_ASKED, text=rest)
    if command is None and r.about is not None and r.conversation.open_case(r.about):
        return _detail(r, w, r.about, evidence)
    if r.conversation.awaiting is not None and command is None and evidence.small_talk is None:
        return _detail(r, w, r.conversation.awaiting, evidence)
    pressed = in_words(r, w) or town_in_words(r, w)
    if pressed is not None:
        return pressed
    talking = r.conversation.open_case(r.conversation.talking)
    with_people = talking is not None and talking.in_hand
    if command is not None and not (with_people and command in OF_BUTTONS):
        return obey(r, w, command)
    wordless = evidence.small_talk is None and not any(character.isalnum() for character in r.incoming.text)
    if wordless and not with_people:
        return effects_of(r.conversation, notices.no_words(v, r.id), step="no_text")
    return _question(r, w, evidence)


# Questions ------------------------------------------------------------------------------------------------------------


def _step(r: Received, w: World, evidence: Evidence) -> Step:
    least, alike = minimums(w.catalogue), all_siblings(w.catalogue)
    clarified = r.conversation.clarified
    return decide(evidence, w.policy, may_clarify=not clarified, min_confidence=least, siblings=alike)


def _step_of_both_readings(r: Received, w: World, evidence: Evidence) -> Answer | Clarify | None:
    """Return the step of a message that goes on from the last answer, None for any other."""
    if r.follow is None or r.together is None:
        return None
    least = minimums(w.catalogue)
    return step_of(r.follow, evidence, r.together, catalogue=w.catalogue, policy=w.policy, min_confidence=least)


def _question(r: Received, w: World, evidence: Evidence) -> Effects:
    together = _step_of_both_readings(r, w, evidence)
    step, follows = together or _step(r, w, evidence), r.follow.entry if together and r.follow else None
    belongs = of_a_case(r, w, step)
    if belongs is not None:
        return _with_other_needs(belongs, r, w, step)
    v = w.voice(reply_language(r))
    if isinstance(step, HandOff) and step.reason is Reason.NO_MATCH and is_perhaps_a_town(r):
        return no_such_town(r, w)
    if w.shadow and isinstance(step, Answer | Clarify | HandOff):
        reason = step.reason if isinstance(step, HandOff) else Reason.SHADOW
        return _with_what_would_be(_hand_off(r, w, reason), r, w, step)
    match step:
        case Answer():
            return _answer(r, w, step, follows)
        case Clarify(choices=choices):
            asked = notices.clarification(v, [x.entry_id for x in choices], r.id, follows=follows)
            conversation = replace(r.conversation, clarified=True, last_question=r.id)
            return effects_of(heard(conversation, r), asked, step="clarify", counts=(count(r, "clarify"),))
        case SmallTalk(kind=kind):
            told = notices.small_talk(v, kind)
            return effects_of(heard(r.conversation, r), told, step="small_talk", counts=(count(r, "small_talk"),))
        case HandOff(reason=reason):
            return _hand_off(r, w, reason)
        case Danger():
            return _danger(r, w, step)


def _answer(r: Received, w: World, step: Answer, follows: EntryId | None) -> Effects:
    near = tuple(x.entry_id for x in step.neighbours if x.p >= NEIGHBOUR_FROM)
    asked = tuple(x.entry_id for x in step.asked)
    both = (step.entry_id, *(x.entry_id for x in step.also[:1]))
    if step.also and not any(needs_approval(w, x) for x in both):
        return show_both(r, w, both, near, asked)
    effects = show(r, w, step.entry_id, near, question=r.id, asked=asked, follows=follows)
    if follows is None or effects.step != "answer":
        return effects
    answer, *others = effects.outgoing
    told = replace(answer, lines=(*answer.lines, notices.read_together(w.voice(reply_language(r)))))
    counts = (*effects.counts, count(r, "follow_up", topic=w.catalogue.entries[step.entry_id].topic))
    return replace(effects, outgoing=(told, *others), counts=counts)


def _hand_off(r: Received, w: World, reason: Reason) -> Effects:
    """Give a question to people; one that goes on from an answer with the words before it, else nobody understands it."""
    if r.follow is None or not r.follow.marked:
        return hand_off(r, w, reason)
    before = r.text_of(r.conversation.last_question)
    text = "\n".join(filter(None, (before, r.incoming.text)))
    topic = topic_of(r, w) or w.catalogue.entries[r.follow.entry].topic
    return hand_off(r, w, reason, text=text, topic=topic, tried=(r.follow.entry,))


def _with_other_needs(effects: Effects, r: Received, w: World, step: Step) -> Effects:
    """Answer also what a message asks beside the matter that people have in hand."""
    talking = r.conversation.open_case(r.conversation.talking)
    if not isinstance(step, Answer) or not step.also or talking is None or w.shadow:
        return effects
    entries = (step.entry_id, *(x.entry_id for x in step.also))
    others = [x for x in entries if w.catalogue.entries[x].topic != talking.topic]
    if not others:
        return effects
    more = show(r, w, others[0], (), question=r.id)
    return replace(more, moves=effects.moves, counts=(*effects.counts, *more.counts))


def _with_what_would_be(effects: Effects, r: Received, w: World, step: Answer | Clarify | HandOff) -> Effects:
    """Add what shadow mode has held back, for the log and as a count."""
    name, entry = "hand_off", None
    match step:
        case Answer(entry_id=entry_id):
            name, entry = "answer", entry_id
        case Clarify(choices=choices):
            name, entry = "clarify", choices[0].entry_id
    counted = count(r, f"shadow:{name}", topic=w.catalogue.entries[entry].topic if entry else None)
    return replace(effects, counts=(*effects.counts, counted), would=name, would_show=entry)


def danger_topic(w: World, writer: Writer | None = None) -> TopicId | None:
    """Return the topic of cases about danger: a child's are for those who know the rights of children."""
    wanted = ("child-rights", "safety") if writer else ("safety",)
    return next((TopicId(topic) for topic in wanted if topic in w.catalogue.topics), None)


def _danger(r: Received, w: World, step: Danger) -> Effects:
    v = w.voice(reply_language(r))
    evidence = r.evidence
    nearest = tuple((c.entry_id, c.p) for c in evidence.candidates) if evidence else ()
    writer = r.conversation.writer
    topic = danger_topic(w, writer)
    case = NewCase(
        question=r.id,
        text=r.incoming.text,
        reason=Reason.DANGER,
        topic=topic,
        language=v.language,
        danger=Level.RED,
        danger_kind=step.kind,
        nearest=nearest,
        town=local.town_of(r.conversation, v),
        writer=writer,
    )
    card = danger_notices.danger_card(v, step.kind, case_number(r.id), topic, r.id, on_duty=r.on_duty, writer=writer)
    kind = step.kind.value if step.kind else "unknown"
    counts = (count(r, "danger", topic=topic), count(r, f"danger:{kind}", topic=topic))
    conversation = replace(heard(r.conversation, r), clarified=False, last_question=r.id)
    kept = r.conversation.open_case(r.about)
    if kept is not None and kept.urgent:  # an edit of what opened it: the card again, but no second case
        more = (Addition(kept.id, r.incoming.text, danger=Level.RED),)
        return effects_of(conversation, card, moves=more, step="danger", counts=counts)
    return effects_of(conversation, card, case=case, step="danger", counts=counts)


def _detail(r: Received, w: World, case_id: CaseId, evidence: Evidence) -> Effects:
    # The words that a person was asked for belong to that case. Where we know the answer as well, nobody has to wait.
    awaiting = None if r.conversation.awaiting == case_id else r.conversation.awaiting
    r = replace(r, conversation=replace(r.conversation, awaiting=awaiting), follow=None)
    told = told_of_case(r, w, case_id)
    if told is None:
        return _question(r, w, evidence)
    known = _step(r, w, evidence)
    in_hand = r.conversation.talking == case_id
    if w.shadow and isinstance(known, Answer) and not in_hand:
        return _with_what_would_be(told, r, w, known)
    at_once = isinstance(known, Answer) and not needs_approval(w, known.entry_id)
    more = _question(r, w, evidence) if at_once and not in_hand else None
    if more is None or more.moves:
        return told
    return replace(
        more, outgoing=(*told.outgoing, *more.outgoing), moves=told.moves, counts=(*told.counts, *more.counts)
    )


# Commands -------------------------------------------------------------------------------------------------------------


def _command(r: Received) -> tuple[Command | None, str]:
    text = r.incoming.text.strip()
    if not text.startswith("/"):
        return (r.evidence.command if r.evidence else None), ""
    head, rest = (*text[1:].split(maxsplit=1), "", "")[:2]
    return SLASH.get(head.partition("@")[0].lower(), Command.HELP), rest


_NOTICES: Mapping[Command, Callable[[Voice], Outgoing]] = {
    Command.LANGUAGE: notices.pick_language,
    Command.TOPICS: notices.topics,
    Command.HELP: notices.help_text,
    Command.CHECKLISTS: checklists.menu,
    Command.PRIVACY: notices.privacy,
    **dict.fromkeys(OF_BUTTONS, notices.old_button),
}
"""Commands that are answered by words alone. Words of buttons that are not there any more get an honest reply."""


def obey(r: Received, w: World, command: Command) -> Effects:
    """Do what a command asks for."""
    v = w.voice(reply_language(r))
    conversation = heard(r.conversation, r)
    match command:
        case Command.START:
            return effects_of(replace(conversation, noticed=True), notices.welcome(v), step="command")
        case Command.QUESTIONS:
            return effects_of(conversation, case_notices.my_questions(v, conversation.open_cases), step="command")
        case Command.HUMAN:
            return ask_for_person(r, w)
        case Command.HIDE:
            return hiding.hide(r, w)
        case Command.UNHIDE:
            return hiding.unhide(r, w)
    return effects_of(conversation, _NOTICES[command](v), step="command")


def _with_danger_line(effects: Effects, r: Received, w: World) -> Effects:
    # Words that may be about danger get the number below whatever we reply, once.
    if r.evidence is None or r.evidence.danger is not Level.AMBER:
        return effects
    v = w.voice(reply_language(r))
    line = notices.danger_line(v)
    if not effects.outgoing and any(isinstance(move, Reopening) for move in effects.moves):
        told = Outgoing(OutgoingKind.TALK, v.spoken, (line,))  # what follows a reopening is said elsewhere
        return replace(effects, outgoing=(told,), counts=(*effects.counts, count(r, "amber")))
    if not effects.outgoing:
        return effects
    *others, last = effects.outgoing
    outgoing = (*others, replace(last, lines=(*last.lines, line)))
    return replace(effects, outgoing=outgoing, counts=(*effects.counts, count(r, "amber")))


def _with_first_notice(effects: Effects, w: World) -> Effects:
    # The first question is answered first; who we are and what we keep stands below it. Never below a danger card.
    conversation = effects.conversation
    if conversation.noticed or effects.step in {"danger", "command", "hide"} or not effects.outgoing:
        return effects
    v = w.voice(effects.outgoing[-1].language)
    return replace(
        effects,
        conversation=replace(conversation, noticed=True),
        outgoing=(*effects.outgoing, notices.first_notice(v)),
    )

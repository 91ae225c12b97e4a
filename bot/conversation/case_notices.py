"""What families are told about their cases: every change of hands, replies, closing, the list of their questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cases.model import CaseId, CaseState, CloseReason, EventKind
from bot.content.model import TeamId, TopicId
from bot.content.render import words
from bot.conversation.lengths import pieces, units
from bot.conversation.model import (
    Attachment,
    Button,
    ButtonSet,
    InboxId,
    Line,
    OpenCase,
    Outgoing,
    OutgoingKind,
    Purpose,
    Verb,
)
from bot.conversation.notices import Voice, by_when, named, person_button, team_of

PERSON, TIME = "👤 ", "⏳ "
LONGEST = 3500
"""Units of length of a reply in one message; the rest follows in another (Telegram: 4096 with the line that names who)."""
MOST_LISTED = 20
"""Questions that a family reads one by one; of what is more only the number, so that the list fits."""
CAPTION = 1000
"""Units of length that still fit below a picture (Telegram: 1024); longer words go in a message of their own."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a family must know about a change of hands. `alias` is who has it now; `due_at` the promise, where one stands."""

    kind: EventKind
    case: CaseId
    number: str
    team: TeamId
    alias: str = ""
    due_at: datetime | None = None
    reason: str = ""


def moved(v: Voice, m: Moved) -> Outgoing:
    """Return the one message about a change of hands."""
    t, number = v.t, m.number
    match m.kind:
        case EventKind.CLAIMED:
            first = PERSON + t.gettext("A person has your question {number} now: {alias}.").format(
                number=number, alias=named(v, m.alias)
            )
            return _told(v, Line(first, bold=True), *_promise(v, m), Line(t.gettext("You can write more here.")))
        case EventKind.RELEASED | EventKind.RETURNED:
            first = TIME + t.gettext("Question {number}: another person will answer.").format(number=number)
            return _told(v, Line(first, bold=True), _who(v, m), *_promise(v, m))
        case EventKind.TRANSFERRED:
            first = t.gettext("Question {number} goes to another team. You do not need to do anything.")
            return _told(v, Line(first.format(number=number), bold=True), _who(v, m), *_promise(v, m))
        case EventKind.REOPENED:
            first = t.gettext("Question {number} is open again. A person will answer you here.").format(number=number)
            return _told(v, Line(first, bold=True), _who(v, m), *_promise(v, m))
        case EventKind.POSTPONED:
            first = TIME + t.gettext("Question {number}: we need more time.").format(number=number)
            quiet = Line(t.gettext("You do not need to do anything."))
            return _told(v, Line(first, bold=True), _who(v, m), *_promise(v, m), quiet)
        case EventKind.WITHDRAWN:
            text = t.gettext("Question {number} is taken back. Nobody will answer it.").format(number=number)
            return _told(v, Line(text, bold=True))
        case EventKind.SOLVED:
            text = t.gettext("Good. Question {number} is closed. Write again if you need more.").format(number=number)
            return _told(v, Line(text, bold=True))
    return _closed(v, m)


def _closed(v: Voice, m: Moved) -> Outgoing:
    t = v.t
    reasons = {
        CloseReason.REFERRED.value: t.gettext("Another office can help you with it."),
        CloseReason.NO_REPLY.value: t.gettext("We have not heard from you. Write again if you need more."),
        CloseReason.DUPLICATE.value: t.gettext("You have the same question under another number."),
    }
    why = [Line(reasons[m.reason])] if m.reason in reasons else []
    rows = (
        (Button(t.gettext("Yes"), Verb.YES), Button(t.gettext("Partly"), Verb.PARTLY)),
        (Button(t.gettext("No"), Verb.NO),),
    )
    lines = (
        Line(t.gettext("Question {number} is closed.").format(number=m.number), bold=True),
        *why,
        Line(t.gettext("Did this help?")),
    )
    buttons = ButtonSet(v.new_token(), Purpose.RATING, rows, case=m.case)
    return Outgoing(OutgoingKind.CASE, v.spoken, lines, buttons)


def _told(v: Voice, *lines: Line) -> Outgoing:
    return Outgoing(OutgoingKind.CASE, v.spoken, lines)


def _who(v: Voice, m: Moved) -> Line:
    teams = v.catalogue.teams
    name = words(teams.get(m.team, teams[v.catalogue.default_team]).name, v.language)
    return Line(v.t.gettext("Who: {team}").format(team=name))


def _promise(v: Voice, m: Moved) -> tuple[Line, ...]:
    return (by_when(v, m.due_at),) if m.due_at is not None else ()


# Replies --------------------------------------------------------------------------------------------------------------


def reply(
    v: Voice, case: CaseId, number: str, alias: str, text: str, files: Sequence[Attachment] = ()
) -> list[Outgoing]:
    """Return a specialist's words, and each of their files; whoever speaks stands first."""
    head = PERSON + v.t.gettext("A person replies: {alias}. Question {number}.").format(
        alias=named(v, alias), number=number
    )
    buttons = ButtonSet(
        v.new_token(),
        Purpose.CASE,
        (
            (Button(v.t.gettext("This solved it"), Verb.SOLVED),),
            (Button(v.t.gettext("Write back"), Verb.ADD),),
        ),
        case=case,
    )
    return _words_and_files(v, head, text, files, buttons)


def correction(v: Voice, number: str, alias: str, text: str) -> list[Outgoing]:
    """Return new words for an earlier reply; what was read stays as it was."""
    t = v.t
    head = PERSON + t.gettext("A person corrects an earlier reply: {alias}. Question {number}.").format(
        alias=named(v, alias), number=number
    )
    return [Outgoing(OutgoingKind.REPLY, v.spoken, lines) for lines in _in_parts(head, text)]


def _in_parts(head: str, text: str) -> list[tuple[Line, ...]]:
    first, *more = pieces(text, LONGEST)
    return [(Line(head, bold=True), *([Line(first)] if first else [])), *((Line(part),) for part in more)]


def _words_and_files(v: Voice, head: str, text: str, files: Sequence[Attachment], buttons: ButtonSet) -> list[Outgoing]:
    said, *more = _in_parts(head, text)
    if len(files) == 1 and units(head) + units(text) < CAPTION:
        return [Outgoing(OutgoingKind.REPLY, v.spoken, said, buttons, file=files[0])]
    whole = [Outgoing(OutgoingKind.REPLY, v.spoken, lines) for lines in (said, *more)]
    apart = [Outgoing(OutgoingKind.REPLY, v.spoken, (Line(head, bold=True),), file=one) for one in files]
    return [*whole[:-1], replace(whole[-1], buttons=buttons), *apart]


# What the family does -------------------------------------------------------------------------------------------------


def added(v: Voice, number: str, *, question: InboxId | None = None) -> Outgoing:
    """Tell that a message went to a kept question; with `question` it can be made a new one instead."""
    lines = (Line(v.t.gettext("Added to question {number}. A person will read it.").format(number=number)),)
    buttons = None
    if question is not None:
        rows = ((Button(v.t.gettext("It is a new question"), Verb.NEW_QUESTION),),)
        buttons = ButtonSet(v.new_token(), Purpose.CASE, rows, question=question)
    return Outgoing(OutgoingKind.HAND_OVER, v.spoken, lines, buttons, silent=True)


def write_now(v: Voice, number: str) -> Outgoing:
    """Ask for the words that go to a question."""
    text = v.t.gettext("Write it now. Your next message goes to question {number}.").format(number=number)
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),))


def what_is_missing(v: Voice, number: str) -> Outgoing:
    """Ask what was missing in an answer that helped only partly."""
    text = v.t.gettext("Write what is missing. Your next message opens question {number} again.").format(number=number)
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),))


def not_open(v: Voice, number: str) -> Outgoing:
    """Tell that a question is closed already."""
    text = v.t.gettext("Question {number} is closed. Write again if you need more.").format(number=number)
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),))


def which_case(v: Voice, cases: Sequence[OpenCase], question: InboxId) -> Outgoing:
    """Ask to which of several questions in hand a message belongs."""
    t = v.t
    rows = (
        *((Button(_label(v, case), Verb.CASE, i),) for i, case in enumerate(cases)),
        (Button(t.gettext("It is a new question"), Verb.NEW_QUESTION),),
    )
    buttons = ButtonSet(v.new_token(), Purpose.CASES, rows, question=question, cases=tuple(x.id for x in cases))
    return Outgoing(
        OutgoingKind.CLARIFICATION, v.spoken, (Line(t.gettext("Which question is it about?"), bold=True),), buttons
    )


def _label(v: Voice, case: OpenCase) -> str:
    return f"{case.number} · {_topic(v, case.topic)}"[:28]


def my_questions(v: Voice, cases: Sequence[OpenCase]) -> Outgoing:
    """List the open questions: number, topic, state, who, by when; a row for each leads on."""
    t = v.t
    if not cases:
        text = t.gettext("None of your questions is waiting. Write a question in your own words.")
        return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),))
    title = Line(t.gettext("Your questions that wait for a person:"), bold=True)
    listed, more = cases[:MOST_LISTED], cases[MOST_LISTED : 10 * MOST_LISTED]
    rows = tuple((Button(_label(v, case), Verb.CASE, i),) for i, case in enumerate(listed))
    buttons = ButtonSet(v.new_token(), Purpose.CASES, rows, cases=tuple(case.id for case in listed))
    lines = [Line(_case_line(v, case)) for case in listed]
    if more:
        lines.append(Line(", ".join(case.number for case in more)))
    return Outgoing(OutgoingKind.TALK, v.spoken, (title, *lines), buttons)


def my_question(v: Voice, case: OpenCase) -> Outgoing:
    """Show one open question and what the family can do with it."""
    t = v.t
    rows = ((Button(t.gettext("Add to it"), Verb.ADD),), (Button(t.gettext("Take it back"), Verb.WITHDRAW),))
    buttons = ButtonSet(v.new_token(), Purpose.CASE, rows, case=case.id)
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(_case_line(v, case)),), buttons)


def _case_line(v: Voice, case: OpenCase) -> str:
    teams = v.catalogue.teams
    team = teams.get(case.team or v.catalogue.default_team) or team_of(v.catalogue, case.topic)
    parts = [case.number, _topic(v, case.topic), state_in_words(v, case.state), words(team.name, v.language)]
    if case.due_at is not None:
        parts.append(by_when(v, case.due_at).text)
    return " · ".join(parts)


def state_in_words(v: Voice, state: CaseState) -> str:
    """Return the state of a case as a family reads it."""
    t = v.t
    return {
        CaseState.WAITING: t.gettext("waiting"),
        CaseState.CLAIMED: t.gettext("a person has it"),
        CaseState.ANSWERED: t.gettext("answered, your turn"),
        CaseState.CLOSED: t.gettext("closed"),
    }[state]


def _topic(v: Voice, topic: TopicId | None) -> str:
    known = v.catalogue.topics.get(topic) if topic else None
    return words(known.name, v.language) if known else v.t.gettext("Topic not known")


# Pictures, files, voice -----------------------------------------------------------------------------------------------


def file_warning(v: Voice, question: InboxId) -> Outgoing:
    """Warn before a picture, file or voice message goes to a person; until the press it goes nowhere."""
    t = v.t
    lines = (
        Line(t.gettext("I cannot read pictures, files and voice messages. A person can."), bold=True),
        Line(t.gettext("They can show names, faces and numbers. Send only what the person needs.")),
        Line(t.gettext("Nobody has it yet.")),
    )
    rows = (
        (Button(t.gettext("Send it to a person"), Verb.SEND_FILE),),
        (Button(t.gettext("Do not send"), Verb.KEEP_FILE),),
    )
    buttons = ButtonSet(v.new_token(), Purpose.FILE, rows, question=question)
    return Outgoing(OutgoingKind.TALK, v.spoken, lines, buttons)


def file_refused(v: Voice, question: InboxId) -> Outgoing:
    """Tell which attachments cannot be passed on, and what can."""
    t = v.t
    lines = (
        Line(t.gettext("I cannot pass this on. Nobody has it."), bold=True),
        Line(t.gettext("I can pass on pictures, PDF files and voice messages, up to 20 megabytes.")),
    )
    buttons = ButtonSet(v.new_token(), Purpose.OFFER, ((person_button(v),),), question=question)
    return Outgoing(OutgoingKind.TALK, v.spoken, lines, buttons)


def file_not_passed_on(v: Voice, number: str) -> Outgoing:
    """Tell that an attachment did not get through to the person after all."""
    text = v.t.gettext("Question {number}: your picture or file could not be passed on. Send it in another form.")
    return _told(v, Line(text.format(number=number)))


def file_kept_back(v: Voice) -> Outgoing:
    """Confirm that an attachment was sent to nobody."""
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(v.t.gettext("It was sent to nobody.")),))

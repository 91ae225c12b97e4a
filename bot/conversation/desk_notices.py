"""The words in a group of specialists: the card of a case, what families write, refusals. In the group's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cases.model import SPECIALISTS_REASONS, Case, CaseId, CaseState, CloseReason, EventKind, Refusal
from bot.content.model import DangerKind, EntryId, TeamId
from bot.content.render import isolated, locale_of, words
from bot.conversation.case_notices import PERSON, TIME, state_in_words
from bot.conversation.lengths import cut, pieces
from bot.conversation.model import (
    Attachment,
    Button,
    ButtonSet,
    Line,
    Outgoing,
    OutgoingKind,
    Purpose,
    Verb,
)
from bot.conversation.notices import Voice, by_when, named
from bot.conversation.steps import Reason
from bot.matching.evidence import Level, Writer

SAID = frozenset({"written", "reopened", "replied", "corrected"})
"""Events whose words stand on the card of a case."""
LOCK, RED = "🔒 ", "🔴 "
LONGEST_WORDS, LONGEST_LINE, LONGEST_MESSAGE = 1500, 250, 3500
"""Units of length of a family's first words on a card, of each later message there, and of a message of its own; Telegram
takes 4096 in all."""
MOST_LISTED = 100
"""Numbers in one list, so that it fits."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as specialists see it. `family` and `holder` are aliases; `said` is what was said since it was asked."""

    case: Case
    family: str
    reason: str
    danger: str
    danger_kind: str | None
    asked: str
    files: int = 0
    nearest: tuple[tuple[EntryId, float], ...] = ()
    tried: tuple[EntryId, ...] = ()
    follows: str = ""
    holder: str = ""
    said: tuple[tuple[str, str], ...] = ()
    elsewhere: TeamId | None = None
    writer: Writer | None = None


def title(v: Voice, case: Case) -> str:
    """Return the name of a case's topic in a group: number, topic, town if known; no words of the family."""
    place = v.catalogue.municipalities.get(case.town) if case.town else None
    parts = [case.number, _topic(v, case), *([words(place.town, v.language)] if place else [])]
    return " · ".join(parts)[:128]


def card(v: Voice, seen: Seen, *, edit: bool = False) -> Outgoing:
    """Return the card of a case. An edit of one closes the group's topic when the case is no longer this group's."""
    t, case = v.t, seen.case
    gone = seen.elsewhere is not None or not case.is_open
    lines = [
        *_danger(v, seen),
        Line(f"{title(v, case)} · {_state(v, seen)}", bold=True),
        Line(_family(v, seen)),
        *([Line(_writer(v, seen.writer), bold=True)] if seen.writer else []),
        *([by_when(v, case.due_at)] if case.due_at is not None else []),
        Line(t.gettext("Why it is here: {reason}").format(reason=_why(v, seen.reason))),
        *(
            [Line(t.gettext("Belongs to an earlier question: {number}").format(number=seen.follows))]
            if seen.follows
            else []
        ),
        Line(t.gettext("Asked:"), bold=True),
        _asked(v, seen),
        *([Line(t.gettext("Attachments: {n}").format(n=seen.files))] if seen.files else []),
        *_entries(v, seen),
        *(Line(cut(line, LONGEST_LINE), theirs=True) for line in _since(v, seen)),
        Line(
            t.gettext("What the person who has it writes here goes to the family. What begins with /note stays here.")
        ),
    ]
    kind = OutgoingKind.CARD_EDIT if edit else OutgoingKind.CASE_CARD
    rows = () if gone else _card_rows(v, case)
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, case=case.id)
    return Outgoing(
        kind, v.spoken, tuple(lines), buttons, edits="card" if edit else None, closes_topic=gone if edit else None
    )


def _asked(v: Voice, seen: Seen) -> Line:
    if not seen.asked:
        return Line(v.t.gettext("No words yet."))
    return Line(isolated(cut(seen.asked, LONGEST_WORDS), seen.case.language), theirs=True)


def _danger(v: Voice, seen: Seen) -> list[Line]:
    if seen.danger == Level.NONE:
        return []
    kind = seen.danger_kind or v.t.gettext("kind not known")
    if seen.danger == Level.RED:
        text = RED + v.t.gettext("DANGER, {kind}. Words of danger were found in the message.")
    else:
        text = v.t.gettext("Perhaps danger, {kind}. Read it today.")
    return [Line(text.format(kind=kind_in_words(v, kind)), bold=True)]


def _writer(v: Voice, writer: Writer) -> str:
    t = v.t
    if writer is Writer.INTERPRETING:
        return t.gettext("A child seems to write for a parent. Offer an interpreter; ask the child nothing hard.")
    return t.gettext("A child seems to write. Simple words; no reproach.")


def kind_in_words(v: Voice, kind: str) -> str:
    """Return a kind of danger in the reader's language."""
    t = v.t
    return {
        DangerKind.VIOLENCE.value: t.gettext("violence"),
        DangerKind.SUICIDE.value: t.gettext("suicide"),
        DangerKind.CHILD_DANGER.value: t.gettext("a child in danger"),
        DangerKind.SEXUAL_VIOLENCE.value: t.gettext("sexual violence"),
        DangerKind.TRAFFICKING.value: t.gettext("trafficking"),
        DangerKind.MEDICAL.value: t.gettext("medical"),
    }.get(kind, kind)


def _state(v: Voice, seen: Seen) -> str:
    if seen.elsewhere is not None:
        return v.t.gettext("now with: {team}").format(team=team_name(v, seen.elsewhere))
    if seen.case.state is CaseState.ANSWERED:
        return v.t.gettext("answered by {alias}, the family's turn").format(alias=named(v, seen.holder))
    if seen.case.state is CaseState.CLAIMED:
        return v.t.gettext("claimed by {alias}").format(alias=named(v, seen.holder))
    return state_in_words(v, seen.case.state)


def _family(v: Voice, seen: Seen) -> str:
    language = locale_of(seen.case.language).get_language_name(v.spoken) or seen.case.language
    return v.t.gettext("{family}. Writes in: {language}").format(family=seen.family, language=language)


def _why(v: Voice, reason: str) -> str:
    t = v.t
    return {
        Reason.NO_MATCH.value: t.gettext("no entry was likely enough"),
        Reason.PERSON_ASKED.value: t.gettext("they asked for a person"),
        Reason.NOT_HELPED.value: t.gettext("the answers did not help"),
        Reason.CLARIFIED_ONCE.value: t.gettext("it was not clear after asking back"),
        Reason.DANGER.value: t.gettext("danger"),
        Reason.ATTACHMENT.value: t.gettext("a picture, file or voice message"),
        Reason.FAILED.value: t.gettext("something broke on our side"),
        Reason.SHADOW.value: t.gettext("for now people answer every question"),
        Reason.REVIEW.value: t.gettext("a specialist has read it: perhaps danger"),
        Reason.LIMITED.value: t.gettext("perhaps danger; this family gets no answers from the bot now"),
        Reason.APPROVAL.value: t.gettext(
            "on this topic a person reads the answer before it goes: the first entry below"
        ),
    }.get(reason, reason)


def _entries(v: Voice, seen: Seen) -> list[Line]:
    known = v.catalogue.entries
    lines = []
    if tried := [v.label(x) for x in seen.tried if x in known]:
        lines.append(Line(v.t.gettext("Shown already: {entries}").format(entries=", ".join(tried))))
    if near := [f"{v.label(x)} {p:.2f}" for x, p in seen.nearest[:3] if x in known]:
        lines.append(Line(v.t.gettext("Nearest entries: {entries}").format(entries=", ".join(near))))
    return lines


def _since(v: Voice, seen: Seen) -> list[str]:
    who = {
        "written": seen.family,
        "reopened": seen.family,
        "replied": v.t.gettext("Reply"),
        "corrected": v.t.gettext("Correction"),
    }
    return [f"{who[kind]}: {text}" for kind, text in seen.said if kind in who and text]


def _card_rows(v: Voice, case: Case) -> tuple[tuple[Button, ...], ...]:
    t = v.t
    transfer = Button(t.gettext("Transfer"), Verb.TRANSFER)
    if case.state is CaseState.WAITING:
        return ((Button(t.gettext("Claim"), Verb.CLAIM),), (transfer,))
    return (
        (Button(t.gettext("Release"), Verb.RELEASE), transfer),
        (Button(t.gettext("Insert an entry's text"), Verb.INSERT),),
        (Button(t.gettext("Guidance"), Verb.GUIDE), Button(t.gettext("Close"), Verb.CLOSE)),
    )


def _topic(v: Voice, case: Case) -> str:
    known = v.catalogue.topics.get(case.topic) if case.topic else None
    return words(known.name, v.language) if known else v.t.gettext("Topic not known")


def team_name(v: Voice, team: TeamId) -> str:
    """Return a team's name in the group's language; one that content no longer has, by its id."""
    known = v.catalogue.teams.get(team)
    return words(known.name, v.language) if known else team


# About a case ---------------------------------------------------------------------------------------------------------


def said(v: Voice, *texts: str, buttons: ButtonSet | None = None, file: Attachment | None = None) -> Outgoing:
    """Return a message for a group, line by line."""
    lines = tuple(Line(text, bold=not n) for n, text in enumerate(texts))
    return Outgoing(OutgoingKind.DESK, v.spoken, lines, buttons, file=file)


def family_writes(v: Voice, number: str, family: str, text: str, files: Sequence[Attachment]) -> list[Outgoing]:
    """Return a family's words, and each of their attachments."""
    head = v.t.gettext("{family}, question {number}:").format(family=family, number=number)
    parts = [(Line(head, bold=True), Line(part, theirs=True)) for part in pieces(text, LONGEST_MESSAGE) if part]
    told = [Outgoing(OutgoingKind.DESK, v.spoken, lines) for lines in parts]
    return [*told, *(said(v, head, file=one) for one in files)]


def toast(v: Voice, query: str, text: str = "") -> Outgoing:
    """Return the short answer to a press, at most 200 characters; without words it only stops the waiting mark."""
    return Outgoing(OutgoingKind.TOAST, v.spoken, (Line(text[:200]),) if text else (), query=query)


def refused(v: Voice, refusal: Refusal, number: str, alias: str) -> str:
    """Return why a move was not possible, and what is."""
    t = v.t
    return {
        Refusal.CLOSED: t.gettext("{number} is closed. Nothing was sent."),
        Refusal.NOT_CLOSED: t.gettext("{number} is open already."),
        Refusal.NOT_CLAIMED: t.gettext("Nobody has {number}. Claim it first."),
        Refusal.HAS_ANOTHER: t.gettext("{alias} has {number}."),
        Refusal.YOURS_ALREADY: t.gettext("You have {number} already."),
        Refusal.SAME_TEAM: t.gettext("{number} is with this team already."),
        Refusal.NOT_YET: t.gettext("{number} cannot do that now."),
    }[refusal].format(number=number, alias=named(v, alias))


def held(v: Voice, case: CaseId, ref: str, why: str, *, take_over: bool) -> Outgoing:
    """Tell that words were not sent, why, and how they can be."""
    t = v.t
    send = (
        Button(t.gettext("Take over and send"), Verb.TAKE_OVER)
        if take_over
        else Button(t.gettext("Send it"), Verb.SEND)
    )
    rows = (
        (send,),
        (Button(t.gettext("Keep it as a note"), Verb.NOTE),),
        (Button(t.gettext("Do not send"), Verb.CANCEL),),
    )
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, case=case, held=ref)
    return said(v, why, t.gettext("It was not sent to the family."), buttons=buttons)


def teams_to_choose(v: Voice, case: Case, teams: Sequence[TeamId]) -> Outgoing:
    """Ask to which team a case goes; only teams that have a group can answer."""
    t = v.t
    if not teams:
        return said(v, t.gettext("No other team has a group yet."))
    rows = tuple((Button(team_name(v, team)[:28], Verb.TEAM, i),) for i, team in enumerate(teams))
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, case=case.id, teams=tuple(teams))
    return said(v, t.gettext("To which team does {number} go?").format(number=case.number), buttons=buttons)


def reasons_to_choose(v: Voice, case: Case) -> Outgoing:
    """Ask why a case ends."""
    rows = tuple((Button(reason_in_words(v, one), Verb.REASON, i),) for i, one in enumerate(SPECIALISTS_REASONS))
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, case=case.id, reasons=SPECIALISTS_REASONS)
    return said(v, v.t.gettext("Why does {number} end?").format(number=case.number), buttons=buttons)


def reason_in_words(v: Voice, reason: CloseReason) -> str:
    """Return a reason for closing as a button."""
    t = v.t
    return {
        CloseReason.HELPED: t.gettext("Answered"),
        CloseReason.REFERRED: t.gettext("Another office helps"),
        CloseReason.NO_REPLY: t.gettext("The family is silent"),
        CloseReason.DUPLICATE: t.gettext("Asked twice"),
        CloseReason.SOLVED: t.gettext("Solved"),
        CloseReason.WITHDRAWN: t.gettext("Taken back"),
    }[reason]


def entries_to_choose(v: Voice, case: Case, entries: Sequence[EntryId]) -> Outgoing:
    """Ask which entry's text goes to the family."""
    t = v.t
    if not entries:
        return said(v, t.gettext("No entry is near this question."))
    rows = tuple((Button(v.label(x), Verb.ENTRY, i),) for i, x in enumerate(entries))
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, case=case.id, entries=tuple(entries))
    return said(v, t.gettext("Which text? You see it before it goes."), buttons=buttons)


def preview(v: Voice, case: Case, text: str, ref: str) -> Outgoing:
    """Show an entry's text in the family's language before it goes."""
    t = v.t
    rows = ((Button(t.gettext("Send it"), Verb.SEND),), (Button(t.gettext("Do not send"), Verb.CANCEL),))
    buttons = ButtonSet(v.new_token(), Purpose.DESK, rows, case=case.id, held=ref)
    return said(v, t.gettext("This goes to the family:"), isolated(text, case.language), buttons=buttons)


def unreachable(v: Voice, number: str, family: str) -> Outgoing:
    """Tell that a family has stopped the bot."""
    t = v.t
    text = t.gettext("{family} has stopped the bot, question {number}. Replies are kept until they return.")
    return said(v, text.format(family=family, number=number))


def reachable(v: Voice, number: str, family: str) -> Outgoing:
    """Tell that a family is back."""
    text = v.t.gettext("{family} is back, question {number}. What was kept goes to them now.")
    return said(v, text.format(family=family, number=number))


def hides(v: Voice, number: str, family: str) -> Outgoing:
    """Tell that a family hides its chat: somebody else may read their phone."""
    t = v.t
    text = t.gettext("{family} hides this chat, question {number}. Your words wait there until they press “Show”.")
    return said(v, text.format(family=family, number=number))


def overdue(v: Voice, kind: EventKind, case: Case) -> Outgoing:
    """Tell that time ran out: nobody touched a case, or its promise was moved."""
    t = v.t
    if kind is EventKind.RETURNED:
        text = t.gettext("{number} waits again: nobody has touched it.")
    else:
        text = t.gettext("{number}: the promised time is near and there is no reply. The family has a new time.")
    due = [by_when(v, case.due_at).text] if case.due_at is not None else []
    return said(v, (RED if case.urgent else TIME) + text.format(number=case.number), *due)


def file_lost(v: Voice, number: str) -> Outgoing:
    """Tell that a family's attachment could not be passed on."""
    text = v.t.gettext("Question {number}: a picture or file of the family could not be passed on. They were told.")
    return said(v, text.format(number=number))


def uncertain(v: Voice, number: str) -> Outgoing:
    """Tell that nobody knows whether a reply has arrived."""
    text = v.t.gettext("Question {number}: we do not know whether the last reply has arrived. The family was asked.")
    return said(v, text.format(number=number))


def not_delivered(v: Voice, number: str) -> Outgoing:
    """Tell that Telegram would not take a reply."""
    text = v.t.gettext(
        "Question {number}: the last reply or file could not be delivered. Please send it in another form."
    )
    return said(v, text.format(number=number))


def digest(v: Voice, numbers: Sequence[str], urgent: Sequence[str]) -> Outgoing:
    """Tell at once what a busy group gets one by one."""
    t = v.t
    first = t.ngettext("{n} question waits.", "{n} questions wait.", len(numbers)).format(n=len(numbers))
    danger = [RED + t.gettext("Danger: {numbers}").format(numbers=_listed(urgent))] if urgent else []
    why = t.gettext("Telegram lets me write here 20 times a minute, so their cards come one by one.")
    return said(v, first, *danger, _listed(numbers), why)


def _listed(numbers: Sequence[str]) -> str:
    return ", ".join(numbers[:MOST_LISTED]) + (" …" if len(numbers) > MOST_LISTED else "")


# About a group --------------------------------------------------------------------------------------------------------


def connected(v: Voice, team: TeamId, *, forum: bool) -> Outgoing:
    """Welcome a group: who works here, and topics where they are missing."""
    t = v.t
    texts = [
        t.gettext("This group answers for: {team}").format(team=team_name(v, team)),
        t.gettext("Whoever answers families here presses the button once."),
        *([] if forum else topics_are_off(v)),
    ]
    buttons = ButtonSet(v.new_token(), Purpose.DESK, ((Button(t.gettext("I work here"), Verb.WORK_HERE),),))
    return said(v, *texts, buttons=buttons)


def topics_are_off(v: Voice) -> list[str]:
    """Tell how to switch topics on, and what works until then."""
    t = v.t
    return [
        t.gettext("Topics are off in this group. To switch them on: group settings, Topics."),
        t.gettext("Then make me an administrator with the right to manage topics."),
        t.gettext("Until then reply to the card of a question, and your words go to that family."),
    ]


def no_right_to_topics(v: Voice) -> Outgoing:
    """Tell that topics cannot be made, and what to do."""
    t = v.t
    return said(
        v,
        t.gettext("I may not make topics here. Make me an administrator with the right to manage topics."),
        t.gettext("Until then reply to the card of a question, and your words go to that family."),
    )


def code_unknown(v: Voice) -> Outgoing:
    """Tell that a code does not work."""
    t = v.t
    return said(
        v, t.gettext("This code is not known, or was used, or is too old. Ask your administrator for a new one.")
    )


def joined(v: Voice, alias: str) -> Outgoing:
    """Tell under which name somebody works here."""
    t = v.t
    return said(
        v,
        PERSON + t.gettext("Families see you as: {alias}").format(alias=named(v, alias)),
        t.gettext("To change it: /name and the name with your role, for example /name Rasa, social worker"),
    )


def join_first(v: Voice) -> Outgoing:
    """Tell somebody unknown that their words went nowhere."""
    t = v.t
    buttons = ButtonSet(v.new_token(), Purpose.DESK, ((Button(t.gettext("I work here"), Verb.WORK_HERE),),))
    text = t.gettext("I do not know you yet, so this was not sent. Press the button, then write it again.")
    return said(v, text, buttons=buttons)


def anonymous(v: Voice) -> Outgoing:
    """Tell an anonymous administrator that their words went nowhere."""
    text = v.t.gettext("I cannot see who wrote this, so it was not sent. Switch off anonymous writing for yourself.")
    return said(v, text)


def noted(v: Voice, number: str) -> Outgoing:
    """Confirm a note without its words."""
    return said(v, LOCK + v.t.gettext("Note kept, question {number}. Staff only.").format(number=number))


def already_sent(v: Voice) -> Outgoing:
    """Tell that a reply cannot be made a note any more."""
    return said(v, v.t.gettext("The family has this reply already. I changed nothing there."))


def help_text(v: Voice) -> Outgoing:
    """List what can be ordered here."""
    t = v.t
    return said(
        v,
        t.gettext("In the topic of a question, or in a reply to its card:"),
        "/claim " + t.gettext("Claim"),
        "/release " + t.gettext("Release"),
        "/transfer " + t.gettext("Transfer"),
        "/close " + t.gettext("Close"),
        "/insert " + t.gettext("Insert an entry's text"),
        "/guide " + t.gettext("Guidance"),
        "/level " + t.gettext("none, amber or red, and why"),
        "/duty " + t.gettext("who is called about danger"),
        "/bar " + t.gettext("limit a person for some days, and why"),
        "/unbar " + t.gettext("end that limit"),
        "/note " + t.gettext("what only staff may read"),
        "/name " + t.gettext("the name that families see"),
        "/language " + t.gettext("Language"),
    )


def unknown_order(v: Voice) -> Outgoing:
    """Tell that a slash was not understood and went nowhere."""
    return said(v, v.t.gettext("I do not know this command. Nothing was sent. /help lists what I know."))


def not_here(v: Voice, number: str, team: TeamId) -> Outgoing:
    """Tell that a case is another team's by now."""
    text = v.t.gettext("{number} is with another team now: {team}. Nothing was sent.")
    return said(v, text.format(number=number, team=team_name(v, team)))


def failed(v: Voice) -> Outgoing:
    """Tell that a message in the group broke something on our side."""
    return said(
        v, v.t.gettext("Something went wrong on our side. Your last message was not carried out. Write it again.")
    )

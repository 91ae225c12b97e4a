"""The words of danger: the card, to an adult and to a child, with and without a database; and what its buttons tell."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.sla import promise_of
from bot.content.model import DangerKind, Helpline, TopicId, emergency_number
from bot.content.opening import answering
from bot.content.render import words
from bot.conversation.model import Button, ButtonSet, InboxId, Line, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.notices import Voice, by_when, helpline_line, target_in_words, target_of, team_of
from bot.matching.evidence import Writer

_FOR_A_CHILD = frozenset({"everyone", "youth"})


def danger_card(
    v: Voice,
    kind: DangerKind | None,
    number: str,
    topic: TopicId | None,
    question: InboxId,
    *,
    on_duty: bool = False,
    writer: Writer | None = None,
) -> Outgoing:
    """Return the emergency card: 112 alone, then the lines for this kind of danger. It makes no sound on the phone.

    `on_duty` tells whether a person is called at once, or nobody may read it before the promised time; `writer` is there
    for a child, who gets its own lines and words.
    """
    t = v.t
    if writer:
        kept = t.pgettext("to a child", "A person will read what you wrote. Question {number}.")
    else:
        kept = t.gettext("Your message is kept for a person as urgent. Question {number}.")
    lines = [
        *_whom_to_call(v, kind, writer),
        Line(_if_you_cannot_talk(v, writer)),
        Line(kept.format(number=number)),
        *_who_reads(v, topic, on_duty=on_duty),
        _can_be_wrong(v, writer),
    ]
    rows = (
        (Button(t.gettext("I cannot call"), Verb.CANNOT_CALL),),
        (Button(t.gettext("The danger is over"), Verb.DANGER_OVER),),
        (Button(t.gettext("Hide this chat"), Verb.HIDE),),
    )
    buttons = ButtonSet(v.new_token(), Purpose.CARD, rows, question=question, danger=kind)
    return Outgoing(OutgoingKind.CARD, v.spoken, tuple(lines), buttons, silent=True)


def direct_card(v: Voice, kind: DangerKind | None, writer: Writer | None = None) -> Outgoing:
    """Return the emergency card while nothing can be written down: no number, no buttons, and nobody who is alerted.

    What a press of "I cannot call" would tell stands on it.
    """
    t = v.t
    if writer:
        nobody = t.pgettext("to a child", "I cannot alert a person at this moment. Please call.")
        later = t.pgettext(
            "to a child",
            "A person will read what you wrote when I work properly again. If nobody answers, write again.",
        )
    else:
        nobody = t.gettext("I cannot alert a person at this moment. Please call.")
        later = t.gettext(
            "A person will read your message when I work properly again. If nobody answers you, write again."
        )
    lines = [
        *_whom_to_call(v, kind, writer),
        Line(nobody, bold=True),
        Line(later),
        *_by_sms(v, writer),
        _can_be_wrong(v, writer),
    ]
    return Outgoing(OutgoingKind.CARD, v.spoken, tuple(lines), silent=True)


def cannot_call(v: Voice, writer: Writer | None = None) -> Outgoing:
    """Tell what else than a call reaches help; a child in its own words."""
    t = v.t
    if writer:
        last = t.pgettext("to a child", "An SMS is slower than a call. Call if you can, or go to an adult you trust.")
    else:
        last = t.gettext("An SMS is slower than a call. Call if you can.")
    return Outgoing(OutgoingKind.TALK, v.spoken, (*_by_sms(v, writer), Line(last)), silent=True)


def danger_over(v: Voice) -> Outgoing:
    """Thank for the word that danger is over; the level stays."""
    text = v.t.gettext("I have written that down. A person will still read your message. You can write at any time.")
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),), silent=True)


def is_for_children(line: Helpline) -> bool:
    """Tell whether a helpline is there for children to call."""
    return line.audience == "children"


# The parts of a card --------------------------------------------------------------------------------------------------


def _whom_to_call(v: Voice, kind: DangerKind | None, writer: Writer | None) -> list[Line]:
    t = v.t
    first, *others = (line for line in v.catalogue.helplines.values() if line.danger and line.number)
    call, no_fault = t.gettext("If someone can be hurt, call now."), []
    if writer:
        call = t.pgettext("to a child", "If someone can be hurt, call now.")
        no_fault = [Line(t.pgettext("to a child", "It is not your fault. You may call even if somebody forbids it."))]
    return [
        Line(first.number or "", bold=True),
        Line(words(first.purpose, v.language)),
        Line(call, bold=True),
        *no_fault,
        *(Line(helpline_line(v, line)) for line in _lines_for(v, others, kind, writer)),
    ]


def _lines_for(
    v: Voice, lines: Sequence[Helpline], kind: DangerKind | None, writer: Writer | None
) -> Sequence[Helpline]:
    """Return the lines for a kind of danger, open ones first; for a child its own before others, for an adult no child's.

    An adult who fears for a child gets the children's lines too.
    """
    if writer is None:
        own = [x for x in lines if kind in x.danger and (not is_for_children(x) or kind is DangerKind.CHILD_DANGER)]
        return answering(own, v.language, v.now)
    own = [x for x in lines if is_for_children(x) or (kind in x.danger and x.audience in _FOR_A_CHILD)]
    return sorted(answering(own, v.language, v.now), key=lambda line: not is_for_children(line))


def _if_you_cannot_talk(v: Voice, writer: Writer | None) -> str:
    t = v.t
    if writer:
        said = t.pgettext("to a child", "If you cannot talk, send an SMS to {number}: name, address, what happened.")
    else:
        said = t.gettext("If you cannot talk, send an SMS to {number}: name, exact address, what happened.")
    return said.format(number=emergency_number(v.catalogue))


def _by_sms(v: Voice, writer: Writer | None) -> tuple[Line, Line]:
    t = v.t
    if writer:
        first = t.pgettext("to a child", "You can send an SMS to {number}.")
        how = t.pgettext(
            "to a child", "Write in Lithuanian with plain letters, s and not š: name, address, what happened."
        )
    else:
        first = t.gettext("You can send an SMS to {number}.")
        how = t.gettext("Write in Lithuanian with plain letters, s and not š: name, exact address, what happened.")
    return Line(first.format(number=emergency_number(v.catalogue)), bold=True), Line(how)


def _can_be_wrong(v: Voice, writer: Writer | None) -> Line:
    t = v.t
    if writer:
        said = t.pgettext("to a child", "I am a program and can miss danger. You can call even if you are not sure.")
    else:
        said = t.gettext("I am a program and can miss danger. You can call even if you are not sure.")
    return Line(said)


def _who_reads(v: Voice, topic: TopicId | None, *, on_duty: bool) -> list[Line]:
    """Tell the truth about who reads it when: a person who is called now, or nobody before a time."""
    t = v.t
    if on_duty:
        first = t.gettext("I have alerted a person. I will write when they answer.")
    else:
        first = t.gettext("Nobody is on duty now. I call people all the same.")
    return [
        Line(first),
        Line(t.gettext("Who: {team}").format(team=words(team_of(v.catalogue, topic).name, v.language))),
        Line(target_in_words(v, target_of(v.catalogue, topic))),
        by_when(v, promise_of(v.catalogue).due_at(topic, v.now)),
    ]

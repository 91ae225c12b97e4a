"""The words of calls about danger, and of the duty list. No word of a family is in them: phones lie about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.cases.alerting import Duty, Rung
from bot.cases.model import Case
from bot.conversation.desk_notices import RED, kind_in_words, said
from bot.conversation.model import Button, ButtonSet, Outgoing, Purpose, Verb
from bot.conversation.notices import Voice, named


def in_group(v: Voice, case: Case, kind: str | None, rung: Rung, aliases: Sequence[str], wait: timedelta) -> Outgoing:
    """Call people in their group; whoever presses has the case."""
    t = v.t
    minutes = round(wait.total_seconds() / 60)
    names = ", ".join(named(v, alias) for alias in aliases)
    whom = {
        Rung.PERSON: t.gettext("On duty: {names}. Do you have it?").format(names=names),
        Rung.LEAD: t.gettext("Nobody on duty has it. Lead: {names}. Do you have it?").format(names=names),
        Rung.ADMINISTRATOR: t.gettext("Nobody has it. The administrator is told."),
    }.get(rung, t.gettext("Nobody has it yet. Whoever reads this first: do you have it?"))
    after = (
        t.ngettext("After {n} minute the next is called.", "After {n} minutes the next is called.", minutes)
        if rung in {Rung.PERSON, Rung.LEAD, Rung.ALL}
        else ""
    )
    buttons = ButtonSet(v.new_token(), Purpose.DESK, ((_has_it(v),),), case=case.id)
    return said(v, *filter(None, (_head(v, case, kind), whom, after.format(n=minutes))), buttons=buttons)


def in_private(v: Voice, case: Case, kind: str | None) -> Outgoing:
    """Call somebody in their own chat."""
    buttons = ButtonSet(v.new_token(), Purpose.CALL, ((_has_it(v),),), case=case.id)
    return said(v, _head(v, case, kind), v.t.gettext("Nobody has it yet. Its words are in the group."), buttons=buttons)


def to_administrator(v: Voice, case: Case) -> Outgoing:
    """Tell the administrator that nobody of a team answers a call."""
    t = v.t
    return said(
        v,
        RED + t.gettext("Question {number} is about danger, and nobody has it.").format(number=case.number),
        t.gettext("Everybody in the team was called. Please reach a person by phone."),
    )


def _head(v: Voice, case: Case, kind: str | None) -> str:
    what = kind_in_words(v, kind) if kind else v.t.gettext("kind not known")
    return RED + v.t.gettext("DANGER, {kind}. Question {number}.").format(kind=what, number=case.number)


def _has_it(v: Voice) -> Button:
    return Button(v.t.gettext("I have it"), Verb.CLAIM)


def duty_list(v: Voice, duties: Sequence[Duty]) -> Outgoing:
    """List who is called, in order, and how to change one's own line."""
    t = v.t
    in_order = sorted(duties, key=lambda one: (one.place, one.specialist))
    lines = [f"{number}. {duty_in_words(v, one)}" for number, one in enumerate(in_order, start=1)]
    return said(
        v,
        t.gettext("Who is called about danger, in this order:"),
        *(lines or [t.gettext("Nobody works here yet.")]),
        t.gettext(
            "/duty on, /duty off: your switch. /duty 1: your place. /duty 8-17: your hours. /duty lead: called next."
        ),
        t.gettext("Write /duty on to me alone, and I call you there too."),
    )


def duty_in_words(v: Voice, duty: Duty) -> str:
    """Return one line of the list."""
    t = v.t
    parts = [t.gettext("on duty") if duty.on else t.gettext("off duty")]
    if duty.hours is not None:
        begins, ends = duty.hours
        parts.append(f"{begins:%H:%M}–{ends:%H:%M}")
    if duty.lead:
        parts.append(t.gettext("lead"))
    return f"{named(v, duty.alias)}: {', '.join(parts)}"


def own_duties(v: Voice, duties: Sequence[Duty]) -> Outgoing:
    """Tell somebody in their own chat as what they are on duty."""
    t = v.t
    if not duties:
        return said(
            v, t.gettext("Only people who work in a team's group can be on duty. Press “I work here” there first.")
        )
    return said(v, *(duty_in_words(v, one) for one in duties), t.gettext("/duty on and /duty off change it."))


def is_yours(v: Voice, number: str) -> Outgoing:
    """Tell who pressed in their own chat that they have it now."""
    t = v.t
    return said(v, t.gettext("{number} is yours now.").format(number=number), t.gettext("Answer in the group."))

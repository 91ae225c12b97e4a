"""Early help: a family under strain, short of danger, is offered help. An offer to them alone; nobody is told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.conversation.model import Button, ButtonSet, Effects, Line, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.notices import person_button
from bot.conversation.replies import Received, World, count, reply_language
from bot.matching.evidence import Level

OFFERED_EVERY = timedelta(days=7)
"""An offer that comes with every message is pressure."""
_ABOUT_QUESTIONS = frozenset({"answer", "clarify", "hand_off", "small_talk", "other_language"})


def with_early_help(effects: Effects, r: Received, w: World) -> Effects:
    """Add the offer below the reply to a message that tells of strain; a child is offered its own line instead.

    Most strain sounds like danger, perhaps; then the offer stands below the line about it. Below a card there is none.
    """
    conversation, evidence = effects.conversation, r.evidence
    strained = evidence is not None and evidence.strain and evidence.danger is not Level.RED
    lately = conversation.early_help_at is not None and w.now - conversation.early_help_at < OFFERED_EVERY
    offered = [x for x in w.catalogue.early_help if x not in conversation.last_entries[:1]]
    if not strained or lately or not offered or conversation.writer or effects.step not in _ABOUT_QUESTIONS:
        return effects
    v = w.voice(reply_language(r))
    lines = (
        Line(v.t.gettext("You can get help early, before it becomes too much.")),
        Line(v.t.gettext("Asking is no fault, and I tell nobody. Choose what you want to read, or talk to a person.")),
    )
    rows = (*((Button(v.label(x), Verb.CHOICE, i),) for i, x in enumerate(offered)), (person_button(v),))
    buttons = ButtonSet(v.new_token(), Purpose.ASIDE, rows, entries=tuple(offered))
    told = Outgoing(OutgoingKind.TALK, v.spoken, lines, buttons, silent=True)
    return replace(
        effects,
        conversation=replace(conversation, early_help_at=w.now),
        outgoing=(*effects.outgoing, told),
        counts=(*effects.counts, count(r, "early_help")),
    )

"""A further question of somebody who has many with people already: it goes to the newest of them."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import limit_notices, limits, notices
from bot.conversation.model import (
    Addition,
    ClosedCase,
    Effects,
    NewCase,
    OpenCase,
    Outgoing,
    OutgoingKind,
    Reopening,
)
from bot.conversation.replies import Received, World, count, reply_language
from bot.matching.evidence import Level


def as_an_addition(effects: Effects, r: Received, w: World) -> Effects:
    """Return effects without the new case, where a person has too many of them; one of danger is never too many."""
    case, person = effects.case, r.conversation
    newest: tuple[OpenCase | ClosedCase, ...] = (*reversed(person.open_cases), *person.closed_cases)
    opened = [one.opened_at for one in newest if one.opened_at is not None]
    if case is None or case.danger is Level.RED or limits.may_open(opened, len(person.open_cases), w.now):
        return effects
    return _given_to(newest[0], effects, case, r, w) if newest else effects


def _given_to(kept: OpenCase | ClosedCase, effects: Effects, case: NewCase, r: Received, w: World) -> Effects:
    v = w.voice(reply_language(r))
    told: list[Outgoing] = []
    move: Addition | Reopening | None = None
    if isinstance(kept, ClosedCase):  # taken up again, which has a message of its own
        move = Reopening(kept.id, case.text, case.files, case.danger)
    elif case.text or case.files:
        move = Addition(kept.id, case.text, case.files, case.danger)
        told = [limit_notices.added_instead(v, kept)]
    if effects.awaits_detail:
        told = [limit_notices.write_it_there(v, kept.number)]
    if r.evidence is not None and r.evidence.danger is Level.AMBER:
        told = [*told, Outgoing(OutgoingKind.TALK, v.spoken, (notices.danger_line(v),))]
    others = [one for one in effects.outgoing if one.kind is not OutgoingKind.HAND_OVER]
    counts = [one for one in effects.counts if one.step != "hand_off" and not one.step.startswith("reason:")]
    awaiting = kept.id if effects.awaits_detail else effects.conversation.awaiting
    return replace(
        effects,
        conversation=replace(effects.conversation, awaiting=awaiting),
        outgoing=(*others, *told),
        case=None,
        moves=(*effects.moves, *([move] if move is not None else [])),
        awaits_detail=False,
        counts=(*counts, count(r, "added")),
        step="added",
    )

"""What limits leave of that which would follow from a message. Danger has all of it, always.

Everything is decided first as if there were no limits, and then held back: so nothing that danger needs can be forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation import limit_notices, limits
from bot.conversation.further import as_an_addition
from bot.conversation.limits import Allowance, Limit
from bot.conversation.model import (
    Addition,
    Channel,
    Effects,
    Kind,
    OpenCase,
    Outgoing,
    Purpose,
    Reopening,
    Verb,
)
from bot.conversation.notices import danger_line
from bot.conversation.presses import in_words
from bot.conversation.replies import Received, World, count, effects_of, hand_off, reply_language
from bot.conversation.steps import Reason
from bot.conversation.writers import remembered
from bot.matching.evidence import Level

PAUSED, BARRED = "paused", "barred"
HELD_BACK = frozenset({PAUSED, BARRED})
"""Steps of messages that were not answered; a press among them was not obeyed, and can be pressed again."""
REMINDED = timedelta(days=1)
"""So seldom somebody is reminded that a specialist has limited them."""
OF_SAFETY = frozenset({"danger", "hide", "unhide", "curtain"})
"""Steps that keep somebody safe."""
_ON_THE_CARD = frozenset({Verb.CANNOT_CALL, Verb.DANGER_OVER})
_OF_FILES = frozenset({Verb.SEND_FILE, Verb.KEEP_FILE})
_UNPAUSED = frozenset({Channel.CONSOLE})
"""Where the only person is whoever has started the program."""


def limited(effects: Effects, r: Received, w: World) -> Effects:
    """Return what is left of the effects of one message, with its place in the count of messages."""
    if _is_never_limited(effects, r, w):
        return effects
    until = r.conversation.barred_until
    if until is not None and w.now < until:
        return _of_somebody_barred(effects, r, w, until)
    if effects.step == "added" and not effects.outgoing:  # people talk with each other: nothing is answered, or counted
        return effects
    after, limit = _counted(r, w)
    if limit is Limit.WITHIN:
        effects = as_an_addition(effects, r, w)
        return replace(effects, conversation=replace(effects.conversation, allowance=after))
    begins = after.paused_until if limit is Limit.OVER else None
    told = (limit_notices.paused(w.voice(reply_language(r)), begins),) if begins is not None else ()
    return _held_back(effects, r, w, after, told, PAUSED)


def _of_somebody_barred(effects: Effects, r: Received, w: World, until: datetime) -> Effects:
    allowance = r.conversation.allowance
    if allowance.reminded_at is not None and w.now - allowance.reminded_at < REMINDED:
        return _held_back(effects, r, w, allowance, (), BARRED)
    told = limit_notices.still_barred(w.voice(reply_language(r)), until)
    return _held_back(effects, r, w, replace(allowance, reminded_at=w.now), (told,), BARRED)


def _counted(r: Received, w: World) -> tuple[Allowance, Limit]:
    if r.conversation.channel in _UNPAUSED:
        return r.conversation.allowance, Limit.WITHIN
    return limits.counted(
        r.conversation.allowance,
        sent_at=min(r.incoming.at or w.now, w.now),
        now=w.now,
        costs=limits.PRESS if r.incoming.kind is Kind.PRESS else 1,
        crowded=w.crowded,
    )


# What is never held back ----------------------------------------------------------------------------------------------


def _is_never_limited(effects: Effects, r: Received, w: World) -> bool:
    """Tell whether a message is danger, keeps somebody safe, or tells only that somebody can be reached."""
    if effects.step in OF_SAFETY or r.incoming.kind in {Kind.BLOCKED, Kind.UNBLOCKED}:
        return True
    press, buttons = r.incoming.press, r.pressed
    if press is not None and buttons is not None:
        of_danger = press.verb in _ON_THE_CARD or buttons.purpose is Purpose.CALL
        return of_danger or (press.verb in _OF_FILES and bool(_danger_in_hand(r)))
    if r.incoming.files and _danger_in_hand(r):  # asked about first, as always: they may show other people
        return True
    return _is_button_of_the_card_in_words(r, w)


def _danger_in_hand(r: Received) -> list[OpenCase]:
    return [case for case in r.conversation.open_cases if case.urgent and case.in_hand]


def _is_button_of_the_card_in_words(r: Received, w: World) -> bool:
    latest = r.conversation.latest_buttons
    return latest is not None and latest.purpose is Purpose.CARD and in_words(r, w) is not None


# What is held back ----------------------------------------------------------------------------------------------------


def _held_back(
    effects: Effects, r: Received, w: World, allowance: Allowance, told: tuple[Outgoing, ...], step: str
) -> Effects:
    """Answer nothing; let words through that people must read: for a case they have, or of perhaps danger."""
    amber = _is_amber(r)
    if amber and not r.conversation.open_cases:  # else nobody would ever read it
        effects = effects if reaches_people(effects) else _as_a_question(r, w)
        conversation = replace(effects.conversation, allowance=allowance)
        return replace(effects, conversation=conversation, outgoing=(*effects.outgoing, *told))
    conversation = replace(r.conversation, blocked=False, allowance=allowance)
    counts = (count(r, step), *([count(r, "amber")] if amber else []))
    moves = _for_people(effects, r, barred=step == BARRED)
    if moves:
        conversation = replace(conversation, awaiting=effects.conversation.awaiting)
    return effects_of(conversation, *told, moves=moves, step=step, counts=counts)


def reaches_people(effects: Effects) -> bool:
    """Tell whether people read a message: in a new case, or in one that they have or had."""
    return effects.case is not None or any(isinstance(move, Addition | Reopening) for move in effects.moves)


def _as_a_question(r: Received, w: World) -> Effects:
    """Keep for people what is perhaps danger and would only have been answered."""
    kept = hand_off(remembered(r, w), w, Reason.LIMITED)
    (told,) = kept.outgoing
    told = replace(told, lines=(*told.lines, danger_line(w.voice(told.language))))
    return replace(kept, outgoing=(told,), counts=(*kept.counts, count(r, "amber")))


def _for_people(effects: Effects, r: Received, *, barred: bool) -> tuple[Addition, ...]:
    if r.incoming.kind is Kind.PRESS:
        return ()
    found = tuple(move for move in effects.moves if isinstance(move, Addition) and _is_read(move, r, barred=barred))
    if found or not r.incoming.text:
        return found
    takes = _danger_in_hand(r) or (r.conversation.open_cases if _is_amber(r) else ())
    level = r.evidence.danger if r.evidence is not None else Level.NONE
    return (Addition(takes[-1].id, r.incoming.text, danger=level),) if takes else ()


def _is_read(move: Addition, r: Received, *, barred: bool) -> bool:
    """Tell whether words still go to a case; of somebody who is barred only those about danger."""
    case = r.conversation.open_case(move.case)
    if case is None or case.urgent or move.danger is not Level.NONE:
        return case is not None
    return not barred and (case.in_hand or move.case in {r.about, r.conversation.awaiting})


def _is_amber(r: Received) -> bool:
    return r.evidence is not None and r.evidence.danger is Level.AMBER

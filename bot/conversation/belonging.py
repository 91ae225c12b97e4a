"""Whether a message belongs to a case that people have: then the bot is silent, on that case only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cases.model import CaseId
from bot.content.model import TopicId
from bot.conversation import case_notices
from bot.conversation.model import Addition, Attachment, AttachmentKind, Effects, OpenCase, Outgoing, Reopening
from bot.conversation.replies import (
    Received,
    World,
    count,
    effects_of,
    heard,
    recently_closed,
    reply_language,
    topic_of,
)
from bot.conversation.steps import Answer, Clarify, HandOff, Reason, SmallTalk, Step
from bot.matching.evidence import Level

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes that a bot may fetch (Bot API, getFile)."""
STILL_TOLD = timedelta(minutes=15)
"""So long after a question was kept the next words that no entry answers are taken for more of it."""
_UNMATCHED = frozenset({Reason.NO_MATCH, Reason.CLARIFIED_ONCE})


def of_a_case(r: Received, w: World, step: Step) -> Effects | None:
    """Give a message to the case it belongs to; None if the bot itself is meant.

    While a specialist and the family write to each other, only an answer of another topic is the bot's. Otherwise a
    message that no entry answers goes to the one case that somebody has in hand or that was asked just now, or takes a
    closed one up again.
    """
    talking = r.conversation.open_case(r.conversation.talking)
    if talking is not None and talking.in_hand:
        return None if _is_the_bots(step, talking, w) else _silently(r, talking.id)
    if not (isinstance(step, HandOff) and step.reason in _UNMATCHED):
        return None
    topic = topic_of(r, w)
    in_hand = [case for case in r.conversation.open_cases if _takes_more(case, w) and _fits(case.topic, topic)]
    if len(in_hand) == 1:
        return _with_a_way_out(r, w, in_hand[0])
    if in_hand:
        asked = case_notices.which_case(w.voice(reply_language(r)), in_hand, r.id)
        return effects_of(heard(r.conversation, r), asked, step="which_case", counts=(count(r, "which_case"),))
    closed = recently_closed(r, w, topic)
    return told_of_case(r, w, closed.id) if closed is not None else None


def _takes_more(case: OpenCase, w: World) -> bool:
    return case.in_hand or w.now - case.opened_at < STILL_TOLD


def _is_the_bots(step: Step, talking: OpenCase, w: World) -> bool:
    match step:
        case Answer(entry_id=entry_id, also=also):
            entries = (entry_id, *(x.entry_id for x in also))
            return all(w.catalogue.entries[x].topic != talking.topic for x in entries)
        case HandOff(reason=Reason.PERSON_ASKED):
            return True
        case HandOff() | SmallTalk() | Clarify():
            return False
    return True


def _fits(one: TopicId | None, other: TopicId | None) -> bool:
    return one is None or other is None or one == other


def _silently(r: Received, case: CaseId) -> Effects:
    move = Addition(case, r.incoming.text, danger=_level(r))
    return effects_of(heard(r.conversation, r), moves=(move,), step="added", counts=(count(r, "added"),))


def _with_a_way_out(r: Received, w: World, case: OpenCase) -> Effects:
    told = case_notices.added(w.voice(reply_language(r)), case.number, question=r.id)
    effects = _silently(r, case.id)
    talking = case.id if case.in_hand else effects.conversation.talking
    return replace(effects, outgoing=(told,), conversation=replace(effects.conversation, talking=talking))


def told_of_case(r: Received, w: World, case_id: CaseId) -> Effects | None:
    """Put a message to a case and say so; a closed one is taken up again, which has a message of its own.

    None if the case is gone: then the message is one like any.
    """
    awaiting = None if r.conversation.awaiting == case_id else r.conversation.awaiting
    conversation = heard(replace(r.conversation, awaiting=awaiting), r)
    counts = (count(r, "added"),)
    case = conversation.open_case(case_id)
    if case is not None:
        told = case_notices.added(w.voice(reply_language(r)), case.number)
        move = Addition(case.id, r.incoming.text, danger=_level(r))
        silent = case.in_hand and conversation.talking == case.id
        return effects_of(conversation, *([] if silent else [told]), moves=(move,), step="added", counts=counts)
    if any(closed.id == case_id for closed in conversation.closed_cases):
        again = Reopening(case_id, r.incoming.text, danger=_level(r))
        return effects_of(conversation, moves=(again,), step="reopened", counts=(count(r, "reopened"),))
    return None


def _level(r: Received) -> Level:
    return r.evidence.danger if r.evidence else Level.NONE


# Pictures, files, voice -----------------------------------------------------------------------------------------------


def attached(effects: Effects, r: Received, w: World) -> Effects:
    """Add what follows from attachments: a warning first; after it was answered once, they go to the case at once."""
    if not all(may_be_passed_on(one) for one in r.incoming.files):
        return _told_too(effects, case_notices.file_refused(w.voice(reply_language(r)), r.id))
    case = r.conversation.open_case(r.conversation.files_for)
    if case is not None and case.in_hand and case.id == r.conversation.talking:
        words = [move for move in effects.moves if isinstance(move, Addition) and move.case == case.id]
        move = replace(words[0], files=r.incoming.files) if words else Addition(case.id, files=r.incoming.files)
        others = tuple(one for one in effects.moves if one not in words)
        return replace(effects, moves=(*others, move), step=effects.step or "added")
    return _told_too(effects, case_notices.file_warning(w.voice(reply_language(r)), r.id))


def _told_too(effects: Effects, told: Outgoing) -> Effects:
    return replace(effects, outgoing=(*effects.outgoing, told))


def may_be_passed_on(one: Attachment) -> bool:
    """Tell whether an attachment may go on by what its channel says of it; its bytes are looked at when it leaves."""
    if one.size > LARGEST_FILE:
        return False
    if one.kind is AttachmentKind.FILE:
        return one.mime == "application/pdf" or one.mime in PICTURES
    return True


PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Pictures that are drawn anew before they go on."""

"""What happens to a case, whoever does it: saved with its event, told to the family once, shown to the specialists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import alerting, showing
from bot.cases import lifecycle
from bot.cases.model import CHANGES_HANDS, Case, CaseId, Event, EventKind, Rating, SpecialistId
from bot.content.model import TeamId
from bot.conversation import case_notices, desk_notices
from bot.conversation.case_notices import Moved
from bot.conversation.hiding import behind_curtain
from bot.conversation.model import (
    Addition,
    Attachment,
    ButtonSet,
    Conversation,
    ConversationId,
    Count,
    DangerOver,
    FamilyMove,
    InboxId,
    NewCase,
    Outgoing,
    RatingGiven,
    Reachability,
    Reopening,
    Solution,
    Withdrawal,
)
from bot.conversation.numbers import alias_of, case_number
from bot.conversation.replies import World
from bot.matching.evidence import Level
from bot.ports import KeptCase, NewOutgoing, Transaction


async def open_case(
    tx: Transaction, case: NewCase, opened_by: InboxId, conversation: ConversationId, w: World
) -> CaseId:
    """Open a case and show it to the team of its topic. A message that has opened one already opens no second."""
    catalogue = w.catalogue
    known = catalogue.topics.get(case.topic) if case.topic else None
    team: TeamId = known.team if known else catalogue.default_team
    due_at = w.promise.due_at(case.topic, w.now)
    earlier = await tx.cases.opened_by(opened_by)
    if earlier is not None:
        return earlier
    opened = await tx.cases.open(case, case_number(opened_by), opened_by, conversation, team, due_at, w.now)
    await showing.show(tx, opened, w, str(opened))
    if case.danger is Level.RED:
        await alerting.begin(tx, opened, w)
    if case.files:
        kept = await tx.cases.load(opened)
        await _tell_group(tx, kept, "", case.files, f"opened:{opened}", w)
    return opened


async def moved(
    tx: Transaction,
    kept: KeptCase,
    event: Event,
    w: World,
    *,
    alias: str = "",
    text: str = "",
    files: Sequence[Attachment] = (),
    ref: str | None = None,
) -> Case:
    """Save what an event made of a case, tell the family if it changed hands, and bring the cards up to date."""
    case = lifecycle.after(kept.case, event)
    await tx.cases.save(case, event, text=text, files=files, ref=ref)
    if event.kind in CHANGES_HANDS:
        await _tell_family_of(tx, kept, case, event, alias, w)
    if _looks_other(kept.case, case) or not kept.asked:
        await showing.refresh(tx, case.id, w)
    await alerting.follow(tx, kept, case, event, w)
    return case


async def alert(tx: Transaction, kept: KeptCase, event: Event, w: World) -> None:
    """Tell the group that a case waits again or that its promise would have slipped; an edited card makes no sound."""
    v = await showing.voice_for(tx, kept, w)
    if v is not None:
        told = desk_notices.overdue(v, event.kind, kept.case)
        await showing.tell(tx, kept.case.id, [(f"overdue:{kept.case.id}:{kept.case.version}", told)], w)


def _looks_other(before: Case, after: Case) -> bool:
    """Tell whether a card has to change: a group gets twenty messages a minute, and edits count."""
    return any(
        getattr(before, name) != getattr(after, name) for name in ("state", "team", "claimed_by", "due_at", "urgent")
    )


async def _tell_family_of(tx: Transaction, kept: KeptCase, case: Case, event: Event, alias: str, w: World) -> None:
    told = Moved(event.kind, case.id, case.number, case.team, alias, case.due_at, event.reason)
    conversation = await family_of(tx, kept)
    v = w.voice(conversation.language or case.language)
    one = case_notices.moved(v, told)
    buttons = await tell_family(tx, conversation, case.id, [one], f"case:{case.id}:{case.version}", w)
    # Nobody has it now: the bot answers again. "Did this help?" can be answered in words too.
    if case.claimed_by is None and conversation.talking == case.id:
        await tx.conversations.talk(conversation.id, None, buttons)
    elif buttons is not None:
        await tx.conversations.talk(conversation.id, conversation.talking, buttons)
    counted = Count(str(v.language), case.topic or "", f"case:{event.kind.value}")
    await tx.counts.add(w.now.date(), conversation.channel, [counted])


async def family_of(tx: Transaction, kept: KeptCase) -> Conversation:
    """Return the conversation of the family whose case it is."""
    return (await tx.conversations.load({kept.conversation_id}))[kept.conversation_id]


async def tell_family(
    tx: Transaction, conversation: Conversation, case: CaseId | None, told: Sequence[Outgoing], key: str, w: World
) -> ButtonSet | None:
    """Owe a family messages, perhaps about a case, as a hidden chat shows them; the key makes a second run harmless.

    Returns the first buttons that they get: those that words can press.
    """
    shown = [as_shown for one in told for as_shown in behind_curtain(one, conversation, w)]
    buttons = [(conversation.id, one.buttons) for one in shown if one.buttons is not None]
    await tx.conversations.add_buttons(buttons, w.now)
    rows = [
        NewOutgoing(f"{key}:{n}", conversation.id, conversation.channel, one, case=case) for n, one in enumerate(shown)
    ]
    await tx.outbox.add(rows, w.now)
    return buttons[0][1] if buttons else None


# What the family does -------------------------------------------------------------------------------------------------


async def family_move(
    tx: Transaction, conversation: ConversationId, move: FamilyMove, source: InboxId, w: World
) -> None:
    """Do to a family's own case what they asked for. Raises MoveRefused if the case has changed meanwhile."""
    if isinstance(move, Reachability):
        await _reachability(tx, conversation, move, source, w)
        return
    kept = await tx.cases.load(move.case)
    match move:
        case Addition():
            await _add(tx, kept, move.text, move.files, move.danger, source, w)
        case DangerOver():
            await tx.cases.record(kept.case.id, Event(EventKind.DANGER_OVER, w.now))
            await _tell_group_that_danger_is_over(tx, kept, source, w)
        case Withdrawal():
            await moved(tx, kept, lifecycle.withdraw(kept.case, w.now), w)
        case Solution():
            await moved(tx, kept, lifecycle.solve(kept.case, w.now), w)
        case Reopening():
            await _reopen(tx, kept, move, source, w)
        case RatingGiven(rating=rating):
            await _rate(tx, kept, rating, w)


async def _add(
    tx: Transaction,
    kept: KeptCase,
    text: str,
    files: Sequence[Attachment],
    danger: Level,
    source: InboxId,
    w: World,
) -> None:
    kept = await _raised(tx, kept, danger, w)
    event = lifecycle.write(kept.case, w.now, w.promise)
    await moved(tx, kept, event, w, text=text, files=files)
    await _tell_group(tx, kept, text, files, f"in:{source}", w)


async def _raised(tx: Transaction, kept: KeptCase, danger: Level, w: World) -> KeptCase:
    """Raise a case's level to what its newest words say; it never falls by itself."""
    if lifecycle.LEVELS.index(danger) <= lifecycle.LEVELS.index(kept.danger):
        return kept
    event = Event(EventKind.RAISED, w.now, reason=danger)
    case = lifecycle.after(kept.case, event)
    await tx.cases.save(case, event)
    await showing.refresh(tx, case.id, w)
    if case.urgent and case.claimed_by is None:
        await alerting.begin(tx, case.id, w)
    return replace(kept, case=case, danger=danger)


async def _reopen(tx: Transaction, kept: KeptCase, move: Reopening, source: InboxId, w: World) -> None:
    case = await moved(tx, kept, lifecycle.reopen(kept.case, w.now, w.promise), w)
    if move.text or move.files:
        await _add(tx, replace(kept, case=case), move.text, move.files, move.danger, source, w)


async def _rate(tx: Transaction, kept: KeptCase, rating: Rating, w: World) -> None:
    event = lifecycle.rate(kept.case, w.now, rating)
    case = lifecycle.after(kept.case, event)
    await tx.cases.save(case, event)
    if rating is Rating.NO:
        await moved(tx, replace(kept, case=case), lifecycle.reopen(case, w.now, w.promise), w)


async def _reachability(
    tx: Transaction, conversation: ConversationId, move: Reachability, source: InboxId, w: World
) -> None:
    kind = EventKind.REACHABLE if move.reachable else EventKind.UNREACHABLE
    for case_id in await tx.cases.open_of(conversation):
        kept = await tx.cases.load(case_id)
        await tx.cases.record(case_id, Event(kind, w.now))
        v = await showing.voice_for(tx, kept, w)
        if v is None:
            continue
        word = desk_notices.reachable if move.reachable else desk_notices.unreachable
        told = word(v, kept.case.number, alias_of(conversation))
        await showing.tell(tx, case_id, [(f"reach:{source}:{case_id}", told)], w)


async def _tell_group(
    tx: Transaction, kept: KeptCase, text: str, files: Sequence[Attachment], key: str, w: World
) -> None:
    v = await showing.voice_for(tx, kept, w)
    if v is None:
        return
    told = desk_notices.family_writes(v, kept.case.number, alias_of(kept.conversation_id), text, files)
    await showing.tell(tx, kept.case.id, [(f"{key}:{kept.case.id}:{n}", one) for n, one in enumerate(told)], w)


async def _tell_group_that_danger_is_over(tx: Transaction, kept: KeptCase, source: InboxId, w: World) -> None:
    v = await showing.voice_for(tx, kept, w)
    if v is None:
        return
    text = v.t.gettext("{family} says that the danger is over, question {number}. The level stays.")
    told = desk_notices.said(v, text.format(family=alias_of(kept.conversation_id), number=kept.case.number))
    await showing.tell(tx, kept.case.id, [(f"over:{source}", told)], w)


async def release_all(tx: Transaction, specialist: SpecialistId, w: World) -> int:
    """Give back every case of somebody who no longer works here; return how many."""
    cases = await tx.cases.claimed_by(specialist)
    for case_id in cases:
        kept = await tx.cases.load(case_id)
        await moved(tx, kept, lifecycle.release(kept.case, specialist, w.now, w.promise), w)
    return len(cases)

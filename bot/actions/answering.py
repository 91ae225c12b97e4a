"""A kept message gets what follows from it: a reply, a case, counts. One transaction for a batch of conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import perf_counter

import structlog

from bot.actions import alerting, group, handling, hiding, reviewing
from bot.actions.casework import family_move, open_case
from bot.cases.model import CaseId, MoveRefused
from bot.content.model import LITHUANIAN
from bot.conversation import alert_notices, danger_notices, desk_notices, notices
from bot.conversation.decide import ENOUGH_VERDICTS
from bot.conversation.dialogue import danger_topic, respond
from bot.conversation.followup import FollowUp, follow_up, read_with
from bot.conversation.hiding import behind_curtain
from bot.conversation.limiting import HELD_BACK
from bot.conversation.model import (
    Acknowledgement,
    ButtonSet,
    Conversation,
    ConversationId,
    Count,
    DutyOrder,
    Effects,
    InboxId,
    Incoming,
    Kind,
    NewCase,
    Outgoing,
    OutgoingKind,
    Press,
    Purpose,
    StaffMove,
    Token,
    Verb,
    Verdict,
)
from bot.conversation.notices import Voice
from bot.conversation.numbers import case_number
from bot.conversation.replies import Received, World, reply_language
from bot.conversation.steps import Reason
from bot.conversation.writers import known_writer, remembered
from bot.errors import StoreRefused, StoreUnavailable
from bot.matching.evidence import Evidence, Level
from bot.matching.find import Matcher
from bot.matching.index import ALGORITHM
from bot.ports import Clock, KeptVerdict, NewOutgoing, Store, Transaction, Waiting

log = structlog.get_logger()

BATCH = 25
"""Conversations in one transaction. One at a time costs 15 to 20 times the processor time of 25 (measured)."""
MAX_ATTEMPTS = 5
"""Tries at one message before people get it; a message tried before is handled alone, so that it harms no other. A
process that is ended from outside counts as a try too, hence more than the two or three that a fault would need."""
URGENT = 100
"""The outbox priority of a danger card: above everything, also above earlier messages of the same chat."""
CROWD = 500
"""Waiting messages beyond which each person has a smaller allowance: twenty full batches."""


@dataclass(frozen=True, slots=True)
class Mind:
    """What understanding and wording need, swapped as a whole when the content changes."""

    matcher: Matcher
    world: World


async def answer_ready(*, store: Store, mind: Mind, clock: Clock, held_up: set[InboxId] | None = None) -> int:
    """Handle the oldest message of each conversation that has one; return how many were handled.

    `held_up` is what the caller keeps between turns: messages that nothing but the database keeps from being handled. It
    is no fault of theirs, so no further attempts are counted.

    Raises StoreUnavailable; then all of them wait.
    """
    held_up = set() if held_up is None else held_up
    mind = replace(mind, world=replace(mind.world, now=clock()))
    async with store.begin() as tx:
        ready = await tx.inbox.ready(BATCH)
        # Asked only where a batch is full: else everybody's turn has come already.
        crowded = len(ready) == BATCH and await tx.inbox.are_more_than(CROWD)
        mind = replace(mind, world=replace(mind.world, crowded=crowded))
        waiting = _batch(ready)
        worn_out = [one for one in waiting if one.attempts >= MAX_ATTEMPTS and one.id not in held_up]
        waiting = [one for one in waiting if one not in worn_out]
        fresh = [one.id for one in waiting if one.id not in held_up]
        if fresh:
            await tx.inbox.begin(fresh)
        conversations = await tx.conversations.load({one.conversation_id for one in waiting})
        if mind.world.policy.floor and waiting and await tx.verdicts.are(ENOUGH_VERDICTS):
            mind = replace(mind, world=replace(mind.world, policy=replace(mind.world.policy, floor=0.0)))
    if worn_out:
        await _give_up(worn_out, store=store, mind=mind, clock=clock)
    held_up.difference_update(one.id for one in waiting)
    try:
        await _handle(waiting, conversations, store=store, mind=mind, clock=clock)
    except StoreRefused:
        raise
    except StoreUnavailable:
        held_up.update(one.id for one in waiting)
        raise
    return len(waiting) + len(worn_out)


async def _handle(
    waiting: Sequence[Waiting],
    conversations: Mapping[ConversationId, Conversation],
    *,
    store: Store,
    mind: Mind,
    clock: Clock,
) -> None:
    for one in waiting:
        if one.incoming.group is not None:
            await _in_group(one, store=store, mind=mind, clock=clock)
    from_people = [one for one in waiting if one.incoming.group is None]
    if from_people:
        await _answer(from_people, conversations, store=store, mind=mind, clock=clock)


async def _in_group(one: Waiting, *, store: Store, mind: Mind, clock: Clock) -> None:
    try:
        await group.answer(one, store=store, w=mind.world, clock=clock)
    except StoreUnavailable:
        raise
    except Exception:  # as below: the message stays, and is tried again alone
        log.exception("message.failed", message=one.id)


def _batch(ready: Sequence[Waiting]) -> list[Waiting]:
    if ready and ready[0].attempts:
        return list(ready[:1])  # tried before: alone, and at its turn, however much comes behind it
    return [one for one in ready if one.attempts == 0]


async def _answer(
    waiting: Sequence[Waiting],
    conversations: Mapping[ConversationId, Conversation],
    *,
    store: Store,
    mind: Mind,
    clock: Clock,
) -> None:
    started = perf_counter()
    # Understanding takes milliseconds of processor time: beside the event loop, and outside any transaction.
    understood = await asyncio.to_thread(_understand, waiting, conversations, mind)
    async with store.begin() as tx:
        held = await tx.inbox.hold([one.id for one in waiting])
        received, presses = await _surroundings(tx, [one for one in waiting if one.id in held], understood)
        received = await _with_who_is_on_duty(tx, received, mind.world)
        effects = _respond(received, mind.world)
        await _apply(tx, received, effects, mind, clock())
        for token, used in (presses[x] for x in presses.keys() & effects.keys() if effects[x].step not in HELD_BACK):
            await tx.conversations.use(token, used)
    took = (perf_counter() - started) * 1000 / len(waiting)
    for one in received:
        if one.id in effects:
            _log(one, effects[one.id], took)
    await _learn(received, effects, store=store, mind=mind, clock=clock)


@dataclass(frozen=True, slots=True)
class _Understood:
    """What a message tells; with the question before it too, if it may go on from an answer."""

    evidence: Evidence
    follow: FollowUp | None = None
    together: Evidence | None = None


def _understand(
    waiting: Sequence[Waiting], conversations: Mapping[ConversationId, Conversation], mind: Mind
) -> dict[InboxId, _Understood]:
    found = {}
    for one in waiting:
        if not one.incoming.text or one.incoming.kind is Kind.PRESS:
            continue
        try:
            found[one.id] = _read(one.incoming, conversations[one.conversation_id], mind)
        except Exception:  # one message that cannot be understood must not hold the others; it is tried again alone
            log.exception("message.not_understood", message=one.id)
    return found


def _read(incoming: Incoming, conversation: Conversation, mind: Mind) -> _Understood:
    chosen = conversation.language if conversation.chosen else None
    hint, w = conversation.language or incoming.hint, mind.world
    own = mind.matcher.find(incoming.text, chosen=chosen, hint=hint)
    follow = follow_up(incoming.text, own, conversation, now=w.now, catalogue=w.catalogue, policy=w.policy)
    if follow is None:
        return _Understood(own)
    both = read_with(follow, incoming.text, own, w.catalogue)
    return _Understood(own, follow, mind.matcher.find(both, chosen=chosen, hint=hint))


async def _surroundings(
    tx: Transaction, waiting: Sequence[Waiting], understood: Mapping[InboxId, _Understood]
) -> tuple[list[Received], dict[InboxId, tuple[Token, frozenset[str]]]]:
    """Load everything that the replies refer to, in four statements for the whole batch.

    With it the presses of each pressed set that count as obeyed once its message is handled.
    """
    conversations = await tx.conversations.load({one.conversation_id for one in waiting})
    about = await _cases_meant(tx, waiting)
    tokens = {one.incoming.press.token for one in waiting if one.incoming.press}
    sets = await tx.conversations.buttons(tokens)
    pressed: dict[InboxId, ButtonSet] = {}
    presses: dict[InboxId, tuple[Token, frozenset[str]]] = {}
    for one in waiting:
        press = one.incoming.press
        if press is None or press.token not in sets:
            continue
        owner, buttons, used = sets[press.token]
        # Somebody else's button, copied or guessed, is no button here.
        if owner != one.conversation_id:
            continue
        name = f"{press.verb}.{press.choice}"
        repeatable = _changes_language(press, buttons, conversations[owner]) or _raises_a_curtain(press, buttons)
        obeyed = name in used and not repeatable
        pressed[one.id] = replace(buttons, purpose=Purpose.USED) if obeyed else buttons
        presses[one.id] = press.token, used | {name}
    questions = {buttons.question for buttons in pressed.values()}
    for conversation in conversations.values():
        latest = conversation.latest_buttons
        questions |= {conversation.last_question, latest.question if latest else None}
    kept = await tx.inbox.kept({question for question in questions if question is not None})
    received = [
        Received(
            id=one.id,
            incoming=one.incoming,
            conversation=conversations[one.conversation_id],
            pressed=pressed.get(one.id),
            kept=kept,
            about=about.get(one.id),
        )
        for one in waiting
    ]
    return [_with_what_it_tells(one, understood.get(one.id)) for one in received], presses


async def _with_who_is_on_duty(tx: Transaction, received: list[Received], w: World) -> list[Received]:
    """Tell messages about danger whether anybody of the team that gets each is on duty: the card must say so truly."""
    red = {one.id for one in received if one.evidence is not None and one.evidence.danger is Level.RED}
    return [replace(one, on_duty=await _somebody_is_on(tx, one, w)) if one.id in red else one for one in received]


async def _somebody_is_on(tx: Transaction, one: Received, w: World) -> bool:
    topic = danger_topic(w, remembered(one, w).conversation.writer)
    return await alerting.somebody_is_on(tx, notices.team_id_of(w.catalogue, topic), w)


def _with_what_it_tells(one: Received, understood: _Understood | None) -> Received:
    if understood is None:
        return one
    return replace(one, evidence=understood.evidence, follow=understood.follow, together=understood.together)


async def _cases_meant(tx: Transaction, waiting: Sequence[Waiting]) -> dict[InboxId, CaseId]:
    """Return the cases that messages belong to by what they edit, or by the message of ours that they reply to."""
    edits = {one.id: (one.conversation_id, one.incoming.message) for one in waiting if one.incoming.kind is Kind.EDITED}
    first = await tx.inbox.earlier(list(edits.values()))
    meant = {}
    for one in waiting:
        case = None
        if one.id in edits and edits[one.id] in first:
            case = await tx.cases.opened_by(first[edits[one.id]])
        elif one.incoming.reply_to:
            case = await tx.outbox.case_of(one.conversation_id, one.incoming.reply_to)
        if case is not None:
            meant[one.id] = case
    return meant


def _changes_language(press: Press, buttons: ButtonSet, conversation: Conversation) -> bool:
    """Tell whether a press chooses another language than the present one: to and fro is no second press."""
    chosen = buttons.languages[press.choice : press.choice + 1] if press.verb == Verb.LANGUAGE else ()
    return bool(chosen) and chosen[0] != conversation.language


def _raises_a_curtain(press: Press, buttons: ButtonSet) -> bool:
    """Tell whether a press shows what is behind a curtain: before a picture that was folded away, that is still there."""
    return press.verb == Verb.SHOW and buttons.purpose is Purpose.CURTAIN


def _respond(received: Sequence[Received], world: World) -> dict[InboxId, Effects]:
    effects = {}
    for one in received:
        if one.evidence is None and one.incoming.text and one.incoming.kind is not Kind.PRESS:
            continue  # not understood: stays, and is tried again
        try:
            effects[one.id] = respond(one, world)
        except Exception:  # as above: the message stays, the others go on
            log.exception("message.failed", message=one.id)
    return effects


async def _apply(
    tx: Transaction, received: Sequence[Received], effects: Mapping[InboxId, Effects], mind: Mind, now: datetime
) -> None:
    """Write the effects of the whole batch, set by set."""
    done = [one for one in received if one.id in effects]
    conversations, rows = [], []
    for one in done:
        what = effects[one.id]
        conversation, case_id = what.conversation, None
        if what.case is not None:
            case_id = await open_case(tx, what.case, one.id, conversation.id, mind.world)
            conversation = replace(conversation, awaiting=case_id if what.awaits_detail else None)
        if what.resend:
            again = await tx.outbox.again(what.resend, conversation.id, f"again:{one.id}")
            rows += hiding.as_hidden(again, conversation, mind.world)
        if what.hides:
            anew = one.conversation.hidden_at is None
            await hiding.hide(tx, conversation, one.id, mind.world, now, anew=anew)
        outgoing = _as_shown(what, conversation, mind.world)
        rows += outbox_rows(one.id, conversation, outgoing, case_id)
        conversations.append(replace(conversation, latest_buttons=_latest(conversation, outgoing)))
    await _keep_buttons(tx, rows, now)
    await tx.outbox.add(rows, now)
    await tx.conversations.save(conversations)
    for one in done:
        for move in effects[one.id].moves:
            if isinstance(move, Acknowledgement | DutyOrder):
                await _staff_move(tx, one, move, mind.world)
            else:
                await family_move(tx, one.conversation.id, move, one.id, mind.world)
        if reviewing.needs_review(one, effects[one.id]):
            await reviewing.show(tx, one, mind.world)
    for channel in {one.incoming.address.channel for one in done}:
        counted = [c for one in done if one.incoming.address.channel is channel for c in effects[one.id].counts]
        await tx.counts.add(now.date(), channel, counted)
    await tx.inbox.finish([one.id for one in done], now)


def _as_shown(what: Effects, conversation: Conversation, w: World) -> tuple[Outgoing, ...]:
    """Return messages as they leave: behind a curtain where the chat is hidden."""
    if what.bare:
        return what.outgoing
    return tuple(shown for one in what.outgoing for shown in behind_curtain(one, conversation, w))


async def _staff_move(tx: Transaction, one: Received, move: StaffMove, w: World) -> None:
    """Do what a specialist says in their own chat, and tell them what came of it."""
    v, address = w.voice(reply_language(one)), one.incoming.address
    match move:
        case DutyOrder(order=order):
            told = alert_notices.own_duties(v, await alerting.change_own(tx, address, order))
        case Acknowledgement(case=case_id):
            try:
                told = alert_notices.is_yours(v, (await handling.acknowledge(tx, case_id, address, w)).number)
            except MoveRefused as refused:
                told = await _refused(tx, case_id, refused, v)
    conversation = one.conversation
    rows = [
        NewOutgoing(f"staff:{one.id}", conversation.id, conversation.channel, shown, source=one.id)
        for shown in behind_curtain(told, conversation, w)
    ]
    await _keep_buttons(tx, rows, w.now)
    await tx.outbox.add(rows, w.now)


async def _refused(tx: Transaction, case_id: CaseId, refused: MoveRefused, v: Voice) -> Outgoing:
    holder = [refused.holder] if refused.holder is not None else []
    alias = next(iter((await tx.teams.aliases(holder)).values()), "")
    number = (await tx.cases.load(case_id)).case.number
    return desk_notices.said(v, desk_notices.refused(v, refused.refusal, number, alias))


def outbox_rows(
    source: InboxId, conversation: Conversation, outgoing: Sequence[Outgoing], case: CaseId | None = None
) -> list[NewOutgoing]:
    """Return the outbox rows of one message's effects; their keys make a second run harmless."""
    return [
        NewOutgoing(
            key=f"in:{source}:{n}",
            conversation_id=conversation.id,
            channel=conversation.channel,
            outgoing=one,
            priority=URGENT if one.kind is OutgoingKind.CARD else 0,
            source=source,
            case=case,
        )
        for n, one in enumerate(outgoing)
    ]


def _latest(conversation: Conversation, outgoing: Sequence[Outgoing]) -> ButtonSet | None:
    """Return the buttons that words can press next: the last ones, but not of what nobody asked for."""
    asked_for = [one for one in outgoing if not _only_changes_buttons(one) and not _is_aside(one)]
    sets = [one.buttons for one in asked_for if one.buttons]
    return next(reversed(sets), conversation.latest_buttons)


def _only_changes_buttons(one: Outgoing) -> bool:
    # What came out from behind a curtain is new to its reader, although it is an edit.
    return one.kind is OutgoingKind.EDIT and (one.buttons is None or one.buttons.behind is None)


def _is_aside(one: Outgoing) -> bool:
    """Tell whether a message, or the one behind its curtain, stands below a reply unasked."""
    buttons = one.buttons
    if buttons is None:
        return False
    if buttons.behind is not None:
        return _is_aside(buttons.behind)
    return buttons.purpose is Purpose.ASIDE or (one.silent and buttons.purpose is Purpose.LANGUAGES)


async def _keep_buttons(tx: Transaction, rows: Sequence[NewOutgoing], now: datetime) -> None:
    await tx.conversations.add_buttons(
        [(row.conversation_id, row.outgoing.buttons) for row in rows if row.outgoing.buttons], now
    )


async def _give_up(worn_out: Sequence[Waiting], *, store: Store, mind: Mind, clock: Clock) -> None:
    """Give messages that no program could handle to people, and tell their writers so."""
    for one in worn_out:
        if one.incoming.group is not None:
            await group.give_up(one, store=store, w=mind.world, clock=clock)
            log.error("message.given_up", message=one.id, attempts=one.attempts)
            continue
        async with store.begin() as tx:
            if not await tx.inbox.hold([one.id]):
                continue  # another worker was only slow, and has answered
            if one.incoming.kind not in {Kind.BLOCKED, Kind.UNBLOCKED}:
                await _hand_over(tx, one, mind, clock())
            await tx.inbox.fail(one.id, clock())
        log.error("message.given_up", message=one.id, attempts=one.attempts)


async def _hand_over(tx: Transaction, one: Waiting, mind: Mind, now: datetime) -> None:
    """Open a case for a message that no program can read. Patterns alone tell whether it is about danger: they do not break."""
    w, text = mind.world, one.incoming.text
    conversation = (await tx.conversations.load({one.conversation_id}))[one.conversation_id]
    hit = mind.matcher.gravest_pattern(text)
    language = conversation.language or one.incoming.hint or (hit.language if hit else None) or LITHUANIAN
    v, number, writer = w.voice(language), case_number(one.id), known_writer(conversation, w.now)
    case = NewCase(one.id, text, Reason.FAILED, None, language, files=one.incoming.files, writer=writer)
    told = notices.failed(v, number)
    if hit is not None:
        case = replace(case, danger=hit.level, danger_kind=hit.kind)
    if hit is not None and hit.level is Level.RED:
        topic = danger_topic(w, writer)
        on_duty = await alerting.somebody_is_on(tx, notices.team_id_of(w.catalogue, topic), w)
        case = replace(case, topic=topic)
        told = danger_notices.danger_card(v, hit.kind, number, topic, one.id, on_duty=on_duty, writer=writer)
    case_id = await open_case(tx, case, one.id, conversation.id, w)
    rows = outbox_rows(one.id, conversation, behind_curtain(told, conversation, w), case_id)
    await _keep_buttons(tx, rows, now)
    await tx.outbox.add(rows, now)
    await tx.counts.add(now.date(), conversation.channel, [Count(language, "", "failed")])


def _log(one: Received, effects: Effects, took_ms: float) -> None:
    log.info(
        "message.handled",
        channel=one.incoming.address.channel.value,
        kind=one.incoming.kind.value,
        language=str(reply_language(one)),
        step=effects.step,
        reason=effects.case.reason.value if effects.case else None,
        took_ms=round(took_ms, 1),
        **_held_back(one, effects),
    )


def _held_back(one: Received, effects: Effects) -> dict[str, str | None]:
    """Return what shadow mode tells of a message, with the case in which people do it instead."""
    if not effects.would:
        return {}
    return {"would": effects.would, "entry": effects.would_show, "case": case_number(one.id) if effects.case else None}


# What presses teach ---------------------------------------------------------------------------------------------------


async def _learn(
    received: Sequence[Received], effects: Mapping[InboxId, Effects], *, store: Store, mind: Mind, clock: Clock
) -> None:
    """Keep verdicts with what matching sees in the words of their question; where these are gone, nothing.

    After the replies, so that nobody waits for it. A process that ends in between loses a verdict and nothing else.
    """
    judged = [
        (one, verdicts)
        for one in received
        if one.id in effects and (verdicts := effects[one.id].verdicts) and one.text_of(verdicts[0].question)
    ]
    if not judged:
        return
    day = clock().date()
    made = await asyncio.to_thread(
        lambda: [kept for one, verdicts in judged for kept in _reread(one, verdicts, mind.matcher, day)]
    )
    async with store.begin() as tx:
        await tx.verdicts.add(made)


def _reread(one: Received, verdicts: Sequence[Verdict], matcher: Matcher, day: date) -> list[KeptVerdict]:
    conversation = one.conversation
    try:
        evidence = matcher.find(
            one.text_of(verdicts[0].question),
            chosen=conversation.language if conversation.chosen else None,
            hint=conversation.language,
        )
    except Exception:  # the press was obeyed; there is nothing to try again
        log.exception("verdict.failed", message=one.id)
        return []
    found = {candidate.entry_id: candidate for candidate in evidence.candidates}
    return [
        KeptVerdict(
            question=verdict.question,
            language=evidence.language,
            entry_id=verdict.entry_id,
            source=verdict.source,
            right=verdict.right,
            p=found[verdict.entry_id].p if verdict.entry_id in found else None,
            signals=found[verdict.entry_id].signals if verdict.entry_id in found else (),
            encoder_id=matcher.encoder_id,
            algorithm=ALGORITHM,
            day=day,
        )
        for verdict in verdicts
    ]

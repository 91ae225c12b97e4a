"""What specialists do with a case: claim, release, reply, note, transfer, close. Each works inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import alerting, showing
from bot.actions.casework import family_of, moved, tell_family
from bot.cases import lifecycle
from bot.cases.model import Case, CaseId, CloseReason, MoveRefused, Refusal
from bot.content.model import TeamId
from bot.conversation import case_notices
from bot.conversation.model import Address, Attachment
from bot.conversation.replies import World
from bot.matching.evidence import Level
from bot.ports import Specialist, Transaction, Words


async def claim(tx: Transaction, case_id: CaseId, by: Specialist, w: World) -> Case:
    """Give a waiting case to `by`; whoever commits first has it. Raises MoveRefused, naming the holder."""
    kept = await tx.cases.load(case_id)
    return await moved(tx, kept, lifecycle.claim(kept.case, by.id, w.now, w.promise), w, alias=by.alias)


async def take_over(tx: Transaction, case_id: CaseId, by: Specialist, w: World) -> Case:
    """Give a case to `by`, also from somebody else's hands. Raises MoveRefused."""
    kept = await tx.cases.load(case_id)
    return await moved(tx, kept, lifecycle.take_over(kept.case, by.id, w.now, w.promise), w, alias=by.alias)


async def release(tx: Transaction, case_id: CaseId, by: Specialist, w: World) -> Case:
    """Give a case back to its queue. Raises MoveRefused."""
    kept = await tx.cases.load(case_id)
    return await moved(tx, kept, lifecycle.release(kept.case, by.id, w.now, w.promise), w)


async def reply(
    tx: Transaction,
    case_id: CaseId,
    by: Specialist,
    text: str,
    w: World,
    *,
    files: Sequence[Attachment] = (),
    ref: str,
) -> Case:
    """Send words and files to the family. `ref` names the message they came from: it is sent once.

    Raises MoveRefused; then nothing is sent.
    """
    kept = await tx.cases.load(case_id)
    event = lifecycle.reply(kept.case, by.id, w.now)
    conversation = await family_of(tx, kept)
    v = w.voice(conversation.language or kept.case.language)
    told = case_notices.reply(v, case_id, kept.case.number, by.alias, text, files)
    latest = await tell_family(tx, conversation, case_id, told, f"reply:{ref}", w)
    await tx.conversations.talk(conversation.id, case_id, latest)
    return await moved(tx, kept, event, w, text=text, files=files, ref=ref)


async def correct(tx: Transaction, sent: Words, by: Specialist, text: str, w: World, *, ref: str) -> None:
    """Send new words for an earlier reply of `by`; the old ones stay as they were read.

    Raises MoveRefused if the reply is somebody else's.
    """
    if sent.by != by.id:
        raise MoveRefused(Refusal.HAS_ANOTHER, sent.by)
    kept = await tx.cases.load(sent.case)
    event = lifecycle.correct(by.id, w.now)
    await tx.cases.record(sent.case, event, text=text, ref=ref)
    conversation = await family_of(tx, kept)
    v = w.voice(conversation.language or kept.case.language)
    told = case_notices.correction(v, kept.case.number, by.alias, text)
    await tell_family(tx, conversation, sent.case, told, f"correction:{ref}:{w.now.isoformat()}", w)


async def note(
    tx: Transaction,
    case_id: CaseId,
    by: Specialist,
    text: str,
    w: World,
    *,
    files: Sequence[Attachment] = (),
    ref: str,
) -> Case:
    """Keep words that only specialists may read; they go to no outbox."""
    kept = await tx.cases.load(case_id)
    await tx.cases.let_go(ref)
    await tx.cases.note(case_id, by.id, text, files, ref, w.now)
    await tx.cases.touch(case_id, lifecycle.touch(kept.case, by.id, w.now, w.promise))
    return kept.case


async def hold(
    tx: Transaction,
    case_id: CaseId,
    by: Specialist,
    text: str,
    w: World,
    *,
    files: Sequence[Attachment] = (),
    ref: str,
) -> None:
    """Keep words that are not sent yet, until their writer decides."""
    await tx.cases.hold(case_id, by.id, text, files, ref, w.now)


async def transfer(tx: Transaction, case_id: CaseId, by: Specialist, to: TeamId, reason: str, w: World) -> Case:
    """Give a case to another team. Raises MoveRefused."""
    kept = await tx.cases.load(case_id)
    event = lifecycle.transfer(kept.case, to, by.id, w.now, w.promise, reason)
    return await moved(tx, kept, event, w)


async def close(tx: Transaction, case_id: CaseId, by: Specialist, reason: CloseReason, w: World) -> Case:
    """End a case and ask the family whether it helped. Raises MoveRefused."""
    kept = await tx.cases.load(case_id)
    return await moved(tx, kept, lifecycle.close(kept.case, by.id, w.now, reason), w)


async def set_level(tx: Transaction, case_id: CaseId, by: Specialist, level: Level, why: str, w: World) -> Case:
    """Change the level of danger of a case, with the reason; the level that it has already changes nothing.

    Raises MoveRefused for a case that is closed.
    """
    kept = await tx.cases.load(case_id)
    event = lifecycle.set_level(kept.case, kept.danger, level.value, by.id, w.now, w.promise)
    if level.value == kept.danger:
        return kept.case
    case = await moved(tx, kept, event, w, text=why)
    if case.urgent and case.claimed_by is None:
        await alerting.begin(tx, case_id, w)
    return case


async def acknowledge(tx: Transaction, case_id: CaseId, address: Address, w: World) -> Case:
    """Give a case to whoever says in their own chat that they have it. Raises MoveRefused, also for a stranger."""
    kept = await tx.cases.load(case_id)
    for one in await tx.alerts.working_as(address):
        if await can_answer(tx, kept.case, one, w):
            return await claim(tx, case_id, one, w)
    raise MoveRefused(Refusal.NOT_YET)


async def teams_for(tx: Transaction, case: Case, w: World) -> list[TeamId]:
    """Return the teams that a case can go to: others, with a group of their own."""
    connected = await tx.teams.connected()
    return [team for team in w.catalogue.teams if team in connected and team != case.team]


async def can_answer(tx: Transaction, case: Case, by: Specialist, w: World) -> bool:
    """Tell whether a case is with the group that somebody works in."""
    group = await showing.group_for(tx, case.team, w)
    return group is not None and group.conversation_id == by.group

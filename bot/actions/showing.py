"""Cases as specialists see them: a card in their team's group, kept true while the case lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.cases.model import CaseId
from bot.content.model import LITHUANIAN, TeamId
from bot.conversation import desk_notices
from bot.conversation.desk_notices import Seen
from bot.conversation.lengths import units
from bot.conversation.model import ConversationId, Outgoing, OutgoingKind
from bot.conversation.notices import Voice
from bot.conversation.numbers import alias_of
from bot.conversation.replies import World
from bot.ports import CasePlace, Group, KeptCase, NewOutgoing, Transaction

URGENT_CARD, TOAST, DIGEST, AGAIN = 90, 80, 70, 60
"""Outbox priorities in a group: danger before all else, an answer to a press, one list instead of many cards, a card
that was lost. Nothing of one case overtakes its card."""
BUSY = 8
"""Cards that wait for a group before it gets one list of all: at three messages a card, a minute's worth."""
DIGEST_EVERY = timedelta(minutes=10)


async def group_for(tx: Transaction, team: TeamId, w: World) -> Group | None:
    """Return the group that sees a team's cases: its own, else the default team's, else none."""
    return await tx.teams.group_of(team) or await tx.teams.group_of(w.catalogue.default_team)


async def voice_of(tx: Transaction, group: ConversationId, w: World) -> Voice:
    """Return the means to word something in a group's language, Lithuanian unless it chose another."""
    return w.voice(await tx.conversations.language(group) or LITHUANIAN)


async def show(tx: Transaction, case_id: CaseId, w: World, key: str) -> None:
    """Put a case's card into the group that answers it. `key` names the occasion; the same one shows it once."""
    kept = await tx.cases.load(case_id)
    group = await group_for(tx, kept.case.team, w)
    if group is not None:
        await _show_in(tx, kept, group, w, key)


async def _show_in(tx: Transaction, kept: KeptCase, group: Group, w: World, key: str, priority: int = 0) -> None:
    v = await voice_of(tx, group.conversation_id, w)
    title = desk_notices.title(v, kept.case)
    await tx.places.put(CasePlace(kept.case.id, group.conversation_id, title))
    urgent = URGENT_CARD if kept.case.urgent else priority
    await _owe(tx, desk_notices.card(v, await _seen(tx, kept)), group, kept.case.id, f"card:{key}", w, urgent)
    if units(kept.asked) > desk_notices.LONGEST_WORDS:
        whole = desk_notices.family_writes(v, kept.case.number, alias_of(kept.conversation_id), kept.asked, ())
        for n, one in enumerate(whole):
            await _owe(tx, one, group, kept.case.id, f"asked:{key}:{n}", w)
    await _digest(tx, group, v, w)


async def _digest(tx: Transaction, group: Group, v: Voice, w: World) -> None:
    """Name all waiting questions at once where their cards would take minutes."""
    waiting = await tx.outbox.waiting(group.conversation_id, OutgoingKind.CASE_CARD)
    if waiting < BUSY or (group.digest_at is not None and w.now - group.digest_at < DIGEST_EVERY):
        return
    cases = [(await tx.cases.load(case)).case for case in await tx.cases.of_team(await _teams_of(tx, group, w))]
    open_ones = [case for case in cases if case.claimed_by is None]
    told = desk_notices.digest(v, [x.number for x in open_ones], [x.number for x in open_ones if x.urgent])
    key = f"digest:{group.conversation_id}:{w.now.isoformat()}"
    await _owe(tx, told, group, None, key, w, DIGEST)
    await tx.teams.change(replace(group, digest_at=w.now))


async def _teams_of(tx: Transaction, group: Group, w: World) -> list[TeamId]:
    """Return the teams whose cases a group sees: its own, and for the default team's group all that have none."""
    if group.team != w.catalogue.default_team:
        return [group.team]
    connected = await tx.teams.connected()
    return [team for team in w.catalogue.teams if team == group.team or team not in connected]


async def show_all(tx: Transaction, group: Group, w: World, key: str) -> int:
    """Show a group every open case that it answers for and has not before it, danger first; return how many."""
    cases = [x for x in await tx.cases.of_team(await _teams_of(tx, group, w)) if not await _is_there(tx, x, group)]
    for case_id in cases:
        await _show_in(tx, await tx.cases.load(case_id), group, w, f"{key}:{case_id}", AGAIN)
    return len(cases)


async def _is_there(tx: Transaction, case_id: CaseId, group: Group) -> bool:
    """Tell whether a group has a case where it can answer it; what people have begun to write in is not made anew."""
    place = await tx.places.of(case_id, group.conversation_id)
    if place is None:
        return False
    made = place.thread if place.uses_topics else place.card
    return made is not None or await tx.outbox.owes(case_id, group.conversation_id, OutgoingKind.CASE_CARD)


async def show_again(tx: Transaction, case_id: CaseId, group_id: ConversationId, w: World, key: str) -> None:
    """Make a case's topic and card anew, ahead of what waits for them, because somebody has deleted them."""
    group = await tx.teams.group(group_id)
    if group is not None:
        await _show_in(tx, await tx.cases.load(case_id), group, w, key, AGAIN)


async def refresh(tx: Transaction, case_id: CaseId, w: World) -> None:
    """Bring the cards of a case up to date wherever they are; an older edit that has not left is dropped."""
    kept = await tx.cases.load(case_id)
    present = await group_for(tx, kept.case.team, w)
    groups = await tx.places.groups(case_id)
    for group_id in groups:
        group, place = await tx.teams.group(group_id), await tx.places.of(case_id, group_id)
        if group is None or place is None:
            continue
        here = present is not None and group_id == present.conversation_id
        if place.card is None and not await tx.outbox.owes(case_id, group_id, OutgoingKind.CASE_CARD):
            if here:  # its card was lost with the group's old address, or by somebody's hand
                await _show_in(tx, kept, group, w, f"{case_id}:{kept.case.version}:{group_id}", AGAIN)
            continue
        v = await voice_of(tx, group_id, w)
        seen = await _seen(tx, kept)
        if not here:
            seen = replace(seen, elsewhere=kept.case.team)
        await tx.outbox.supersede(case_id, group_id, OutgoingKind.CARD_EDIT, w.now)
        key = f"card:{case_id}:{kept.case.version}:{group_id}:{w.now.timestamp()}"
        await _owe(tx, desk_notices.card(v, seen, edit=True), group, case_id, key, w)
    if present is not None and present.conversation_id not in groups:
        await _show_in(tx, kept, present, w, f"{case_id}:{kept.case.version}")


async def tell(
    tx: Transaction, case_id: CaseId, told: Sequence[tuple[str, Outgoing]], w: World, *, priority: int = 0
) -> None:
    """Say something about a case to the group that has it now; each with the key that keeps it from being said twice."""
    kept = await tx.cases.load(case_id)
    group = await group_for(tx, kept.case.team, w)
    if group is not None:
        for key, one in told:
            await _owe(tx, one, group, case_id, key, w, priority)


async def voice_for(tx: Transaction, kept: KeptCase, w: World) -> Voice | None:
    """Return the voice of the group that has a case; None where no group does."""
    group = await group_for(tx, kept.case.team, w)
    return await voice_of(tx, group.conversation_id, w) if group is not None else None


async def _owe(
    tx: Transaction, one: Outgoing, group: Group, case: CaseId | None, key: str, w: World, priority: int = 0
) -> None:
    channel = (await tx.conversations.address(group.conversation_id)).channel
    if one.buttons is not None:
        await tx.conversations.add_buttons([(group.conversation_id, one.buttons)], w.now)
    await tx.outbox.add([NewOutgoing(key, group.conversation_id, channel, one, priority, case=case)], w.now)


async def _seen(tx: Transaction, kept: KeptCase) -> Seen:
    case = kept.case
    aliases = await tx.teams.aliases([case.claimed_by]) if case.claimed_by is not None else {}
    follows = (await tx.cases.load(kept.follows)).case.number if kept.follows is not None else ""
    story = await tx.cases.story(case.id)
    return Seen(
        case=case,
        family=alias_of(kept.conversation_id),
        reason=kept.reason,
        danger=kept.danger,
        danger_kind=kept.danger_kind,
        asked=kept.asked,
        files=len(kept.files),
        nearest=kept.nearest,
        tried=kept.tried,
        follows=follows,
        holder=aliases.get(case.claimed_by, "") if case.claimed_by is not None else "",
        writer=kept.writer,
        said=tuple(line for line in story if line[0] in desk_notices.SAID)[-6:],
    )

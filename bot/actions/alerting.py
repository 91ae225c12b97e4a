"""Calling people about a case of danger until one has it. The calls are rows: no crash loses, skips or doubles one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import time

import structlog

from bot.actions import showing
from bot.cases import alerting
from bot.cases.alerting import Alert, Duty, Rung
from bot.cases.model import Case, CaseId, Event, EventKind
from bot.content.model import LITHUANIAN, TeamId
from bot.conversation import alert_notices
from bot.conversation.model import Address, ConversationId, Outgoing
from bot.conversation.replies import World
from bot.ports import Clock, KeptCase, NewOutgoing, OnList, Store, Transaction

log = structlog.get_logger()

_HAS_IT = frozenset({EventKind.CLAIMED, EventKind.REPLIED})
_IS_OVER = frozenset({EventKind.CLOSED, EventKind.SOLVED, EventKind.WITHDRAWN})
_WAITS_AGAIN = frozenset({EventKind.RELEASED, EventKind.RETURNED, EventKind.TRANSFERRED, EventKind.REOPENED})
AT_ONCE = 20
"""Cases whose next call is made in one transaction; what is left follows at once."""


async def begin(tx: Transaction, case_id: CaseId, w: World, *, anew: bool = False) -> None:
    """Make the first call about a case; where calls run already, nothing, unless they begin anew with other people."""
    alert = await tx.alerts.of(case_id)
    if anew or not alert.runs:
        await _call(tx, alerting.begin(alerting.end(alert), w.now), w)


async def follow(tx: Transaction, kept: KeptCase, case: Case, event: Event, w: World) -> None:
    """Stop or resume the calls about a case, by what has just happened to it. `case` is as it is after the event."""
    if event.kind in _HAS_IT | _IS_OVER or (event.kind is EventKind.LOWERED and not case.urgent):
        alert = await tx.alerts.of(case.id)
        if alert.runs:
            await tx.alerts.save(alerting.end(alert), w.now, event.by)
            log.info("alert.ended", case=case.number, by=event.kind.value)
    elif event.kind in _WAITS_AGAIN and case.urgent:
        await begin(tx, kept.case.id, w, anew=event.kind is EventKind.TRANSFERRED)


async def call_due(world: World, *, store: Store, clock: Clock) -> int:
    """Make the calls that are due; return how many. Call it again until that is none."""
    async with store.begin() as tx:
        w = replace(world, now=clock())
        due = await tx.alerts.due(w.now, AT_ONCE)
        for case_id in due:
            await _call(tx, await tx.alerts.of(case_id), w)
    return len(due)


async def somebody_is_on(tx: Transaction, team: TeamId, w: World) -> bool:
    """Tell whether anybody of the group that answers for a team is on duty now."""
    group = await showing.group_for(tx, team, w)
    listed = await tx.alerts.duties(group.conversation_id) if group is not None else []
    return alerting.somebody_is_on((one.duty for one in listed), w.now)


async def _call(tx: Transaction, alert: Alert, w: World) -> None:
    """Make the next call: in the group, in the chats of those who asked for it, or to the administrator."""
    kept = await tx.cases.load(alert.case)
    group = await showing.group_for(tx, kept.case.team, w)
    listed = await tx.alerts.duties(group.conversation_id) if group is not None else []
    after, people = alerting.climb(alert, [one.duty for one in listed], w.now, w.calls.wait)
    await tx.alerts.save(after, w.now)
    rung = after.rung or Rung.ALL
    log.warning("alert.called", case=kept.case.number, rung=rung.value, people=len(people), step=after.step)
    key = f"alert:{alert.case}:{after.step}"
    v = await showing.voice_for(tx, kept, w)
    if v is not None:
        aliases = [one.alias for one in people]
        said = alert_notices.in_group(v, kept.case, kept.danger_kind, rung, aliases, w.calls.wait)
        await showing.tell(tx, alert.case, [(key, said)], w, priority=showing.URGENT_CARD)
    for place in _chats(listed, people):
        own = w.voice(await tx.conversations.language(place) or (v.language if v is not None else LITHUANIAN))
        await _owe(tx, place, alert_notices.in_private(own, kept.case, kept.danger_kind), alert.case, key, w)
    if rung is Rung.ADMINISTRATOR:
        await _tell_administrator(tx, kept.case, key, w)


def _chats(listed: Sequence[OnList], people: Sequence[Duty]) -> list[ConversationId]:
    called = {one.specialist for one in people}
    return [one.private for one in listed if one.duty.specialist in called and one.private is not None]


async def _tell_administrator(tx: Transaction, case: Case, key: str, w: World) -> None:
    log.error("alert.unanswered", case=case.number)
    address = w.calls.administrator
    found = await tx.conversations.find({address}) if address is not None else {}
    if not found:
        log.error("alert.no_administrator", case=case.number)
    for place in found.values():
        v = await showing.voice_of(tx, place, w)
        await _owe(tx, place, alert_notices.to_administrator(v, case), case.id, f"{key}:administrator", w)


async def _owe(tx: Transaction, place: ConversationId, told: Outgoing, case: CaseId, key: str, w: World) -> None:
    channel = (await tx.conversations.address(place)).channel
    if told.buttons is not None:
        await tx.conversations.add_buttons([(place, told.buttons)], w.now)
    row = NewOutgoing(f"{key}:{place}", place, channel, told, showing.URGENT_CARD, case=case)
    await tx.outbox.add([row], w.now)


# The duty list --------------------------------------------------------------------------------------------------------

_HOURS = re.compile(r"(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?")


def changed(duty: Duty, order: str) -> Duty | None:
    """Return a duty after "on", "off", "lead", a place such as "2", or hours such as "8-17"; None for anything else."""
    word = order.strip().lower()
    if word in {"on", "off"}:
        return replace(duty, on=word == "on")
    if word == "lead":
        return replace(duty, lead=not duty.lead)
    if word.isdecimal() and len(word) < 3:  # noqa: PLR2004  a place on a list, no year
        return replace(duty, place=int(word))
    found = _HOURS.fullmatch(word)
    return replace(duty, hours=_hours(found)) if found and _is_time(found) else None


def _is_time(found: re.Match[str]) -> bool:
    hours, minutes = (found[1], found[3]), (found[2] or "0", found[4] or "0")
    return all(int(one) <= 24 for one in hours) and all(int(one) < 60 for one in minutes)  # noqa: PLR2004  a clock


def _hours(found: re.Match[str]) -> tuple[time, time] | None:
    begins, ends = (time(int(found[at]) % 24, int(found[at + 1] or 0)) for at in (1, 3))
    return (begins, ends) if begins != ends else None


async def change_own(tx: Transaction, address: Address, order: str) -> list[Duty]:
    """Do what somebody orders in their own chat: "on" sends calls there and puts them on duty, "off" ends both.

    Returns their duties in all groups; none for somebody who works in no group.
    """
    working = await tx.alerts.working_as(address)
    if order in {"on", "off"}:
        await tx.alerts.link(address, linked=order == "on")
    found = []
    for one in working:
        duty = next(x.duty for x in await tx.alerts.duties(one.group) if x.duty.specialist == one.id)
        after = changed(duty, order) or duty
        if after != duty:
            await tx.alerts.keep_duty(after)
        found.append(after)
    return found

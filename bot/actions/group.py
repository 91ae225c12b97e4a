"""A message in a group of specialists gets what follows from it; one transaction for each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import structlog

from bot.actions import alerting, bars, handling, reviewing, showing
from bot.actions.casework import release_all
from bot.actions.invitations import hash_of
from bot.cases import lifecycle
from bot.cases.model import Case, CaseId, CloseReason, EventKind, MoveRefused, Refusal
from bot.content.model import Language, TeamId
from bot.conversation import alert_notices, bar_notices, desk_notices, guide, local, notices
from bot.conversation.belonging import may_be_passed_on
from bot.conversation.desk import Order, Said, as_alias, days_and_reason, read
from bot.conversation.model import (
    ButtonSet,
    ConversationId,
    Incoming,
    InGroup,
    Kind,
    Outgoing,
    OutgoingKind,
    Press,
    Verb,
)
from bot.conversation.notices import Voice
from bot.conversation.numbers import alias_of, numbered
from bot.conversation.replies import World
from bot.matching.evidence import Level
from bot.matching.text import fold
from bot.ports import Clock, Group, NewOutgoing, Specialist, Store, Transaction, Waiting, Words

log = structlog.get_logger()

_WRITTEN = frozenset({Kind.TEXT, Kind.EDITED, Kind.PHOTO, Kind.FILE, Kind.VOICE})


@dataclass
class Floor:
    """One message of a group with everything around it, and what is said about it in the group."""

    tx: Transaction
    w: World
    v: Voice
    one: Waiting
    group: Group | None
    specialist: Specialist | None
    _said: int = field(default=0)

    @property
    def incoming(self) -> Incoming:
        """The message."""
        return self.one.incoming

    @property
    def facts(self) -> InGroup:
        """What only messages of a group have."""
        return self.incoming.group or InGroup()

    @property
    def here(self) -> ConversationId:
        """The group's conversation."""
        return self.one.conversation_id

    @property
    def ref(self) -> str:
        """The name by which what comes of this message is known again."""
        # By the address, not by the conversation: a group that moved counts its messages anew.
        return f"{self.incoming.address.chat}:{self.incoming.message}"

    async def say(self, told: Outgoing, case: CaseId | None = None, priority: int = 0) -> None:
        """Owe the group a message; about a case it goes to the case's topic."""
        key = f"in:{self.one.id}:{self._said}"
        self._said += 1
        if told.buttons is not None:
            await self.tx.conversations.add_buttons([(self.here, told.buttons)], self.w.now)
        row = NewOutgoing(key, self.here, self.incoming.address.channel, told, priority, self.one.id, case)
        await self.tx.outbox.add([row], self.w.now)

    async def toast(self, text: str = "") -> None:
        """Answer the press."""
        await self.say(desk_notices.toast(self.v, self.facts.query, text), priority=showing.TOAST)


async def answer(one: Waiting, *, store: Store, w: World, clock: Clock) -> None:
    """Handle one message of a group. Raises whatever breaks; then nothing of it has happened."""
    async with store.begin() as tx:
        if not await tx.inbox.hold([one.id]):
            return
        w = replace(w, now=clock())
        group = await tx.teams.group(one.conversation_id)
        facts = one.incoming.group or InGroup()
        specialist = await tx.teams.specialist(one.conversation_id, facts.author) if facts.author else None
        floor = Floor(tx, w, await showing.voice_of(tx, one.conversation_id, w), one, group, specialist)
        step = await _respond(floor)
        # The words live where they belong by now, a note's in its own table; the inbox need not know them any longer.
        await tx.inbox.finish([one.id], clock(), forget=True)
    log.info("group.handled", kind=one.incoming.kind.value, step=step)


async def give_up(one: Waiting, *, store: Store, w: World, clock: Clock) -> None:
    """Tell the group that one of its messages could not be carried out."""
    async with store.begin() as tx:
        if not await tx.inbox.hold([one.id]):
            return
        w = replace(w, now=clock())
        floor = Floor(tx, w, await showing.voice_of(tx, one.conversation_id, w), one, None, None)
        await floor.say(desk_notices.failed(floor.v), await _case_at(floor))
        await tx.inbox.finish([one.id], clock(), forget=True)
        await tx.inbox.fail(one.id, clock())


async def _respond(f: Floor) -> str:
    f = await _noticed(f)
    match f.incoming.kind:
        case Kind.MIGRATED:
            return await _migrated(f)
        case Kind.BLOCKED:
            await f.tx.conversations.block(f.here)
            return "put_out"
        case Kind.UNBLOCKED | Kind.RIGHTS:
            return await _rights(f)
        case Kind.LEFT:
            return await _left(f)
        case Kind.PRESS:
            return await _pressed(f)
    return await _written(f) if f.incoming.kind in _WRITTEN else "ignored"


# The group itself -----------------------------------------------------------------------------------------------------


async def _noticed(f: Floor) -> Floor:
    """Take in what a message tells by the way: whether topics are on."""
    if f.group is None or f.incoming.kind in {Kind.MIGRATED, Kind.BLOCKED, Kind.LEFT}:
        return f
    if f.facts.forum == f.group.forum:
        return f
    # Whoever switches topics on means them to be used; whether we may make them shows at the first.
    group = replace(f.group, forum=f.facts.forum, topics=True)
    await f.tx.teams.change(group)
    await showing.show_all(f.tx, group, f.w, f"forum:{f.one.id}")
    return replace(f, group=group)


async def _migrated(f: Floor) -> str:
    """Follow a group to its new address; message ids do not come along, so its cases are shown anew."""
    if f.group is None or (await f.tx.conversations.address(f.here)).chat == f.facts.moved_to:
        return "ignored"  # the sender met the new address first
    if not await f.tx.conversations.move(f.here, f.facts.moved_to):
        return "ignored"
    await showing.show_all(f.tx, f.group, f.w, f"moved:{f.one.id}")
    return "migrated"


async def _rights(f: Floor) -> str:
    await f.tx.conversations.unblock(f.here)
    if f.group is None or f.facts.topics is None or f.facts.topics == f.group.topics:
        return "rights"
    group = replace(f.group, topics=f.facts.topics)
    await f.tx.teams.change(group)
    if group.topics and group.forum:
        await showing.show_all(f.tx, group, f.w, f"rights:{f.one.id}")
    elif group.forum:
        await f.say(desk_notices.no_right_to_topics(f.v))
    return "rights"


async def _left(f: Floor) -> str:
    gone = await f.tx.teams.leave(f.here, f.facts.author, f.w.now)
    if gone is not None:
        await release_all(f.tx, gone.id, f.w)
    return "left"


async def _connect(f: Floor, code: str) -> str:
    team = await f.tx.teams.accept(hash_of(code), f.w.now)
    if team is None or team not in f.w.catalogue.teams:
        await f.say(desk_notices.code_unknown(f.v))
        return "code_unknown"
    group = Group(f.here, team, f.facts.forum, topics=True)
    await f.tx.teams.connect(group, f.w.now)
    await f.say(desk_notices.connected(f.v, team, forum=group.forum))
    await showing.show_all(f.tx, group, f.w, f"connected:{f.one.id}")
    return "connected"


async def _join(f: Floor) -> str:
    number = await f.tx.teams.joined(f.here) + 1
    joined = f.specialist or await f.tx.teams.join(f.here, f.facts.author, numbered(number), f.w.now)
    await _done(f)
    await f.say(desk_notices.joined(f.v, joined.alias))
    return "joined"


# What is written ------------------------------------------------------------------------------------------------------


async def _written(f: Floor) -> str:
    said = read(f.incoming.text)
    if said.order is Order.CONNECT:
        return await _connect(f, said.rest)
    if f.group is None:
        return "ignored"
    if said.order is Order.WORK and f.facts.author:
        return await _join(f)
    case_id = await _case_at(f)
    if case_id is None and not said.is_order:
        return "ignored"  # people of a team talk to each other
    if f.specialist is None:
        await f.say(desk_notices.join_first(f.v) if f.facts.author else desk_notices.anonymous(f.v), case_id)
        return "unknown_person"
    if f.incoming.kind is Kind.EDITED:
        return await _edited(f, f.specialist, said)
    if said.is_order:
        return await _ordered(f, f.specialist, said, case_id)
    return await _for_the_family(f, f.specialist, case_id, said) if case_id is not None else "ignored"


async def _case_at(f: Floor) -> CaseId | None:
    """Return the case whose topic a message stands in, or whose card or message it replies to."""
    if f.facts.thread:
        found = await f.tx.places.at(f.here, thread=f.facts.thread)
        if found is not None:
            return found
    if not f.incoming.reply_to:
        return None
    by_card = await f.tx.places.at(f.here, card=f.incoming.reply_to)
    return by_card or await f.tx.outbox.case_of(f.here, f.incoming.reply_to)


async def _for_the_family(f: Floor, by: Specialist, case_id: CaseId, said: Said) -> str:
    """Send the words of whoever has the case; hold everybody else's, and everything that needs a second look."""
    case = (await f.tx.cases.load(case_id)).case
    if not await handling.can_answer(f.tx, case, by, f.w):
        await f.say(desk_notices.not_here(f.v, case.number, case.team), case_id)
        return "not_here"
    files = f.incoming.files
    if not all(may_be_passed_on(one) for one in files):
        text = f.v.t.gettext("I can pass on pictures, PDF files and voice messages, up to 20 megabytes.")
        await f.say(desk_notices.said(f.v, f.v.t.gettext("I cannot pass this on. Nobody has it."), text), case_id)
        return "file_refused"
    why = await _why_hold(f, by, case, said)
    if why is not None:
        reason, taken = why
        await handling.hold(f.tx, case_id, by, said.rest, f.w, files=files, ref=f.ref)
        await f.say(desk_notices.held(f.v, case_id, f.ref, reason, take_over=taken), case_id)
        return "held"
    try:
        await handling.reply(f.tx, case_id, by, said.rest, f.w, ref=f.ref)
    except MoveRefused as refused:
        await f.say(desk_notices.said(f.v, await _words_of(f, refused, case)), case_id)
        return "refused"
    return "replied"


async def _why_hold(f: Floor, by: Specialist, case: Case, said: Said) -> tuple[str, bool] | None:
    t = f.v.t
    if case.is_open and case.claimed_by != by.id:
        refusal = Refusal.NOT_CLAIMED if case.claimed_by is None else Refusal.HAS_ANOTHER
        return await _words_of(f, MoveRefused(refusal, case.claimed_by), case), True
    if f.incoming.files:
        return t.gettext("Is there anything of other people on it: names, faces, numbers?"), False
    return (t.gettext("Is this a note?"), False) if said.maybe_note else None


async def _words_of(f: Floor, refused: MoveRefused, case: Case) -> str:
    aliases = await f.tx.teams.aliases([refused.holder]) if refused.holder is not None else {}
    alias = aliases.get(refused.holder, "") if refused.holder is not None else ""
    return desk_notices.refused(f.v, refused.refusal, case.number, alias)


async def _edited(f: Floor, by: Specialist, said: Said) -> str:
    """Correct what was sent; what was not sent stays unsent, and what was held changes with its edit."""
    sent = await f.tx.cases.words(f.ref, [EventKind.REPLIED, EventKind.CORRECTED])
    if sent is None:
        return await _edited_before_it_went(f, by, said)
    if said.is_order or said.maybe_note:
        await f.say(desk_notices.already_sent(f.v), sent.case)
        return "edited"
    if said.rest == sent.text:
        return "edited"  # a reaction, a preview: nothing that was read has changed
    try:
        await handling.correct(f.tx, sent, by, said.rest, f.w, ref=f.ref)
    except MoveRefused:
        await f.say(desk_notices.already_sent(f.v), sent.case)
    return "corrected"


async def _edited_before_it_went(f: Floor, by: Specialist, said: Said) -> str:
    """Keep an edited note as a note, hold the new words of what is held; nothing of it goes to the family."""
    held = await f.tx.cases.held(f.ref)
    case_id = held.case if held is not None else await _case_at(f)
    if case_id is None or (held is not None and held.by != by.id):
        return "edited"
    if said.order is Order.NOTE:
        case = await handling.note(f.tx, case_id, by, said.rest, f.w, files=held.files if held else (), ref=f.ref)
        await f.say(desk_notices.noted(f.v, case.number), case_id)
    elif said.is_order:
        await f.tx.cases.let_go(f.ref)
    elif held is not None:
        await handling.hold(f.tx, case_id, by, said.rest, f.w, files=held.files, ref=f.ref)
    else:
        await f.say(desk_notices.said(f.v, f.v.t.gettext("It was not sent to the family.")), case_id)
    return "edited"


# Orders ---------------------------------------------------------------------------------------------------------------


async def _ordered(f: Floor, by: Specialist, said: Said, case_id: CaseId | None) -> str:
    match said.order:
        case Order.HELP:
            await f.say(desk_notices.help_text(f.v), case_id)
            return "help"
        case Order.NAME:
            return await _rename(f, by, said.rest, case_id)
        case Order.LANGUAGE:
            return await _language(f, said.rest, case_id)
        case Order.DUTY:
            return await _duty(f, by, said.rest, case_id)
        case None | Order.WORK | Order.CONNECT:
            await f.say(desk_notices.unknown_order(f.v), case_id)
            return "unknown_order"
    if case_id is None:
        await f.say(desk_notices.help_text(f.v))
        return "no_case"
    if said.order is Order.NOTE:
        case = await handling.note(f.tx, case_id, by, said.rest, f.w, files=f.incoming.files, ref=f.ref)
        await f.say(desk_notices.noted(f.v, case.number), case_id)
        return "noted"
    return await _act(f, by, case_id, said.order, said.rest)


async def _rename(f: Floor, by: Specialist, name: str, case_id: CaseId | None) -> str:
    chosen = as_alias(name)
    if chosen:
        await f.tx.teams.rename(by.id, chosen)
    await f.say(desk_notices.joined(f.v, chosen or by.alias), case_id)
    return "renamed"


async def _language(f: Floor, wanted: str, case_id: CaseId | None) -> str:
    known = f.w.messages.languages
    language = Language(wanted.lower())
    if language in known:
        conversation = (await f.tx.conversations.load({f.here}))[f.here]
        await f.tx.conversations.save([replace(conversation, language=language, chosen=True)])
        await f.say(notices.language_set(f.w.voice(language)), case_id)
    else:
        listed = ", ".join(f"/language {one}" for one in known)
        await f.say(desk_notices.said(f.v, listed), case_id)
    return "language"


async def _duty(f: Floor, by: Specialist, wanted: str, case_id: CaseId | None) -> str:
    """Change somebody's own line on the duty list, and show the list."""
    listed = [one.duty for one in await f.tx.alerts.duties(f.here)]
    own = next(one for one in listed if one.specialist == by.id)
    after = alerting.changed(own, wanted) if wanted else None
    if after is not None:
        await f.tx.alerts.keep_duty(after)
        listed = [after if one.specialist == by.id else one for one in listed]
    await f.say(alert_notices.duty_list(f.v, listed), case_id)
    return "duty"


async def _act(f: Floor, by: Specialist, case_id: CaseId, order: Order, rest: str) -> str:
    """Do what an order or its button says to a case, or say why not."""
    case = (await f.tx.cases.load(case_id)).case
    if not await handling.can_answer(f.tx, case, by, f.w):
        await _told(f, _is_elsewhere(f, case), case_id)
        return "not_here"
    try:
        return await _do(f, by, case, order, rest)
    except MoveRefused as refused:
        await _told(f, await _words_of(f, refused, case), case_id)
        return "refused"


def _is_elsewhere(f: Floor, case: Case) -> str:
    text = f.v.t.gettext("{number} is with another team now: {team}.")
    return text.format(number=case.number, team=desk_notices.team_name(f.v, case.team))


async def _told(f: Floor, text: str, case_id: CaseId) -> None:
    """Answer a press where it was pressed, an order where it was written."""
    if f.facts.query:
        await f.toast(text)
    else:
        await f.say(desk_notices.said(f.v, text), case_id)


async def _do(f: Floor, by: Specialist, case: Case, order: Order, rest: str) -> str:
    match order:
        case Order.CLAIM:
            await handling.claim(f.tx, case.id, by, f.w)
            await _told(f, f.v.t.gettext("{number} is yours now.").format(number=case.number), case.id)
        case Order.RELEASE:
            await handling.release(f.tx, case.id, by, f.w)
            await _told(f, f.v.t.gettext("{number} waits for another person.").format(number=case.number), case.id)
        case Order.TRANSFER:
            await _transfer(f, by, case, rest)
        case Order.CLOSE:
            await _close(f, by, case, rest)
        case Order.INSERT:
            await _entries(f, case)
        case Order.GUIDE:
            await _guidance(f, case, everything=bool(rest))
        case Order.LEVEL:
            await _level(f, by, case, rest)
        case Order.BAR:
            await _bar(f, by, case, rest)
        case Order.UNBAR:
            await bars.unbar(f.tx, case.id, by, f.w)
            await _told(f, bar_notices.unbarred(f.v, await _family(f, case)), case.id)
    return order.value


async def _level(f: Floor, by: Specialist, case: Case, rest: str) -> None:
    """Set the level of danger; without a reason nothing changes."""
    name, _, why = rest.strip().partition(" ")
    level = next((one for one in Level if one.value == name.lower()), None)
    if level is None or not why.strip():
        text = f.v.t.gettext("Write the level and why, for example: /level amber the person is with friends now")
        await _told(f, text, case.id)
        return
    await handling.set_level(f.tx, case.id, by, level, why.strip(), f.w)
    await _told(
        f, f.v.t.gettext("{number}: the level is {level} now.").format(number=case.number, level=level), case.id
    )


async def _bar(f: Floor, by: Specialist, case: Case, rest: str) -> None:
    """Limit the person whose case it is; without a reason nothing changes."""
    wanted = days_and_reason(rest)
    if wanted is None:
        await _told(f, bar_notices.how_to_bar(f.v), case.id)
        return
    until = await bars.bar(f.tx, case.id, by, *wanted, f.w)
    await f.say(bar_notices.barred(f.v, await _family(f, case), until, by.alias, wanted[1]), case.id)


async def _family(f: Floor, case: Case) -> str:
    return alias_of((await f.tx.cases.load(case.id)).conversation_id)


async def _transfer(f: Floor, by: Specialist, case: Case, rest: str) -> None:
    teams = await handling.teams_for(f.tx, case, f.w)
    name, _, reason = rest.partition(" ")
    if name and TeamId(name.lower()) in teams:
        await _transfer_to(f, by, case.id, TeamId(name.lower()), reason.strip())
        return
    await f.say(desk_notices.teams_to_choose(f.v, case, teams), case.id)
    await _done(f)


async def _transfer_to(f: Floor, by: Specialist, case_id: CaseId, team: TeamId, reason: str) -> None:
    case = await handling.transfer(f.tx, case_id, by, team, reason, f.w)
    told = f.v.t.gettext("{number} is with another team now: {team}.")
    await _told(f, told.format(number=case.number, team=desk_notices.team_name(f.v, team)), case_id)
    if reason:
        group = await f.tx.teams.group_of(team)
        v = await showing.voice_of(f.tx, group.conversation_id, f.w) if group else f.v
        why = v.t.gettext("Why it comes to you: {reason}").format(reason=reason)
        await showing.tell(f.tx, case_id, [(f"why:{f.one.id}", desk_notices.said(v, why))], f.w)


async def _close(f: Floor, by: Specialist, case: Case, rest: str) -> None:
    named = {fold(desk_notices.reason_in_words(f.v, one)): one for one in CloseReason}
    reason = named.get(fold(rest)) or next((one for one in CloseReason if rest.lower() == one.value), None)
    if reason is None or reason in {CloseReason.SOLVED, CloseReason.WITHDRAWN}:
        lifecycle.close(case, by.id, f.w.now, CloseReason.HELPED)  # asks for no reason where it could not be closed
        await f.say(desk_notices.reasons_to_choose(f.v, case), case.id)
        await _done(f)
        return
    await _close_for(f, by, case.id, reason)


async def _close_for(f: Floor, by: Specialist, case_id: CaseId, reason: CloseReason) -> None:
    case = await handling.close(f.tx, case_id, by, reason, f.w)
    await _told(f, f.v.t.gettext("{number} is closed.").format(number=case.number), case_id)


async def _entries(f: Floor, case: Case) -> None:
    kept = await f.tx.cases.load(case.id)
    known = f.w.catalogue.entries
    near = [entry_id for entry_id, _ in kept.nearest if entry_id in known]
    more = [x.id for x in known.values() if x.topic == case.topic and x.id not in near]
    await f.say(desk_notices.entries_to_choose(f.v, case, (near + more)[:5]), case.id)
    await _done(f)


async def _guidance(f: Floor, case: Case, *, everything: bool) -> None:
    """List the guide cards for a case's topic; all of them only to whoever asks for all."""
    cards = list(f.w.catalogue.guide) if everything else guide.suggested(f.w.catalogue, case.topic)
    await f.say(guide.to_choose(f.v, case, cards, more=not everything), case.id)
    await _done(f)


async def _done(f: Floor) -> None:
    if f.facts.query:
        await f.toast()


# Presses --------------------------------------------------------------------------------------------------------------

_ORDER_OF: dict[str, Order] = {
    Verb.CLAIM: Order.CLAIM,
    Verb.RELEASE: Order.RELEASE,
    Verb.TRANSFER: Order.TRANSFER,
    Verb.CLOSE: Order.CLOSE,
    Verb.INSERT: Order.INSERT,
    Verb.GUIDE: Order.GUIDE,
}


async def _pressed(f: Floor) -> str:
    press = f.incoming.press
    sets = await f.tx.conversations.buttons({press.token}) if press is not None else {}
    found = sets.get(press.token) if press is not None else None
    if press is None or f.group is None or found is None or found[0] != f.here:
        await f.toast(f.v.t.gettext("This button does not work any more."))
        return "old_button"
    _, buttons, used = found
    if press.verb == Verb.WORK_HERE and f.facts.author:
        return await _join(f)
    if f.specialist is None:
        await f.toast(f.v.t.gettext("Only people who have pressed “I work here” can do this."))
        return "unknown_person"
    if press.verb == Verb.DONE or buttons.case is None:
        return await _make_case(f, buttons, press, used)
    if press.verb in _ORDER_OF:
        return await _act(f, f.specialist, buttons.case, _ORDER_OF[press.verb], "all" if press.choice else "")
    if press.verb == Verb.GUIDE_CARD:  # read as often as one likes
        return await _guide_card(f, press, buttons)
    if used:
        await f.toast(f.v.t.gettext("This was decided already."))
        return "press"
    step = await _choose(f, f.specialist, press, buttons, buttons.case)
    if step not in {"refused", "not_yours"}:
        await f.tx.conversations.use(press.token, frozenset({f"{press.verb}.{press.choice}"}))
        await _take_buttons_away(f, buttons, press)
    return step


async def _make_case(f: Floor, buttons: ButtonSet, press: Press, used: frozenset[str]) -> str:
    """Do what a button does that belongs to no case: make one of what was shown. Any other has done all that it can."""
    if press.verb != Verb.MAKE_CASE:
        await f.toast()
        return "press"
    number = None if used else await reviewing.make_a_case(f.tx, buttons, f.w)
    if number is None:
        await f.toast(f.v.t.gettext("This was decided already.") if used else f.v.t.gettext("The words are gone."))
        return "press"
    await f.tx.conversations.use(press.token, frozenset({f"{press.verb}.{press.choice}"}))
    await _take_buttons_away(f, buttons, press)
    await f.toast(f.v.t.gettext("{number} is a case now.").format(number=number))
    return "taken_up"


async def _guide_card(f: Floor, press: Press, buttons: ButtonSet) -> str:
    chosen = buttons.cards[press.choice : press.choice + 1]
    if not set(chosen) & f.w.catalogue.guide.keys():
        await f.toast(f.v.t.gettext("This button does not work any more."))
        return "old_button"
    await f.say(guide.card(f.v, chosen[0]), buttons.case)
    await f.toast()
    return "guidance"


async def _take_buttons_away(f: Floor, buttons: ButtonSet, press: Press) -> None:
    label = next((b.label for row in buttons.rows for b in row if (b.verb, b.choice) == (press.verb, press.choice)), "")
    told = notices.used(f.v, buttons, label, press.message)
    await f.say(replace(told, kind=OutgoingKind.EDIT))


async def _choose(f: Floor, by: Specialist, press: Press, buttons: ButtonSet, case_id: CaseId) -> str:
    try:
        match press.verb:
            case Verb.TEAM if press.choice < len(buttons.teams):
                await _transfer_to(f, by, case_id, buttons.teams[press.choice], "")
            case Verb.REASON if press.choice < len(buttons.reasons):
                await _close_for(f, by, case_id, buttons.reasons[press.choice])
            case Verb.ENTRY if press.choice < len(buttons.entries):
                await _preview(f, by, case_id, buttons, press)
            case Verb.SEND | Verb.TAKE_OVER | Verb.NOTE | Verb.CANCEL:
                return await _held(f, by, case_id, press, buttons.held)
            case _:
                await f.toast(f.v.t.gettext("This button does not work any more."))
    except MoveRefused as refused:
        case = (await f.tx.cases.load(case_id)).case
        await f.toast(await _words_of(f, refused, case))
        return "refused"
    return "chosen"


async def _preview(f: Floor, by: Specialist, case_id: CaseId, buttons: ButtonSet, press: Press) -> None:
    """Show an entry's text in the family's language, held until its sender lets it go."""
    kept = await f.tx.cases.load(case_id)
    entry_id = buttons.entries[press.choice]
    family = (await f.tx.conversations.load({kept.conversation_id}))[kept.conversation_id]
    language = family.language or kept.case.language
    entry = f.w.catalogue.entries.get(entry_id)
    if entry is None:
        await f.toast(f.v.t.gettext("This button does not work any more."))
        return
    there = language if language in entry.texts else next(iter(entry.texts))
    v, town = f.w.voice(there), kept.case.town
    here = local.lines(v, entry_id, town) if town in local.towns_of(f.w.catalogue, entry_id, there) and town else ()
    text = "\n\n".join(line.text for line in notices.answer(v, entry_id, local=here).lines)
    ref = f"{f.here}:p{f.one.id}"  # presses have no message of their own
    await handling.hold(f.tx, case_id, by, text, f.w, ref=ref)
    await f.say(desk_notices.preview(f.v, kept.case, text, ref), case_id)
    await f.toast()


async def _held(f: Floor, by: Specialist, case_id: CaseId, press: Press, ref: str) -> str:
    """Do with held words what their writer decides; nobody else may."""
    words = await f.tx.cases.held(ref)
    if words is None or words.by != by.id:
        await f.toast(f.v.t.gettext("Only whoever wrote it can decide."))
        return "not_yours"
    case = (await f.tx.cases.load(case_id)).case
    sends = press.verb not in {Verb.CANCEL, Verb.NOTE}
    if sends and not await handling.can_answer(f.tx, case, by, f.w):
        await f.toast(_is_elsewhere(f, case))
        return "not_yours"
    if sends and await f.tx.cases.words(ref, [EventKind.REPLIED]) is not None:
        await f.tx.cases.let_go(ref)
        await f.toast(f.v.t.gettext("This was decided already."))
        return "held"
    match press.verb:
        case Verb.CANCEL:
            await f.tx.cases.let_go(ref)
            await f.toast(f.v.t.gettext("It was not sent to the family."))
        case Verb.NOTE:
            await handling.note(f.tx, case_id, by, words.text, f.w, files=words.files, ref=ref)
            await f.toast(f.v.t.gettext("Kept as a note."))
        case _:
            await _let_go(f, by, case, words, ref, take_over=press.verb == Verb.TAKE_OVER)
    return "held"


async def _let_go(f: Floor, by: Specialist, case: Case, words: Words, ref: str, *, take_over: bool) -> None:
    if take_over and case.claimed_by != by.id:
        holder = case.claimed_by
        await handling.take_over(f.tx, case.id, by, f.w)
        if holder is not None:
            told = f.v.t.gettext("{alias} has {number} now.").format(
                alias=notices.named(f.v, by.alias), number=case.number
            )
            await f.say(desk_notices.said(f.v, told), case.id)
    await handling.reply(f.tx, case.id, by, words.text, f.w, files=words.files, ref=ref)
    await f.tx.cases.let_go(ref)
    await f.toast(f.v.t.gettext("Sent to the family."))

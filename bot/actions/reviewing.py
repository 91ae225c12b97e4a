"""A message that may be about danger and is in no case: specialists read it the same day, and can make it a case."""

from __future__ import annotations

from bot.actions import showing
from bot.actions.casework import open_case, tell_family
from bot.conversation import notices, review_notices
from bot.conversation.dialogue import danger_topic
from bot.conversation.limiting import reaches_people
from bot.conversation.model import ButtonSet, Effects, NewCase
from bot.conversation.numbers import alias_of, case_number
from bot.conversation.replies import Received, World
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from bot.ports import NewOutgoing, Transaction


def needs_review(one: Received, effects: Effects) -> bool:
    """Tell whether nobody would read a message that may be about danger. What limits hold back is always in a case."""
    amber = one.evidence is not None and one.evidence.danger is Level.AMBER
    return amber and not reaches_people(effects)


async def show(tx: Transaction, one: Received, w: World) -> None:
    """Show a message to the group that reads about danger; without a group nobody can read it."""
    group = await showing.group_for(tx, notices.team_id_of(w.catalogue, danger_topic(w)), w)
    if group is None or one.evidence is None:
        return
    v = await showing.voice_of(tx, group.conversation_id, w)
    family, kind = alias_of(one.conversation.id), one.evidence.danger_kind
    told = review_notices.to_read(v, family, one.incoming.text, kind, question=one.id, of=one.conversation.id)
    buttons = [(group.conversation_id, part.buttons) for part in told if part.buttons is not None]
    await tx.conversations.add_buttons(buttons, w.now)
    channel = (await tx.conversations.address(group.conversation_id)).channel
    rows = [NewOutgoing(f"review:{one.id}:{n}", group.conversation_id, channel, part) for n, part in enumerate(told)]
    await tx.outbox.add(rows, w.now)


async def make_a_case(tx: Transaction, buttons: ButtonSet, w: World) -> str | None:
    """Open a case for a message that was shown, and tell the family; return its number, None where the words are gone."""
    question, family = buttons.question, buttons.family
    if question is None or family is None:
        return None
    kept = (await tx.inbox.kept([question])).get(question)
    if kept is None or not kept.text:
        return None
    conversation = (await tx.conversations.load({family}))[family]
    language = conversation.language or w.messages.languages[0]
    topic = danger_topic(w, conversation.writer)
    case = NewCase(
        question,
        kept.text,
        Reason.REVIEW,
        topic,
        language,
        danger=Level.AMBER,
        danger_kind=buttons.danger,
        writer=conversation.writer,
    )
    opened = await open_case(tx, case, question, family, w)
    told = review_notices.taken_up(w.voice(language), case_number(question), topic)
    await tell_family(tx, conversation, opened, [told], f"review:{question}:family", w)
    return case_number(question)

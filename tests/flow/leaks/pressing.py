"""What is ordered and pressed in a group, and what that lets go."""

from __future__ import annotations

from bot.conversation.model import Verb
from tests.flow.leaks.ledger import Said
from tests.flow.leaks.office import Office


async def order(office: Office) -> None:
    """Claim, release, transfer or close by a slash."""
    question = office.question()
    if question is None:
        return
    await office.settles()
    forms = ["/claim"] * 5 + [
        "/release",
        "/transfer legal",
        "/transfer support",
        "/close helped",
        "/help",
        "/insert",
    ]
    who = office.random.choice([question.holder or office.staff[0], *office.staff])
    await office.in_place(office.questions[question.number], who, office.random.choice(forms))
    await office.settles()


async def press(office: Office) -> None:
    """Let anybody press anything that is offered in a group."""
    await office.settles()
    group = office.random.choice([office.forum, office.flat])
    offered = await office.offered(group.chat)
    deciding = [one for one in offered if one[1].split(".")[1] in _DECIDES]
    message, data = office.random.choice(deciding if deciding and office.random.random() < 0.6 else offered)
    _, verb, token, _ = data.split(".")
    said = _held_by(office, token)
    likely = [said.author] * 4 if said is not None else office.staff
    who = office.random.choice([*likely, *office.staff, *([] if verb == Verb.WORK_HERE else office.strangers)])
    if said is not None and who == said.author and verb in {Verb.SEND, Verb.TAKE_OVER}:
        _is_let_go(office, said, verb)
    await office.telegram.press(group.chat, data=data, message_id=message, user_id=who)
    office.counts[f"press {verb}"] += 1
    await office.settles()


def _held_by(office: Office, token: str) -> Said | None:
    """Return the message whose words a set of buttons would let go."""
    (row,) = office.tiltas.rows("SELECT payload ->> 'held' AS held FROM buttons WHERE token = ?", (token,))
    message = str(row["held"] or "").partition(":")[2]
    group = office.tiltas.rows(_GROUP_OF_BUTTONS, (token,))[0]["chat"]
    return next((one for one in office.said if (str(one.message), str(one.place.chat)) == (message, group)), None)


def _is_let_go(office: Office, said: Said, verb: str) -> None:
    question = office.questions[said.case]
    mine = question.is_open and (question.holder == said.author or verb == Verb.TAKE_OVER)
    here = question.group is said.place
    if not said.held or not mine or not here:
        return
    del office.kept.never[said.held]
    office.kept.meant[said.held] = question.family
    said.held, said.reached = "", True


_GROUP_OF_BUTTONS = "SELECT chat FROM buttons JOIN addresses USING (conversation_id) WHERE token = ?"
_DECIDES = {Verb.SEND, Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL}

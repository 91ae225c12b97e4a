"""What is written in a group: replies, notes in all spellings, chatter, pictures, edits."""

from __future__ import annotations

from collections.abc import Sequence

from tests.flow.leaks.ledger import Said
from tests.flow.leaks.office import Office, Where
from tests.flow.leaks.texts import FORGOTTEN, NOTES, PRIVATE, REPLIES, UNKNOWN


async def reply(office: Office) -> None:
    """Let whoever has a case write to its family."""
    question = office.question(held_by_somebody=True)
    if question is None or question.holder is None:
        return
    words = office.words.fresh()
    message = await office.in_place(question, question.holder, _as(office, REPLIES, words))
    office.kept.meant[words] = question.family
    office.said.append(Said(question.group, message, question.holder, question.number, reached=True))


async def reply_of_another(office: Office) -> None:
    """Let somebody write to a family whose case somebody else has, or nobody."""
    question = office.question()
    if question is None:
        return
    who = office.random.choice([one for one in office.staff if one != question.holder])
    words = office.words.fresh()
    message = await office.in_place(question, who, _as(office, REPLIES, words))
    office.kept.never[words] = "somebody else's reply"
    office.said.append(Said(question.group, message, who, question.number, held=words))


async def note(office: Office) -> None:
    """Write a note."""
    question = office.question()
    if question is None:
        return
    words, who = office.words.fresh(), office.random.choice(office.staff)
    message = await office.in_place(question, who, _as(office, NOTES, words))
    office.kept.note(words)
    office.said.append(Said(question.group, message, who, question.number))


async def note_without_slash(office: Office) -> None:
    """Forget the slash of a note."""
    question = office.question()
    if question is None:
        return
    words, who = office.words.fresh(), office.random.choice([question.holder or office.staff[0], *office.staff])
    message = await office.in_place(question, who, _as(office, FORGOTTEN, words))
    office.kept.never[words] = "a note without its slash"
    office.said.append(Said(question.group, message, who, question.number, held=words))


async def unknown_order(office: Office) -> None:
    """Write a slash that nobody knows."""
    question = office.question()
    if question is None:
        return
    words, who = office.words.fresh(), office.random.choice(office.staff)
    message = await office.in_place(question, who, _as(office, UNKNOWN, words))
    office.kept.never[words] = "an unknown order"
    office.said.append(Said(question.group, message, who, question.number))


async def chatter(office: Office) -> None:
    """Talk among each other: in General, in another topic, to each other's messages; also notes out of place."""
    words, who = office.words.fresh(), office.random.choice(office.staff + office.strangers)
    group = office.random.choice([office.forum, office.flat])
    where: Where = {}
    if group is office.forum and office.random.random() < 0.5:
        where = {"thread_id": office.other_topic}
    elif group is office.flat and office.random.random() < 0.5:
        where = {"reply_to": await office.telegram.say(group.chat, office.words.fresh(), user_id=who)}
    is_note = office.random.random() < 0.3
    message = await office.telegram.say(
        group.chat, _as(office, NOTES if is_note else PRIVATE, words), user_id=who, **where
    )
    office.kept.never[words] = "chatter"
    office.kept.unseen.add(words)
    if office.random.random() < 0.2:
        changed = office.words.fresh()
        await office.telegram.edit(group.chat, message, _as(office, PRIVATE, changed))
        office.kept.never[changed] = "edited chatter"
        office.kept.unseen.add(changed)


async def picture(office: Office) -> None:
    """Send a picture or a voice message, with words for the family or a note below it."""
    question = office.question()
    if question is None:
        return
    words, who = office.words.fresh(), office.random.choice([question.holder or office.staff[0], *office.staff])
    where = office.place(question.group, question.number)
    if office.random.random() < 0.15:
        await office.telegram.send_voice(question.group.chat, user_id=who, **where)
        return
    is_note = office.random.random() < 0.5
    caption = _as(office, NOTES if is_note else REPLIES, words)
    message = await office.telegram.send_photo(question.group.chat, caption=caption, user_id=who, **where)
    said = Said(question.group, message, who, question.number)
    if is_note:
        office.kept.note(words)
    else:
        office.kept.never[words] = "a caption that nobody let go"
        said.held = words
    office.said.append(said)


async def stranger(office: Office) -> None:
    """Let somebody write who does not work here, or whom nobody sees."""
    question = office.question()
    if question is None:
        return
    words, group, where = office.words.fresh(), question.group, office.place(question.group, question.number)
    text = _as(office, office.random.choice([REPLIES, NOTES, FORGOTTEN]), words)
    if office.random.random() < 0.5:
        await office.telegram.say_unseen(group.chat, text, **where)
    else:
        await office.telegram.say(group.chat, text, user_id=office.random.choice(office.strangers), **where)
    office.kept.never[words] = "a stranger's"
    office.kept.unseen.add(words)


async def edit(office: Office) -> None:
    """Change an earlier message or caption, also from a note to a reply and back."""
    if not office.said:
        return
    said, words = office.random.choice(office.said[-30:]), office.words.fresh()
    forms = office.random.choice([REPLIES, REPLIES, NOTES, FORGOTTEN, UNKNOWN])
    await office.telegram.edit(said.place.chat, said.message, _as(office, forms, words))
    if said.reached and forms is REPLIES:
        office.kept.meant[words] = office.questions[said.case].family
        return
    office.kept.never[words] = "what an edit made of it"
    if said.held and forms in {REPLIES, FORGOTTEN}:
        said.held = words
    else:  # made a note or an order of: nothing is held any longer
        said.held = ""


def _as(office: Office, forms: Sequence[str], words: str) -> str:
    return office.random.choice(forms).format(words)

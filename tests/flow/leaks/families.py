"""What families write and press."""

from __future__ import annotations

from tests.flow.leaks.office import Office


async def family_writes(office: Office) -> None:
    """Let a family write, to a message of ours or just so; or send a picture, or press what it was offered."""
    chat = office.random.choice(list(office.families))
    words = office.words.fresh()
    office.kept.families[words] = chat
    roll = office.random.random()
    if roll < 0.4:
        await office.telegram.say(chat, f"and then {words}")
    elif roll < 0.7 and chat in office.letters:
        await office.telegram.say(chat, f"about {words}", reply_to=office.random.choice(office.letters[chat]))
    elif roll < 0.85:
        await office.telegram.send_photo(chat, caption=f"picture {words}")
    else:
        await office.settles()
        if offered := await office.offered(chat):  # a chat that was just hidden offers nothing
            message, data = office.random.choice(offered)
            await office.telegram.press(chat, data=data, message_id=message)
            await office.settles()

"""The same bot in a terminal, so that a newcomer needs no token."""

from __future__ import annotations

from typing import TextIO

from bot.conversation.model import Address, Channel, Outgoing, OutgoingKind, Verb
from bot.ports import CasePlace

_WITHOUT_WORDS = frozenset({OutgoingKind.EDIT, OutgoingKind.DELETION})
"""What a terminal cannot do to lines that it has printed."""


class ConsoleChannel:
    """See `ports.ChannelPort`. Prints what belongs to this session; a session that ended cannot be reached any more."""

    channel = Channel.CONSOLE

    def __init__(self, session: str, out: TextIO) -> None:
        self.address = Address(Channel.CONSOLE, session)
        self._out = out

    async def send(self, address: Address, outgoing: Outgoing, place: CasePlace | None = None) -> str | None:
        """See `ports.ChannelPort.send`."""
        del place  # specialists meet in Telegram
        if address == self.address and outgoing.kind not in _WITHOUT_WORDS:
            self._out.write(f"{as_text(outgoing)}\n\n")
            self._out.flush()
        return None

    async def make_place(self, address: Address, place: CasePlace) -> str:
        """See `ports.ChannelPort.make_place`; nobody is asked for one, as no group is here."""
        del address
        return place.title


def as_text(outgoing: Outgoing) -> str:
    """Return a message with its speaker and its buttons as words that can be typed."""
    lines = [line for part in outgoing.lines for line in part.text.splitlines()]
    text = "\n        ".join(lines)
    rows = outgoing.buttons.rows if outgoing.buttons else ()
    buttons = [" ".join(f"[{button.label}]" for button in row if button.verb is not Verb.DONE) for row in rows]
    return "\n        ".join([f"Tiltas: {text}", *(row for row in buttons if row)])

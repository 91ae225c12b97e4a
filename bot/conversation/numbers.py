"""The number by which a family and a specialist name one question: digits and a letter, `47B`."""

from __future__ import annotations

from bot.conversation.model import ConversationId, InboxId

# Without I, O and Q, which are read as digits. 23 is prime: any one wrong digit, and any two swapped, change the letter.
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def case_number(message: InboxId) -> str:
    """Return the number of the case that a message opens; one message opens at most one case."""
    return f"{message}{_LETTERS[message % len(_LETTERS)]}"


def numbered(number: int) -> str:
    """Return the alias of a specialist who has not chosen one; each reader gets it in words of their language."""
    return f"#{number}"


def alias_of(conversation: ConversationId) -> str:
    """Return the name by which specialists know a family: it tells nothing about them, and stays the same."""
    return f"F-{conversation}{_LETTERS[conversation % len(_LETTERS)]}"

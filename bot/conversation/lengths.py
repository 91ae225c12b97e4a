"""How long a text is for a channel: Telegram counts UTF-16 units, in which a sign beyond U+FFFF, such as an emoji, is two."""

from __future__ import annotations


def units(text: str) -> int:
    """Return the length of a text in units."""
    return len(text) + sum(char > "\uffff" for char in text)


def pieces(text: str, longest: int) -> list[str]:
    """Split a text into pieces of at most `longest` units; no sign is cut in two. An empty text is one empty piece."""
    found, begin, length = [], 0, 0
    for at, char in enumerate(text):
        length += units(char)
        if length > longest:
            found.append(text[begin:at])
            begin, length = at, units(char)
    return [*found, text[begin:]]


def cut(text: str, longest: int) -> str:
    """Return a text of at most `longest` units; a longer one ends in a mark that tells so."""
    first, *more = pieces(text, longest)
    return f"{first} …" if more else text

"""Tells addresses that Telegram makes links of from text that is none."""

from urllib.parse import urlsplit

SCHEMES = frozenset({"http", "https", "tg", "ton", "ftp", "mailto", "tel"})


def checked_link(address: str) -> str:
    """Return the address as Telegram stores it, with a scheme and a path; empty if it makes no link of it."""
    address = address.strip()
    if not address or any(character.isspace() for character in address):
        return ""
    try:
        parts = urlsplit(address if ":" in address.split(".")[0] else f"http://{address}")
    except ValueError:
        return ""
    if parts.scheme not in SCHEMES:
        return ""
    if parts.scheme not in {"http", "https", "ftp"}:
        return address
    host = parts.hostname or ""
    if "." not in host and host != "localhost":
        return ""
    return parts._replace(path=parts.path or "/").geturl()

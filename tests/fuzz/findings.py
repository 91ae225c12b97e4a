"""What is wrong with one batch, seen from one side: the log, the inbox, the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bot.conversation.model import Effects, InboxId, Outgoing, OutgoingKind, Purpose
from bot.storage.codec import OUTGOING, load
from tests.fuzz.families import Made
from tests.fuzz.shapes import CHATS
from tests.fuzz.telegram import BOT_ID
from tests.fuzz.texts import MARK, PHONE

Line = dict[str, Any]
"""One line of log; Any because a field may hold anything."""
EXPECTED = frozenset({"telegram.update_not_understood", "alert.unanswered", "alert.no_administrator"})
"""What is no fault although it is logged as one: broken updates, and cases of danger that nobody claims in this run."""
_OUT_OF_REACH = frozenset({"blocked", "file_not_passed_on", "file_too_large"})
"""Why messages may be refused here: families stop the bot, and some files are none."""
_LONG = 12
"""Characters from which a text is looked for in the log as it stands."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that must not be; `key` is of the message to blame, if one is known."""

    what: str
    key: str = ""


def key_of(made: Made) -> str:
    """Return the name by which the inbox knows an update."""
    return f"tg:{BOT_ID}:{made.raw['update_id']}"


def broken(lines: Sequence[Line], keys: dict[int, str]) -> list[Wrong]:
    return [
        Wrong(f"logged: {line}", keys.get(line.get("message", 0), ""))
        for line in lines
        if (line["level"] in {"error", "critical"} or "error_type" in line or "failed" in line["event"])
        and line["event"] not in EXPECTED
    ]


def personal(made: Sequence[Made], logged: str) -> list[Wrong]:
    marks = [line for line in logged.split("\n") if any(mark in line.lower() for mark in (MARK, str(CHATS), PHONE))]
    texts = [words for one in made if len(words := _words_of(one)) >= _LONG and words in logged]
    return [Wrong(f"the log holds something personal: {found!r}") for found in (*marks, *texts)]


def _words_of(made: Made) -> str:
    message = made.raw.get("message") or made.raw.get("edited_message")
    words = (message.get("text") or message.get("caption")) if isinstance(message, dict) else ""
    return words if isinstance(words, str) else ""


def lost(made: Sequence[Made], kept: Sequence[Row[Any]], lines: Sequence[Line]) -> list[Wrong]:
    """Find what is not in the inbox, or not handled, or handled twice."""
    keys = {row.key for row in kept}
    wrong = [
        Wrong("a message is not in the inbox", key_of(one)) for one in made if one.kept and key_of(one) not in keys
    ]
    wrong += [
        Wrong(f"a message is {row.state} after {row.attempts} attempts", row.key)
        for row in kept
        if (row.state, row.attempts) != ("done", 1)
    ]
    handled = sum(line["event"] in {"message.handled", "group.handled"} for line in lines)
    if handled != len(kept):
        wrong.append(Wrong(f"{len(kept)} messages, {handled} times handled"))
    return wrong


def misread(made: Sequence[Made], lines: Sequence[Line]) -> list[Wrong]:
    """Find that sound updates could not be read."""
    not_read = sum(line["event"] == "telegram.update_not_understood" for line in lines)
    most = sum(one.broken for one in made)
    return [Wrong(f"{not_read} updates were not read, only {most} are broken")] if not_read > most else []


def not_delivered(owed: Sequence[Row[Any]], keys: dict[int, str]) -> list[Wrong]:
    return [
        Wrong(f"a message to somebody is {row.state}: {row.reason}", keys.get(row.source, ""))
        for row in owed
        if row.state in {"sending", "uncertain"} or (row.state == "refused" and row.reason not in _OUT_OF_REACH)
    ]


def in_clear(owed: Sequence[Row[Any]], followed: Mapping[InboxId, Effects], keys: Mapping[int, str]) -> list[Wrong]:
    """Find words that stand open in a chat that is hidden."""
    sent = [(row, load(OUTGOING, row.payload)) for row in owed if row.hidden_at is not None and row.state == "sent"]
    return [
        Wrong(f"in clear in a hidden chat: {one.kind} {one.lines}", keys.get(row.source, ""))
        for row, one in sent
        if not _tells_nothing(one) and not (row.source in followed and followed[row.source].bare)
    ]


def _tells_nothing(one: Outgoing) -> bool:
    """Tell whether a message is a danger card, has no words, or is a curtain or what came out from behind one."""
    veiled = one.buttons is not None and (one.buttons.behind is not None or one.buttons.purpose is Purpose.HIDING)
    return one.kind is OutgoingKind.CARD or veiled or not (one.lines or one.file)

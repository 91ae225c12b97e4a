"""Looks for words in everything that the program has said, kept and logged."""

from __future__ import annotations

import json

from tests.flow.leaks.office import Office


class Search:
    """Looks for words in everything that the program has said, kept and logged."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._kept, self._tiltas = office.kept, office.tiltas

    async def looks(self) -> None:
        """Fail where a word is that must not be there, or is not where it must be."""
        calls = {chat: await self._office.telegram.calls(chat_id=chat) for chat in self._office.families}
        shown = {chat: await self._office.telegram.bot_messages(chat) for chat in self._office.families}
        for chat in self._office.families:
            heard = _all_of([[call.method, call.params, call.result] for call in calls[chat]] + [shown[chat]])
            self._nothing_private(chat, heard)
        for words, chat in self._kept.meant.items():
            sent = [call for call in calls[chat] if call.code == 200 and call.method.startswith("send")]
            times = sum(words in _all_of(call.params) for call in sent)
            assert times == 1, f"{words!r} reached its family {times} times"
        self._nothing_in_tables()
        self._nothing_in_the_log()

    def _nothing_private(self, chat: int, heard: str) -> None:
        for words, what in self._kept.never.items():
            assert not _in(words, heard), f"a family sees {words!r}: {what}"
        for words, family in {**self._kept.meant, **self._kept.families}.items():
            assert family == chat or not _in(words, heard), f"{words!r} reached another family"

    def _nothing_in_tables(self) -> None:
        tables = {name: _all_of([tuple(row) for row in self._tiltas.rows(query)]) for name, query in _SEARCHED.items()}
        for words, what in self._kept.never.items():
            for name in ("outbox", "case_events", "buttons", "conversations"):
                assert not _in(words, tables[name]), f"{words!r} is in {name}: {what}"
        for words in self._kept.unseen:
            assert not _in(words, tables["inbox"]), f"{words!r} is in the inbox: {self._kept.never[words]}"
            assert not _in(words, tables["notes"]), f"{words!r} is a note: {self._kept.never[words]}"
        for words in self._kept.notes:
            assert tables["notes"].count(words) == 1, f"{words!r} is no note, or two"
            assert not _in(words, tables["inbox"]), f"{words!r}, a note, is still in the inbox"

    def _nothing_in_the_log(self) -> None:
        files = [path for path in self._tiltas.data.iterdir() if path.suffix in {".jsonl", ".txt"}]
        logged = "\n".join(path.read_text("utf-8", "replace") for path in files).casefold()
        kept = self._kept
        for words in (*kept.meant, *kept.never, *kept.families):
            assert not _in(words, logged), f"{words!r} is in the log"


_SEARCHED = {
    "outbox": "SELECT payload FROM outbox",
    "case_events": "SELECT payload FROM case_events",
    "buttons": "SELECT payload FROM buttons",
    "conversations": "SELECT * FROM conversations",
    "inbox": "SELECT text, payload FROM inbox",
    "notes": "SELECT text FROM notes WHERE NOT held",
}


def _all_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str).replace("\\n", " ").casefold()


def _in(words: str, text: str) -> bool:
    """Tell whether both words, or one of them, stand in a text."""
    return any(word in text for word in words.split())

"""Updates of families: what they write, send, edit and press, and that they stop the bot."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from tests.fuzz.files import KINDS, ref_of
from tests.fuzz.shapes import AT, CHATS, Json, person, private
from tests.fuzz.telegram import BOT_ID, Telegram
from tests.fuzz.texts import MARK, PHONE, Texts

_PEOPLE = 60


@dataclass(frozen=True, slots=True)
class Made:
    """An update. `kept` tells that it must be in the inbox, `broken` that the library need not be able to read it.

    `danger` names the example in it and the way it came. `later` tells that it comes when what came before it is handled.
    """

    raw: Json
    kept: bool = False
    broken: bool = False
    danger: tuple[str, str] | None = None
    later: bool = False


class Families:
    """Makes updates; what it makes depends on its seed and on what the bot has sent."""

    def __init__(self, r: Random, texts: Texts, telegram: Telegram) -> None:
        self.r, self._texts, self._telegram = r, texts, telegram
        self._updates, self._strangers = count(1), count(int(f"{CHATS}5000"))
        self._wrote: dict[int, list[int]] = defaultdict(list)
        # Only these stop the bot: whoever is in danger in this run gets the card.
        self.people = [int(f"{CHATS}{1000 + n}") for n in range(_PEOPLE)]

    def somebody_new(self) -> int:
        """Return the chat of somebody who has never written."""
        return next(self._strangers)

    def text(self, text: str, chat: int | None = None, **more: Any) -> Made:
        """Return a message of words."""
        return self.message(chat or self.r.choice(self.people), text=text, **more)

    def message(self, chat: int, *, name: str = "message", **content: Any) -> Made:
        """Return a message of a person."""
        number = self._telegram.number(chat)
        self._wrote[chat].append(number)
        message = {"message_id": number, "date": AT, "chat": private(chat), "from": person(chat, self.r), **content}
        return Made(self._update({name: message}), kept=True)

    def edit(self, chat: int, text: str) -> Made:
        """Return an edit of an earlier message, or of one that was never seen."""
        number = self.r.choice(self._wrote[chat] or [1])
        return self.message(chat, name="edited_message", text=text, message_id=number, edit_date=AT + 5)

    def captioned(self, chat: int, kind: str, text: str | None = None) -> Made:
        """Return a file with or without words; `kind` is its field in a message."""
        what = self._file(kind)
        content: Json = {kind: what} if text is None else {kind: what, "caption": text}
        return self.message(chat, **content)

    def _file(self, kind: str) -> object:
        r = self.r
        one = {
            "file_id": ref_of(r.choice(KINDS), MARK), "file_unique_id": MARK, "width": 9, "height": 9, "length": 9,
            "duration": 3, "file_name": f"{MARK}.pdf", "file_size": r.choice((0, 5, 10**6, 10**9)),
            "mime_type": r.choice(("application/pdf", "image/png", "audio/ogg", "text/html", "")),
        }  # fmt: skip
        return [one, one] if kind == "photo" else one

    def _any_text(self) -> Made:
        return self.text(self._texts.any(self.r))

    def _any_edit(self) -> Made:
        return self.edit(self.r.choice(self.people), self._texts.any(self.r))

    def _any_file(self) -> Made:
        kind = self.r.choice(("photo", "document", "voice", "audio", "video", "video_note"))
        text = self._texts.any(self.r) if self.r.random() < 0.5 and kind != "video_note" else None
        return self.captioned(self.r.choice(self.people), kind, text)

    def _wordless(self) -> Made:
        phone = {"phone_number": f"{PHONE}777", "first_name": MARK, "user_id": 1, "vcard": MARK}
        sticker = {"file_id": MARK, "file_unique_id": MARK, "type": "regular", "width": 1, "height": 1,
                   "is_animated": False, "is_video": False}  # fmt: skip
        place = {"latitude": 54.68, "longitude": 25.27}
        dice = {"emoji": "🎲", "value": 3}
        return self.message(
            self.r.choice(self.people),
            **self.r.choice(({"contact": phone}, {"sticker": sticker}, {"location": place}, {"dice": dice})),
        )

    def _press(self) -> Made:
        chat = self.r.choice(self.people)
        return self.press(chat, self._data(chat))

    def press(self, chat: int, data: str, message: int | None = None) -> Made:
        """Return a press of a button."""
        number = message or (self._telegram.mail[chat][-1].message if self._telegram.mail[chat] else 1)
        hangs_on = {"message_id": number, "date": AT, "chat": private(chat)}
        query = {"id": f"{MARK}{number}", "from": person(chat, self.r), "chat_instance": "1", "message": hangs_on}
        return Made(self._update({"callback_query": query | {"data": data}}), kept=True)

    def _data(self, chat: int) -> str:
        """Return the data of a button: a right one mostly; an old one, somebody else's, or garbage."""
        r, mail = self.r, self._telegram.mail
        own = [data for one in mail[chat] for data in one.buttons]
        others = [data for chats in mail.values() for one in chats for data in one.buttons] if r.random() < 0.1 else []
        recent = [data for one in list(mail[chat])[-3:] for data in one.buttons]
        found = r.choices((recent, own, others), (7, 2, 1))[0]
        if found and r.random() < 0.93:
            return r.choice(found)
        garbage = r.choice(
            (*own[-3:], "1.c.abcdefgh.0", "", "9", "1.h.x.999", f"{MARK}", "\x00", "1.C.abc.٣", self._texts.any(r))
        )
        at = r.randrange(len(garbage) + 1)
        return (garbage[:at] + r.choice(("", "9", ".", "é")) + garbage[at + 1 :])[:64]

    def _reachability(self) -> Made:
        chat, r = self.r.choice(self.people), self.r
        gone = r.random() < 0.4
        (self._telegram.blocked.add if gone else self._telegram.blocked.discard)(chat)
        us = {"id": BOT_ID, "is_bot": True, "first_name": "T"}
        now = {"user": us, "status": "kicked", "until_date": 0} if gone else {"user": us, "status": "member"}
        change = {"chat": private(chat), "from": person(chat, r), "date": AT,
                  "old_chat_member": {"user": us, "status": "member"}, "new_chat_member": now}  # fmt: skip
        return Made(self._update({"my_chat_member": change}), kept=True)

    def _update(self, content: Json) -> Json:
        # As it comes over the wire: what JSON cannot say, nobody can send.
        made: Json = json.loads(json.dumps({"update_id": next(self._updates), **content}))
        return made

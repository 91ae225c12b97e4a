"""Pictures and files in a group: looked at again before they go, or never gone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.model import CaseId
from bot.conversation.model import Attachment, AttachmentKind, Kind, OutgoingKind, Verb
from bot.storage.tables import case_events, inbox, notes, outbox
from tests.builders_store import ANA, all_rows
from tests.builders_teams import RASA, SECRET, Office, kinds, photo, said, to_family, toasts

PAPER: dict[str, Any] = {  # Any: fields of a message
    "kind": Kind.FILE,
    "files": (Attachment("paper", AttachmentKind.FILE, "application/pdf", 1000),),
}


@pytest.mark.parametrize("files", [photo(), PAPER])
async def test_a_file_is_held_until_its_sender_has_looked_at_it_again(
    desk: Office, mine: CaseId, files: dict[str, Any]
) -> None:
    held = await desk.says(RASA, "the form", mine, **files)
    before = await to_family(desk)

    await desk.pushes(RASA, Verb.SEND, mine)

    assert "other people" in said(held)
    assert before == []
    (reply,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert reply.outgoing.file == files["files"][0]
    assert reply.words.endswith("the form")


@pytest.mark.parametrize(
    "file",
    [
        Attachment("page", AttachmentKind.FILE, "text/html", 10),
        Attachment("film", AttachmentKind.FILE, "video/mp4", 10),
        Attachment("huge", AttachmentKind.PHOTO, "image/jpeg", 21 * 1024 * 1024),
    ],
)
async def test_a_file_that_may_not_go_on_is_refused_and_told(desk: Office, mine: CaseId, file: Attachment) -> None:
    told = await desk.says(RASA, "the form", mine, kind=Kind.FILE, files=(file,))

    assert kinds(told) == [OutgoingKind.DESK]
    assert told[0].outgoing.buttons is None
    assert await to_family(desk) == []


async def test_the_file_of_a_note_stays_with_it(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"/note {SECRET}", mine, **photo("secret-photo"))

    (note,) = await all_rows(desk.store, notes)
    assert [file["ref"] for file in note["files"]] == ["secret-photo"]
    for table in (inbox, case_events, outbox):
        assert "secret-photo" not in repr(await all_rows(desk.store, table)), table.name


async def test_new_words_below_a_picture_that_was_sent_are_sent_or_said_not_to_be(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "page one", mine, message="30", **photo())
    await desk.pushes(RASA, Verb.SEND, mine)

    await desk.says(RASA, "page two", mine, message="30", **photo())  # how an edited caption comes in
    told = await desk.pushes(RASA, Verb.SEND, mine)

    sent = ["page two" in words for words in await to_family(desk)]
    assert sent[-1] or toasts(told) != ["Sent to the family."]

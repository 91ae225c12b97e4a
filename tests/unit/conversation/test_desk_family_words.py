"""What families write comes to their specialists whole, under their alias, and marked as theirs."""

from __future__ import annotations

import pytest

from bot.channels.telegram.wire import plain
from bot.conversation import desk_notices
from bot.conversation.model import Attachment, AttachmentKind, OutgoingKind
from bot.conversation.notices import Voice
from tests.builders_dialogue import PHOTO
from tests.fakes.bot_api.entities import utf16_length
from tests.unit.conversation.cards import FAMILY, NUMBER, TELEGRAMS_LONGEST, seen

LONGEST_CAPTION = 1024


@pytest.mark.parametrize("text", ["He is four.", "<b>&amp;", "{family}", "x\ny"])
def test_a_familys_words_come_under_its_alias_and_number(v: Voice, text: str) -> None:
    (told,) = desk_notices.family_writes(v, "12M", "F-7G", text, ())

    head, said = told.lines
    assert head.bold
    assert "F-7G" in head.text
    assert "12M" in head.text
    assert said.text == text
    assert told.kind is OutgoingKind.DESK


def test_each_attachment_comes_with_whose_it_is(v: Voice) -> None:
    file = Attachment("file-1", AttachmentKind.FILE, "application/pdf", 9)

    words, *files = desk_notices.family_writes(v, "12M", "F-7G", "look", (PHOTO, file))

    assert [one.file for one in files] == [PHOTO, file]
    assert all(one.lines == (words.lines[0],) for one in files)
    assert [one.file for one in desk_notices.family_writes(v, "12M", "F-7G", "", (PHOTO,))] == [PHOTO]


@pytest.mark.parametrize("sign", ["ж", "😀"])
@pytest.mark.parametrize("length", [1, 2048, 2500, 4096, 6000])
def test_a_familys_words_fit_however_long_they_are(v: Voice, sign: str, length: int) -> None:
    for one in desk_notices.family_writes(v, NUMBER, FAMILY, sign * length, (PHOTO,)):
        assert utf16_length(plain(one.lines)) <= (LONGEST_CAPTION if one.file else TELEGRAMS_LONGEST)


def test_a_familys_words_are_marked_as_theirs_and_ours_are_not(v: Voice) -> None:
    told = desk_notices.family_writes(v, NUMBER, FAMILY, "/release", ())
    shown = desk_notices.card(v, seen(asked="/release", said=(("written", "/close"),)))

    assert {line.text for one in (*told, shown) for line in one.lines if line.theirs} == {
        "/release",
        "F-7G: /close",
    }


@pytest.mark.parametrize("length", [3500, 3600, 4096])
def test_a_specialist_can_read_all_that_a_family_wrote(v: Voice, length: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(length))

    told = desk_notices.family_writes(v, NUMBER, FAMILY, text, ())

    assert "".join(line.text for one in told for line in one.lines if not line.bold) == text

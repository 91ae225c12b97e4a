"""The content folders: read whole, checked whole, kept solved, swapped whole."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.content.model import MAIN_LANGUAGES, Catalogue, EntryId
from bot.errors import ContentBroken
from bot.matching.encoder import Encoder, Floats
from bot.matching.index import Index
from bot.storage import faq_files, faq_watch
from bot.storage.faq_files import Content, ContentFolder, describe
from bot.storage.last_good import LastGood
from tests import builders_time
from tests.builders_content import TODAY, small_content, write, written
from tests.builders_content import Content as Files
from tests.builders_dialogue import ROOT
from tests.builders_logs import named
from tests.unit.encoders.words import Words

DEPOSIT = EntryId("deposit")


class Folders:
    """A small sound content on disk, to be spoilt."""

    def __init__(self, base: Path) -> None:
        self.faq, self.locales, self.cache = base / "faq", base / "locales", base / "cache"
        for language in MAIN_LANGUAGES:
            place = Path(language) / "LC_MESSAGES" / "tiltas.po"
            (self.locales / place).parent.mkdir(parents=True)
            shutil.copy(ROOT / "locales" / place, self.locales / place)
        self.write(small_content())

    def write(self, content: Files) -> None:
        """Write all files of `faq/`."""
        write(self.faq, content)

    def folder(self, encoder: Encoder | None = None) -> ContentFolder:
        """Return what the program makes of them."""
        return ContentFolder(self.faq, self.locales, self.cache, encoder)

    def load(self) -> Content:
        """Read, check and solve."""
        return self.folder().load(TODAY)

    def refusal(self) -> ContentBroken:
        """Return why the content is refused."""
        with pytest.raises(ContentBroken) as told:
            self.load()
        return told.value

    def index(self) -> Path:
        """Return the one solved index."""
        (index,) = self.cache.glob("index-*.npz")
        return index


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Return content that was loaded once; not to be changed."""
    folders = Folders(tmp_path_factory.mktemp("loaded"))
    folders.load()
    return folders


@pytest.fixture
def folders(tmp_path: Path, loaded: Folders) -> Folders:
    """Return sound content with its index, free to be changed."""
    own = Folders(tmp_path)
    shutil.copytree(loaded.cache, own.cache)
    return own


@pytest.fixture(autouse=True)
def solved(loaded: Folders, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the versions that are solved from now on; what solving means is tested in its own room, and takes time."""
    versions: list[str] = []
    sound = Index.from_bytes(loaded.index().read_bytes())

    def solve(catalogue: Catalogue, encoder: Encoder | None = None) -> Index:
        versions.append(catalogue.version)
        if encoder is None:
            return replace(sound, catalogue_version=catalogue.version)
        encoder.encode(["deposit"])
        return replace(sound, catalogue_version=catalogue.version, encoder_id=encoder.id)

    monkeypatch.setattr(faq_files, "solve", solve)
    return versions


def spoilt() -> Files:
    """Return content with an error in each of two files."""
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "nobody"
    content["entries/education.yaml"]["entries"]["kindergarten"]["body"] = "nobody"
    return content


def with_another_answer() -> Files:
    content = small_content()
    content["en/housing.yaml"]["entries"]["deposit"]["short"] = "Ask the landlord in writing."
    return content


def answer(content: Content) -> str:
    return content.catalogue.entries[DEPOSIT].texts[MAIN_LANGUAGES[1]].short


# Loading ------------------------------------------------------------------------------------------------------------


def test_sound_content_is_loaded_with_its_texts_and_its_index(loaded: Folders) -> None:
    content = loaded.load()

    assert set(content.catalogue.entries) == {"kindergarten", "deposit"}
    assert content.messages.languages == MAIN_LANGUAGES
    assert content.index.catalogue_version == content.catalogue.version


def test_files_are_named_by_their_path_below_the_folder(loaded: Folders) -> None:
    assert loaded.folder().files().keys() == written(small_content()).keys()


def test_what_was_solved_once_is_not_solved_again(folders: Folders, solved: list[str]) -> None:
    index = folders.index().read_bytes()

    content = folders.load()

    assert solved == []
    assert content.index.to_bytes() == index


def test_what_was_found_sound_is_not_checked_again(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(faq_files, "check_reading")

    assert folders.load().catalogue.entries


def test_a_first_load_solves_and_keeps(folders: Folders, solved: list[str]) -> None:
    shutil.rmtree(folders.cache)

    first, second = folders.load(), folders.load()

    assert solved == [first.catalogue.version]
    assert first.index.to_bytes() == second.index.to_bytes() == folders.index().read_bytes()
    assert [path.name for path in folders.cache.iterdir()] == [folders.index().name]


# Meaning --------------------------------------------------------------------------------------------------------------


class Torn(Words):
    """An encoder that breaks."""

    def encode(self, texts: Sequence[str]) -> Floats:  # noqa: ARG002  the seam
        raise RuntimeError("torn")


def test_with_an_encoder_meaning_is_solved_too(folders: Folders, solved: list[str]) -> None:
    content = folders.folder(Words()).load(TODAY)

    assert len(solved) == 1
    assert content.encoder is not None
    assert content.index.encoder_id == content.encoder.id


def test_at_once_means_words_until_meaning_is_there(folders: Folders, solved: list[str]) -> None:
    folder = folders.folder(Words())

    first = folder.load(TODAY, at_once=True)
    assert (first.encoder, first.index.encoder_id, solved) == (None, "", [])

    folder.load(TODAY)
    again = folder.load(TODAY, at_once=True)
    assert again.encoder is folder.encoder
    assert len(solved) == 1


def test_an_encoder_that_breaks_leaves_words_and_is_not_tried_again(folders: Folders) -> None:
    folder = folders.folder(Torn())

    with capture_logs() as logs:
        contents = folder.load(TODAY), folder.load(TODAY)

    assert [content.index.encoder_id for content in contents] == ["", ""]
    assert len(named(logs, "encoder.failed")) == 1


def test_a_closed_folder_encodes_no_more(folders: Folders) -> None:
    folder = folders.folder(Words())
    folder.close()

    with pytest.raises(faq_files._Closed):
        folder.load(TODAY)


@pytest.mark.parametrize("left", [0, 200, -100])
def test_an_index_that_was_written_half_is_solved_again(folders: Folders, solved: list[str], left: int) -> None:
    sound = folders.index().read_bytes()
    folders.index().write_bytes(sound[:left])

    with capture_logs() as logs:
        content = folders.load()

    assert solved == [content.catalogue.version]
    assert folders.index().read_bytes() == sound
    assert len(named(logs, "index.cache_unreadable")) == 1


def test_a_file_that_is_no_index_is_replaced(folders: Folders, solved: list[str]) -> None:
    folders.index().write_bytes(b"no index")

    content = folders.load()

    assert solved == [content.catalogue.version]
    assert folders.index().read_bytes() == content.index.to_bytes()


def test_an_index_that_cannot_be_kept_costs_only_time(folders: Folders) -> None:
    shutil.rmtree(folders.cache)
    folders.cache.write_text("in the way")

    with capture_logs() as logs:
        content = folders.load()

    assert content.catalogue.entries
    assert len(named(logs, "index.cache_not_written")) == 1


def test_only_the_newest_indexes_are_kept(folders: Folders) -> None:
    present = folders.index().name
    for age in range(1, 12):
        old = folders.cache / f"index-{age:016}.npz"
        old.write_bytes(b"old")
        os.utime(old, (1_000_000 - age, 1_000_000 - age))
    folders.write(with_another_answer())

    folders.load()

    kept = sorted(path.name for path in folders.cache.iterdir())
    assert len(kept) == 8
    assert present in kept
    assert "index-0000000000000001.npz" in kept
    assert "index-0000000000000008.npz" not in kept


# Refused ------------------------------------------------------------------------------------------------------------


def test_all_errors_are_told_at_once(folders: Folders, solved: list[str]) -> None:
    folders.write(spoilt())

    findings = folders.refusal().findings

    assert {finding.file for finding in findings} == {"entries/housing.yaml", "entries/education.yaml"}
    assert len(describe(findings).split("nobody")) > len(findings)
    assert solved == []


def test_warnings_do_not_keep_content_out(folders: Folders) -> None:
    late = TODAY.replace(year=TODAY.year + 2)

    assert folders.folder().load(late).catalogue.entries


@pytest.mark.parametrize("text", ["entries: [", "entries: 5", "", "- 1"])
def test_a_file_of_another_form_is_refused(folders: Folders, text: str) -> None:
    (folders.faq / "entries" / "housing.yaml").write_text(text, encoding="utf-8")

    assert "entries/housing.yaml" in {finding.file for finding in folders.refusal().findings}


def test_files_that_are_no_text_are_all_named(folders: Folders) -> None:
    for name in ("lt/talk.yaml", "uk/talk.yaml"):
        (folders.faq / name).write_bytes("pasikalbėkim".encode("utf-16"))

    findings = folders.refusal().findings

    assert [(finding.file, finding.line) for finding in findings] == [("lt/talk.yaml", 1), ("uk/talk.yaml", 1)]
    assert "Save it as UTF-8." in describe(findings)


def test_a_file_that_cannot_be_read_is_named(folders: Folders) -> None:
    path = folders.faq / "lt" / "talk.yaml"
    path.unlink()
    path.mkdir()

    assert [finding.file for finding in folders.refusal().findings] == ["lt/talk.yaml"]


def test_a_language_without_texts_of_the_bot_is_refused(folders: Folders) -> None:
    shutil.rmtree(folders.locales / "uk")
    shutil.rmtree(folders.locales / "ru")

    told = describe(folders.refusal().findings)

    assert "locales/uk/LC_MESSAGES/tiltas.po:1" in told
    assert "locales/ru/LC_MESSAGES/tiltas.po:1" in told


def test_texts_of_the_bot_that_are_no_text_are_refused(folders: Folders) -> None:
    (folders.locales / "lt" / "LC_MESSAGES" / "tiltas.po").write_bytes(b"\xff\xfe")

    assert "locales/lt/LC_MESSAGES/tiltas.po" in describe(folders.refusal().findings)


def test_a_gap_in_the_texts_of_the_bot_is_refused(folders: Folders) -> None:
    path = folders.locales / "lt" / "LC_MESSAGES" / "tiltas.po"
    path.write_text(path.read_text("utf-8") + '\nmsgid "Not there yet"\nmsgstr ""\n', encoding="utf-8")

    assert "no translation" in describe(folders.refusal().findings)


# Watching -----------------------------------------------------------------------------------------------------------


def test_every_change_of_a_file_can_be_seen_without_reading_it(folders: Folders) -> None:
    folder = folders.folder()
    seen = [folder.print()]

    (folders.faq / "lt" / "more.yaml").write_text("a: 1")
    seen.append(folder.print())
    (folders.faq / "lt" / "more.yaml").write_text("a: 12")
    seen.append(folder.print())
    os.utime(folders.faq / "lt" / "more.yaml", (1, 1))
    seen.append(folder.print())
    (folders.faq / "lt" / "more.yaml").unlink()
    seen.append(folder.print())
    os.utime(folders.locales / "lt" / "LC_MESSAGES" / "tiltas.po", (1, 1))
    seen.append(folder.print())

    assert seen[4] == seen[0]
    assert len(set(seen)) == 5


class Live:
    """The content that is live, and how often it was swapped."""

    def __init__(self) -> None:
        self.contents: list[Content] = []

    def __call__(self, content: Content) -> None:
        self.contents.append(content)


@asynccontextmanager
async def watching(folders: Folders, encoder: Encoder | None = None) -> AsyncIterator[Live]:
    live, folder = Live(), folders.folder(encoder)
    task = asyncio.create_task(
        faq_watch.watch(folder, folder.print(), live, clock=lambda: datetime.combine(TODAY, datetime.min.time(), UTC))
    )
    try:
        yield live
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object]) -> None:
    async def reached() -> object:
        return condition()

    await builders_time.until(reached)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watch look all the time."""
    monkeypatch.setattr(faq_watch, "LOOK_EVERY", 0.01)


@pytest.mark.usefixtures("quick")
async def test_a_sound_change_goes_live(folders: Folders) -> None:
    async with watching(folders) as live:
        await asyncio.sleep(0.05)
        before = len(live.contents)
        folders.write(with_another_answer())
        await until(lambda: live.contents and answer(live.contents[-1]) == "Ask the landlord in writing.")

    assert before == 0


@pytest.mark.usefixtures("quick")
async def test_a_bad_change_is_told_and_changes_nothing_and_a_sound_one_after_it_goes_live(folders: Folders) -> None:
    with capture_logs() as logs:
        async with watching(folders) as live:
            folders.write(spoilt())
            await until(lambda: named(logs, "content.refused"))
            refused = len(live.contents)
            folders.write(with_another_answer())
            await until(lambda: live.contents and answer(live.contents[-1]) == "Ask the landlord in writing.")

    assert refused == 0
    told = named(logs, "content.refused")[0]
    assert told["findings"] >= 1
    assert "entries/" in told["first"]


@pytest.mark.usefixtures("quick")
async def test_a_fault_of_ours_leaves_the_content_and_the_watch_as_they_are(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with capture_logs() as logs:
        async with watching(folders) as live:
            with monkeypatch.context() as patched:
                patched.setattr(faq_files, "read", fail)
                os.utime(folders.faq / "topics.yaml", (1, 1))
                await until(lambda: named(logs, "content.failed"))
            os.utime(folders.faq / "topics.yaml", (2, 2))
            await until(lambda: live.contents)

    assert len(live.contents) == 1


async def test_meaning_is_swapped_in_as_soon_as_it_is_learned(folders: Folders) -> None:
    async with watching(folders, Words()) as live:
        await until(lambda: live.contents)

    assert live.contents[0].encoder is not None


# The last good one ----------------------------------------------------------------------------------------------------


def test_content_that_is_sound_is_copied_and_content_that_is_broken_is_not(folders: Folders, tmp_path: Path) -> None:
    last_good = LastGood(tmp_path / "last-good")
    folder = ContentFolder(folders.faq, folders.locales, folders.cache, None, last_good)
    version = folder.load(TODAY).catalogue.version
    (folders.faq / "topics.yaml").write_text("topics: [", encoding="utf-8")
    with pytest.raises(ContentBroken):
        folder.load(TODAY)

    copy = last_good.folder()

    assert copy is not None
    assert ContentFolder(copy / "faq", copy / "locales", folders.cache).load(TODAY).catalogue.version == version

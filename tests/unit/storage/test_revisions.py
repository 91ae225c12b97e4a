"""Contents elsewhere: folders, checkouts, revisions of a git repository."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from bot.errors import ContentBroken, ContentNotFound
from bot.storage import revisions
from bot.storage.faq_files import ContentFolder
from bot.storage.revisions import content_at, readable
from tests.builders_content import TODAY, Content, small_content, write, written
from tests.builders_dialogue import ROOT

ENTRIES = "entries/housing.yaml"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Editor", "-c", "user.email=editor@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def _no_other_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the repository and the habits of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with two commits: the first tagged `before`, the second without housing; then faq/ goes from the disk."""
    top = tmp_path / "repository"
    write(top / "faq", small_content())
    (top / "faq" / "entries" / "note.txt").write_text("no content", encoding="utf-8")
    (top / "faq" / "elsewhere.yaml").symlink_to("/etc/hostname")
    git(top, "init", "--quiet")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "--message", "One")
    git(top, "tag", "before")
    (top / "faq" / ENTRIES).unlink()
    git(top, "commit", "--quiet", "--all", "--message", "Two")
    shutil.rmtree(top / "faq")
    return top


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


# Folders --------------------------------------------------------------------------------------------------------------


def test_a_content_folder_and_a_checkout_mean_the_same(tmp_path: Path) -> None:
    faq = write(tmp_path / "checkout" / "faq", small_content())

    with content_at("checkout/faq", tmp_path) as by_folder, content_at("checkout", tmp_path) as by_checkout:
        assert by_folder == by_checkout == faq
    with content_at(str(faq), ROOT) as by_full_name:
        assert by_full_name == faq
    assert faq.is_dir()


def test_a_folder_comes_before_a_revision_of_the_same_name(repository: Path) -> None:
    faq = write(repository / "before", small_content())

    with content_at("before", repository) as found:
        assert found == faq


@pytest.mark.parametrize("name", ["", "docs", "no/such/folder", "a\0b", "-x", "--help", "file.txt"])
def test_a_name_that_means_nothing_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "file.txt").write_text("", encoding="utf-8")

    with pytest.raises(ContentNotFound) as told, content_at(name, tmp_path):
        pass

    assert repr(name) in str(told.value)


# Revisions ------------------------------------------------------------------------------------------------------------


def test_a_revision_is_unpacked_as_it_was_and_removed_afterwards(repository: Path) -> None:
    with content_at("before", repository) as found:
        texts = {name: (found / name).read_text("utf-8") for name in names(found)}
    with content_at("HEAD", repository) as later:
        without = names(later)

    assert texts == written(small_content())
    assert set(texts) - without == {ENTRIES}
    assert not found.exists()
    assert not later.exists()


@pytest.mark.parametrize("name", ["HEAD~1", "main~", "before", "tags/before"])
def test_a_revision_may_be_named_in_any_way_that_git_knows(repository: Path, name: str) -> None:
    with content_at(name, repository) as found:
        assert (found / ENTRIES).exists()


def test_a_revision_may_be_named_by_its_hash(repository: Path) -> None:
    with content_at(git(repository, "rev-parse", "before")[:10], repository) as found:
        assert (found / ENTRIES).exists()


def test_neither_links_nor_files_that_are_no_content_are_unpacked(repository: Path) -> None:
    with content_at("before", repository) as found:
        assert not names(found) & {"elsewhere.yaml", "entries/note.txt"}


def test_from_a_folder_deep_inside_the_same_content_is_found(repository: Path) -> None:
    deep = repository / "docs" / "how-to"
    deep.mkdir(parents=True)

    with content_at("before", deep) as found:
        assert (found / ENTRIES).exists()


def test_a_project_that_is_a_part_of_a_repository_has_its_content_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "tiltas" / "faq", small_content())
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "One")

    with content_at("HEAD", tmp_path / "tiltas") as found:
        assert (found / ENTRIES).exists()


def test_a_repository_may_be_nothing_but_content(tmp_path: Path) -> None:
    write(tmp_path, small_content())
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "One")

    with content_at("HEAD", tmp_path) as found:
        assert (found / ENTRIES).exists()


def test_a_revision_without_content_is_refused(repository: Path) -> None:
    (repository / "readme.txt").write_text("", encoding="utf-8")
    git(repository, "checkout", "--quiet", "--orphan", "empty")
    git(repository, "rm", "-r", "--quiet", "--cached", ".")
    git(repository, "add", "readme.txt")
    git(repository, "commit", "--quiet", "--message", "Nothing")

    with pytest.raises(ContentNotFound, match="has no faq/"), content_at("empty", repository):
        pass


def test_a_revision_that_is_not_there_is_refused(repository: Path) -> None:
    with pytest.raises(ContentNotFound, match="'v9' is neither"), content_at("v9", repository):
        pass


def test_nothing_that_looks_like_an_option_reaches_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.revisions.subprocess.run", lambda *_, **__: pytest.fail("git was called"))

    with pytest.raises(ContentNotFound, match="cannot be a revision"), content_at("--upload-pack=x", repository):
        pass


def test_a_missing_git_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ContentNotFound, match="git is needed"), content_at("before", repository):
        pass


def test_a_git_that_hangs_or_cannot_be_started_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("git", 60)

    monkeypatch.setattr("bot.storage.revisions.subprocess.run", slow)

    with pytest.raises(ContentNotFound, match="TimeoutExpired"), content_at("before", repository):
        pass


def test_nothing_is_unpacked_outside_its_folder(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("../out.yaml", f"{tmp_path}/full.yaml", "in/side.yaml"):
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    (tmp_path / "target").mkdir()

    revisions._unpack(packed.getvalue(), tmp_path / "target")

    assert names(tmp_path) == {"target/in/side.yaml"}


# Content --------------------------------------------------------------------------------------------------------------


def folder(base: Path, content: Content) -> ContentFolder:
    return ContentFolder(write(base / "faq", content), ROOT / "locales", base / "cache")


def test_sound_content_is_read_and_kept_solved(tmp_path: Path) -> None:
    found = readable(folder(tmp_path, small_content()), TODAY)

    assert set(found.catalogue.entries) == {"kindergarten", "deposit"}
    assert found.index.catalogue_version == found.catalogue.version
    assert found.errors == 0
    assert list((tmp_path / "cache").glob("index-*.npz"))


def test_content_that_fails_a_check_of_sense_can_be_read_all_the_same(tmp_path: Path) -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "nobody"

    found = readable(folder(tmp_path, content), TODAY)

    assert set(found.catalogue.entries) == {"kindergarten", "deposit"}
    assert found.errors == 1


def test_content_whose_form_is_wrong_cannot_be_read(tmp_path: Path) -> None:
    content = small_content()
    del content["topics.yaml"]

    with pytest.raises(ContentBroken) as told:
        readable(folder(tmp_path, content), TODAY)

    assert [finding.file for finding in told.value.findings] == ["topics.yaml"]


def test_a_pattern_that_cannot_be_meant_keeps_content_from_being_read(tmp_path: Path) -> None:
    content = small_content()
    content["uk/danger.yaml"]["kinds"]["violence"]["red"].append("* together")

    with pytest.raises(ContentBroken) as told:
        readable(folder(tmp_path, content), TODAY)

    assert "uk/danger.yaml" in {finding.file for finding in told.value.findings}

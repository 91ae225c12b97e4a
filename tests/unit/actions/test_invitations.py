"""A code that lets a group work for a team: used once, kept as a hash."""

from __future__ import annotations

import re

import pytest

from bot.actions.invitations import LENGTH, VALID, hash_of, invite
from bot.storage.tables import invites
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, SCHOOL
from tests.builders_store import Watch, all_rows


async def test_a_code_can_be_read_out_and_is_kept_only_as_a_hash(store: SqlStore) -> None:
    code = await invite(SCHOOL, store=store, clock=Watch())

    (row,) = await all_rows(store, invites)
    assert re.fullmatch(f"[A-HJKMNP-Z2-9]{{{LENGTH}}}", code)
    assert row == {"code_hash": hash_of(code), "team": "school", "expires_at": NOW + VALID, "used_at": None}
    assert code not in repr(row)


async def test_no_two_codes_are_alike(store: SqlStore) -> None:
    codes = {await invite(SCHOOL, store=store, clock=Watch()) for _ in range(50)}

    assert len(codes) == len(await all_rows(store, invites)) == 50


@pytest.mark.parametrize(
    "written", ["ABCDE23456", "abcde23456", " ABCDE 23456 ", "abcde\n23456", "a b c d e 2 3 4 5 6"]
)
def test_case_and_blanks_of_a_code_do_not_matter(written: str) -> None:
    assert hash_of(written) == hash_of("ABCDE23456")


@pytest.mark.parametrize("written", ["ABCDE23457", "", "ABCDE2345", "BACDE23456"])
def test_another_code_is_another_code(written: str) -> None:
    assert hash_of(written) != hash_of("ABCDE23456")

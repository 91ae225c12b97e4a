"""Who left, where a group has moved, and what the bot may do there or may not do any more."""

from __future__ import annotations

import pytest

from bot.channels.telegram.receive import read_update
from bot.conversation.model import Incoming, InGroup, Kind
from tests.unit.channels.updates import (
    ADDRESS,
    BOT,
    FORUM,
    GROUP,
    GROUP_ADDRESS,
    OLENA,
    RASA,
    SENT_AT,
    in_group,
    member,
    membership,
    received,
    update,
    written,
)


@pytest.mark.parametrize(
    ("status", "kind"), [("kicked", Kind.BLOCKED), ("left", Kind.BLOCKED), ("member", Kind.UNBLOCKED)]
)
def test_stopping_and_starting_the_bot_is_told(status: str, kind: Kind) -> None:
    assert received(membership(status)) == Incoming("tg:123456:77", ADDRESS, kind, at=SENT_AT)


def test_a_group_that_became_a_supergroup_tells_its_new_address() -> None:
    incoming = received(update(written(chat=GROUP, migrate_to_chat_id=-100500)))

    assert (incoming.kind, incoming.address.chat) == (Kind.MIGRATED, "-1001")
    assert incoming.group == InGroup(moved_to="-100500")


def test_the_other_side_of_a_migration_is_ignored() -> None:
    assert read_update(update(in_group(migrate_from_chat_id=-1001)), BOT) is None


def test_whoever_left_a_group_is_known_by_their_id_only() -> None:
    incoming = received(update(in_group(left_chat_member=RASA, **{"from": OLENA})))

    assert (incoming.kind, incoming.text) == (Kind.LEFT, "")
    assert incoming.group == InGroup(author="71", forum=True)


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_whoever_is_no_longer_a_member_has_left(status: str) -> None:
    assert received(member(status)) == Incoming(
        "tg:123456:77", GROUP_ADDRESS, Kind.LEFT, at=SENT_AT, group=InGroup(author="71", forum=True)
    )


@pytest.mark.parametrize("status", ["member", "creator"])
def test_that_somebody_came_is_told_by_their_press(status: str) -> None:
    raw = member(status)
    raw["chat_member"]["new_chat_member"]["is_anonymous"] = False

    assert read_update(raw, BOT) is None


@pytest.mark.parametrize(
    ("status", "rights", "kind", "topics"),
    [
        ("administrator", {}, Kind.RIGHTS, True),
        ("administrator", {"can_manage_topics": False}, Kind.RIGHTS, False),
        ("member", {}, Kind.RIGHTS, False),
        ("left", {}, Kind.BLOCKED, False),
        ("kicked", {}, Kind.BLOCKED, False),
    ],
)
def test_what_the_bot_may_do_in_a_group_is_told(
    status: str, rights: dict[str, bool], kind: Kind, *, topics: bool
) -> None:
    assert received(membership(status, FORUM, **rights)) == Incoming(
        "tg:123456:77", GROUP_ADDRESS, kind, at=SENT_AT, group=InGroup(forum=True, topics=topics)
    )

"""ChatMember JSON: who somebody is in a chat."""

from collections.abc import Collection

from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.model import ALL_RIGHTS, ChatKind

_OF_MEMBERS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip
_ONLY_IN_CHANNELS = frozenset({"can_post_messages", "can_edit_messages", "can_manage_direct_messages"})
_ONLY_IN_GROUPS = frozenset({"can_pin_messages", "can_manage_topics", "can_manage_tags"})


def member_json(user: JsonObject, status: str, kind: ChatKind, rights: Collection[str] = ALL_RIGHTS) -> JsonObject:
    """Return a ChatMember with every field its status requires. Dates of bans and restrictions are for ever (0)."""
    member: JsonObject = {"user": user, "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "administrator":
        elsewhere = _ONLY_IN_GROUPS if kind is ChatKind.CHANNEL else _ONLY_IN_CHANNELS
        member.update({right: right in rights for right in sorted(ALL_RIGHTS - elsewhere)})
        member.update({"can_be_edited": False, "is_anonymous": False})
    elif status == "restricted":
        member.update(dict.fromkeys(_OF_MEMBERS, False))
        member.update({"is_member": True, "until_date": 0})
    elif status == "kicked":
        member["until_date"] = 0
    return member

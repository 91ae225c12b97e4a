"""What a group of specialists reads about somebody whom one of them has limited."""

from __future__ import annotations

from datetime import datetime

from bot.conversation.desk_notices import said
from bot.conversation.limit_notices import instant
from bot.conversation.model import Outgoing
from bot.conversation.notices import Voice, named


def how_to_bar(v: Voice) -> str:
    """Return what an order to limit somebody must say."""
    return v.t.gettext("Write how many days, 1 to 30, and why. Without a number it is 7: /bar 3 insults and threats")


def barred(v: Voice, family: str, until: datetime, alias: str, why: str) -> Outgoing:
    """Tell that somebody was limited: who, until when, by whom, why, and what comes all the same."""
    t = v.t
    return said(
        v,
        t.gettext("{family} is limited until: {instant}").format(family=family, instant=instant(v, until)),
        t.gettext("Limited by {alias}: {reason}").format(alias=named(v, alias), reason=why),
        _what_comes(v),
        t.gettext("The family was told until when, not why. To end it: /unbar"),
    )


def barred_elsewhere(v: Voice, family: str, number: str, until: datetime) -> Outgoing:
    """Tell those who have another question of somebody why no words of theirs may come."""
    text = v.t.gettext("{family}, question {number}: limited until: {instant}")
    return said(v, text.format(family=family, number=number, instant=instant(v, until)), _what_comes(v))


def _what_comes(v: Voice) -> str:
    return v.t.gettext("Danger comes as always: card, question, calls. Other words of theirs do not come here.")


def unbarred(v: Voice, family: str) -> str:
    """Return that somebody is not limited, or no longer."""
    return v.t.gettext("{family} is not limited.").format(family=family)


def ended(v: Voice, family: str) -> Outgoing:
    """Tell that a limit has ended by itself, and ask to look again."""
    return said(v, v.t.gettext("The bar of {family} ended today. If it must go on: /bar").format(family=family))

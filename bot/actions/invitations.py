"""An administrator lets a group work for a team: a code, used once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from bot.content.model import TeamId
from bot.ports import Clock, Store

VALID = timedelta(days=7)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which look alike when a code is read out."""
LENGTH = 10
"""Ten of 31 letters: 8 × 10¹⁴ codes, and Telegram lets nobody try many."""


async def invite(team: TeamId, *, store: Store, clock: Clock) -> str:
    """Return a new code that connects one group to a team within seven days; only its hash is kept."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    async with store.begin() as tx:
        await tx.teams.invite(hash_of(code), team, clock() + VALID)
    return code


def hash_of(code: str) -> str:
    """Return what is kept of a code; case and blanks do not matter."""
    return sha256("".join(code.split()).upper().encode()).hexdigest()

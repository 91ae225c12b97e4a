"""Our exceptions.

TiltasError
├── ContentBroken         faq/ or locales/ has findings; carries them
├── SettingsInvalid       an option has a value we cannot use
├── TeamUnknown           a team that the content does not name
├── ContentNotFound       there is no content under a name
├── EntryUnknown          an entry, or a translation of it, that the content does not have
├── StubRefused           the beginning of a file that we do not write; says why
├── CaseNotFound          there is no such case
├── CaseChanged           somebody else has changed a case meanwhile
├── MoveRefused           the state of a case does not allow it; stands in cases/model.py
├── StoreUnavailable      the database cannot be read or written now
│   ├── StoreAway         it may come back by itself
│   ├── StoreTaken        another process has it
│   └── StoreRefused      it would take other things, but not these
├── BackupFailed          no copy of the database was made, or none put in place
├── ChannelError          a message could not be handed over
│   ├── NotSent           certainly not delivered; may be tried again
│   ├── Refused           certainly not delivered, and never will be as it is
│   ├── SlowDown          the channel asks us to wait
│   └── OutcomeUnknown    it may have arrived
├── ChannelRejected       the channel does not know us (wrong token)
└── ChannelTaken          somebody else receives this channel's messages
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.content.findings import Finding


class TiltasError(Exception):
    """Everything that we raise on purpose."""


class ContentBroken(TiltasError):
    """The content cannot be used; `findings` says why, all at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = tuple(findings)


class SettingsInvalid(TiltasError):
    """An option has a value we cannot use; the text names the option, the value and what would be right."""


class StoreUnavailable(TiltasError):
    """The database cannot be read or written now: disk full, read-only, gone."""


class StoreAway(StoreUnavailable):
    """The database may come back by itself: its server is away, its disk is full or read-only, somebody has locked it."""


class StoreTaken(StoreUnavailable):
    """Another process works on the same database."""


class StoreRefused(StoreUnavailable):
    """The database does not take a thing for what it is, and never will: a fault of ours."""


class BackupFailed(TiltasError):
    """A copy of the database was not made, or not put in place; the text is a sentence that says why."""


class TeamUnknown(TiltasError):
    """A team that the content does not name; the text names those it does."""


class ContentNotFound(TiltasError):
    """There is no content under a name; the text is a sentence that says where it was looked for."""


class EntryUnknown(TiltasError):
    """An entry, or a translation of it, that the content does not have."""


class StubRefused(TiltasError):
    """A beginning of an entry or a file that is not written; the text is a sentence that says why."""


class CaseNotFound(TiltasError):
    """There is no such case."""


class CaseChanged(TiltasError):
    """Somebody else has changed a case since it was loaded; what was based on it must be done again."""


class ChannelError(TiltasError):
    """A message could not be handed over."""


class NotSent(ChannelError):
    """The message certainly did not leave; it may be tried again."""


class Refused(ChannelError):
    """The channel refused the message for good; `reason` is one short word for logs and states."""

    def __init__(self, reason: str, *, moved_to: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.moved_to = moved_to


class SlowDown(ChannelError):
    """The channel asks us to wait for `delay` before the next message."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"wait {delay.total_seconds():.0f} s")
        self.delay = delay


class OutcomeUnknown(ChannelError):
    """The message left, no answer came: it may have arrived."""


class ChannelRejected(TiltasError):
    """The channel does not accept our credentials."""


class ChannelTaken(TiltasError):
    """Another process receives this channel's messages."""

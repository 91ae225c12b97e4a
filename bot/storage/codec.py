"""Values to JSON columns and back, by their types."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.conversation.limits import Allowance
from bot.conversation.model import Attachment, AttachmentKind, ButtonSet, InGroup, Outgoing, Press

T = TypeVar("T")

OUTGOING = TypeAdapter(Outgoing)
BUTTONS = TypeAdapter(ButtonSet)
PRESS: TypeAdapter[Press | None] = TypeAdapter(Press | None)
IN_GROUP: TypeAdapter[InGroup | None] = TypeAdapter(InGroup | None)
ALLOWANCE = TypeAdapter(Allowance)
FILES: TypeAdapter[tuple[Attachment, ...]] = TypeAdapter(tuple[Attachment, ...])


def dump(adapter: TypeAdapter[T], value: T) -> Any:  # Any: JSON has no narrower type
    """Return `value` as JSON values; what has its default is left out."""
    return adapter.dump_python(value, mode="json", exclude_defaults=True)


def load(adapter: TypeAdapter[T], value: Any) -> T:  # Any: as above
    """Return the value that `dump` made `value` of."""
    return adapter.validate_python(value)


def files(value: Any) -> tuple[Attachment, ...]:  # Any: as above
    """Return attachments; the first schema kept only the channel's names of them."""
    return load(
        FILES, [{"ref": one, "kind": AttachmentKind.FILE} if isinstance(one, str) else one for one in value or ()]
    )

"""Names for JSON values."""

from typing import Any, TypeAlias

# JSON coming from clients has no fixed shape; every reader checks what it takes out.
JsonObject: TypeAlias = dict[str, Any]
JsonValue: TypeAlias = Any

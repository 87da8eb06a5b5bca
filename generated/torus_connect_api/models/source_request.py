"""What is sent: SourceRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class SourceRequest:
    """Where the request comes from, and nothing else. Inferred: There are no further properties
    (additionalProperties).

    Attributes:
        source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
    """

    source: str = "N"

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready

"""What is sent: HoldingDetailsRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class HoldingDetailsRequestData:
    """What is asked for. Inferred: There are no further properties (additionalProperties).

    Attributes:
        isin: The ISIN of the security.
    """

    isin: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "ISIN_id": self.isin,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready

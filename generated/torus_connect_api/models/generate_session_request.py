"""What is sent: GenerateSessionRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class GenerateSessionRequest:
    """The credentials of the merchant, issued when he is onboarded. Inferred: There are no further properties
    (additionalProperties).

    Attributes:
        api_key: The merchant's API key. It is also a path segment of the login URL. Inferred: It is not empty
            (minLength).
        api_secret: The merchant's API secret. It belongs on a server, never in a browser or an app. Inferred: It is
            not empty (minLength). Where it belongs. This is advice.
    """

    api_key: str
    api_secret: str = attrs.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "API_KEY": self.api_key,
            "API_SECRET": self.api_secret,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready

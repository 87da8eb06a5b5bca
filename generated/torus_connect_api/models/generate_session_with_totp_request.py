"""What is sent: GenerateSessionWithTotpRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class GenerateSessionWithTotpRequest:
    """The merchant's API key, and the current code of the user's authenticator app. Inferred: There are no further
    properties (additionalProperties).

    Attributes:
        api_key: The merchant's API key. Inferred: It is not empty (minLength).
        totp: The code that the authenticator app shows. How many digits it has, how long it is good and which hash
            makes it are not documented; six digits, 30 seconds and SHA-1 are usual. Inferred: It has six to eight
            digits (pattern). What is usual.
    """

    api_key: str
    totp: str = attrs.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "API_KEY": self.api_key,
            "TOTP": self.totp,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready

"""What a reply holds: GenerateSessionResponse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel
from ..types import Secret


@attrs.define(kw_only=True)
class GenerateSessionResponse(ReplyModel):
    """What a generated session yields, whichever call generated it. Further properties may be there and are to be
    ignored. Inferred: There may be further properties (additionalProperties is left out, which permits them).

    Attributes:
        access_token: The access token of one user's account, for `Authorization: Bearer <access token>`. Its format
            and lifetime are not documented. Inferred: It is not empty (minLength).
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "access_token": "AccessToken",
    }

    access_token: Secret = attrs.field(repr=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply. `ValueError` where it lacks a field that it must have."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.access_token = read.required("AccessToken", read.secret(get("AccessToken")))
        return self

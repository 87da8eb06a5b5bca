"""What a reply holds: Quote."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Quote(ReplyModel):
    """The price at one exchange. Inferred: Each property may be missing or null, and there may be further ones.

    Attributes:
        diff: May have the noise of binary fractions: round it to show it.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "close": "close",
        "diff": "diff",
        "change_per": "changePer",
    }

    close: Decimal | None = None
    diff: Decimal | None = None
    change_per: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.close = read.decimal(get("close"))
        self.diff = read.decimal(get("diff"))
        self.change_per = read.decimal(get("changePer"))
        return self

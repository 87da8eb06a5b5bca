"""What a reply holds: OrderAnswerRow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class OrderAnswerRow(ReplyModel):
    """The number of an order, and whatever the service says besides. (java-client) Inferred: Each property may be
    missing or null, and there may be further ones.

    Attributes:
        order_no: The number of the order. Where an error has one, there is an order all the same. (java-client)
            Inferred: That an error may have one.
        oms_error_code: A code of the order system, as services of this kind send it. (inferred)
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "order_no": "order_no",
        "oms_error_code": "oms_error_code",
    }

    order_no: str | None = None
    oms_error_code: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.order_no = read.identifier(get("order_no"))
        self.oms_error_code = read.identifier(get("oms_error_code"))
        return self

"""What a reply holds: ConversionAnswer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reading import Rows
from ..reply_model import ReplyModel

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .order_answer_row import OrderAnswerRow


@attrs.define(kw_only=True)
class ConversionAnswer(ReplyModel):
    """What the service says of a conversion. Inferred: Each property may be missing or null, and there may be further
    ones.

    Attributes:
        status: How the call went. Anything but `success` leaves it unknown whether the position was converted.
            Inferred: That `error` is the other word: the documentation says so of cancelling.
        message: What the service says beside it.
        error_code: A code, on success, too, as services of this kind send it. (inferred)
        data: Empty in the sample; the documentation promises the details of an order.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "status": "status",
        "message": "message",
        "error_code": "error_code",
        "data": "data",
    }

    status: str | None = None
    message: str | None = None
    error_code: str | None = None
    data: Rows[OrderAnswerRow] | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        from .order_answer_row import OrderAnswerRow

        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.status = read.text(get("status"))
        self.message = read.text(get("message"))
        self.error_code = read.identifier(get("error_code"))
        self.data = read.model_rows(get("data"), OrderAnswerRow)
        return self

"""What a reply holds: Error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Error(ReplyModel):
    """An error as it may look. The service does not document one for these calls: this schema permits both shapes that
    are known from elsewhere, `error` with `details` and `status` with `message` and `data`, and anything besides.
    Nothing in it is required. (inferred)

    Attributes:
        error: What went wrong, in the Java client's shape. (java-client)
        details: More about it, of any type, in the Java client's shape. (java-client)
        status: "success" or "error", in the shape of another page of the documentation.
        message: What went wrong, in the shape of another page of the documentation.
        data: More about it, of any type, in the shape of another page of the documentation.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "error": "error",
        "details": "details",
        "status": "status",
        "message": "message",
        "data": "data",
    }

    error: str | None = None
    details: object = None
    status: str | None = None
    message: str | None = None
    data: object = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.error = read.text(get("error"))
        self.details = get("details")
        self.status = read.text(get("status"))
        self.message = read.text(get("message"))
        self.data = get("data")
        return self

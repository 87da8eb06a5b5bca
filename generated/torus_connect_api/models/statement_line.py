"""What a reply holds: StatementLine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class StatementLine(ReplyModel):
    """One line of a financial statement. The unit is not stated. Inferred: Each property may be missing or null, and
    there may be further ones. That another fiscal year would have another key.

    Attributes:
        column_name: The name of the line.
        year_data: By fiscal year: Y202403 is the one that ended in March 2024.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "column_name": "COLUMNNAME",
        "year_data": "YearData",
    }

    column_name: str | None = None
    year_data: dict[str, Decimal | None] | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.column_name = read.text(get("COLUMNNAME"))
        self.year_data = read.mapping(get("YearData"), read.decimal)
        return self

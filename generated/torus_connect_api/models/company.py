"""What a reply holds: Company."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .quote import Quote


@attrs.define(kw_only=True)
class Company(ReplyModel):
    """Basic details of a company. Inferred: Each property may be missing or null, and there may be further ones.

    Attributes:
        cocode: The code of the company.
        bse_symbol: A code.
        price: By exchange: BSE and NSE, or one of them.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "cocode": "cocode",
        "company_name": "companyName",
        "bse_symbol": "bseSymbol",
        "nse_symbol": "nseSymbol",
        "isin": "isin",
        "industry_name": "industryName",
        "mcap_type": "mcapType",
        "as_of": "date",
        "exchanges": "exchanges",
        "price": "price",
    }

    cocode: int | None = None
    company_name: str | None = None
    bse_symbol: str | None = None
    nse_symbol: str | None = None
    isin: str | None = None
    industry_name: str | None = None
    mcap_type: str | None = None
    as_of: dt.datetime | None = None
    exchanges: list[str] | None = None
    price: dict[str, Quote | None] | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        from .quote import Quote

        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.cocode = read.integer(get("cocode"))
        self.company_name = read.text(get("companyName"))
        self.bse_symbol = read.identifier(get("bseSymbol"))
        self.nse_symbol = read.text(get("nseSymbol"))
        self.isin = read.text(get("isin"))
        self.industry_name = read.text(get("industryName"))
        self.mcap_type = read.text(get("mcapType"))
        self.as_of = read.india_datetime(get("date"))
        self.exchanges = read.sequence(get("exchanges"), read.text)
        self.price = read.mapping(get("price"), lambda value: read.item(value, Quote))
        return self

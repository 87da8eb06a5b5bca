"""What a reply holds: Stock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Stock(ReplyModel):
    """A company as the search finds it. Inferred: Each property may be missing or null, and there may be further ones.

    Attributes:
        co_code: The code of the company; other calls spell it cocode.
        bsecode: The scrip code of BSE.
        mcap: The market capitalisation, in crores "or appropriate unit".
        sectorcode: With leading zeros.
        industrycode: With leading zeros.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "co_code": "co_code",
        "bsecode": "bsecode",
        "nsesymbol": "nsesymbol",
        "companyname": "companyname",
        "companyshortname": "companyshortname",
        "categoryname": "categoryname",
        "isin": "isin",
        "bsegroup": "bsegroup",
        "mcap": "mcap",
        "mcaptype": "mcaptype",
        "displaytype": "displaytype",
        "sectorcode": "sectorcode",
        "sectorname": "sectorname",
        "industrycode": "industrycode",
        "industryname": "industryname",
        "bselistedflag": "bselistedflag",
        "nselistedflag": "nselistedflag",
        "bse_status": "BSEStatus",
        "nse_status": "NSEStatus",
    }

    type_: str | None = None
    co_code: int | None = None
    bsecode: str | None = None
    nsesymbol: str | None = None
    companyname: str | None = None
    companyshortname: str | None = None
    categoryname: str | None = None
    isin: str | None = None
    bsegroup: str | None = None
    mcap: Decimal | None = None
    mcaptype: str | None = None
    displaytype: str | None = None
    sectorcode: str | None = None
    sectorname: str | None = None
    industrycode: str | None = None
    industryname: str | None = None
    bselistedflag: str | None = None
    nselistedflag: str | None = None
    bse_status: str | None = None
    nse_status: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.type_ = read.text(get("type"))
        self.co_code = read.integer(get("co_code"))
        self.bsecode = read.identifier(get("bsecode"))
        self.nsesymbol = read.text(get("nsesymbol"))
        self.companyname = read.text(get("companyname"))
        self.companyshortname = read.text(get("companyshortname"))
        self.categoryname = read.text(get("categoryname"))
        self.isin = read.text(get("isin"))
        self.bsegroup = read.text(get("bsegroup"))
        self.mcap = read.decimal(get("mcap"))
        self.mcaptype = read.text(get("mcaptype"))
        self.displaytype = read.text(get("displaytype"))
        self.sectorcode = read.identifier(get("sectorcode"))
        self.sectorname = read.text(get("sectorname"))
        self.industrycode = read.identifier(get("industrycode"))
        self.industryname = read.text(get("industryname"))
        self.bselistedflag = read.text(get("bselistedflag"))
        self.nselistedflag = read.text(get("nselistedflag"))
        self.bse_status = read.text(get("BSEStatus"))
        self.nse_status = read.text(get("NSEStatus"))
        return self

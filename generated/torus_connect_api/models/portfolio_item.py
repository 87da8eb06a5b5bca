"""What a reply holds: PortfolioItem."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class PortfolioItem(ReplyModel):
    """One security of the portfolio. The documentation's sample is cut, so that there are more properties than these.
    Inferred: Each property may be missing or null, and there may be further ones. That MaturityDate holds a date,
    where it is not empty.

    Attributes:
        scrip_id: The table spells it ScriptID.
        maturity_date: Empty in the sample.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "scrip_id": "ScripID",
        "scrip_name": "ScripName",
        "l3_client_id": "L3_ClientID",
        "l4_account_type_id": "L4_AccountTypeID",
        "l5_account_id": "L5_AccountID",
        "asset_class_id": "AssetClassID",
        "id": "ID",
        "avg_days_invested": "AvgDaysInvested",
        "process_date": "ProcessDate",
        "ason_date": "AsonDate",
        "maturity_date": "MaturityDate",
        "category": "Category",
        "units": "Units",
        "purchase_nav": "PurchaseNav",
        "value_atcost": "ValueAtcost",
        "current_nav": "CurrentNAV",
        "current_market_valuation": "CurrentMarketValuation",
        "dividend": "Dividend",
        "absolute_gain_or_loss": "AbsoluteGainOrLoss",
        "absolute_gain_or_loss_percentage": "AbsoluteGainORLossPercentage",
        "xirr": "XIRR",
        "sip": "SIP",
        "realized_gain_loss_value": "realizedGainLossValue",
        "realized_gain_loss_percentage": "realizedGainLossPercentage",
        "net_pl": "NetPL",
        "dividend_payout": "DividendPayout",
        "current_value_percentage": "currentValuePercentage",
        "categorycurrent_value_percentage": "CategorycurrentValuePercentage",
        "total_xirr": "TotalXIRR",
        "category_xirr": "CategoryXIRR",
        "total_dividend": "TotalDividend",
        "total_net_pl": "TotalNetPl",
        "category_dividend": "CategoryDividend",
        "category_net_pl": "CategoryNetPl",
    }

    scrip_id: int | None = None
    scrip_name: str | None = None
    l3_client_id: int | None = attrs.field(default=None, repr=False)
    l4_account_type_id: int | None = None
    l5_account_id: int | None = attrs.field(default=None, repr=False)
    asset_class_id: int | None = None
    id: int | None = None
    avg_days_invested: int | None = None
    process_date: dt.datetime | None = None
    ason_date: dt.date | None = None
    maturity_date: dt.date | None = None
    category: str | None = None
    units: Decimal | None = None
    purchase_nav: Decimal | None = None
    value_atcost: Decimal | None = None
    current_nav: Decimal | None = None
    current_market_valuation: Decimal | None = None
    dividend: Decimal | None = None
    absolute_gain_or_loss: Decimal | None = None
    absolute_gain_or_loss_percentage: Decimal | None = None
    xirr: Decimal | None = None
    sip: Decimal | None = None
    realized_gain_loss_value: Decimal | None = None
    realized_gain_loss_percentage: Decimal | None = None
    net_pl: Decimal | None = None
    dividend_payout: Decimal | None = None
    current_value_percentage: Decimal | None = None
    categorycurrent_value_percentage: Decimal | None = None
    total_xirr: Decimal | None = None
    category_xirr: Decimal | None = None
    total_dividend: Decimal | None = None
    total_net_pl: Decimal | None = None
    category_dividend: Decimal | None = None
    category_net_pl: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.scrip_id = read.integer(get("ScripID"))
        self.scrip_name = read.text(get("ScripName"))
        self.l3_client_id = read.integer(get("L3_ClientID"))
        self.l4_account_type_id = read.integer(get("L4_AccountTypeID"))
        self.l5_account_id = read.integer(get("L5_AccountID"))
        self.asset_class_id = read.integer(get("AssetClassID"))
        self.id = read.integer(get("ID"))
        self.avg_days_invested = read.integer(get("AvgDaysInvested"))
        self.process_date = read.india_datetime(get("ProcessDate"))
        self.ason_date = read.india_date(get("AsonDate"))
        self.maturity_date = read.india_date(get("MaturityDate"))
        self.category = read.text(get("Category"))
        self.units = read.decimal(get("Units"))
        self.purchase_nav = read.decimal(get("PurchaseNav"))
        self.value_atcost = read.decimal(get("ValueAtcost"))
        self.current_nav = read.decimal(get("CurrentNAV"))
        self.current_market_valuation = read.decimal(get("CurrentMarketValuation"))
        self.dividend = read.decimal(get("Dividend"))
        self.absolute_gain_or_loss = read.decimal(get("AbsoluteGainOrLoss"))
        self.absolute_gain_or_loss_percentage = read.decimal(get("AbsoluteGainORLossPercentage"))
        self.xirr = read.decimal(get("XIRR"))
        self.sip = read.decimal(get("SIP"))
        self.realized_gain_loss_value = read.decimal(get("realizedGainLossValue"))
        self.realized_gain_loss_percentage = read.decimal(get("realizedGainLossPercentage"))
        self.net_pl = read.decimal(get("NetPL"))
        self.dividend_payout = read.decimal(get("DividendPayout"))
        self.current_value_percentage = read.decimal(get("currentValuePercentage"))
        self.categorycurrent_value_percentage = read.decimal(get("CategorycurrentValuePercentage"))
        self.total_xirr = read.decimal(get("TotalXIRR"))
        self.category_xirr = read.decimal(get("CategoryXIRR"))
        self.total_dividend = read.decimal(get("TotalDividend"))
        self.total_net_pl = read.decimal(get("TotalNetPl"))
        self.category_dividend = read.decimal(get("CategoryDividend"))
        self.category_net_pl = read.decimal(get("CategoryNetPl"))
        return self

"""What a reply holds: FundLimit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class FundLimit(ReplyModel):
    """The funds of one limit type and segment. The figures of the sample do not add up: derive none from others.
    Inferred: Each property may be missing or null, and there may be further ones.

    Attributes:
        limit_type: CAPITAL in the sample.
        segment: A in the sample. The table spells it Segment.
        withdrawal_balance: What can be withdrawn.
        total_balance: The sum of all, as the documentation says.
        limit_sod: At the start of the day.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "limit_type": "limit_type",
        "segment": "segment",
        "available_balance": "available_balance",
        "withdrawal_balance": "withdrawal_balance",
        "total_balance": "total_balance",
        "limit_sod": "limit_sod",
        "amount_utilized": "amount_utilized",
        "adhoc_limit": "adhoc_limit",
        "bank_clear_balance": "bank_clear_balance",
        "bank_unclear_balance": "bank_unclear_balance",
        "collaterals": "collaterals",
        "gross_holding_value": "gross_holding_value",
        "mtm_combined": "mtm_combined",
        "opt_premium": "opt_premium",
        "opt_premium_com": "opt_premium_com",
        "pay_out_amt": "pay_out_amt",
        "realised_profits": "realised_profits",
        "receivables": "receivables",
        "sod_unclear_bal": "sod_unclear_bal",
    }

    limit_type: str | None = None
    segment: str | None = None
    available_balance: Decimal | None = None
    withdrawal_balance: Decimal | None = None
    total_balance: Decimal | None = None
    limit_sod: Decimal | None = None
    amount_utilized: Decimal | None = None
    adhoc_limit: Decimal | None = None
    bank_clear_balance: Decimal | None = None
    bank_unclear_balance: Decimal | None = None
    collaterals: Decimal | None = None
    gross_holding_value: Decimal | None = None
    mtm_combined: Decimal | None = None
    opt_premium: Decimal | None = None
    opt_premium_com: Decimal | None = None
    pay_out_amt: Decimal | None = None
    realised_profits: Decimal | None = None
    receivables: Decimal | None = None
    sod_unclear_bal: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.limit_type = read.text(get("limit_type"))
        self.segment = read.text(get("segment"))
        self.available_balance = read.decimal(get("available_balance"))
        self.withdrawal_balance = read.decimal(get("withdrawal_balance"))
        self.total_balance = read.decimal(get("total_balance"))
        self.limit_sod = read.decimal(get("limit_sod"))
        self.amount_utilized = read.decimal(get("amount_utilized"))
        self.adhoc_limit = read.decimal(get("adhoc_limit"))
        self.bank_clear_balance = read.decimal(get("bank_clear_balance"))
        self.bank_unclear_balance = read.decimal(get("bank_unclear_balance"))
        self.collaterals = read.decimal(get("collaterals"))
        self.gross_holding_value = read.decimal(get("gross_holding_value"))
        self.mtm_combined = read.decimal(get("mtm_combined"))
        self.opt_premium = read.decimal(get("opt_premium"))
        self.opt_premium_com = read.decimal(get("opt_premium_com"))
        self.pay_out_amt = read.decimal(get("pay_out_amt"))
        self.realised_profits = read.decimal(get("realised_profits"))
        self.receivables = read.decimal(get("receivables"))
        self.sod_unclear_bal = read.decimal(get("sod_unclear_bal"))
        return self

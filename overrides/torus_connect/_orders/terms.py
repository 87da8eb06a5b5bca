"""The terms of an order, checked before anything is sent: names, numbers and the reference."""

from __future__ import annotations

import numbers
import re
import secrets
import warnings
from contextlib import suppress
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_text
from torus_connect.errors import ConfigurationError
from torus_connect.secret import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping


class Side(StrEnum):
    """Whether to buy or to sell (`txn_type`)."""

    BUY = "B"
    SELL = "S"


class Exchange(StrEnum):
    """The exchange. `MCX` and `NCDEX` are known from other brokers only."""

    NSE = "NSE"
    BSE = "BSE"
    MCX = "MCX"
    NCDEX = "NCDEX"


class Product(StrEnum):
    """The product. The documentation explains `INTRADAY`, and calls C `CNC`; what M, H and B mean is inferred.

    `MARGIN_FUNDING` and `COVER` are known from other brokers only.
    """

    INTRADAY = "I"
    MIS = "I"
    DELIVERY = "C"
    CNC = "C"
    MARGIN = "M"
    NORMAL = "H"
    NRML = "H"
    BRACKET = "B"
    MARGIN_FUNDING = "F"
    COVER = "V"


class OrderType(StrEnum):
    """The order type. `STOP_MARKET` is known from other brokers only."""

    MARKET = "MKT"
    LIMIT = "LMT"
    STOP_LIMIT = "SL"
    STOP_MARKET = "SLM"
    SL_M = "SLM"


class Validity(StrEnum):
    """How long an order is good. `GTC` is known from other brokers only."""

    DAY = "DAY"
    IOC = "IOC"
    GTD = "GTD"
    GTC = "GTC"


Number = Decimal | int | float | str
"""A number: a `float` counts where it has four decimals at the most, as it then prints what was meant."""

_UNDOCUMENTED = ["MCX", "NCDEX", "MARGIN_FUNDING", "COVER", "STOP_MARKET", "GTC"]
LIMIT, STOP = (OrderType.LIMIT, OrderType.STOP_LIMIT), (OrderType.STOP_LIMIT, OrderType.STOP_MARKET)
PRICES = {"price": LIMIT, "trigger_price": STOP}
"""Which orders have one; that of others is 0.00."""
_MOST_DIGITS, _FLOAT_DECIMALS = 15, 4
_WHOLE, _RUPEES = "a whole number above 0", "a number, 0 or more, such as Decimal('14.65') or '14.65'"
_is_number = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,8})?", re.ASCII).fullmatch
_is_reference = re.compile(r"(?!(?:NR|NA|0)$)[A-Z0-9]{1,20}", re.IGNORECASE | re.ASCII).fullmatch
_is_isin = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]").fullmatch


def new_reference() -> str:
    """Return a reference that nobody has used."""
    return f"tc{secrets.token_hex(8)}"


def checked_reference(reference: str) -> str:
    """Return a reference that `remarks` can carry.

    Raises:
        ConfigurationError: it is not made of 1 to 20 letters and digits, or is a word for none.
    """
    if issubclass(type(reference), str) and _is_reference(reference):
        return reference
    raise ConfigurationError("reference must be 1 to 20 letters and digits (A-Z, a-z, 0-9), and not NR, NA or 0")


def text(name: str, value: str) -> str:
    """Return a text as it is sent."""
    return str(checked_text(name, conceal(value)))


def security_id(value: str) -> str:
    """Return the token of a security as it is sent."""
    token = text("security_id", value)
    if _is_isin(token):
        raise ConfigurationError("security_id must be the token of the exchange, such as 14366, and not an ISIN")
    if not token.isdecimal():
        _warn("every security_id that is documented is made of digits, and no trading symbol")
    return token


def rupees(name: str, value: Number | None) -> str:
    """Return a price as it is sent, with two decimals or more; nothing is rounded. `None` is 0.00, for none."""
    return in_rupees(_exact(name, 0 if value is None else value, _RUPEES))


def in_rupees(number: Decimal) -> str:
    """Return a price as the service writes it."""
    return f"{number:.{max(2, -int(number.as_tuple().exponent))}f}"


def whole(name: str, value: Number) -> str:
    """Return a quantity as it is sent."""
    number = _exact(name, value, _WHOLE)
    if number != int(number) or not number:
        raise ConfigurationError(f"{name} must be {_WHOLE}")
    return str(int(number))


def code(name: str, kind: type[StrEnum], value: str) -> str:
    """Return the code that is sent for a member of an enum, its name or its code."""
    word = _plain(value).strip()
    word = word.upper().replace("-", "_").replace(" ", "_") if word.isascii() else ""
    found = kind.__members__.get(word) or next((each for each in kind if each == word), None)
    if found is None or (isinstance(value, StrEnum) and not isinstance(value, kind)):
        names = ", ".join(f"{each} ({member})" for each, member in kind.__members__.items())
        raise ConfigurationError(f"{name} must be one of {names}; order_entry and order_modify take any code")
    if found.name in _UNDOCUMENTED:
        _warn(f"{name} {found.name} is known from other brokers only")
    return found.value


def check(fields: Mapping[str, str]) -> None:
    """Refuse what the documentation calls wrong; warn of what other brokers refuse."""
    kind, validity = fields["order_type"], fields["validity"]
    price, trigger = Decimal(fields["price"]), Decimal(fields["trigger_price"])
    if kind in LIMIT and not price:
        raise ConfigurationError(f"price is missing: an order of the type {kind} needs one above 0")
    is_stop, lacks_day = kind in STOP, validity == Validity.GTD and "good_till_days_date" not in fields
    is_beyond = is_stop and price and (trigger > price if fields["txn_type"] == Side.BUY else trigger < price)
    odd = (
        (kind not in LIMIT and price, "a market order has no price"),
        (is_stop and not trigger, "a stop order has a trigger_price"),
        (not is_stop and trigger, f"an order of the type {kind} is no stop order, and has no trigger_price"),
        (is_beyond, "a stop order to buy triggers at its price or below, one to sell at it or above"),
        (is_stop and validity == Validity.IOC, "a stop order is not IOC"),
        (lacks_day, "a GTD order needs its last day, for which only order_modify has a field"),
    )
    for applies, words in odd:
        if applies:
            _warn(words)


def _plain(value: object) -> str:
    """Return a text itself, whatever its class makes of being printed; an empty one for what is no text."""
    return str.__str__(value) if issubclass(type(value), str) else ""


def _exact(name: str, value: Number, wanted: str) -> Decimal:
    digits = _plain(value).strip()
    if isinstance(value, Decimal):
        digits = f"{value:f}" if value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS else ""
    elif isinstance(value, numbers.Number) and not isinstance(value, bool):
        with suppress(ValueError):  # Python prints no integer of thousands of digits
            digits = str(value)
    # A float of numpy need not be one of Python, and has even fewer digits.
    if not isinstance(value, Decimal | int | str) and len(digits.partition(".")[2]) > _FLOAT_DECIMALS:
        raise ConfigurationError(f"{name} is a float that prints with more than four decimals: pass a Decimal or a str")
    if not _is_number(digits):
        raise ConfigurationError(f"{name} must be {wanted}")
    return Decimal(digits)


def _warn(words: str) -> None:
    warnings.warn(f"{words}; it is sent as it is, and the service decides", stacklevel=4)

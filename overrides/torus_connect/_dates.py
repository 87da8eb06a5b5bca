"""Every date that the service or HTTP sends is read here, by python-dateutil, and so is the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dateutil import parser, tz
from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from .reply import Headers

INDIA = tz.tzoffset("IST", 5 * 3600 + 30 * 60)
"""India time, UTC+05:30; it has no summer time."""

_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_HTTP_DATE = re.compile(
    rf"[A-Z][a-z]{{2}}, [0-9]{{2}} [A-Z][a-z]{{2}} [0-9]{{4}} {_TIME} GMT"
    rf"|[A-Z][a-z]{{5,8}}, [0-9]{{2}}-[A-Z][a-z]{{2}}-[0-9]{{2}} {_TIME} GMT"
    rf"|[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ 0-9][0-9] {_TIME} [0-9]{{4}}"
)


def retry_after(headers: Headers) -> float | None:
    """Return the seconds to wait that `Retry-After` asks for, or `None` where it is absent or makes no sense.

    A number counts from now. A date counts from the reply's own `Date`, else from this machine's clock, and is never
    below 0 (RFC 9110, section 10.2.3).
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def end_of_trading_day(moment: datetime, day_ends: str) -> datetime:
    """Return the first end of a trading day after an aware moment; in UTC.

    Args:
        moment: any.
        day_ends: a clock time in India, `HH:MM`.
    """
    hour, minute = map(int, day_ends.split(":"))
    here = moment.astimezone(INDIA)
    end = here + relativedelta(hour=hour, minute=minute, second=0, microsecond=0)
    return (end if end > here else end + relativedelta(days=1)).astimezone(UTC)


def _http_date(value: str) -> datetime | None:
    # The three forms of RFC 9110, section 5.6.7, all in GMT: dateutil alone would read a date into far too much.
    if not _HTTP_DATE.fullmatch(value):
        return None
    try:
        return parser.parse(value).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

"""The dates that HTTP sends, and the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reply import Headers

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")
"""India time, UTC+05:30; it has no summer time."""


def retry_after(headers: Headers) -> float | None:
    """Return the seconds to wait that `Retry-After` asks for, or `None` where it is absent or makes no sense.

    A number counts from now. A date counts from the reply's own `Date`, else from this machine's clock, and is never
    below 0 (RFC 9110, section 10.2.3).
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until = http_date(value)
    if until is None:
        return None
    now = http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def end_of_trading_day(moment: datetime, day_ends: str) -> datetime:
    """Return the first end of a trading day after an aware moment; in UTC.

    Args:
        moment: any.
        day_ends: a clock time in India, `HH:MM`.
    """
    hour, minute = map(int, day_ends.split(":"))
    here = moment.astimezone(INDIA)
    end = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (end if end > here else end + timedelta(days=1)).astimezone(UTC)


def http_date(value: str) -> datetime | None:
    """Return a date as HTTP writes it, in one of three forms (RFC 9110, section 5.6.7), which are all in GMT."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few replies have one that is asked for

    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def in_india(moment: datetime) -> str:
    """Return an aware moment as people in India read it, to the minute."""
    return f"{moment.astimezone(INDIA):%Y-%m-%d %H:%M} India time"

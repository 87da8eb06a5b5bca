"""Every date that the service or HTTP sends is read here, by python-dateutil."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dateutil import parser, tz

if TYPE_CHECKING:
    from .reply import Headers


def retry_after(headers: Headers) -> float | None:
    """Return the seconds to wait that `Retry-After` asks for, or `None` where it is absent or makes no sense.

    A number counts from now. A date counts from the reply's own `Date`, else from this machine's clock, and is never
    below 0 (RFC 9110, section 10.2.3).
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str) -> datetime | None:
    # A date of HTTP starts with a weekday and is in GMT whatever it says (RFC 9110, section 5.6.7). Without these two
    # rules dateutil would read a date into far too much, or warn of a zone that it does not know.
    if not value[:3].isalpha():
        return None
    try:
        return parser.parse(value, tzinfos=lambda _name, _offset: tz.UTC).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

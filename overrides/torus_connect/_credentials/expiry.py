"""When an access token stops being good: what the token itself says, else the end of the day, which is assumed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum

from torus_connect.reply import parsed_object
from torus_connect.secret import Secret

MAX_LIFETIME = timedelta(days=366)
"""An `exp` further away than this, or not after the moment of issue, is taken for nonsense."""


class ExpiryBasis(Enum):
    """Where `Session.expires_at` comes from."""

    TOKEN = "token"  # noqa: S105 - no token
    """The access token is a JWT, and its `exp` says so. Its signature is not checked: nothing else is read from it."""
    ASSUMED = "assumed"
    """Assumed: the service documents no lifetime. API sessions end every day by regulation, so it is the next end of a
    trading day in India (UTC+05:30): midnight, or what `day_ends` says."""


def expiry_of(access_token: Secret, issued_at: datetime, day_ends: str) -> tuple[datetime, ExpiryBasis]:
    """Return when a token stops being good (aware, in UTC), and where that comes from.

    Args:
        access_token: the token.
        issued_at: when it was issued.
        day_ends: when a trading day ends, `HH:MM` in India.
    """
    stated = _stated_by(access_token, issued_at)
    if stated is not None:
        return stated, ExpiryBasis.TOKEN
    from torus_connect._dates import end_of_trading_day  # noqa: PLC0415

    return end_of_trading_day(issued_at, day_ends), ExpiryBasis.ASSUMED


def _stated_by(access_token: Secret, issued_at: datetime) -> datetime | None:
    if access_token.count(".") != 2:  # noqa: PLR2004 - header.claims.signature (RFC 7519)
        return None
    part = access_token.split(".")[1]
    try:
        claims = parsed_object(base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)) or {}
    except ValueError:
        return None
    exp = claims.get("exp")
    if isinstance(exp, bool) or not isinstance(exp, int | float | Decimal):
        return None
    seconds = float(exp)
    # In this form, NaN is nonsense, too.
    if not 0 < seconds - issued_at.timestamp() <= MAX_LIFETIME.total_seconds():
        return None
    return datetime.fromtimestamp(seconds, UTC)

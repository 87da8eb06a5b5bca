"""Codes as an authenticator app shows them (TOTP, RFC 6238), made of its secret. Needs the extra `totp` (pyotp).

    from torus_connect import TorusConnect
    from torus_connect.totp import fresh_totp_code

    with TorusConnect(api_key="...") as torus:
        session = torus.generate_session_with_totp(fresh_totp_code(authenticator_secret))

What makes the codes of the service is not documented: six digits, 30 seconds and SHA-1 are usual, and assumed.
"""

from __future__ import annotations

import base64
import hashlib
import time
from typing import TYPE_CHECKING, Literal

from .checks import checked_text
from .errors import ConfigurationError
from .secret import Secret, conceal

if TYPE_CHECKING:
    from collections.abc import Callable

Digest = Literal["sha1", "sha256", "sha512"]

DIGESTS: tuple[Digest, ...] = ("sha1", "sha256", "sha512")
DEFAULT_DIGITS = 6
DEFAULT_PERIOD = 30
DEFAULT_MARGIN = 3.0
"""Seconds that a code must be good for, or else the next one is waited for."""
_MAX_PERIOD = 3600


def totp_code(
    secret: str,
    *,
    digits: int = DEFAULT_DIGITS,
    period: int = DEFAULT_PERIOD,
    digest: Digest = "sha1",
    at: float | None = None,
) -> Secret:
    """Return the code that an authenticator app shows.

    Args:
        secret: of the authenticator, as it was given to the app: base32; blanks, hyphens and case do not count.
        digits: how many it has, 6 to 8.
        period: seconds for which each code is shown.
        digest: the hash that makes it.
        at: when, in seconds since the epoch; now, by default.

    Raises:
        ConfigurationError: an argument is malformed, or the extra `totp` is not installed.
    """
    concealed = conceal(secret)
    del secret  # no frame of an error may hold it in the open
    key = _checked_secret(concealed)
    _check_kind(digits, period, digest)
    moment = time.time() if at is None else at
    if isinstance(moment, bool) or not isinstance(moment, int | float) or not 0 <= moment < float("inf"):
        raise ConfigurationError("at must be a number of seconds since the epoch")
    try:
        from pyotp import TOTP  # noqa: PLC0415 - the extra
    except ModuleNotFoundError:
        raise ConfigurationError("totp needs the extra: pip install 'torus-connect[totp]'") from None
    made = TOTP(key, digits=digits, digest=getattr(hashlib, digest), interval=period)
    return Secret(made.generate_otp(int(moment) // period))


def fresh_totp_code(  # noqa: PLR0913 - keyword-only
    secret: str,
    *,
    digits: int = DEFAULT_DIGITS,
    period: int = DEFAULT_PERIOD,
    digest: Digest = "sha1",
    margin: float = DEFAULT_MARGIN,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], object] = time.sleep,
) -> Secret:
    """Return the code of now; where it is about to lapse, wait for the next one instead of wasting it.

    It blocks for `margin` seconds at the most: in a task, call it by `asyncio.to_thread`.

    Args:
        secret: of the authenticator, as for `totp_code`.
        digits: as there.
        period: as there.
        digest: as there.
        margin: seconds that the code must be good for; below `period`.
        clock: seconds since the epoch; another one lets a test travel in time.
        sleep: waits so many seconds.

    Raises:
        ConfigurationError: as for `totp_code`.
    """
    concealed = conceal(secret)
    del secret
    key = _checked_secret(concealed)
    _check_kind(digits, period, digest)
    if isinstance(margin, bool) or not isinstance(margin, int | float) or not 0 <= margin < period:
        raise ConfigurationError("margin must be a number of seconds from 0 to less than period")
    while (left := period - clock() % period) < margin:
        sleep(left)
    return totp_code(key, digits=digits, period=period, digest=digest, at=clock())


def _check_kind(digits: object, period: object, digest: object) -> None:
    for name, value, least, most in (("digits", digits, 6, 8), ("period", period, 1, _MAX_PERIOD)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ConfigurationError(f"{name} must be a whole number from {least} to {most}")
    if digest not in DIGESTS:
        raise ConfigurationError(f"digest must be one of {', '.join(DIGESTS)}")


def _checked_secret(secret: object) -> Secret:
    text = checked_text("totp_secret", secret)  # type: ignore[arg-type]  # concealed above
    key = Secret(text.translate({ord(" "): None, ord("-"): None}).rstrip("=").upper())
    if not key or not _is_base32(key):
        raise ConfigurationError("totp_secret must be base32: the letters A to Z and the digits 2 to 7")
    return key


def _is_base32(key: Secret) -> bool:
    # Told by a return, not by an exception, whose frames would hold the decoded secret.
    try:
        return bool(base64.b32decode(key + "=" * (-len(key) % 8)))
    except ValueError:
        return False

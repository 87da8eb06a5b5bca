"""Codes as an authenticator app shows them (TOTP, RFC 6238), made of its secret. Needs the extra `totp` (pyotp).

    from torus_connect import TorusConnect
    from torus_connect.totp import totp

    with TorusConnect(api_key="...") as torus:
        session = torus.session(login=totp(authenticator_secret))

What makes the codes of the service is not documented: six digits, 30 seconds and SHA-1 are usual, and assumed. The
secret may be the whole `otpauth://` URI that a QR code holds, which may say otherwise.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from ._config.checks import checked_text, stripped
from .errors import ConfigurationError
from .secret import Secret, Unusable, conceal

if TYPE_CHECKING:
    from pyotp import TOTP

Digest = Literal["sha1", "sha256", "sha512"]

DIGESTS: tuple[Digest, ...] = ("sha1", "sha256", "sha512")
DEFAULT_DIGITS = 6
DEFAULT_PERIOD = 30
DEFAULT_MARGIN = 3.0
"""Seconds that a code must be good for, or else the next one is waited for."""
MAX_PERIOD = 3600
_URI = "otpauth:"
_URI_OF_CODES = "otpauth://totp/"
_BASE32 = "(?:[A-Z2-7]{8})*(?:[A-Z2-7]{2}|[A-Z2-7]{4,5}|[A-Z2-7]{7})?"
"""Without its padding: of whole bytes (RFC 4648, section 6)."""


class TotpLogin:
    """A login with a code of an authenticator app, for `session` and `account`; `totp` makes one.

    Args:
        code: called for a code, where a login is needed; it may ask somebody who reads it from their app.
        wait: returns the seconds until there is a fresh code, 0 where there is one: it is called before `code`.
        spent: called with a moment, in seconds since the epoch: the code of that moment may be spent.
    """

    __slots__ = ("_code", "spent", "wait")

    def __init__(
        self,
        code: Callable[[], str],
        wait: Callable[[], float] = lambda: 0.0,
        spent: Callable[[float], object] = lambda _: None,
    ) -> None:
        self._code = code
        self.wait: Callable[[], float] = wait
        self.spent: Callable[[float], object] = spent

    def __call__(self) -> str:
        """Return a code."""
        return self._code()

    def fresh(self, sleep: Callable[[float], object] = time.sleep) -> str:
        """Return a code that is not about to lapse, and not spent; where there is none, wait for the next one.

        It blocks meanwhile: in a task, call it by `asyncio.to_thread`.
        """
        while left := self.wait():
            sleep(left)
        return self()

    def __repr__(self) -> str:
        return "<TotpLogin>"


def totp(  # noqa: PLR0913 - keyword-only
    secret: str,
    *,
    digits: int | None = None,
    period: int | None = None,
    digest: Digest | None = None,
    margin: float = DEFAULT_MARGIN,
    clock: Callable[[], float] = time.time,
) -> TotpLogin:
    """Return a login without a browser: `torus.session(login=totp(secret))`. No API secret is needed.

    Where a login is needed, a code is exchanged (operation `generateSessionWithTotp`). The next one is waited for, one
    period at the most (two where the clock of another machine is ahead), where the code of now is about to lapse, or
    may be spent: by the login that made the stored session, or by an earlier one that came to no session.

    Args:
        secret: of the authenticator, as for `totp_code`.
        digits: as there.
        period: as there.
        digest: as there.
        margin: seconds that the code must be good for; below the period.
        clock: seconds since the epoch; another one lets a test travel in time.

    Raises:
        ConfigurationError: as for `totp_code`.
    """
    concealed = conceal(secret)
    del secret  # no frame of an error may hold it in the open
    return _login(_authenticator(concealed, digits, period, digest), margin, clock)


def totp_code(
    secret: str,
    *,
    digits: int | None = None,
    period: int | None = None,
    digest: Digest | None = None,
    at: float | None = None,
) -> Secret:
    """Return the code that an authenticator app shows.

    Args:
        secret: of the authenticator, as it was given to the app: base32; blanks, hyphens and case do not count. Or the
            `otpauth://totp/` URI that has it as `secret=`.
        digits: how many it has, 6 to 8; else what the URI says, else 6.
        period: seconds for which each code is shown; else what the URI says, else 30.
        digest: the hash that makes it; else the `algorithm=` of the URI, else `sha1`.
        at: when, in seconds since the epoch; now, by default.

    Raises:
        ConfigurationError: an argument is malformed, or the extra `totp` is not installed.
    """
    concealed = conceal(secret)
    del secret  # no frame of an error may hold it in the open
    return _code(_authenticator(concealed, digits, period, digest), time.time() if at is None else at)


def _login(made_by: TOTP, margin: float, clock: Callable[[], float]) -> TotpLogin:
    seconds = made_by.interval
    if isinstance(margin, bool) or not isinstance(margin, int | float) or not 0 <= margin < seconds:
        raise ConfigurationError("margin must be a number of seconds from 0 to less than period")
    used: set[int] = set()  # whose codes are, or may be, spent: periods since the epoch

    def code() -> Secret:
        now = clock()
        spent(now)
        return _code(made_by, now)

    def wait() -> float:
        now = clock()
        left = seconds - now % seconds
        return left if left < margin or now // seconds in used else 0.0

    def spent(moment: float) -> None:
        # The clock of another machine may be ahead: then the code of now is older than the one that was taken last.
        used.update(int(each // seconds) for each in (moment, min(moment, clock())))

    return TotpLogin(code, wait, spent)


def _code(made_by: TOTP, at: object) -> Secret:
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at < float("inf"):
        raise ConfigurationError("at must be a number of seconds since the epoch")
    return Secret(made_by.generate_otp(int(at) // made_by.interval))


def _authenticator(secret: Secret | Unusable | None, digits: object, period: object, digest: object) -> TOTP:
    """Return what makes the codes: each argument, else what the URI says, else what is usual."""
    stated: dict[str, Secret] | str = {}
    if isinstance(secret, Secret) and stripped(secret)[: len(_URI)].lower() == _URI:
        stated = _parameters(stripped(secret))
    if isinstance(stated, str):
        raise ConfigurationError(f"totp_secret {stated}")
    key = _checked_key(stated.get("secret", secret))
    length = _whole("digits", stated.get("digits", DEFAULT_DIGITS) if digits is None else digits, 6, 8)
    seconds = _whole("period", stated.get("period", DEFAULT_PERIOD) if period is None else period, 1, MAX_PERIOD)
    algorithm = stated.get("algorithm", DIGESTS[0]).lower().replace("-", "") if digest is None else digest
    if algorithm not in DIGESTS:
        raise ConfigurationError(f"digest must be one of {', '.join(DIGESTS)}")
    try:
        from pyotp import TOTP  # noqa: PLC0415 - the extra
    except ModuleNotFoundError:
        raise ConfigurationError("totp needs the extra: pip install 'torus-connect[totp]'") from None

    class AnyLength(TOTP):
        min_secret_length_bits = 1  # pyotp wants 112, and many services give 80

    return AnyLength(key, digits=length, digest=getattr(hashlib, str(algorithm)), interval=seconds)


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, Secret) and re.fullmatch("[0-9]{1,4}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ConfigurationError(f"{name} must be a whole number from {least} to {most}")
    return value


def _parameters(uri: Secret) -> dict[str, Secret] | str:
    """Return the parameters of an `otpauth://` URI, or what is wrong with it; its label is not looked at."""
    # A fault is returned, not raised: the frame of an exception would hold the parts.
    if uri[: len(_URI_OF_CODES)].lower() != _URI_OF_CODES:
        return f"is no {_URI_OF_CODES} URI: codes of another kind are not made"
    found: dict[str, Secret] = {}
    for pair in uri.partition("?")[2].partition("#")[0].split("&"):
        name, _, value = pair.partition("=")
        name = unquote(name).strip().lower()
        if name in found:
            return "is an otpauth:// URI that says something twice"
        found[name] = stripped(unquote(value))
    return found if "secret" in found else "is an otpauth:// URI without secret="


def _checked_key(secret: Secret | Unusable | None) -> Secret:
    text = checked_text("totp_secret", secret)
    key = Secret(text.translate({ord(" "): None, ord("-"): None}).rstrip("=").upper())
    if not key or not re.fullmatch(_BASE32, key):  # not by decoding it: frames would hold what comes of that
        raise ConfigurationError("totp_secret must be base32: the letters A to Z and the digits 2 to 7")
    return key

"""What a login yields."""

from __future__ import annotations

from functools import lru_cache
from time import time

from torus_connect._config.checks import checked_day_end, checked_text
from torus_connect._config.urls import checked_url, origin_of
from torus_connect.errors import ConfigurationError, WrongOrigin
from torus_connect.secret import Fixed, Secret, conceal, half_built_too

TYPE_CHECKING: bool = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .access_token import Hook
    from .auth import SessionAuth
    from .expiry import ExpiryBasis


class Session(Fixed):
    """One user's session, as the operation `generateSession` of the spec yields it.

    Attributes:
        access_token: the access token; a `str` whose `repr` shows nothing.
        base_url: where it was generated; `None` where that is not known.
        day_ends: when the trading day ends, as `HH:MM` in India: see `expires_at`.

    Args:
        access_token: the access token.
        issued_at: when it was issued, with a time zone; now by default.
        base_url: where it was generated.
        origins: to which origins the token may go, as URLs; by default, those that follow from `base_url`.
        day_ends: when the trading day ends; else `TORUS_DAY_ENDS`, else `00:00`.

    Raises:
        ConfigurationError: `issued_at` has no time zone, or `origins` or `day_ends` are malformed.
    """

    __slots__ = ("_expiry", "_issued_at", "_origins", "access_token", "base_url", "day_ends")

    def __init__(
        self,
        access_token: str,
        *,
        issued_at: datetime | None = None,
        base_url: str | None = None,
        origins: Iterable[str] | None = None,
        day_ends: str | None = None,
    ) -> None:
        self.access_token: Secret = Secret(access_token)
        del access_token  # no frame of an error may hold it in the open
        # `datetime` takes as long to load as most of a call: the time of now stays a number until it is asked for.
        self._issued_at: datetime | float = time() if issued_at is None else _in_utc("issued_at", issued_at)
        self.base_url: str | None = base_url
        self._origins = _origins_at(base_url) if origins is None else _checked_origins(origins)
        self.day_ends: str = checked_day_end(conceal(day_ends))
        self._expiry: tuple[datetime, ExpiryBasis] | None = None

    @property
    def issued_at(self) -> datetime:
        """When its reply arrived here, by this machine's clock; aware, in UTC."""
        if isinstance(self._issued_at, float):
            from datetime import UTC, datetime  # noqa: PLC0415 - most logins do not ask for it

            self._issued_at = datetime.fromtimestamp(self._issued_at, UTC)
        return self._issued_at

    @property
    def origins(self) -> tuple[str, ...]:
        """To which origins (scheme, host and port) the access token may go, as recorded when the session was made.

        That is where it was issued. A token of `https://oapi-cug.torusdigital.com`, where the service documents the
        session with a code, may go to `https://connects.torusdigital.com`, too, where it documents the account calls:
        that it is good there is inferred. `account_base_url` of the client adds another one.
        """
        return self._origins

    @property
    def authorization(self) -> Secret:
        """The value of the `Authorization` header for account calls: `Bearer <access token>`."""
        return Secret(f"Bearer {self.access_token}")

    @property
    def expires_at(self) -> datetime:
        """When it stops being good; aware, in UTC. How sure that is, `expiry_basis` says.

        Where the token itself says nothing of it, that is the next end of a trading day in India: see `day_ends`.
        """
        return self._expires()[0]

    @property
    def expiry_basis(self) -> ExpiryBasis:
        """Whether the token itself states `expires_at`, or it is assumed."""
        return self._expires()[1]

    @property
    def expires_in(self) -> float:
        """The seconds from now to `expires_at`, by this machine's clock; below 0 when it is over."""
        return self.expires_at.timestamp() - time()

    def is_expired(self, now: datetime | None = None) -> bool:
        """Return whether it has stopped being good.

        Args:
            now: an aware moment; this machine's clock by default.

        Raises:
            ConfigurationError: `now` has no time zone.
        """
        return (time() if now is None else _in_utc("now", now).timestamp()) >= self.expires_at.timestamp()

    def auth(self, *, on_expired: Hook | None = None) -> SessionAuth:
        """Return an `httpx` auth for the account calls: `httpx.Client(auth=session.auth())`.

        It sends the access token to `origins`, and nowhere else.

        Args:
            on_expired: called with the session when it has expired, and once when an account call is answered 401; one
                at a time, over all threads and tasks that share the auth, and those who wait for it share what comes of
                it. It returns a new session, which is used from then on, or `None`, and makes no account call with this
                auth. With `httpx.AsyncClient`, it may be `async`, and should be where it waits for anything.

        Raises:
            ConfigurationError: `on_expired` cannot be called; or the session's `base_url` is missing or malformed, is
                `http://` and no loopback address, or one of its origins is `http://` on port 80, from where httpx would
                take the token along to `https://`.
        """
        from .auth import SessionAuth  # noqa: PLC0415 - httpx is loaded when it is needed

        return SessionAuth(self, on_expired)

    def wrong_origin(self) -> WrongOrigin:
        """Return the error for an account call that goes where the access token may not go."""
        where = "The access token is not for the scheme, host and port of this account call; it may go to"
        return WrongOrigin(f"{where} {', '.join(self.origins)}")

    def _expires(self) -> tuple[datetime, ExpiryBasis]:
        if self._expiry is None:
            from .expiry import expiry_of  # noqa: PLC0415 - few callers need it

            self._expiry = expiry_of(self.access_token, self.issued_at, self.day_ends)
        return self._expiry

    @half_built_too
    def __repr__(self) -> str:
        return f"<Session issued_at={self.issued_at.isoformat(timespec='seconds')}>"


def _origins_at(base_url: str | None) -> tuple[str, ...]:
    if base_url is None:
        return ()
    from torus_connect._config.settings import origins_of  # noqa: PLC0415 - not needed without a base URL

    try:
        return origins_of(checked_url("base_url", checked_text("base_url", conceal(base_url))))
    except ConfigurationError:
        return ()  # its token goes nowhere; `auth` says why


def _checked_origins(origins: Iterable[str]) -> tuple[str, ...]:
    if isinstance(origins, str):
        raise ConfigurationError("origins must be several URLs, not one str")
    return _origins_of(tuple(origins))


@lru_cache(maxsize=32)  # those of a client are the same for all its sessions, and to check them takes 50 µs
def _origins_of(origins: tuple[str, ...]) -> tuple[str, ...]:
    given = [checked_text("an origin of the session", conceal(each)) for each in origins]
    return tuple(dict.fromkeys(origin_of(checked_url("an origin of the session", each)) for each in given))


def _in_utc(name: str, moment: datetime) -> datetime:
    from datetime import UTC, datetime  # noqa: PLC0415 - a caller with a moment has loaded it

    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ConfigurationError(f"{name} must be a datetime with a time zone")
    return moment.astimezone(UTC)

# Made from async_client.py by tools/unasync.py: do not edit.
"""The client for threads."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from ._calls.call import Call
from ._calls.session_calls import request_token_credentials, session_request, totp_request
from ._client_base import ClientBase
from ._config.settings import DEFAULT_LOGIN_TIMEOUT
from ._credentials.credentials import NO_CREDENTIALS, Credentials, concealed
from ._transport.sync_io import close_pools, pool_key
from ._transport.sync_pool import ConnectionPool
from .errors import TorusError
from .secret import Secret, conceal

if TYPE_CHECKING:
    from torus_connect_api.api.market import Market
    from torus_connect_api.client import Request

    from ._calls.sync_authorized import AuthorizedClient
    from ._credentials.access_token import AccessToken
    from ._credentials.session import Session
    from ._trading import Trading
    from .account import Account
    from .stores._protocol import Login

T = TypeVar("T")


class TorusConnect(ClientBase[ConnectionPool]):
    """A client for one merchant and any number of users; safe to share between threads.

    Each session call has a connection of its own, and the account calls of one user share theirs, so that none carries
    two users; no user's token is kept between calls. It works without `with`, too: call `close()` when done.

    What is tried again: a connection that did not come about; a 429 and a 503 with `Retry-After`, but for an order; and
    what may have been served, only where the operation changes nothing. The wait is what the service asked for, else
    exponential backoff with full jitter. Redirects are never followed.

    Args:
        api_key: the merchant's API key; else `TORUS_API_KEY`.
        api_secret: the merchant's API secret; else `TORUS_API_SECRET`. `generate_session` needs it, and nothing else.
        base_url: where the API is; else `TORUS_BASE_URL`, else the production server of the spec. `https://`, but for
            a loopback address.
        totp_base_url: where `generate_session_with_totp` goes; else `TORUS_TOTP_BASE_URL`. Where neither is given, it
            follows from the base URL: from production, the server that the spec has for this operation
            (`https://oapi-cug.torusdigital.com/api/v1`); from anywhere else, the same.
        account_base_url: where account calls go, if that is elsewhere than where the session is generated; else
            `TORUS_ACCOUNT_BASE_URL`. The sessions that this client generates may be used there, too: see
            `Session.origins`.
        day_ends: when a trading day ends, and with it a session that does not say so itself: a clock time in India,
            `HH:MM`; else `TORUS_DAY_ENDS`, else `00:00`, midnight. It is recorded in each session.
        timeout: seconds for one attempt, from connecting to the last byte of the reply.
        connect_timeout: seconds of these for connecting, TLS included.
        total_timeout: seconds for the whole call, all attempts and the waits between them.
        max_retries: how often, at the most, a call is tried again; 0 to 10.
        ca_file: a PEM file with the certificates to trust instead of the usual ones; else `TORUS_CA_FILE`.
        client_cert: for mutual TLS: a PEM file with certificate and key, or a tuple of certificate file, key file and,
            where the key is encrypted, its password.
        ssl_context: a ready context instead of both; it must verify certificates and host names.
        trust: whose certificates are the usual ones: `system`, this system's, or `certifi`, that package's; else
            `TORUS_TRUST`. By default, those of `SSL_CERT_FILE` and `SSL_CERT_DIR`, where one is set (see `trust_env`);
            else the system's, where it has a directory of them by hash that only root can change; else certifi's. It
            does not go with `ca_file` or `ssl_context`.
        proxy: the URL of an HTTP proxy, `http://user:password@host:port`.
        trust_env: whether a proxy is taken from the environment (`HTTPS_PROXY`, `ALL_PROXY`, but for `NO_PROXY`),
            `SSL_CERT_FILE` and `SSL_CERT_DIR` say whom to trust, and the keys of TLS connections are written to the
            file of `SSLKEYLOGFILE`, where they are set.
        local_address: the IP address of this machine to connect from, where the broker has whitelisted one.
        share_connections: whether the calls of all users go over shared connections, which saves a TLS handshake for
            each. By default no connection carries two users: a late copy of one user's reply would be taken for the
            reply to the next request on it.
        store: where `session` keeps sessions: a URL (`memory:`, `file:[PATH]`, `keyring:[SERVICE]` with the extra
            `keyring`, `redis://HOST` or `rediss://HOST` with the extra `redis`) or a store, which you close yourself;
            else `TORUS_SESSION_STORE`, else files in this user's state folder. It is opened when it is first needed.
        calls_per_second: how many calls may begin in a second, spread evenly, retries included; one that would wait for
            longer than `total_timeout` raises `TooManyCalls`. No limit by default.
        limit_store: a Redis (`redis://HOST`, `rediss://HOST`) where all workers with this API key share that limit.

    Raises:
        ConfigurationError: an argument or its environment variable is missing or malformed.
    """

    __slots__ = ()

    _new_pool = ConnectionPool

    def generate_session(self, request_token: str) -> Session:
        """Exchange the request token of one user's login for an access token (operation `generateSession`).

        A call that is interrupted may have been served: the request token may be spent.

        Args:
            request_token: as it came with the redirect after the login, bare: `extract_request_token` reads it from the
                redirect's URL. White space around it is dropped.

        Returns:
            The session, which holds the access token.

        Raises:
            ConfigurationError: the request token is malformed, or there is no API secret; nothing was sent.
            ClientClosed: the client was closed before; nothing was sent.
            ConnectionFailed: no connection came about; nothing was sent.
            ReplyLost: the request was sent, and no whole reply came back.
            MalformedReply: the reply is a success that cannot be used.
            APIStatusError: the service answered with another status; the subclass says which.
        """
        token = conceal(request_token)
        del request_token  # no frame of an error may hold it in the open
        credentials = request_token_credentials(token)
        return self._send(session_request(self._settings), credentials)

    def generate_session_with_totp(self, totp: str) -> Session:
        """Exchange a code of one user's authenticator app for an access token (operation `generateSessionWithTotp`).

        No API secret and no request token goes with it. The service documents one server for this operation, which is
        not the production server: see `totp_base_url`. `torus_connect.totp` makes a code of an authenticator's secret.

        Args:
            totp: the code that is shown now, 6 to 8 digits; blanks do not count. Take each code once.

        Returns:
            The session, which holds the access token.

        Raises:
            ConfigurationError: the code is malformed; nothing was sent.
            TorusError: otherwise as for `generate_session`; what is said there of the request token holds for the code.
        """
        code = conceal(totp)
        del totp
        return self._send(totp_request(self._settings, code), NO_CREDENTIALS)

    def send(self, request: Request[T]) -> T:
        """Send a request of a generated operation that needs no credentials of a user.

        Raises:
            TorusError: as for the other calls; what a lost reply means depends on the operation.
        """
        return self._send(request, NO_CREDENTIALS)

    def with_credentials(
        self, *, trading: Trading | None = None, **credentials: str | Session | AccessToken
    ) -> AuthorizedClient:
        """Return what sends the requests of generated operations with the credentials of one user.

            me = torus.with_credentials(AccessToken=session)
            torus_connect_api.Api(me)

        Args:
            trading: as for `account`.
            credentials: by the names of the security schemes of the spec. The access token is given as a `Session`, or
                as an `AccessToken` that can renew it: then it goes to the origins of its session only.

        Raises:
            ConfigurationError: there is no such scheme, or a credential cannot be sent.
        """
        given = concealed(credentials)
        del credentials  # no frame of an error may hold them in the open
        from ._calls.sync_authorized import AuthorizedClient  # noqa: PLC0415 - a login does without

        return AuthorizedClient(self, Credentials(given, trading))

    def _send(self, request: Request[T], credentials: Credentials) -> T:
        call = Call(self._settings, request, credentials)
        try:
            if call.token:
                call.authorize(call.token.good())
            pool = self._pool(pool_key(call.base_url))
            while True:
                if self._limiter:
                    self._limiter.wait(self._settings.total_timeout)
                try:
                    return call.succeed(pool.send(call.http_request, call.begin()))
                except TorusError as error:
                    wait = call.wait_after(error)
                    if wait is None:
                        old = call.renewable(error)
                        if call.token is None or old is None:
                            raise
                        if not call.idempotent:
                            call.token.refuse(old)
                            raise
                        newer = call.token.renewed(old)
                        if newer is None:
                            raise
                        call.authorize(newer)
                time.sleep(wait or 0)
        except TorusError as error:
            call.fail(error)
            raise

    def session(
        self,
        user: str = "default",
        *,
        login: Login | None = None,
        timeout: float = DEFAULT_LOGIN_TIMEOUT,
        instead_of: Session | None = None,
        force: bool = False,
    ) -> Session:
        """Return the stored session of a user, if it is good; else log them in, once for all callers, and store it.

        One caller at a time, of all that share the store, calls `login` and exchanges its request token; the others
        wait for that one. Those of the same client and with the same `login` share what it raises. Where an earlier
        login was cut off between sending the request token and storing the session, the logger `torus_connect` says so,
        as a warning, before `login` is called again.

        With `login=totp(secret)` of `torus_connect.totp` nobody is asked: a code of the authenticator is exchanged.

        Args:
            user: a name of your choice for the user.
            login: called where there is no good session; it returns a request token, or the URL of the redirect, and a
                `TotpLogin` a code.
            timeout: seconds to wait for another caller's login; 0: not at all.
            instead_of: a session that the service does not accept any more; it does not count as good, and is removed
                from the store where there is no `login`.
            force: whether `login` is called whatever is stored, if it can be read or not: a user logs in once more.

        Raises:
            LoginNeeded: there is no good session, and no `login`.
            LoginPending: another caller is logging the user in, and has not finished in time.
            StoreError: the store cannot be used; nothing was sent.
            SessionNotKept: the login succeeded, and the session could not be kept; it is in `error.session`.
            TorusError: what `generate_session` or `generate_session_with_totp` raises.
        """
        from .stores._open import sync_opened_store  # noqa: PLC0415 - a package of its own
        from .stores._protocol import SessionRequest  # noqa: PLC0415 - a package of its own
        from .stores._sync_get_or_create import get_or_create_session  # noqa: PLC0415 - a package of its own
        from .totp import TotpLogin  # noqa: PLC0415 - a login does without

        request = SessionRequest(self._settings, user, login, timeout, instead_of, force=force)
        exchange = self.generate_session_with_totp if isinstance(login, TotpLogin) else self.generate_session
        return get_or_create_session(self._session_store(sync_opened_store), request, exchange)

    def account(
        self,
        user: str | Session | AccessToken = "default",
        *,
        login: Login | None = None,
        timeout: float = DEFAULT_LOGIN_TIMEOUT,
        trading: Trading | None = None,
    ) -> Account:
        """Return the account of one user, with a method for each call that needs an access token.

            me = torus.account("a-user", login=...)
            me.holdings()

        Args:
            user: the name of a user, whose session is the stored one, or made by `login`: see `session`. Or a
                `Session`, or an `AccessToken` that can renew it by a hook of yours.
            login: as for `session`, with a user's name only; called again when the session is over, or is not accepted
                any more. After a 401, a call that changes nothing is made once more with the new session; an order is
                not, but the next call has one. Without `login`, a session that was refused is removed from the store.
            timeout: as for `session`.
            trading: opts in to the experimental calls, which act on the user's money: orders. Without it they raise
                `ConfigurationError`, and nothing is sent.

        Raises:
            TorusError: as for `session`.
        """
        from ._credentials.access_token import given_token  # noqa: PLC0415 - a login does without
        from .account import Account  # noqa: PLC0415 - a login does without

        if not isinstance(user, str) or isinstance(user, Secret):
            return Account(self, given_token(user, login), trading)
        from .stores._sync_get_or_create import stored_token  # noqa: PLC0415 - a package of its own

        return Account(self, stored_token(partial(self.session, user), login, timeout), trading)

    @property
    def market(self) -> Market:
        """What is public: companies, indices and stocks, one method for each call; no session is needed.

        One of them is `torus.market.search_stocks(query="TCS")`.
        """
        from torus_connect_api.api.market import Market  # noqa: PLC0415 - a login does without

        return Market(self)

    def close(self) -> None:
        """Refuse further calls, which then raise `ClientClosed`, and close the connections.

        Calls that are under way are finished. Closing again does nothing. A signal handler may do it at any time.
        """
        pools, store = self._retire()
        close_pools(pools)
        if store:
            store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

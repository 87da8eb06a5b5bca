"""The face for tasks; what asyncio costs, nobody pays who does not use it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

from ._calls.authorized import AsyncAuthorizedClient
from ._calls.call import Call
from ._calls.session_calls import REQUEST_TOKEN, session_request, totp_request
from ._client_base import ClientBase
from ._config.settings import DEFAULT_LOGIN_TIMEOUT
from ._credentials.credentials import NO_CREDENTIALS, Credentials, concealed
from ._login.redirect import checked_request_token
from ._transport.event_loop import running_loop
from .errors import TorusError
from .secret import Secret, conceal

if TYPE_CHECKING:
    from typing import Self, TypeVar

    from torus_connect_api.api.market import AsyncMarket
    from torus_connect_api.client import Request

    from ._credentials.access_token import AccessToken
    from ._credentials.session import Session
    from ._transport.async_pool import AsyncConnectionPool
    from .account import AsyncAccount
    from .stores._protocol import AsyncLogin

    T = TypeVar("T")


class AsyncTorusConnect(ClientBase["AsyncConnectionPool"]):
    """`TorusConnect` with `await`; safe to share between the tasks of one event loop. Arguments and errors are its."""

    __slots__ = ()

    async def generate_session(self, request_token: str) -> Session:
        """Trade the request token of one user's login for an access token; see `TorusConnect.generate_session`.

        A call that is cancelled may have been served: the request token may be spent.
        """
        token = conceal(request_token)
        del request_token
        checked = checked_request_token(token)
        return await self._send(session_request(self._settings), Credentials({REQUEST_TOKEN: checked}))

    async def generate_session_with_totp(self, totp: str) -> Session:
        """Trade a code of one user's authenticator app for an access token.

        See `TorusConnect.generate_session_with_totp`. A call that is cancelled may have been served: the code may be
        spent.
        """
        code = conceal(totp)
        del totp
        return await self._send(totp_request(self._settings, code), NO_CREDENTIALS)

    async def send(self, request: Request[T]) -> T:
        """Send a request of a generated operation; see `TorusConnect.send`."""
        return await self._send(request, NO_CREDENTIALS)

    def with_credentials(self, **credentials: str | Session | AccessToken) -> AsyncAuthorizedClient:
        """Return what sends requests with the credentials of one user; see `TorusConnect.with_credentials`."""
        given = concealed(credentials)
        del credentials
        return AsyncAuthorizedClient(self, Credentials(given))

    async def _send(self, request: Request[T], credentials: Credentials) -> T:
        loop = running_loop()
        call = Call(self._settings, request, credentials)
        try:
            if call.token:
                call.authorize(await call.token.good_async())
            engine = self._engine(call.base_url, loop)
            while True:
                try:
                    return call.succeed(await engine.send(call.http_request, call.begin()))
                except TorusError as error:
                    wait = call.wait_after(error)
                    if wait is None:
                        old = call.renewable(error)
                        newer = await call.token.renewed_async(old) if call.token and old else None
                        if newer is None:
                            raise
                        call.authorize(newer)
                await asyncio.sleep(wait or 0)
        except TorusError as error:
            call.fail(error)
            raise

    async def session(
        self,
        user: str = "default",
        *,
        login: AsyncLogin | None = None,
        timeout: float = DEFAULT_LOGIN_TIMEOUT,  # noqa: ASYNC109 - how long to wait for others, not for all of it
        instead_of: Session | None = None,
    ) -> Session:
        """Return the kept session of a user, else log him in; see `TorusConnect.session`.

        `login` may be `async`. One that is not is called in a thread of its own.
        """
        from .stores._async_get_or_create import get_or_create_session  # noqa: PLC0415 - as above
        from .stores._async_parts import opened_store  # noqa: PLC0415
        from .stores._protocol import SessionRequest  # noqa: PLC0415

        running_loop()  # before a store is opened
        request = SessionRequest(self._settings, user, login, timeout, instead_of)
        return await get_or_create_session(self._sessions(opened_store), request, self.generate_session)

    async def account(
        self,
        user: str | Session | AccessToken = "default",
        *,
        login: AsyncLogin | None = None,
        timeout: float = DEFAULT_LOGIN_TIMEOUT,  # noqa: ASYNC109 - as above
    ) -> AsyncAccount:
        """Return the account of one user; see `TorusConnect.account`. `login` may be `async`, as for `session`."""
        from ._credentials.access_token import AccessToken  # noqa: PLC0415 - as above
        from .account import AsyncAccount, given_token  # noqa: PLC0415

        if not isinstance(user, str) or isinstance(user, Secret):
            return AsyncAccount(self, given_token(user, login))
        session = partial(self.session, user, login=login, timeout=timeout)
        return AsyncAccount(self, AccessToken(await session(), lambda old: session(instead_of=old)))

    @property
    def market(self) -> AsyncMarket:
        """What is public, one method for each call; see `TorusConnect.market`."""
        from torus_connect_api.api.market import AsyncMarket  # noqa: PLC0415 - as above

        return AsyncMarket(self)

    async def aclose(self) -> None:
        """Refuse further calls and close the pool; calls under way are finished. See `TorusConnect.close`."""
        engines, store = self._retire(), self._own_store()
        async with AsyncExitStack() as closing:  # whoever is cancelled here closes all of them the same
            if store:
                closing.push_async_callback(store.aclose)
            for (_, loop), engine in engines.items():
                if loop is running_loop():
                    closing.callback(engine.close)
                elif loop:
                    with suppress(RuntimeError):  # it is closed, and its connections with it
                        loop.call_soon_threadsafe(engine.close)

    def _load_engine(self) -> type[AsyncConnectionPool]:
        from ._transport.async_pool import AsyncConnectionPool  # noqa: PLC0415 - as above

        return AsyncConnectionPool

    async def __aenter__(self) -> Self:
        running_loop()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

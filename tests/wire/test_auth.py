"""The access token in account calls, over real sockets: where it goes, and where it never does."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from conftest import API_KEY, API_SECRET
from support.raw_server import Connection, RawServer, answer, reply
from support.servers import PRODUCTION_URL, TOTP_URL

from torus_connect import (
    ConfigurationError,
    Outcome,
    RedirectedElsewhere,
    Session,
    SessionExpired,
    TorusConnect,
    TorusError,
    WrongOrigin,
)

TOKEN = "demo-access-token-not-real"
NEW = "demo-new-token-not-real"
Call = Callable[..., httpx.Response]


def over(base_url: str) -> Session:
    return Session(TOKEN, issued_at=datetime.now(UTC) - timedelta(days=2), base_url=base_url)


def tokens(server: RawServer) -> list[str]:
    """Return what came in the `Authorization` headers; an empty text for a request without."""
    found = []
    for request in server.requests:
        fields = dict(line.split(": ", 1) for line in request.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")[1:])
        found.append({name.lower(): value for name, value in fields.items()}.get("authorization", ""))
    return found


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    """Make one account call."""

    def sync(auth: httpx.Auth, url: str, **options: Any) -> httpx.Response:
        with httpx.Client(auth=auth, follow_redirects=True, trust_env=False, verify=False) as client:
            return client.post(url, **options)

    async def in_loop(auth: httpx.Auth, url: str, **options: Any) -> httpx.Response:
        async with httpx.AsyncClient(auth=auth, follow_redirects=True, trust_env=False, verify=False) as client:
            return await client.post(url, **options)

    return sync if request.param == "sync" else lambda *args, **options: asyncio.run(in_loop(*args, **options))


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(answer(reply(b"{}"))) as running:
        yield running


def origin(server: RawServer) -> str:
    return str(httpx.URL(server.base_url).join("/")).rstrip("/")


def test_the_token_is_sent(call: Call, server: RawServer) -> None:
    auth = Session(TOKEN, base_url=server.base_url).auth()
    assert call(auth, f"{origin(server)}/api/v1/holdings").status_code == 200
    assert call(auth, f"{origin(server)}/another/path").status_code == 200
    assert tokens(server) == [f"Bearer {TOKEN}"] * 2


@pytest.mark.parametrize("other", ["http://127.0.0.2:{port}", "http://localhost:{port}", "https://127.0.0.1:{port}"])
def test_another_place_gets_nothing(call: Call, server: RawServer, other: str) -> None:
    url = other.format(port=httpx.URL(server.base_url).port)
    with pytest.raises(WrongOrigin) as caught:
        call(Session(TOKEN, base_url=server.base_url).auth(), f"{url}/api/v1/holdings")
    assert caught.value.outcome is Outcome.NOT_SENT
    assert server.connections == 0


def test_plain_http_gets_nothing(call: Call, server: RawServer) -> None:
    session = Session(TOKEN, base_url=server.base_url.replace("http:", "https:"))
    with pytest.raises(WrongOrigin):
        call(session.auth(), f"{origin(server)}/api/v1/holdings")
    assert server.connections == 0


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://host.example/api/v1", "https://host.example:443/x"),
        ("https://HOST.example:443", "https://host.EXAMPLE/x"),
        ("https://[::1]:443/api", "https://[::1]/x"),
        ("http://[::1]:8080/api", "http://[::1]:8080/x"),
    ],
)
def test_the_same_place_in_other_words(base_url: str, url: str) -> None:
    request = httpx.Request("GET", url)
    assert next(Session(TOKEN, base_url=base_url).auth().sync_auth_flow(request)) is request
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_the_account_calls_of_a_session_with_a_code() -> None:
    """The service documents them at another server; that a token is good there is inferred, and for one direction."""
    account_call = httpx.Request("POST", "https://connects.torusdigital.com/api/v1/holdings")
    assert next(Session(TOKEN, base_url=TOTP_URL).auth().sync_auth_flow(account_call)) is account_call
    assert account_call.headers["Authorization"] == f"Bearer {TOKEN}"
    for base_url, url in (
        (PRODUCTION_URL, "https://oapi-cug.torusdigital.com/api/v1/holdings"),
        (TOTP_URL, "http://connects.torusdigital.com/api/v1/holdings"),
        (TOTP_URL, "https://connects.torusdigital.com:8443/api/v1/holdings"),
        (TOTP_URL, "https://connects.torusdigital.com.example/api/v1/holdings"),
    ):
        request = httpx.Request("POST", url)
        with pytest.raises(WrongOrigin):
            next(Session(TOKEN, base_url=base_url).auth().sync_auth_flow(request))
        assert "Authorization" not in request.headers


def test_another_place_that_was_named_at_login(call: Call, server: RawServer, tmp_path: Path) -> None:
    """The session keeps it, for every program that reads the store; who names one later changes nothing."""
    with RawServer(answer(reply())) as api, RawServer(answer(reply(b"{}"))) as third:
        given: dict[str, Any] = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": api.base_url}
        given["store"] = f"file:{tmp_path}/sessions"
        with TorusConnect(**given, account_base_url=server.base_url) as torus:
            torus.session(login=lambda: "demo-request-token")
        for later in (None, third.base_url):
            with TorusConnect(**given, account_base_url=later) as torus:
                session = torus.session()
            assert session.origins == (origin(api), origin(server))
            assert call(session.auth(), f"{origin(server)}/holdings").status_code == 200
            with pytest.raises(WrongOrigin):
                call(session.auth(), f"{origin(third)}/holdings")
        assert tokens(server) == [f"Bearer {session.access_token}"] * 2
        assert third.connections == 0
        assert len(api.requests) == 1


def test_a_redirect_between_two_places_of_the_session(call: Call, server: RawServer) -> None:
    """Httpx takes the token away on such a redirect, so what comes back is no answer to the account call."""
    with RawServer(redirect_to(f"{origin(server)}/there")) as first:
        session = Session(TOKEN, base_url=first.base_url, origins=[first.base_url, server.base_url])
        with pytest.raises(RedirectedElsewhere):
            call(session.auth(), f"{origin(first)}/here")
    assert tokens(server) == [""]


def test_a_new_session_goes_by_its_own_origins(call: Call, server: RawServer) -> None:
    with RawServer(accept_new) as api:
        old = Session(TOKEN, base_url=server.base_url, origins=[server.base_url, api.base_url])
        auth = old.auth(on_expired=lambda _: Session(NEW, base_url=api.base_url))
        assert call(auth, f"{origin(api)}/holdings").status_code == 200
        with pytest.raises(WrongOrigin):
            call(auth, f"{origin(server)}/holdings")
        assert tokens(api) == [f"Bearer {TOKEN}", f"Bearer {NEW}"]
    assert server.connections == 0


def test_a_redirect_to_another_place(call: Call, server: RawServer) -> None:
    with RawServer(redirect_to(f"{origin(server)}/stolen")) as first:
        session = Session(TOKEN, base_url=first.base_url)
        with pytest.raises(RedirectedElsewhere) as caught:
            call(session.auth(on_expired=lambda _: pytest.fail("it has not expired")), f"{origin(first)}/holdings")
        assert tokens(first) == [f"Bearer {TOKEN}"]
    assert caught.value.outcome is Outcome.UNKNOWN
    assert tokens(server) == [""], "the other place saw a request, and no token"
    assert TOKEN.encode() not in b"".join(server.requests)


@pytest.mark.parametrize(("first", "second"), [(False, True), (True, False), (True, True)])
def test_a_redirect_to_another_scheme_or_port(call: Call, *, first: bool, second: bool) -> None:
    context = tls()
    with RawServer(answer(reply(b"{}")), tls=context if second else None) as other:
        behave = redirect_to(f"{origin(other)}/stolen")
        with RawServer(behave, tls=context if first else None) as server, pytest.raises(RedirectedElsewhere):
            call(Session(TOKEN, base_url=server.base_url).auth(), f"{origin(server)}/holdings")
        assert tokens(other) == [""]


@pytest.mark.parametrize("base_url", ["http://127.0.0.1/api/v1", "http://LocalHost:80", "http://[::1]"])
def test_no_auth_for_plain_http_on_its_usual_port(base_url: str) -> None:
    """A redirect from there to https:// on port 443 is the one on which httpx sends the token along."""
    with pytest.raises(ConfigurationError, match="use another port, or https://"):
        Session(TOKEN, base_url=base_url).auth()
    good = Session(TOKEN, base_url="https://localhost").auth()
    with pytest.raises(WrongOrigin):
        next(good.sync_auth_flow(httpx.Request("GET", base_url)))


def test_it_is_httpx_that_sends_it_along() -> None:
    """The reason why there is no such auth, should httpx change its mind."""
    seen: list[httpx.Request] = []

    def behave(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        moved = {"Location": "https://localhost/there"}
        return httpx.Response(307, headers=moved) if request.url.scheme == "http" else httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(behave), follow_redirects=True) as client:
        client.get("http://localhost/here", headers={"Authorization": f"Bearer {TOKEN}"})
    assert [TOKEN in request.headers.get("Authorization", "") for request in seen] == [True, True]


@pytest.mark.parametrize(
    "base_url", ["http://host.example/api", "http://10.0.0.1:8080", "host", "ftp://host.example", "https://a b", ""]
)
def test_no_auth_for_what_no_secret_may_go_to(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url of the session "):
        Session(TOKEN, base_url=base_url).auth()


def test_a_redirect_to_the_same_place(call: Call) -> None:
    with RawServer(answer(redirect("/api/v1/there"), reply(b"{}"))) as server:
        assert call(Session(TOKEN, base_url=server.base_url).auth(), f"{origin(server)}/here").status_code == 200
        assert tokens(server) == [f"Bearer {TOKEN}"] * 2


class TestExpired:
    def test_nothing_is_sent(self, call: Call, server: RawServer) -> None:
        for hook in (None, lambda _: None):
            with pytest.raises(SessionExpired) as caught:
                call(over(server.base_url).auth(on_expired=hook), server.base_url)
            assert caught.value.outcome is Outcome.NOT_SENT
        assert server.connections == 0

    def test_the_new_session_is_used_from_then_on(self, call: Call, server: RawServer) -> None:
        asked: list[Session] = []
        old, new = over(server.base_url), Session(NEW, base_url=server.base_url)

        def renew(session: Session) -> Session:
            asked.append(session)
            return new

        auth = old.auth(on_expired=renew)
        call(auth, server.base_url)
        call(auth, server.base_url)
        assert tokens(server) == [f"Bearer {NEW}"] * 2
        assert asked == [old]
        assert auth.session is new

    def test_a_new_one_that_is_over_too(self, call: Call, server: RawServer) -> None:
        hook = over
        with pytest.raises(SessionExpired):
            call(over(server.base_url).auth(on_expired=lambda _: hook(server.base_url)), server.base_url)
        assert server.connections == 0

    @pytest.mark.parametrize("given", ["demo-token", 7, Session(NEW, base_url="https://other.example"), Session(NEW)])
    def test_a_hook_that_returns_something_else(self, call: Call, server: RawServer, given: Any) -> None:
        with pytest.raises(ConfigurationError):
            call(over(server.base_url).auth(on_expired=lambda _: given), server.base_url)
        assert server.connections == 0

    def test_a_hook_that_raises(self, call: Call, server: RawServer) -> None:
        def fail(_session: Session) -> Session:
            raise RuntimeError("nobody is there to log in")

        with pytest.raises(RuntimeError, match="nobody is there"):
            call(over(server.base_url).auth(on_expired=fail), server.base_url)

    def test_many_threads_ask_once(self, server: RawServer) -> None:
        asked: list[Session] = []
        ready = threading.Barrier(8)

        def renew(session: Session) -> Session:
            asked.append(session)
            return Session(NEW, base_url=server.base_url)

        auth = over(server.base_url).auth(on_expired=renew)

        def use(_: int) -> int:
            ready.wait()
            return httpx.get(server.base_url, auth=auth, trust_env=False).status_code

        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(use, range(8))) == {200}
        assert len(asked) == 1

    def test_many_tasks_ask_once(self, server: RawServer) -> None:
        asked: list[Session] = []

        async def renew(session: Session) -> Session:
            asked.append(session)
            await asyncio.sleep(0.01)
            return Session(NEW, base_url=server.base_url)

        auth = over(server.base_url).auth(on_expired=renew)

        async def use() -> None:
            async with httpx.AsyncClient(auth=auth, trust_env=False) as client:
                await asyncio.gather(*(client.get(server.base_url) for _ in range(8)))

        asyncio.run(use())
        asyncio.run(use())
        assert len(asked) == 1
        assert set(tokens(server)) == {f"Bearer {NEW}"}

    def test_an_async_hook_is_for_tasks(self, server: RawServer) -> None:
        async def renew(_session: Session) -> Session:
            return Session(NEW, base_url=server.base_url)

        auth = over(server.base_url).auth(on_expired=renew)
        with pytest.raises(ConfigurationError, match="on_expired is async"):
            httpx.get(server.base_url, auth=auth, trust_env=False)


UNAUTHORIZED = reply(b"{}", status="401 Unauthorized")


def accept_new(connection: Connection) -> None:
    while request := connection.read_request():
        connection.send(reply(b"{}") if f"Bearer {NEW}".encode() in request else UNAUTHORIZED)


class TestRefused:
    """A 401: the service does not accept the token, whatever its `expires_at`."""

    def test_once_more_with_a_new_session(self, call: Call) -> None:
        with RawServer(accept_new) as server:
            auth = Session(TOKEN, base_url=server.base_url).auth(
                on_expired=lambda _: Session(NEW, base_url=server.base_url)
            )
            for _ in range(2):
                assert call(auth, server.base_url, json={"a": 1}).status_code == 200
            assert tokens(server) == [f"Bearer {TOKEN}", f"Bearer {NEW}", f"Bearer {NEW}"]
            assert len({request.partition(b"\r\n\r\n")[2] for request in server.requests}) == 1

    def test_a_body_that_is_made_on_the_way(self, call: Call) -> None:
        with RawServer(accept_new) as server:
            auth = Session(TOKEN, base_url=server.base_url).auth(
                on_expired=lambda _: Session(NEW, base_url=server.base_url)
            )
            request = {"files": {"file": b"content"}}
            assert call(auth, server.base_url, **request).status_code == 200
            assert len({request.partition(b"\r\n\r\n")[2] for request in server.requests}) == 1

    @pytest.mark.parametrize("token", [None, TOKEN])
    def test_not_again_without_a_new_session(self, call: Call, token: str | None) -> None:
        with RawServer(answer(UNAUTHORIZED)) as server:
            auth = Session(TOKEN, base_url=server.base_url).auth(
                on_expired=lambda _: Session(token, base_url=server.base_url) if token else None
            )
            assert call(auth, server.base_url).status_code == 401
            assert len(server.requests) == 1

    def test_not_a_third_time(self, call: Call) -> None:
        asked: list[Session] = []
        with RawServer(answer(UNAUTHORIZED)) as server:

            def renew(session: Session) -> Session:
                asked.append(session)
                return Session(f"{NEW}{len(asked)}", base_url=server.base_url)

            assert (
                call(Session(TOKEN, base_url=server.base_url).auth(on_expired=renew), server.base_url).status_code
                == 401
            )
            assert tokens(server) == [f"Bearer {TOKEN}", f"Bearer {NEW}1"]
        assert len(asked) == 1

    def test_without_a_hook(self, call: Call) -> None:
        with RawServer(answer(UNAUTHORIZED)) as server:
            assert call(Session(TOKEN, base_url=server.base_url).auth(), server.base_url).status_code == 401
            assert len(server.requests) == 1

    def test_another_answer_of_another_place_does_not_count(self, call: Call) -> None:
        with RawServer(answer(UNAUTHORIZED)) as other, RawServer(redirect_to(f"{origin(other)}/x")) as server:
            auth = Session(TOKEN, base_url=server.base_url).auth(on_expired=lambda _: pytest.fail("it was not ours"))
            with pytest.raises(RedirectedElsewhere):
                call(auth, server.base_url)


def test_what_makes_no_sense() -> None:
    with pytest.raises(ConfigurationError, match="base_url of the session is missing"):
        Session(TOKEN).auth()
    with pytest.raises(ConfigurationError, match="on_expired must be callable, not str"):
        Session(TOKEN, base_url="https://host.example").auth(on_expired=TOKEN)  # type: ignore[arg-type]


def test_the_session_cannot_be_changed_for_that_of_another_place(server: RawServer) -> None:
    """Its token would go to the place of the first one."""
    auth = Session(TOKEN, base_url=server.base_url).auth()
    with pytest.raises(AttributeError):
        auth.session = Session(NEW, base_url="https://other.example")  # type: ignore[misc]  # that is what it says
    assert auth.session.access_token == TOKEN


def test_it_shows_nothing(server: RawServer) -> None:
    auth = Session(TOKEN, base_url=server.base_url).auth()
    assert TOKEN not in f"{auth} {auth!r} {vars(auth)}"
    with pytest.raises(TorusError) as caught:
        httpx.get("http://127.0.0.1:1/", auth=auth, trust_env=False)
    assert TOKEN not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}\r", f"{TOKEN} ", "demo-t\u00f6ken", ""])
def test_a_token_that_no_header_can_carry(server: RawServer, token: str) -> None:
    with pytest.raises(ConfigurationError, match="access_token") as caught:
        Session(token, base_url=server.base_url).auth()
    assert "demo" not in str(caught.value)
    assert not server.requests


def test_an_order_is_not_placed_again(call: Call) -> None:
    """The POST was accepted; it is the page that it was redirected to which is refused."""

    def behave(connection: Connection) -> None:
        while request := connection.read_request():
            post = request.startswith(b"POST")
            seen_later = reply(b"", status="303 See Other", headers=("Location: /orders/1",))
            connection.send(seen_later if post else reply(b"{}", status="401 Unauthorized"))

    with RawServer(behave) as server:
        auth = Session(TOKEN, base_url=server.base_url).auth(
            on_expired=lambda _old: Session(NEW, base_url=server.base_url)
        )
        assert call(auth, f"{origin(server)}/orders").status_code == 401
        assert sum(request.startswith(b"POST") for request in server.requests) == 1


def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def redirect(where: str) -> bytes:
    return reply(b"", status="307 Temporary Redirect", headers=(f"Location: {where}",))


def redirect_to(where: str) -> Callable[[Connection], None]:
    return answer(redirect(where))

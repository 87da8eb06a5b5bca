"""The choice between the engines, and the network, cancelling and interrupts on the engine of the extra `fast`."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from support.proxy import ConnectProxy
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import (
    APIStatusError,
    AsyncTorusConnect,
    ConfigurationError,
    ConnectionFailed,
    ReplyLost,
    TorusConnect,
)
from torus_connect.engines import limits
from torus_connect.exchange import session_request
from torus_connect.secret import Secret


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that every client trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("TORUS_CA_FILE", str(tmp_path / "ca.pem"))
    return authority


def tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names or ("127.0.0.1", "::1", "localhost")).configure_cert(context)
    return context


@pytest.fixture
def encrypted(authority: trustme.CA) -> Iterator[RawServer]:
    with RawServer(answer(reply()), tls=tls(authority)) as server:
        yield server


@pytest.fixture
def plain() -> Iterator[RawServer]:
    with RawServer(answer(reply())) as server:
        yield server


def client(server: RawServer, engine: Any = "httptools", **options: Any) -> TorusConnect:
    return TorusConnect(
        **{"api_key": API_KEY, "api_secret": API_SECRET, "base_url": server.base_url, "engine": engine, **options}
    )


def async_client(server: RawServer, engine: Any = "httptools", **options: Any) -> AsyncTorusConnect:
    return AsyncTorusConnect(
        **{"api_key": API_KEY, "api_secret": API_SECRET, "base_url": server.base_url, "engine": engine, **options}
    )


def name_of_engine(torus: TorusConnect | AsyncTorusConnect) -> str:
    (lease,) = torus._leases.values()
    return type(lease.engine).__name__


def used(server: RawServer, engine: Any, **options: Any) -> set[str]:
    """Make one call with each face; return which engines made them."""

    async def main() -> str:
        async with async_client(server, engine, **options) as torus:
            await torus.generate_session("token")
            return name_of_engine(torus)

    with client(server, engine, **options) as torus:
        torus.generate_session("token")
        return {name_of_engine(torus), asyncio.run(main())}


FAST = {"HttptoolsEngine", "AsyncHttptoolsEngine"}
DEFAULT = {"HttpxEngine", "AsyncHttpxEngine"}


class TestChoice:
    def test_by_argument(self, plain: RawServer) -> None:
        assert used(plain, "httptools") == used(plain, "auto") == FAST
        assert used(plain, "httpx") == DEFAULT

    def test_by_the_environment(self, plain: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        assert used(plain, None) == DEFAULT  # what the tests are set to
        monkeypatch.setenv("TORUS_ENGINE", "httptools")
        assert used(plain, None) == FAST
        assert used(plain, "httpx") == DEFAULT
        for auto in ("auto", ""):
            monkeypatch.setenv("TORUS_ENGINE", auto)
            assert used(plain, None) == FAST

    @pytest.mark.parametrize("engine", ["", "requests", 7, b"httpx", ["httpx"]])
    def test_there_is_no_other(self, engine: Any) -> None:
        with pytest.raises(ConfigurationError, match="engine must be one of auto, httpx, httptools"):
            TorusConnect(api_key=API_KEY, engine=engine)

    def test_nor_in_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_ENGINE", "canary")
        with pytest.raises(ConfigurationError, match=r"engine \(from TORUS_ENGINE\) must be one of") as caught:
            TorusConnect(api_key=API_KEY)
        assert "canary" not in str(caught.value)

    @pytest.mark.parametrize("option", ["ca_file", "client_cert", "ssl_context", "TORUS_CA_FILE"])
    def test_other_certificates(
        self, plain: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
    ) -> None:
        trustme.CA().issue_cert("merchant").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
        options: dict[str, Any] = {option: ssl.create_default_context() if "ssl" in option else tmp_path / "both.pem"}
        if option == "TORUS_CA_FILE":
            monkeypatch.setenv(option, str(options.pop(option)))
        assert used(plain, "auto", **options) == FAST

    def test_a_proxy_that_tls_is_spoken_to(self, encrypted: RawServer, authority: trustme.CA) -> None:
        with ConnectProxy(tls=tls(authority)) as proxy:
            options = {"proxy": f"https://{proxy.address}"}
            assert used(encrypted, "auto", **options) == DEFAULT
            with pytest.raises(ConfigurationError, match="httptools does not go with a proxy that is https://"):
                client(encrypted, **options)

    def test_such_a_proxy_on_the_way_to_another_place(
        self, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "https://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        elsewhere = encrypted.base_url.replace("127.0.0.1", "localhost")
        with client(encrypted, totp_base_url=elsewhere) as torus:
            assert torus.generate_session("token").access_token
            with pytest.raises(ConfigurationError, match="httptools does not go with a proxy that is https://"):
                torus.generate_session_with_totp("123456")
        assert len(encrypted.requests) == 1

    def test_it_is_not_installed(self, plain: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in [name for name in sys.modules if "httptools" in name]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "httptools", None)
        assert used(plain, "auto") == DEFAULT
        with pytest.raises(ConfigurationError, match=r"pip install 'torus-connect\[fast\]'"):
            used(plain, "httptools")
        assert len(plain.requests) == 2


@pytest.fixture
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_ENGINE", "httptools")


@pytest.mark.usefixtures("_fast")
class TestNetwork:
    def test_the_certificates_that_are_named(self, generate_session: GenerateSession, encrypted: RawServer) -> None:
        assert generate_session(base_url=encrypted.base_url).access_token

    def test_no_others(
        self, generate_session: GenerateSession, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("TORUS_CA_FILE")
        with pytest.raises(ConnectionFailed, match="unable to get local issuer certificate"):
            generate_session(base_url=encrypted.base_url, max_retries=0)
        assert not encrypted.requests

    def test_a_host_of_another_name(self, generate_session: GenerateSession, authority: trustme.CA) -> None:
        with (
            RawServer(answer(reply()), tls=tls(authority, "elsewhere.test")) as server,
            pytest.raises(ConnectionFailed, match="certificate verify failed: Hostname mismatch") as caught,
        ):
            generate_session(base_url=server.base_url.replace("127.0.0.1", "localhost"), max_retries=0)
        assert "elsewhere" not in str(caught.value)

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
    @pytest.mark.parametrize(("version", "requests"), [("TLSv1_1", 0), ("TLSv1_2", 1)])
    def test_the_least_version_of_tls(
        self, generate_session: GenerateSession, authority: trustme.CA, version: str, requests: int
    ) -> None:
        context = tls(authority)
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
        context.set_ciphers("ALL:@SECLEVEL=0")
        with RawServer(answer(reply()), tls=context) as server:
            if requests:
                assert generate_session(base_url=server.base_url).access_token
            else:
                with pytest.raises(ConnectionFailed):
                    generate_session(base_url=server.base_url, max_retries=0)
        assert len(server.requests) == requests

    def test_ipv6(self, generate_session: GenerateSession, authority: trustme.CA) -> None:
        with RawServer(answer(reply()), host="::1", tls=tls(authority)) as server:
            assert generate_session(base_url=server.base_url).access_token

    def test_a_static_source_address(self, generate_session: GenerateSession) -> None:
        sources = []

        def behave(connection: Connection) -> None:
            sources.append(connection.sock.getpeername()[0])
            answer(reply())(connection)

        with RawServer(behave) as server:
            generate_session(base_url=server.base_url, local_address="127.0.0.7")
        assert sources == ["127.0.0.7"]

    def test_an_address_that_is_not_of_this_machine(self, generate_session: GenerateSession, plain: RawServer) -> None:
        with pytest.raises(ConnectionFailed, match="assign requested address"):
            generate_session(base_url=plain.base_url, local_address="192.0.2.1", max_retries=0)

    @pytest.mark.parametrize("where", ["argument", "environment"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_a_proxy_with_credentials(
        self,
        generate_session: GenerateSession,
        authority: trustme.CA,
        encrypted: RawServer,
        monkeypatch: pytest.MonkeyPatch,
        where: str,
        scheme: str,
    ) -> None:
        context = tls(authority) if scheme == "https" else None
        monkeypatch.setenv("TORUS_ENGINE", "auto")
        with ConnectProxy(credentials="us er:p@ss/word", tls=context) as proxy:
            url = f"{scheme}://us%20er:p%40ss%2Fword@{proxy.address}"
            options = {"base_url": encrypted.base_url}
            if where == "environment":
                monkeypatch.setenv("HTTPS_PROXY", url)
            else:
                options["proxy"] = url
            assert generate_session(**options).access_token
            (asked,) = proxy.asked
            assert asked.startswith(f"CONNECT 127.0.0.1:{encrypted.port} HTTP/1.1\r\n".encode())
            assert b"demo-request-token" not in asked
        assert "proxy-authorization" not in encrypted.sent()[1]

    def test_no_proxy_of_the_environment_that_was_not_asked_for(
        self, generate_session: GenerateSession, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with ConnectProxy() as proxy:
            for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
                monkeypatch.setenv(variable, f"http://{proxy.address}")
            assert generate_session(base_url=encrypted.base_url, trust_env=False).access_token
            with RawServer(answer(reply())) as plain:
                assert generate_session(base_url=plain.base_url).access_token
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            assert generate_session(base_url=encrypted.base_url).access_token
            assert not proxy.asked


@pytest.mark.usefixtures("_fast")
class TestWire:
    def test_what_is_sent(self, generate_session: GenerateSession, plain: RawServer) -> None:
        generate_session(base_url=plain.base_url)
        head = plain.requests[0].partition(b"\r\n\r\n")[0].decode()
        names = [line.split(": ")[0] for line in head.split("\r\n")[1:]]
        assert sorted(names) == [
            "Accept",
            "Accept-Encoding",
            "Content-Length",
            "Content-Type",
            "Host",
            "Token",
            "User-Agent",
        ]
        assert f"Host: 127.0.0.1:{plain.port}" in head.split("\r\n")
        assert "User-Agent: torus-connect/" in head

    def test_a_header_that_is_not_ascii(self, generate_session: GenerateSession) -> None:
        headers = ("X-Name: \u0915", "X-Twice: a", "X-Twice: b", "Retry-After: 7")
        with (
            RawServer(answer(reply(status="409 Conflict", headers=headers))) as server,
            pytest.raises(APIStatusError, match="answered 409") as caught,
        ):
            generate_session(base_url=server.base_url)
        got = caught.value.headers
        assert got["x-name"] == "\u0915"
        assert (got["x-twice"], got["retry-after"]) == ("a, b", "7")


def hold_the_handshake(arrived: threading.Event, go_on: threading.Event, context: ssl.SSLContext) -> Any:
    """Return a behaviour: shake hands when told to, then count what comes."""

    def behave(connection: Connection) -> None:
        arrived.set()
        go_on.wait(10)
        with suppress(OSError):
            connection.start_tls(context)
            answer(reply())(connection)

    return behave


@pytest.mark.usefixtures("each_engine")
class TestCancelled:
    def test_while_connecting_it_is_never_sent(self, authority: trustme.CA) -> None:
        arrived, go_on = threading.Event(), threading.Event()

        async def main(base_url: str) -> None:
            async with async_client(server, None, base_url=base_url) as torus:
                call = asyncio.create_task(torus.generate_session("cancelled"))
                await asyncio.to_thread(arrived.wait)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                go_on.set()
                # The next one may well get the connection that the first one waited for.
                assert (await torus.generate_session("next")).access_token

        with RawServer(hold_the_handshake(arrived, go_on, tls(authority))) as server:
            asyncio.run(main(server.base_url.replace("http:", "https:")))
        assert server.begun == 1
        assert b"Token: next" in server.requests[0]

    def test_at_the_moment_of_the_reply(self) -> None:
        """A cancellation is never forgotten, whatever arrives at the same time."""

        async def main(server: RawServer) -> list[str]:
            ended = []
            async with async_client(server, None) as torus:
                await torus.generate_session("first")
                for number in range(200):
                    call = asyncio.create_task(torus.generate_session(f"token-{number}"))
                    await asyncio.sleep(0.0002 + number % 20 * 0.00005)
                    asked = call.cancel()
                    await asyncio.wait([call])
                    ended.append("cancelled" if call.cancelled() else "done")
                    assert call.cancelled() or not asked
            return ended

        with RawServer(answer(reply())) as server:
            assert len(asyncio.run(main(server))) == 200


class Interrupted(BaseException):
    """What the handler of a signal raises."""


@pytest.fixture
def _handler() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupt)
    yield
    signal.signal(signal.SIGUSR1, before)


def to_main_thread(number: signal.Signals) -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, number)


@pytest.mark.usefixtures("each_engine", "_handler")
class TestInterrupted:
    @pytest.mark.parametrize("when", ["silence", "body"])
    def test_it_ends_at_once(self, when: str) -> None:
        def behave(connection: Connection) -> None:
            connection.read_request()
            if b"Token: again" in connection.server.requests[-1]:
                connection.send(reply())
                return
            if when == "body":
                connection.send(reply()[:-5])
            to_main_thread(signal.SIGUSR1)
            connection.wait_for_end()

        with RawServer(behave) as server, client(server, None) as torus:
            started = monotonic()
            with pytest.raises(Interrupted):
                torus.generate_session("token")
            assert monotonic() - started < 1
            assert torus.generate_session("again").access_token
        assert len(server.requests) == 2

    def test_a_handler_that_returns_lets_it_go_on(self) -> None:
        handled = threading.Event()
        before = signal.signal(signal.SIGUSR2, lambda *_: handled.set())

        def behave(connection: Connection) -> None:
            connection.read_request()
            to_main_thread(signal.SIGUSR2)
            # Handled while the call waits, not when it is over.
            assert handled.wait(5)
            connection.send(reply())

        try:
            with RawServer(behave) as server, client(server, None) as torus:
                assert torus.generate_session("token").access_token
        finally:
            signal.signal(signal.SIGUSR2, before)

    def test_the_calls_of_other_threads_go_on(self) -> None:
        arrived, go_on = threading.Event(), threading.Event()

        def behave(connection: Connection) -> None:
            if b"Token: thread" in connection.read_request():
                arrived.set()
                go_on.wait(5)
                connection.send(reply())
                return
            to_main_thread(signal.SIGUSR1)
            connection.wait_for_end()

        with RawServer(behave) as server, client(server, None) as torus, ThreadPoolExecutor(1) as threads:
            other = threads.submit(torus.generate_session, "thread")
            assert arrived.wait(5)
            with pytest.raises(Interrupted):
                torus.generate_session("main")
            go_on.set()
            assert other.result(5).access_token


@pytest.mark.usefixtures("_handler")
def test_a_call_that_is_interrupted_while_it_connects_is_never_sent(authority: trustme.CA) -> None:
    arrived, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    shake = hold_the_handshake(arrived, go_on, tls(authority))

    def behave(connection: Connection) -> None:
        to_main_thread(signal.SIGUSR1)
        shake(connection)
        ended.set()

    with RawServer(behave) as server:
        base_url = server.base_url.replace("http:", "https:")
        made = client(server, base_url=base_url)
        with made as torus, pytest.raises(Interrupted):
            torus.generate_session("token")
        go_on.set()
        assert ended.wait(10)
    assert server.begun == 0


@pytest.mark.usefixtures("_fast")
class TestPool:
    def test_waiting_for_a_connection_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MAX_CONNECTIONS", 1)
        arrived = threading.Event()

        def behave(connection: Connection) -> None:
            connection.read_request()
            arrived.set()
            connection.wait_for_end()

        with (
            RawServer(behave) as server,
            ThreadPoolExecutor(2) as threads,
            client(server, timeout=0.5, max_retries=0) as torus,
        ):
            first = threads.submit(torus.generate_session, "first")
            arrived.wait()
            second = threads.submit(torus.generate_session, "second")
            assert isinstance(first.exception(), ReplyLost)
            assert isinstance(second.exception(), ConnectionFailed | ReplyLost)
            assert len(server.requests) <= 2

    def test_waiting_for_a_place_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MAX_CONNECTIONS", 1)

        def silence(connection: Connection) -> None:
            connection.read_request()
            connection.wait_for_end()

        async def main(server: RawServer) -> None:
            async with async_client(server, timeout=5, max_retries=0) as torus:
                first = asyncio.create_task(torus.generate_session("first"))
                await asyncio.sleep(0)
                torus._settings.timeout = 0.2
                with pytest.raises(ConnectionFailed, match="no connection of the pool came free in time"):
                    await torus.generate_session("second")
                first.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await first

        with RawServer(silence) as server:
            asyncio.run(main(server))
        assert server.begun <= 1

    def test_connections_that_were_idle_for_long_are_dropped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "IDLE_SECONDS", 0.0)

        async def in_loop(server: RawServer) -> None:
            async with async_client(server) as torus:
                await torus.generate_session("one")
                await torus.generate_session("two")

        with RawServer(answer(reply())) as server:
            with client(server) as torus:
                torus.generate_session("one")
                torus.generate_session("two")
            assert server.connections == 2
            asyncio.run(in_loop(server))
        assert server.connections == 4


@pytest.mark.parametrize("seconds", [0, -1])
def test_with_no_time_left_nothing_is_sent(plain: RawServer, each_engine: str, seconds: float) -> None:
    async def main() -> None:
        async with async_client(plain, each_engine) as torus:
            await torus.generate_session("first")
            (lease,) = torus._leases.values()
            with pytest.raises(ConnectionFailed):
                await lease.engine.send(session_request(torus._settings, Secret("late")), seconds)

    with client(plain, each_engine) as torus:
        torus.generate_session("first")
        (lease,) = torus._leases.values()
        with pytest.raises(ConnectionFailed):
            lease.engine.send(session_request(torus._settings, Secret("late")), seconds)
    asyncio.run(main())
    assert len(plain.requests) == 2


def test_a_length_of_very_many_digits() -> None:
    body = b'{"AccessToken": "the-access-token"}'
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: " + b"0" * 4400 + b"%d\r\n\r\n%s" % (len(body), body)
    with RawServer(answer(whole)) as server, client(server) as torus:
        assert torus.generate_session("first").access_token == "the-access-token"

"""The network as users have it: TLS roots, client certificates, proxies, IPv6, source addresses."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import certifi
import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from support.proxy import ConnectProxy
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import AsyncTorusConnect, ConfigurationError, ConnectionFailed, TorusConnect, TorusError
from torus_connect._transport.tls_context import _default_context, shared_context

PASSWORD = "canary-password"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the PEM files that a user would have."""
    folder = tmp_path_factory.mktemp("pem")
    cert = authority.issue_cert("merchant")
    key = load_pem_private_key(cert.private_key_pem.bytes(), password=None)
    contents = {
        "ca": authority.cert_pem.bytes(),
        "cert": cert.cert_chain_pems[0].bytes(),
        "key": cert.private_key_pem.bytes(),
        "both": cert.private_key_and_cert_chain_pem.bytes(),
        "locked": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode())),
        "other-key": authority.issue_cert("other").private_key_pem.bytes(),
        "nonsense": b"nonsense",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents} | {"missing": folder / "missing", "folder": folder}


@pytest.fixture
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "::1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def server(server_context: ssl.SSLContext) -> Iterator[RawServer]:
    with RawServer(answer(reply()), tls=server_context) as server:
        yield server


def configure(**options: Any) -> TorusConnect:
    return TorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, **options})


class TestKeyLog:
    """`SSLKEYLOGFILE`: whoever reads that file can decrypt what was recorded of the connections."""

    @pytest.fixture(params=["usual roots", "ca_file", "client_cert"])
    def options(
        self, request: pytest.FixtureRequest, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[dict[str, Any]]:
        monkeypatch.setenv("TORUS_TRUST", "certifi")
        monkeypatch.setattr(certifi, "where", lambda: str(files["ca"]))
        shared_context.cache_clear()
        named = {"ca_file": files["ca"], "client_cert": files["both"]}
        yield {name: value for name, value in named.items() if name == request.param}
        shared_context.cache_clear()

    def test_it_is_not_written_where_the_environment_is_not_trusted(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        options: dict[str, Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        assert generate_session(base_url=server.base_url, trust_env=False, **options).access_token
        assert not (tmp_path / "keys").exists()

    def test_else_it_is_written_for_this_user_only(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        options: dict[str, Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert generate_session(base_url=server.base_url, **options).access_token
        for name in ("one", "two"):  # each client goes by what is set when it makes its first connection
            monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / name))
            assert generate_session(base_url=server.base_url, **options).access_token
            assert "CLIENT_TRAFFIC_SECRET_0 " in (tmp_path / name).read_text()
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o600

    def test_it_cannot_be_written(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        options: dict[str, Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path))
        with pytest.raises(ConfigurationError, match="SSLKEYLOGFILE names a file that cannot be written: Is a dir"):
            generate_session(base_url=server.base_url, **options)

    def test_but_for_that_a_context_is_as_python_makes_it(self) -> None:
        ours, pythons = _default_context(None)[0], ssl.create_default_context()
        for name in ("check_hostname", "minimum_version", "maximum_version", "options", "verify_flags", "verify_mode"):
            assert getattr(ours, name) == getattr(pythons, name), name


class TestRoots:
    def test_a_file(self, generate_session: GenerateSession, server: RawServer, files: dict[str, Path]) -> None:
        for ca_file in (files["ca"], str(files["ca"])):
            assert generate_session(base_url=server.base_url, ca_file=ca_file).access_token

    def test_the_environment(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        files: dict[str, Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("TORUS_CA_FILE", str(files["ca"]))
        assert generate_session(base_url=server.base_url).access_token

    def test_a_ready_context(self, generate_session: GenerateSession, server: RawServer, authority: trustme.CA) -> None:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        assert generate_session(base_url=server.base_url, ssl_context=context).access_token

    def test_a_context_that_others_use_for_http_2(
        self, face: str, server_context: ssl.SSLContext, authority: trustme.CA
    ) -> None:
        def behave(connection: Connection) -> None:
            assert isinstance(connection.sock, ssl.SSLSocket)
            spoken.append(connection.sock.selected_alpn_protocol())
            context.set_alpn_protocols(["h2"])
            answer(reply())(connection)

        async def main(**options: Any) -> None:
            async with AsyncTorusConnect(api_key=API_KEY, api_secret=API_SECRET, **options) as torus:
                await torus.generate_session("one")
                await torus.generate_session("two")

        spoken: list[str | None] = []
        context = ssl.create_default_context()
        authority.configure_trust(context)
        server_context.set_alpn_protocols(["h2", "http/1.1"])
        with RawServer(behave, tls=server_context) as server:
            if face == "async":
                asyncio.run(main(base_url=server.base_url, ssl_context=context))
            else:
                with configure(base_url=server.base_url, ssl_context=context) as torus:
                    torus.generate_session("one")
                    torus.generate_session("two")
        assert spoken == ["http/1.1", "http/1.1"]

    @pytest.mark.parametrize(
        "variable",
        ["PYTHONHTTPSVERIFY", "SSL_NO_VERIFY", "CURL_INSECURE", "TORUS_VERIFY", "NODE_TLS_REJECT_UNAUTHORIZED"],
    )
    def test_the_environment_cannot_switch_verification_off(
        self, generate_session: GenerateSession, server: RawServer, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        monkeypatch.setenv(variable, "0")
        with pytest.raises(ConnectionFailed, match="certificate verify failed"):
            generate_session(base_url=server.base_url, max_retries=0)
        assert not server.requests

    def test_nor_add_roots_by_a_variable_of_another_library(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        files: dict[str, Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(variable, str(files["ca"]))
        with pytest.raises(ConnectionFailed, match="certificate verify failed"):
            generate_session(base_url=server.base_url, max_retries=0)

    @pytest.mark.parametrize("weak", ["verify_mode", "check_hostname"])
    def test_a_context_that_does_not_verify(self, weak: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        if weak == "verify_mode":
            context.verify_mode = ssl.CERT_NONE
        with pytest.raises(ConfigurationError, match="ssl_context must verify"):
            configure(ssl_context=context)

    @pytest.mark.parametrize(
        ("options", "rule"),
        [
            ({"ca_file": "missing"}, "ca_file cannot be read: No such file"),
            ({"ca_file": "folder"}, "ca_file cannot be read: Is a directory"),
            ({"ca_file": "nonsense"}, "ca_file holds no certificate"),
            ({"client_cert": "missing"}, "client_cert cannot be read"),
            ({"client_cert": "nonsense"}, "client_cert holds no matching"),
            ({"client_cert": "cert"}, "client_cert holds no matching"),
            ({"client_cert": ("cert", "other-key")}, "client_cert holds no matching"),
            ({"client_cert": ("cert", "locked")}, "client_cert holds no matching"),
        ],
    )
    def test_files_that_are_of_no_use(self, files: dict[str, Path], options: dict[str, Any], rule: str) -> None:
        named = {
            name: tuple(files[part] for part in value) if isinstance(value, tuple) else files[value]
            for name, value in options.items()
        }
        with pytest.raises(ConfigurationError, match=rule) as caught:
            configure(**named)
        assert str(files["folder"]) not in str(caught.value)

    @pytest.mark.parametrize(
        ("options", "rule"),
        [
            ({"ca_file": 7}, "ca_file must be a path, not int"),
            ({"ca_file": ("a", "b")}, "ca_file must be one path, not a tuple"),
            ({"ca_file": "a\0b"}, "ca_file cannot be read: it is no path"),
            ({"client_cert": ("a", "b", "c", "d")}, "client_cert must be a path, or a tuple"),
            ({"client_cert": ()}, "client_cert must be a path, or a tuple"),
            ({"client_cert": ("a", "b", 7)}, "client_cert must be a path, or a tuple"),
            ({"ssl_context": True}, "ssl_context must be an ssl.SSLContext, not bool"),
            ({"ssl_context": ssl.create_default_context(), "ca_file": "a"}, "ssl_context goes with no"),
            ({"trust_env": 0}, "trust_env must be a bool, not int"),
            ({"local_address": "localhost"}, "local_address must be an IP address"),
            ({"local_address": 7}, "local_address must be a str"),
        ],
    )
    def test_arguments_that_are_of_no_use(self, options: dict[str, Any], rule: str) -> None:
        with pytest.raises(ConfigurationError, match=rule):
            configure(**options)


class TestClientCertificate:
    @pytest.mark.parametrize("form", ["one-file", "two-files", "password", "context"])
    def test_mutual_tls(
        self,
        generate_session: GenerateSession,
        server_context: ssl.SSLContext,
        authority: trustme.CA,
        files: dict[str, Path],
        form: str,
    ) -> None:
        context = ssl.create_default_context(cafile=str(files["ca"]))
        context.load_cert_chain(files["both"])
        forms: dict[str, dict[str, Any]] = {
            "one-file": {"ca_file": files["ca"], "client_cert": files["both"]},
            "two-files": {"ca_file": files["ca"], "client_cert": (files["cert"], str(files["key"]))},
            "password": {"ca_file": files["ca"], "client_cert": (files["cert"], files["locked"], PASSWORD)},
            "context": {"ssl_context": context},
        }
        server_context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(server_context)
        subjects = []

        def behave(connection: Connection) -> None:
            assert isinstance(connection.sock, ssl.SSLSocket)
            subjects.append(connection.sock.getpeercert())
            answer(reply())(connection)

        with RawServer(behave, tls=server_context) as server:
            assert generate_session(base_url=server.base_url, **forms[form]).access_token
        assert "merchant" in str(subjects)

    def test_without_one(
        self, generate_session: GenerateSession, server_context: ssl.SSLContext, files: dict[str, Path]
    ) -> None:
        server_context.verify_mode = ssl.CERT_REQUIRED
        server_context.load_verify_locations(files["ca"])
        with RawServer(answer(reply()), tls=server_context) as server:
            # TLS 1.3 tells of a missing client certificate only after the client has gone on: it may have been sent.
            with pytest.raises(TorusError):
                generate_session(base_url=server.base_url, ca_file=files["ca"], max_retries=0)
            assert not server.requests

    def test_with_the_usual_roots(self, files: dict[str, Path]) -> None:
        assert configure(client_cert=files["both"])


class TestProxy:
    @pytest.mark.parametrize("credentials", [None, f"user:{PASSWORD}", "us er:p@ss/word"])
    def test_an_argument(
        self, generate_session: GenerateSession, server: RawServer, files: dict[str, Path], credentials: str | None
    ) -> None:

        with ConnectProxy(credentials=credentials) as proxy:
            user = ":".join(quote(part, safe="") for part in credentials.split(":")) + "@" if credentials else ""
            session = generate_session(
                base_url=server.base_url, ca_file=files["ca"], proxy=f"http://{user}{proxy.address}"
            )
            assert session.access_token
            assert [line.split(b"\r\n")[0] for line in proxy.asked] == [
                f"CONNECT 127.0.0.1:{server.port} HTTP/1.1".encode()
            ]
            assert b"demo-request-token" not in proxy.asked[0]
        assert len(server.requests) == 1

    @pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    @pytest.mark.parametrize("scheme", ["http://", ""])
    def test_the_environment(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        files: dict[str, Path],
        monkeypatch: pytest.MonkeyPatch,
        variable: str,
        scheme: str,
    ) -> None:
        with ConnectProxy(credentials=f"user:{PASSWORD}") as proxy:
            monkeypatch.setenv(variable, f"{scheme}user:{PASSWORD}@{proxy.address}")
            options: dict[str, Any] = {"base_url": server.base_url, "ca_file": files["ca"]}
            assert generate_session(**options).access_token
            assert len(proxy.asked) == 1
            assert generate_session(**options, trust_env=False).access_token
            assert len(proxy.asked) == 1
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            assert generate_session(**options).access_token
            assert len(proxy.asked) == 1
        assert len(server.requests) == 3

    def test_a_plain_base_url_never_goes_through_the_environments_proxy(
        self, generate_session: GenerateSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with RawServer(answer(reply())) as server, ConnectProxy() as proxy:
            for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
                monkeypatch.setenv(variable, f"http://{proxy.address}")
            assert generate_session(base_url=server.base_url).access_token
            assert not proxy.asked

    @pytest.mark.parametrize(
        ("refuse", "reason"),
        [
            ("403 Forbidden", "the proxy answered 403"),
            ("502 Canary", "the proxy answered 502"),
            ("", "The request was not sent to"),
        ],
    )
    def test_a_proxy_that_refuses(
        self, generate_session: GenerateSession, server: RawServer, files: dict[str, Path], refuse: str, reason: str
    ) -> None:
        with ConnectProxy(refuse=refuse) as proxy, pytest.raises(ConnectionFailed, match=reason) as caught:
            generate_session(
                base_url=server.base_url, ca_file=files["ca"], proxy=f"http://{proxy.address}", max_retries=0
            )
        assert f"to 127.0.0.1:{server.port}, through the proxy http://{proxy.address}: " in str(caught.value)
        assert "Canary" not in str(caught.value)
        assert not server.requests

    @pytest.mark.parametrize(
        ("proxy", "rule"),
        [
            ("socks5://host:1", "proxy must start with http:// or https://"),
            (f"host:{PASSWORD}", "proxy must start with http"),
            ("http://", "proxy has no valid host"),
            (f"http://user:{PASSWORD}@host:99999", "proxy is no valid URL"),
            (f"http://user:{PASSWORD}@ho st", "proxy has no valid host"),
            (f"http://host/?{PASSWORD}", "proxy may hold no query"),
            ("", "proxy is empty"),
            (7, "proxy must be a str"),
        ],
    )
    def test_a_proxy_that_is_none(self, proxy: Any, rule: str) -> None:
        with pytest.raises(ConfigurationError, match=rule) as caught:
            configure(proxy=proxy)
        assert PASSWORD not in str(caught.value)

    def test_the_environment_is_checked_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://user:{PASSWORD}@host")
        with pytest.raises(ConfigurationError, match=r"proxy \(from the environment\) must start with") as caught:
            configure()
        assert PASSWORD not in str(caught.value)

    def test_what_does_not_go_together(self) -> None:
        with pytest.raises(ConfigurationError, match="proxy does not go with an http:// base URL"):
            configure(proxy="http://host", base_url="http://127.0.0.1")
        with pytest.raises(ConfigurationError, match="proxy does not go with an IPv6 address in the base URL"):
            configure(proxy="http://host", base_url="https://[::1]:8443")
        with pytest.raises(ConfigurationError, match="local_address does not go with a proxy"):
            configure(proxy="http://host", local_address="127.0.0.1")


def test_ipv6(generate_session: GenerateSession, server_context: ssl.SSLContext, files: dict[str, Path]) -> None:
    with (
        RawServer(answer(reply()), host="::1") as plain,
        RawServer(answer(reply()), host="::1", tls=server_context) as encrypted,
    ):
        assert generate_session(base_url=plain.base_url).access_token
        assert generate_session(base_url=encrypted.base_url, ca_file=files["ca"]).access_token


def test_a_static_source_address(generate_session: GenerateSession) -> None:
    sources = []

    def behave(connection: Connection) -> None:
        sources.append(connection.sock.getpeername()[0])
        answer(reply())(connection)

    with RawServer(behave) as server:
        # All of 127.0.0.0/8 is this machine, so it can be told from where a connection came.
        generate_session(base_url=server.base_url, local_address="127.0.0.7")
        assert sources == ["127.0.0.7"]
        assert socket.gethostbyname("localhost") != "127.0.0.7"


def test_an_address_that_is_not_of_this_machine(generate_session: GenerateSession) -> None:
    cannot = pytest.raises(ConnectionFailed, match=": Cannot assign requested address\n")
    with RawServer(answer(reply())) as server, cannot:
        generate_session(base_url=server.base_url, local_address="192.0.2.1", max_retries=0)


def test_a_port_that_is_closed(generate_session: GenerateSession) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionFailed, match=": Connection refused\n"):
            generate_session(base_url=f"http://127.0.0.1:{closed.getsockname()[1]}", max_retries=0)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(("version", "requests"), [("TLSv1_1", 0), ("TLSv1_2", 1)])
def test_the_least_version_of_tls(
    generate_session: GenerateSession,
    server_context: ssl.SSLContext,
    files: dict[str, Path],
    version: str,
    requests: int,
) -> None:
    server_context.minimum_version = server_context.maximum_version = ssl.TLSVersion[version]
    server_context.set_ciphers("ALL:@SECLEVEL=0")
    with RawServer(answer(reply()), tls=server_context) as server:
        options = {"base_url": server.base_url, "ca_file": files["ca"], "max_retries": 0}
        if requests:
            assert generate_session(**options).access_token
        else:
            with pytest.raises(ConnectionFailed):
                generate_session(**options)
    assert len(server.requests) == requests


def test_a_proxy_of_the_environment_that_is_not_to_be_used(
    generate_session: GenerateSession, server: RawServer, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"base_url": server.base_url, "ca_file": files["ca"]}
    with ConnectProxy() as proxy:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(variable, f"http://{proxy.address}")
        assert generate_session(**options, trust_env=False).access_token
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert generate_session(**options).access_token
        assert not proxy.asked

"""What the network settings turn into: whom a context trusts, and which proxy is found."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import RawServer, answer, reply

from torus_connect import ConfigurationError, ConnectionFailed, Secret, TorusConnect
from torus_connect._transport.network import Network
from torus_connect._transport.tls_context import Concealed, _default_context, conceal_paths
from torus_connect.secret import Unusable

URL = "https://host/api"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(tmp_path / "ca")
    return tmp_path / "ca"


@pytest.fixture
def client_cert(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.issue_cert("merchant").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client")
    return tmp_path / "client"


def trusted(context: ssl.SSLContext | None) -> int:
    assert context
    return context.cert_store_stats()["x509_ca"]


def verifies(context: ssl.SSLContext | None) -> bool:
    assert context
    return context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname


class TestContexts:
    def test_the_usual_roots(self) -> None:
        assert verifies(Network(URL).tls_context())
        context = Network(URL, trust="certifi").tls_context()
        assert verifies(context)
        assert trusted(context) > 50

    def test_the_roots_of_certifi_are_those_that_it_names(self, monkeypatch: pytest.MonkeyPatch, ca_file: Path) -> None:
        """Distributions and companies change what it answers."""
        monkeypatch.setattr("certifi.where", lambda: str(ca_file))
        assert trusted(_default_context("certifi")[0]) == 1

    def test_the_usual_roots_are_read_once(self) -> None:
        assert Network(URL).tls_context() is Network("https://elsewhere.test").tls_context()

    def test_nobody_else_gets_a_certificate_of_ours(self, client_cert: Path) -> None:
        ours = Network(URL, client_cert=conceal_paths(client_cert)).tls_context()
        assert ours is not Network(URL).tls_context()

    def test_none_where_no_tls_is_spoken(self) -> None:
        assert Network("http://127.0.0.1/https:").tls_context() is None

    def test_a_file_instead_of_the_usual_roots(self, ca_file: Path) -> None:
        network = Network(URL, ca_file=conceal_paths(ca_file))
        context = network.tls_context()
        assert verifies(context)
        assert trusted(context) == 1
        assert network.tls_context() is context

    def test_a_file_from_the_environment(self, ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_CA_FILE", str(ca_file))
        assert trusted(Network(URL).tls_context()) == 1
        monkeypatch.setenv("TORUS_CA_FILE", "")
        assert Network(URL).tls_context() is Network("https://elsewhere.test").tls_context()

    def test_an_argument_before_the_environment(self, ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_CA_FILE", "/nonexistent")
        assert trusted(Network(URL, ca_file=conceal_paths(str(ca_file))).tls_context()) == 1

    def test_a_client_certificate_leaves_the_roots_alone(self, ca_file: Path, client_cert: Path) -> None:
        context = Network(URL, client_cert=conceal_paths(client_cert), trust="certifi").tls_context()
        assert verifies(context)
        assert trusted(context) > 50
        both = Network(URL, client_cert=conceal_paths(client_cert), ca_file=conceal_paths(ca_file)).tls_context()
        assert verifies(both)
        assert trusted(both) == 1

    def test_a_ready_context_is_used_as_it_is(self) -> None:
        context = ssl.create_default_context()
        assert Network(URL, ssl_context=context).tls_context() is context
        assert Network("http://127.0.0.1", ssl_context=context).tls_context() is None

    @pytest.mark.parametrize(
        ("version", "added"),
        [((3, 12, 9), 0), ((3, 13), ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT)],
    )
    def test_how_strict_python_is_by_now(
        self, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], added: int
    ) -> None:
        monkeypatch.setattr("sys.version_info", version)
        plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).verify_flags
        assert plain
        assert _default_context(None)[0].verify_flags == plain | added

    def test_a_file_for_the_keys_that_is_none(self) -> None:
        with pytest.raises(ConfigurationError, match=r"SSLKEYLOGFILE .* cannot be written: it is no path\n"):
            _default_context(None, "a\0b")

    @pytest.mark.parametrize("mode", [ssl.CERT_NONE, ssl.CERT_OPTIONAL])
    def test_a_context_must_verify(self, mode: ssl.VerifyMode) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = mode
        with pytest.raises(ConfigurationError, match="must verify"):
            Network(URL, ssl_context=context)

    @pytest.mark.parametrize("named", ["127.0.0.1", "other.example"])
    def test_a_file_does_not_end_the_checks(
        self, generate_session: GenerateSession, ca_file: Path, authority: trustme.CA, named: str
    ) -> None:
        # Another authority for our host, or our authority for another host: neither will do.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issuer = trustme.CA() if named == "127.0.0.1" else authority
        issuer.issue_cert(named).configure_cert(context)
        with RawServer(answer(reply()), tls=context) as server:
            with pytest.raises(ConnectionFailed, match="certificate verify failed"):
                generate_session(base_url=server.base_url, ca_file=ca_file, max_retries=0)
            assert not server.requests


class TestConcealedPaths:
    def test_none_is_none(self) -> None:
        assert conceal_paths(None) is None

    def test_every_part_is_hidden(self) -> None:
        for value in ("a", Path("a")):
            (part,) = found(conceal_paths(value))
            assert isinstance(part, Secret)
            assert part == "a"
        parts = found(conceal_paths(("a", Path("b"), 7)))
        assert parts[:2] == ("a", "b")
        assert isinstance(parts[1], Secret)
        assert isinstance(parts[2], Unusable)

    def test_a_path_that_does_not_tell_its_text(self) -> None:
        class Broken:
            def __fspath__(self) -> str:
                raise RuntimeError("canary")

        for argument in ("ca_file", "client_cert"):
            options: dict[str, Any] = {argument: Broken()}
            with pytest.raises(ConfigurationError, match=f"{argument} must be a path, not Broken") as caught:
                TorusConnect(api_key=API_KEY, api_secret=API_SECRET, **options)
            assert "canary" not in str(caught.value)


def found(parts: Concealed | None) -> Concealed:
    assert parts is not None
    return parts


class TestProxy:
    def test_none(self) -> None:
        network = Network(URL)
        assert network.proxy is None
        assert network.local_address is None

    def test_an_argument_before_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://environment")
        assert Network(URL, proxy=Secret("http://argument:8080")).proxy == "http://argument:8080"

    @pytest.mark.parametrize(
        ("variables", "expected"),
        [
            ({"HTTPS_PROXY": "http://one"}, "http://one"),
            ({"ALL_PROXY": "http://all"}, "http://all"),
            ({"HTTPS_PROXY": "http://one", "ALL_PROXY": "http://all"}, "http://one"),
            ({"HTTPS_PROXY": "one:8080"}, "http://one:8080"),
            ({"HTTPS_PROXY": "https://one"}, "https://one"),
            ({"HTTP_PROXY": "http://plain"}, None),
            ({"HTTPS_PROXY": "http://one", "NO_PROXY": "host"}, None),
            ({"HTTPS_PROXY": "http://one", "NO_PROXY": "other"}, "http://one"),
            ({"HTTPS_PROXY": "http://one", "NO_PROXY": "*"}, None),
            ({"HTTPS_PROXY": ""}, None),
        ],
    )
    def test_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str | None
    ) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        proxy = Network(URL).proxy
        assert proxy == expected
        assert proxy is None or isinstance(proxy, Secret)
        assert Network(URL, trust_env=False).proxy is None
        assert Network("http://127.0.0.1").proxy is None

    @pytest.mark.parametrize(("platform", "asked"), [("darwin", True), ("win32", True), ("linux", False)])
    def test_the_settings_of_the_system(self, monkeypatch: pytest.MonkeyPatch, platform: str, *, asked: bool) -> None:
        """Those of macOS and Windows, with their exemptions, where the environment says nothing."""
        monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": "http://of-the-system"})
        monkeypatch.setattr("urllib.request.proxy_bypass", lambda host: host == "exempt")
        monkeypatch.setattr("sys.platform", platform)
        assert Network(URL).proxy == ("http://of-the-system" if asked else None)
        assert Network("https://exempt").proxy is None

    @pytest.mark.parametrize(
        ("no_proxy", "base_url", "exempt"),
        [
            ("host.example", "https://host.example", True),
            ("HOST.Example", "https://host.example", True),
            ("host.example", "https://HOST.example", True),
            ("example", "https://host.example", True),
            ("ample", "https://host.example", False),
            ("host.example.org", "https://host.example", False),
            ("other,host.example", "https://host.example", True),
            (" other ,\thost.example ", "https://host.example", True),
            ("other host.example", "https://host.example", True),
            (",,other,", "https://host.example", False),
            (".example", "https://host.example", True),
            (".host.example", "https://host.example", True),
            ("host.example.", "https://host.example", True),
            ("*.example", "https://host.example", True),
            ("*.example", "https://a.host.example", True),
            ("*.host.example", "https://host.example", False),
            ("*ample", "https://host.example", False),
            ("*", "https://host.example", True),
            ("other, *", "https://host.example", True),
            ("*:443", "https://host.example", False),
            ("host.example:443", "https://host.example", True),
            ("host.example:443", "https://host.example:8443", False),
            (".example:8443", "https://host.example:8443", True),
            ("host.example:https", "https://host.example", False),
            ("host.example:", "https://host.example", False),
            (":443", "https://host.example", False),
            ("10.1.2.3", "https://10.1.2.3", True),
            ("2.3", "https://10.1.2.3", False),
            ("10.1.2.3:8443", "https://10.1.2.3:8443", True),
            ("10.1.2.3:8443", "https://10.1.2.3", False),
            ("10.0.0.0/8", "https://10.1.2.3", True),
            ("10.1.2.9/24", "https://10.1.2.3", True),
            ("10.1.3.0/24", "https://10.1.2.3", False),
            ("10.0.0.0/99", "https://10.1.2.3", False),
            ("0.0.0.0/0", "https://host.example", False),
            ("::1", "https://[::1]", True),
            ("[::1]", "https://[::1]", True),
            ("0:0:0:0:0:0:0:1", "https://[::1]", True),
            ("[::1]:8443", "https://[::1]:8443", True),
            ("fd00::/8", "https://[fd12::1]", True),
        ],
    )
    @pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
    def test_exemptions(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, no_proxy: str, base_url: str, *, exempt: bool
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://one")
        monkeypatch.setenv(variable, no_proxy)
        assert (Network(base_url).proxy is None) is exempt

    def test_on_the_way_to_another_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://one")
        monkeypatch.setenv("NO_PROXY", "other")
        network = Network(URL)
        assert network.proxy == "http://one"
        assert network.to("https://other").proxy is None
        assert network.to("http://127.0.0.1").proxy is None
        assert network.to("https://third").proxy == "http://one"
        assert network.proxy == "http://one"
        given = Network(URL, proxy=Secret("http://argument:8080"))
        assert given.to("https://other").proxy == "http://argument:8080"
        with pytest.raises(ConfigurationError, match="proxy does not go with an http:// base URL"):
            given.to("http://127.0.0.1")
        near = Network("https://other", local_address=Secret("127.0.0.1"))
        assert near.to("https://other").local_address == "127.0.0.1"
        with pytest.raises(ConfigurationError, match="local_address does not go with a proxy"):
            near.to("https://third")

    def test_the_certificates_go_along(self, ca_file: Path) -> None:
        network = Network("https://host", ca_file=conceal_paths(str(ca_file)))
        assert network.to("https://other").tls_context() is network.tls_context()

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1", " 192.0.2.1 "])
    def test_an_address_to_connect_from(self, address: str) -> None:
        assert Network(URL, local_address=Secret(address)).local_address == address.strip()

    def test_an_argument_of_the_client_that_the_environment_does_not_change(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://one")
        with pytest.raises(ConfigurationError, match="local_address does not go with a proxy"):
            TorusConnect(api_key=API_KEY, api_secret=API_SECRET, local_address="127.0.0.1")
        assert TorusConnect(api_key=API_KEY, api_secret=API_SECRET, local_address="127.0.0.1", trust_env=False)


@pytest.mark.parametrize(
    ("user", "expected"), [("user@", b"user:"), ("us%40er:p%3A@", b"us@er:p:"), ("us%C3%A9r@", "us\u00e9r:".encode())]
)
def test_the_user_of_a_proxy(user: str, expected: bytes) -> None:
    ((name, value),) = Network(URL, proxy=Secret(f"http://{user}proxy:8080")).proxy_headers()
    assert (name, value.partition(" ")[0]) == ("Proxy-Authorization", "Basic")
    assert base64.b64decode(value.partition(" ")[2]) == expected
    assert "Basic" not in repr(value)


def test_a_proxy_without_user() -> None:
    assert Network(URL, proxy=Secret("http://proxy:8080")).proxy_headers() == []


def test_a_client_certificate_goes_with_the_roots_of_the_environment(
    client_cert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE cannot be read"):
        TorusConnect(api_key=API_KEY, api_secret=API_SECRET, client_cert=client_cert)

"""Whom the default context trusts: the system's directory, found by hash, else certifi; real handshakes say so."""

from __future__ import annotations

import logging
import os
import ssl
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import certifi
import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from support.hashed import add, hash_of
from support.proxy import ConnectProxy
from support.raw_server import RawServer, answer, reply

from torus_connect import ConfigurationError, ConnectionFailed, TorusConnect
from torus_connect._transport import tls_context
from torus_connect._transport.tls_context import _roots, shared_context

HOST = "127.0.0.1"
REFUSED = "certificate verify failed"
NO_DIRECTORY = "SSL_CERT_DIR names a directory that cannot be read, or has no certificates by hash"
NO_SYSTEM = r"^trust is system, and it has no certificates that only root can change\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ours(authority: trustme.CA) -> bytes:
    """Return the certificate of the authority that signed that of the server."""
    return authority.cert_pem.bytes()


@pytest.fixture(scope="module")
def another() -> bytes:
    return trustme.CA().cert_pem.bytes()


@pytest.fixture(scope="module")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def running(server_context: ssl.SSLContext) -> Iterator[RawServer]:
    with RawServer(answer(reply()), tls=server_context) as server:
        yield server


@pytest.fixture
def server(running: RawServer) -> RawServer:
    running.requests.clear()
    return running


class System:
    """What this machine trusts: a directory of its own, and the bundle of certifi."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.directory, self.bundle, self._certifi = folder / "certs", folder / "cert.pem", folder / "certifi.pem"
        paths = ssl.get_default_verify_paths()._replace(
            openssl_capath=str(self.directory), openssl_cafile=str(self.bundle)
        )
        patch.setattr(ssl, "get_default_verify_paths", lambda: paths)
        patch.setattr(tls_context, "_DIRECTORIES", ())
        patch.setattr(tls_context, "_BUNDLES", ())
        patch.setattr(tls_context, "_ROOT_UIDS", (0, os.geteuid()))  # the tests need not be run by root
        patch.setattr(certifi, "where", lambda: str(self._certifi))

    def has(self, *certificates: bytes) -> None:
        add(self.directory, *certificates)

    def certifi_has(self, *certificates: bytes) -> None:
        self._certifi.write_bytes(b"".join(certificates))


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    shared_context.cache_clear()
    yield System(tmp_path, monkeypatch)
    shared_context.cache_clear()


def source(trust: str | None = None, cert_file: str | None = None, cert_dir: str | None = None) -> str:
    return "+".join(name for name, *_ in _roots(trust, cert_file, cert_dir))


class TestHandshakes:
    def test_a_root_that_only_the_system_has(
        self, generate_session: GenerateSession, server: RawServer, system: System, ours: bytes, another: bytes
    ) -> None:
        system.has(another, ours)
        system.certifi_has(another)
        assert generate_session(base_url=server.base_url).access_token
        assert generate_session(base_url=server.base_url, trust="system").access_token
        with pytest.raises(ConnectionFailed, match=REFUSED):
            generate_session(base_url=server.base_url, trust="certifi", max_retries=0)
        assert len(server.requests) == 2

    @pytest.mark.usefixtures("quick_retries")
    @pytest.mark.parametrize("link", [False, True], ids=["not there", "a dangling link"])
    def test_a_root_that_only_certifi_has(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        system: System,
        ours: bytes,
        another: bytes,
        *,
        link: bool,
    ) -> None:
        """A handshake that failed does not try it: the directory was chosen before."""
        system.has(another)
        if link:
            (system.directory / f"{hash_of(ours)}.0").symlink_to("gone.pem")
        system.certifi_has(ours)
        for _ in range(2):
            with pytest.raises(ConnectionFailed, match=REFUSED):
                generate_session(base_url=server.base_url, max_retries=1)
        assert not server.requests
        assert generate_session(base_url=server.base_url, trust="certifi").access_token

    def test_an_empty_directory(
        self, generate_session: GenerateSession, server: RawServer, system: System, ours: bytes
    ) -> None:
        system.has()
        system.certifi_has(ours)
        assert generate_session(base_url=server.base_url).access_token

    def test_a_proxy_that_speaks_tls(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        server_context: ssl.SSLContext,
        system: System,
        ours: bytes,
        another: bytes,
    ) -> None:
        with ConnectProxy(tls=server_context) as proxy:
            options: dict[str, Any] = {"base_url": server.base_url, "proxy": f"https://{proxy.address}"}
            system.has(another)
            with pytest.raises(ConnectionFailed, match=REFUSED):
                generate_session(**options, max_retries=0)
            assert not proxy.asked
            system.has(ours)  # nothing was read of the directory when the context was made
            assert generate_session(**options).access_token
            assert (len(proxy.asked), len(server.requests)) == (1, 1)

    @pytest.mark.parametrize("trusted", ["new", "old", "new, and old that expired"])
    def test_a_root_with_a_signature_of_an_older_one(
        self, generate_session: GenerateSession, system: System, tmp_path: Path, trusted: str
    ) -> None:
        new, old = trustme.CA(), trustme.CA()
        leaf = new.issue_cert(HOST)
        chain = tmp_path / "chain"
        chain.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes() + signed_by(old, new, days=1))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        system.has(*{
            "new": [new.cert_pem.bytes()],
            "old": [old.cert_pem.bytes()],
            "new, and old that expired": [new.cert_pem.bytes(), signed_by(old, old, days=-1)],
        }[trusted])  # fmt: skip
        with RawServer(answer(reply()), tls=context) as server:
            assert generate_session(base_url=server.base_url).access_token

    def test_one_context_in_many_threads(self, server: RawServer, system: System, ours: bytes, another: bytes) -> None:
        system.has(another, ours)

        def log_in(_: int) -> str:
            with TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url) as torus:
                return torus.generate_session("demo-request-token").access_token

        with ThreadPoolExecutor(8) as threads:
            assert len([*threads.map(log_in, range(40))]) == 40
        assert shared_context.cache_info().currsize == 1


def signed_by(issuer: trustme.CA, subject: trustme.CA, *, days: float) -> bytes:
    """Return a certificate of an authority's name and key that another one signed; how long it is good."""
    name, signer = (x509.load_pem_x509_certificate(each.cert_pem.bytes()) for each in (subject, issuer))
    key = load_pem_private_key(issuer.private_key_pem.bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(signer.subject, name.subject, name.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=days))
    for extension in name.extensions:
        if not isinstance(extension.value, x509.AuthorityKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    identifier = signer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return builder.add_extension(issued_by, critical=False).sign(key, SHA256()).public_bytes(Encoding.PEM)


class TestWhichSource:
    def test_a_sound_directory(self, system: System, ours: bytes) -> None:
        system.has(ours)
        assert source() == source("system") == "system"
        assert source("certifi") == "certifi"

    @pytest.mark.parametrize("mode", [0o775, 0o757])
    def test_one_that_others_can_change(self, system: System, ours: bytes, mode: int) -> None:
        system.has(ours)
        system.directory.chmod(mode)
        assert source() == "certifi"

    def test_one_of_another_user(self, system: System, ours: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        system.has(ours)
        monkeypatch.setattr(tls_context, "_ROOT_UIDS", (os.geteuid() + 1,))
        assert source() == "certifi"

    @pytest.mark.usefixtures("system")
    @pytest.mark.parametrize("place", ["theirs/certs", "link", "theirs/link"])
    @pytest.mark.parametrize("mode", [0o775, 0o757])
    def test_one_that_others_can_replace(
        self, ours: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int, place: str
    ) -> None:
        """It is in a directory of theirs, as is what a link leads to, or the link."""
        theirs = tmp_path / "theirs"
        theirs.mkdir()
        (tmp_path / "link").symlink_to(add(theirs / "certs", ours))
        (theirs / "link").symlink_to(add(tmp_path / "sound", ours))
        monkeypatch.setattr(tls_context, "_DIRECTORIES", (str(tmp_path / place),))
        assert source() == "system"
        theirs.chmod(mode)
        assert source() == "certifi"
        theirs.chmod(mode | stat.S_ISVTX)
        assert source() == "system"

    def test_one_without_a_name_by_hash(self, system: System, ours: bytes) -> None:
        assert source() == "certifi"  # there is none
        system.directory.mkdir()
        for name in ("ca.pem", "0123abcd.r0", "0123abcd.0.pem", "0123ABCG.0"):
            (system.directory / name).write_bytes(ours)
        (system.directory / "0123abcd.0").symlink_to("gone.pem")
        (system.directory / "0123abcd.1").mkdir()
        assert source() == "certifi"
        (system.directory / "0123abcd.2").symlink_to("ca.pem")
        assert source() == "system"

    def test_windows_has_no_owner_by_number(self, system: System, ours: bytes) -> None:
        system.has(ours)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "name", "nt")
            found = source()
        assert found == "certifi"

    def test_another_place(self, system: System, ours: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """That of OpenSSL may be none of this system's: Python may bring along its own."""
        monkeypatch.setattr(tls_context, "_DIRECTORIES", (str(tmp_path / "none"), str(add(tmp_path / "other", ours))))
        system.has()
        assert _roots(None, None, None) == [("system", str(tmp_path / "other"), True)]

    def test_the_bundle_of_the_system_is_only_for_who_asks(self, system: System, ours: bytes) -> None:
        with pytest.raises(ConfigurationError, match=NO_SYSTEM):
            source("system")
        system.bundle.write_bytes(ours)
        assert source() == "certifi"
        assert _roots("system", None, None) == [("system", str(system.bundle), False)]
        system.bundle.chmod(0o666)
        with pytest.raises(ConfigurationError, match=NO_SYSTEM):
            source("system")

    def test_the_log_says_which(
        self,
        system: System,
        ours: bytes,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        system.has(ours)
        system.certifi_has(ours)
        file = tmp_path / "ca"
        file.write_bytes(ours)
        with caplog.at_level(logging.DEBUG, "torus_connect"):
            for options in (
                {},
                {},
                {"trust": "certifi"},
                {"ca_file": file},
                {"ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)},
            ):
                configure(**options)._network.tls_context()
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
            monkeypatch.setenv("SSL_CERT_DIR", str(system.directory))
            configure()._network.tls_context()
        assert caplog.messages == [
            f"trust: {system.directory} (system, by hash)",
            f"trust: {certifi.where()} (certifi)",
            "trust: ca_file",
            "trust: ssl_context",
            f"trust: {file} (SSL_CERT_FILE), {system.directory} (SSL_CERT_DIR, by hash)",
        ]


def configure(**options: Any) -> TorusConnect:
    return TorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, **options})


class TestVariables:
    """`SSL_CERT_FILE` and `SSL_CERT_DIR`."""

    @pytest.fixture
    def elsewhere(self) -> Iterator[tuple[RawServer, bytes]]:
        """A server whose certificate is from another authority."""
        authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST).configure_cert(context)
        with RawServer(answer(reply()), tls=context) as server:
            yield server, authority.cert_pem.bytes()

    def test_each_takes_the_place_of_the_default(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        elsewhere: tuple[RawServer, bytes],
        system: System,
        ours: bytes,
        another: bytes,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        other, theirs = elsewhere

        def reached(**options: Any) -> list[bool]:
            done = []
            for each in (server, other):
                try:
                    done.append(bool(generate_session(base_url=each.base_url, max_retries=0, **options)))
                except ConnectionFailed:
                    done.append(False)
            return done

        system.has(ours)
        file, folders = tmp_path / "bundle", (add(tmp_path / "one", another), add(tmp_path / "two", theirs))
        file.write_bytes(another + ours)
        with monkeypatch.context() as patch:
            patch.setenv("SSL_CERT_DIR", os.pathsep.join(map(str, (*folders, ""))))
            assert reached() == [False, True]
            assert reached(trust_env=False) == reached(trust="system") == [True, False]
            patch.setenv("SSL_CERT_FILE", f" {file}\n")
            assert reached() == [True, True]
            patch.setenv("SSL_CERT_DIR", "")
            assert reached() == [True, False]
            file.write_bytes(theirs)
            shared_context.cache_clear()
            assert reached() == [False, True]
        assert reached() == [True, False]

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("SSL_CERT_FILE", "{tmp}/none", "SSL_CERT_FILE cannot be read: No such file or directory"),
            ("SSL_CERT_FILE", "{tmp}", "SSL_CERT_FILE cannot be read: Is a directory"),
            ("SSL_CERT_FILE", "{tmp}/nothing", "SSL_CERT_FILE holds no certificate in PEM form"),
            ("SSL_CERT_FILE", "'{tmp}'", "SSL_CERT_FILE must not be in quotes"),
            (
                "SSL_CERT_DIR",
                "{tmp}/none",
                "SSL_CERT_DIR names a directory that cannot be read, or has no certificates by hash",
            ),
            (
                "SSL_CERT_DIR",
                "{tmp}",
                "SSL_CERT_DIR names a directory that cannot be read, or has no certificates by hash",
            ),
            ("SSL_CERT_DIR", "{tmp}/certs{sep}{tmp}", NO_DIRECTORY),
            ("SSL_CERT_DIR", "{sep}", NO_DIRECTORY),
            ("SSL_CERT_DIR", "'{tmp}'", "SSL_CERT_DIR must not be in quotes"),
        ],
    )
    def test_one_that_is_of_no_use(
        self,
        generate_session: GenerateSession,
        server: RawServer,
        system: System,
        ours: bytes,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        value: str,
        said: str,
    ) -> None:
        system.has(ours)
        (tmp_path / "nothing").touch()
        monkeypatch.setenv(name, value.format(tmp=tmp_path, sep=os.pathsep))
        begun = server.begun
        with pytest.raises(ConfigurationError, match=f"^{said}\n") as caught:
            generate_session(base_url=server.base_url)
        assert str(tmp_path) not in str(caught.value)
        assert server.begun == begun
        assert generate_session(base_url=server.base_url, trust="system").access_token


class TestArguments:
    @pytest.mark.parametrize("value", ["", "System", "both", 7, ["system"]])
    def test_one_that_there_is_not(self, value: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"^trust must be system or certifi\n"):
            configure(trust=value)

    def test_what_does_not_go_together(self, ours: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "ca").write_bytes(ours)
        with pytest.raises(ConfigurationError, match="trust does not go with ca_file: the file says whom to trust"):
            configure(trust="system", ca_file=tmp_path / "ca")
        with pytest.raises(ConfigurationError, match="ssl_context goes with no ca_file, client_cert or trust"):
            configure(trust="system", ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        monkeypatch.setenv("TORUS_CA_FILE", str(tmp_path / "ca"))
        monkeypatch.setenv("TORUS_TRUST", "system")
        with pytest.raises(ConfigurationError, match=r"trust \(from TORUS_TRUST\) does not go with ca_file \(from TOR"):
            configure()

    def test_the_argument_before_the_environment(
        self, system: System, ours: bytes, another: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def trusted(**options: Any) -> int:
            context = configure(**options)._network.tls_context()
            assert context
            return context.cert_store_stats()["x509_ca"]

        system.has(ours)
        system.certifi_has(ours, another)
        (tmp_path / "ca").write_bytes(ours)
        monkeypatch.setenv("TORUS_TRUST", "certifi")
        assert [trusted(), trusted(trust="system"), trusted(ca_file=tmp_path / "ca")] == [2, 0, 1]
        monkeypatch.setenv("TORUS_TRUST", "")
        monkeypatch.setenv("TORUS_CA_FILE", str(tmp_path / "ca"))
        assert [trusted(), trusted(trust="system"), trusted(trust="certifi")] == [1, 0, 2]

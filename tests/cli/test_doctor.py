"""`torus-connect doctor`: it finds what is wrong, says how to mend it, and sends no secret."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import TOKEN, command
from faults.places import authority, server_context
from support.another_user import a_file_of_another_user
from support.hashed import add
from support.proxy import ConnectProxy
from support.raw_server import RawServer, answer, reply

from torus_connect import Session
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, open_store

PASSWORD = "demo-proxy-password-not-real"
SECRETS = {
    "TORUS_API_KEY": "demo-api-key-of-the-doctor",
    "TORUS_API_SECRET": "demo-api-secret-not-real",
    "TORUS_REQUEST_TOKEN": "demo-request-token-not-real",
    "TORUS_STORE_KEY": "demo-store-key-not-real",
    "TORUS_TOTP_SECRET": "DEMOSECRETNOTREAL234567",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORUS_SESSION_STORE", f"file:{tmp_path}/home/sessions")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "home"


@pytest.fixture
def ca_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("TORUS_CA_FILE", str(tmp_path / "ca.pem"))


def now(**ahead: float) -> bytes:
    return reply(headers=(f"Date: {format_datetime(datetime.now(UTC) + timedelta(**ahead), usegmt=True)}",))


@pytest.fixture(scope="module")
def encrypted() -> Iterator[RawServer]:
    with RawServer(answer(now()), tls=server_context()) as server:
        yield server


def examined(base_url: str, *arguments: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Run the command, see that it shows no secret, and return what it found, the server's part by the step alone."""
    done = command("doctor", "--base-url", base_url, "--json", *arguments)
    found: dict[str, Any] = json.loads(done.stdout)
    assert not [each for each in (*SECRETS.values(), PASSWORD, TOKEN) if each in done.stdout + done.stderr]
    assert done.returncode == int(bool(found["wrong"]))
    assert found["ok"] is not bool(found["wrong"])
    assert done.stderr == ""
    return {name.rpartition(": ")[2]: text for name, text in found["facts"].items()}, found["wrong"]


def test_all_is_well(torus_sandbox: Sandbox, home: Path) -> None:
    done = command("doctor", "--base-url", torus_sandbox.base_url)
    lines = dict(line.split("  ", 1) for line in done.stdout.splitlines() if "  " in line)
    found = {name.rpartition(": ")[2]: text.strip() for name, text in lines.items()}
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n\nAll is well.\n")
    assert found["Python"].startswith(".".join(map(str, sys.version_info[:3])) + ", OpenSSL")
    assert "httpx 0." in found["libraries"]
    assert "sandbox" in found["extras"]
    assert found["variables"] == ", ".join(sorted([*SECRETS, "TORUS_SESSION_STORE"]))
    assert re.search(r"\((system, by hash|certifi)\)", found["trust"])
    assert found["settings"] == "complete"
    assert found["not checked"] == "whether the API key is right and the session accepted: calls show that"
    assert found["store"] == "FileStore ~/sessions, can be read and written"
    assert found["session"] == "none is stored"
    assert found["base URL"] == found["TOTP base URL"] == found["account base URL"] == torus_sandbox.base_url
    assert (found["DNS"], found["TCP"], found["HTTP"]) == ("127.0.0.1", "connected", "status 200")
    assert found["TLS"].startswith("none")
    assert "base URL path" not in found
    assert found["clock"] == "within 2 s of that of the service"
    assert not [path for path in home.rglob("*") if path.suffix in (".session", ".new", ".begun")]


def test_a_base_url_without_the_path(torus_sandbox: Sandbox) -> None:
    found, wrong = examined(torus_sandbox.origin)
    assert found["base URL path"] == "is not /api/v1, as in the spec: right where a server of yours maps it"
    assert wrong == []


@pytest.mark.usefixtures("ca_file")
def test_one_request_without_credentials_to_each_server(
    encrypted: RawServer, torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORUS_ACCOUNT_BASE_URL", torus_sandbox.base_url)
    encrypted.requests.clear()
    found, wrong = examined(encrypted.base_url)
    assert wrong == []
    assert found["trust"].endswith("ca.pem (TORUS_CA_FILE), 1 authorities")
    assert found["account base URL"] == torus_sandbox.base_url
    line, headers, body = encrypted.sent()
    assert (line, body, len(encrypted.requests)) == ("HEAD / HTTP/1.1", None, 1)
    assert set(headers) == {"host", "user-agent", "connection"}


def test_whom_it_trusts(encrypted: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = authority().cert_pem.bytes()
    (tmp_path / "ca.pem").write_bytes(ours)
    folder = add(tmp_path / "certs", ours)
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    found, wrong = examined(encrypted.base_url)
    assert (found["trust"], found["TLS"], wrong) == (f"{folder} (SSL_CERT_DIR, by hash)", "verified", [])
    monkeypatch.delenv("SSL_CERT_DIR")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    found, wrong = examined(encrypted.base_url)
    assert (found["trust"], found["TLS"]) == (f"{tmp_path}/ca.pem (SSL_CERT_FILE), 1 authorities", "verified")
    monkeypatch.setenv("TORUS_TRUST", "certifi")  # it comes before them
    found, wrong = examined(encrypted.base_url)
    assert re.search(r"cacert\.pem \(certifi\), [0-9]{2,} authorities$", found["trust"])
    assert (found["TLS"], len(wrong)) == ("failed, see below", 1)


@pytest.mark.parametrize(
    ("ago", "said"), [(timedelta(0), "good until "), (timedelta(days=2), "expired at ")], ids=["good", "expired"]
)
def test_a_stored_session(ago: timedelta, said: str, torus_sandbox: Sandbox) -> None:
    key = SessionKey(torus_sandbox.base_url, SECRETS["TORUS_API_KEY"], "default")
    open_store().save(key, Session(TOKEN, issued_at=datetime.now(UTC) - ago, base_url=torus_sandbox.base_url))
    found, wrong = examined(torus_sandbox.base_url)
    assert wrong == []
    assert found["session"].startswith(said)
    assert found["session"].endswith(" India time")


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_off(minutes: int) -> None:
    with RawServer(answer(now(minutes=minutes))) as server:
        found, [wrong] = examined(server.base_url)
    side = "behind" if minutes > 0 else "ahead of"
    assert re.fullmatch(rf"(59|60|61)[0-9] s {side} that of the service", found["clock"])
    assert wrong["what"] == f"clock: it is {found['clock']}"
    assert wrong["mend"].startswith("Set the clock")


@pytest.mark.parametrize("seconds", [5, -5])
def test_a_clock_that_is_off_by_seconds_is_not_wrong(seconds: int) -> None:
    with RawServer(answer(now(seconds=seconds))) as server:
        found, wrong = examined(server.base_url)
    side = "behind" if seconds > 0 else "ahead of"
    assert re.fullmatch(rf"[3-7] s {side} that of the service", found["clock"])
    assert wrong == []


def test_no_date() -> None:
    with RawServer(answer(reply())) as server:
        found, wrong = examined(server.base_url)
    assert (found["clock"], wrong) == ("not compared: no server sent its Date", [])


def test_a_closed_port() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{reserved.getsockname()[1]}"
        found, [wrong] = examined(f"https://{where}")
    steps = [found[name] for name in ("DNS", "TCP", "TLS", "HTTP")]
    assert steps == ["127.0.0.1", "failed, see below", "not tried", "not tried"]
    assert wrong == {
        "what": f"https://{where}: TCP: The request was not sent to {where}: Connection refused",
        "mend": "Is `torus-connect sandbox` running, and at this port?",
    }


def test_a_name_that_nobody_has() -> None:
    found, [wrong] = examined("https://no-such-name.invalid/api/v1")
    assert [found[name] for name in ("DNS", "TCP", "TLS", "HTTP")] == ["failed, see below", *["not tried"] * 3]
    assert wrong["what"].startswith(
        "https://no-such-name.invalid: DNS: The request was not sent to no-such-name.invalid:443"
    )
    assert wrong["mend"] == "Check the host name, and whether this machine is online"


def test_a_certificate_that_nobody_trusts(encrypted: RawServer) -> None:
    found, [wrong] = examined(encrypted.base_url)
    assert [found[name] for name in ("TCP", "TLS", "HTTP")] == ["connected", "failed, see below", "not tried"]
    assert "certificate verify failed: unable to get local issuer certificate" in wrong["what"]
    assert "TORUS_CA_FILE" in wrong["mend"]


@pytest.mark.usefixtures("ca_file")
def test_a_certificate_for_another_name() -> None:
    with RawServer(answer(now()), tls=server_context("another.example")) as server:
        found, [wrong] = examined(server.base_url)
    assert found["TLS"] == "failed, see below"
    assert "certificate is not valid for '127.0.0.1'" in wrong["what"]


def test_what_is_no_http() -> None:
    with RawServer(lambda connection: connection.send(b"220 mail.example ESMTP\r\n")) as server:
        found, [wrong] = examined(server.base_url)
    assert found["HTTP"] == "failed, see below"
    assert wrong["mend"] == "Check that the base URL is that of the service, and try again"


@pytest.mark.usefixtures("ca_file")
class TestProxy:
    def test_one_that_connects(self, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        with ConnectProxy(credentials=f"merchant:{PASSWORD}") as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://merchant:{PASSWORD}@{proxy.address}")
            found, wrong = examined(encrypted.base_url)
        assert wrong == []
        assert found[encrypted.base_url.removesuffix("/api/v1")] == f"through the proxy http://{proxy.address}"
        assert [found[name] for name in ("TCP", "proxy", "TLS")] == ["connected", "connected", "verified"]

    def test_one_that_refuses(self, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        with ConnectProxy(credentials="merchant:another") as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://merchant:{PASSWORD}@{proxy.address}")
            found, [wrong] = examined(encrypted.base_url)
        assert [found[name] for name in ("TCP", "proxy", "TLS")] == ["connected", "failed, see below", "not tried"]
        assert wrong["what"].endswith("the proxy answered 407")
        assert "HTTPS_PROXY" in wrong["mend"]

    def test_one_that_is_not_there(self, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{reserved.getsockname()[1]}")
            found, [wrong] = examined(encrypted.base_url)
        assert found["TCP"] == "failed, see below"
        assert wrong["mend"].startswith("Check host, port and firewall; set HTTPS_PROXY")

    def test_one_that_is_no_url(self, encrypted: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://merchant:{PASSWORD}@127.0.0.1:1")
        _, [wrong] = examined(encrypted.base_url)
        assert wrong["what"].endswith("proxy (from the environment) must start with http:// or https://")


class TestStore:
    def test_a_folder_that_others_may_use(self, torus_sandbox: Sandbox, home: Path) -> None:
        (home / "sessions").mkdir(parents=True)
        (home / "sessions").chmod(0o755)
        found, [wrong] = examined(torus_sandbox.base_url)
        assert found["store"] == "FileStore ~/sessions"
        fault = "others may use it (its mode is 755, and must be 700)"
        assert wrong["what"] == f"store: ~/sessions is not used: {fault}"
        assert "chmod 700" in wrong["mend"]

    def test_a_file_of_another_user(self, torus_sandbox: Sandbox, home: Path) -> None:
        (home / "sessions").mkdir(0o700, parents=True)
        a_file_of_another_user(home / "sessions" / "writing.lock")
        found, [wrong] = examined(torus_sandbox.base_url)
        assert found["store"] == "FileStore ~/sessions"
        assert wrong["what"].startswith("store: ~/sessions/writing.lock is not used: ")

    def test_a_redis_that_is_not_there(self, torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TORUS_STORE_KEY", "A" * 43 + "=")
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            where = f"127.0.0.1:{reserved.getsockname()[1]}"
            monkeypatch.setenv("TORUS_SESSION_STORE", f"redis://:{PASSWORD}@{where}")
            found, [wrong] = examined(torus_sandbox.base_url)
        assert found["store"] == f"RedisStore redis://{where}/0"
        assert wrong["what"].startswith(f"store: redis://{where}/0 cannot be reached")

    def test_one_that_there_is_not(self, torus_sandbox: Sandbox) -> None:
        found, [wrong] = examined(torus_sandbox.base_url, "--store", "elsewhere:")
        assert found["store"] == "see below"
        assert wrong["what"].startswith("store: store is none of memory:, file:[PATH]")


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("TORUS_API_KEY", "", "settings: api_key"),
        ("TORUS_API_SECRET", '"in quotes"', "settings: TORUS_API_SECRET must not be in quotes"),
        ("TORUS_LOG", "verbose", "settings: TORUS_LOG must be one of debug, info, warning, error"),
        ("TORUS_DAY_ENDS", "noon", "settings: day_ends (from TORUS_DAY_ENDS)"),
        ("TORUS_CA_FILE", "/no/such/file", "trust: ca_file (from TORUS_CA_FILE) cannot be read"),
        ("TORUS_TRUST", "nobody", "trust: trust (from TORUS_TRUST) must be system or certifi"),
        ("SSL_CERT_DIR", "/no/such/folder", "trust: SSL_CERT_DIR names a directory that cannot be read"),
        ("TORUS_TOTP_BASE_URL", "http://host.example", "TOTP base URL: totp_base_url (from TORUS_TOTP_BASE_URL)"),
        ("TORUS_ACCOUNT_BASE_URL", "host", "account base URL: account_base_url (from TORUS_ACCOUNT_BASE_URL)"),
    ],
)
def test_a_wrong_setting_and_the_rest_all_the_same(
    name: str, value: str, part: str, torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    found, [wrong] = examined(torus_sandbox.base_url)
    assert wrong["what"].startswith(part)
    assert found["store"].endswith("can be read and written")
    # Without the certificates that are asked for, nothing is sent to a server. Those of OpenSSL are for TLS only.
    refused = name in ("TORUS_CA_FILE", "TORUS_TRUST")
    assert found.get("HTTP", "nothing sent") == ("nothing sent" if refused else "status 200")
    assert (found[torus_sandbox.origin] == "see trust, below") is refused


def test_there_is_no_secret(torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORUS_API_SECRET")
    found, wrong = examined(torus_sandbox.base_url)
    assert wrong == []
    assert found["settings"].startswith("complete but for TORUS_API_SECRET, which a login with a request token needs;")


def test_there_is_no_api_key(torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORUS_API_KEY")
    _, [wrong] = examined(torus_sandbox.base_url)
    assert wrong["what"] == "settings: api_key is missing: set the environment variable TORUS_API_KEY"


def test_a_question_ends_in_one_mark(torus_sandbox: Sandbox) -> None:
    done = command("doctor", "--base-url", torus_sandbox.base_url, "--store", "redi://host")
    assert "; did you mean redis:?\n" in done.stdout


def test_a_variable_that_nothing_reads(torus_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_BASEURL", PASSWORD)
    done = command("doctor", "--base-url", torus_sandbox.base_url)
    said = "TORUS_BASEURL is not read; did you mean TORUS_BASE_URL?"
    assert (done.returncode, done.stderr) == (1, "")  # once is enough
    assert done.stdout.endswith(f"\n\nWrong: variables: {said}\n       Correct its name, or unset it.\n")
    assert PASSWORD not in done.stdout


def test_a_wrong_base_url() -> None:
    found, [wrong] = examined("http://host.example")
    assert found["base URL"] == "see below"
    assert wrong["what"].startswith("base URL: base_url must be https://")
    assert not {"DNS", "TOTP base URL", "account base URL"} & found.keys()
    assert found["clock"] == "not compared: no server sent its Date"

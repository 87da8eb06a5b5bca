"""What the log tells: each attempt, and no secret."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest
from conftest import API_SECRET, GenerateSession
from support.raw_server import RawServer, answer, reply

from torus_connect import TorusError

TOKEN = "canary-request-token"


def lines(caplog: pytest.LogCaptureFixture, name: str = "torus_connect") -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == name]


def test_one_line_per_attempt(generate_session: GenerateSession, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "torus_connect")
    told = "X-Request-Id: 3f2b8c1e-0a4d-4f6b-9c7e-1234567890ab"
    replies = (reply(status="429 Slow", headers=("Retry-After: 0", told)), reply())
    with RawServer(answer(*replies)) as server:
        generate_session(TOKEN, base_url=server.base_url)
    first, second = lines(caplog)
    assert first.startswith("generateSession attempt=1 outcome=refused status=429 seconds=0.")
    assert first.endswith(" request_id=3f2b8c1e-0a4d-4f6b-9c7e-1234567890ab")
    assert second.startswith("generateSession attempt=2 outcome=ok status=200 seconds=0.")
    assert second.endswith(" request_id=-")


@pytest.mark.parametrize(
    ("answered", "outcome", "status"),
    [(reply(status="500 Oops"), "unknown", "500"), (reply(b"{}"), "unknown", "200"), (b"", "unknown", "-")],
)
def test_what_fails_is_told_too(
    generate_session: GenerateSession,
    caplog: pytest.LogCaptureFixture,
    answered: bytes,
    outcome: str,
    status: str,
) -> None:
    caplog.set_level(logging.INFO, "torus_connect")

    def behave(connection: object) -> None:
        connection.read_request()  # type: ignore[attr-defined]
        connection.send(answered)  # type: ignore[attr-defined]

    with RawServer(behave) as server, pytest.raises(TorusError):
        generate_session(TOKEN, base_url=server.base_url)
    (line,) = lines(caplog)
    assert f"outcome={outcome} status={status} " in line


@pytest.mark.parametrize(
    "sent",
    [
        TOKEN,
        API_SECRET,
        TOKEN[3:12],
        f"x-{TOKEN}",
        "access-token-of-the-test",
        "has space",
        "short",
        "x" * 65,
        "dots.too1",
    ],
)
def test_a_request_id_that_may_be_a_secret_is_not_told(
    generate_session: GenerateSession, caplog: pytest.LogCaptureFixture, sent: str
) -> None:
    caplog.set_level(logging.INFO, "torus_connect")
    with RawServer(answer(reply(headers=(f"X-Request-Id: {sent}",)))) as server:
        generate_session(TOKEN, base_url=server.base_url)
    assert lines(caplog)[0].endswith(" request_id=-")


def test_no_log_holds_what_our_calls_carry(generate_session: GenerateSession, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = (f"Set-Cookie: session={TOKEN}", f"Location: /?REQUEST_TOKEN={TOKEN}")
    for answered in (reply(headers=headers), b"HTTP/1.1 200 OK\r\nbad line " + TOKEN.encode() + b"\r\n\r\n"):
        with RawServer(answer(answered)) as server, suppress(TorusError):
            generate_session(TOKEN, base_url=server.base_url, timeout=1)
        assert f"connected to 127.0.0.1:{server.port} by TCP" in lines(caplog)
    assert TOKEN not in caplog.text

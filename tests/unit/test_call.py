"""One call as its log tells of it: no I/O, and no clock but the test's own."""

from __future__ import annotations

import logging

import pytest
from support.clock import Clock
from support.kinds import PUBLIC

from torus_connect import ConnectionFailed, Headers, RateLimited, Reply, Secret, Session
from torus_connect._calls import call
from torus_connect._calls.call import Call
from torus_connect._calls.session_calls import REQUEST_TOKEN, session_request, totp_request
from torus_connect._config.settings import TOTP_URL, Settings
from torus_connect._credentials.credentials import NO_CREDENTIALS, Credentials
from torus_connect_api.client import Request

REQUEST_ID = "3f2b8c1e-0a4d-4f6b-9c7e-1234567890ab"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(call, "monotonic", clock)
    return clock


def begun(key: str = "the-api-key", secret: str = "the-api-secret", token: str = "the-request-token") -> Call[Session]:
    settings = Settings(api_key=Secret(key), api_secret=Secret(secret), base_url="https://host")
    made = Call(settings, session_request(settings), Credentials({REQUEST_TOKEN: Secret(token)}))
    made.begin()
    return made


def answered(*headers: tuple[str, str], content: bytes = b'{"AccessToken": "the-access-token"}') -> Reply:
    return Reply(200, Headers(headers), content)


def told(caplog: pytest.LogCaptureFixture, reply: Reply, *secrets: str) -> str:
    caplog.set_level(logging.INFO, "torus_connect")
    error = ConnectionFailed("", reply=reply)
    begun(*secrets).wait_after(error)
    return caplog.records[-1].getMessage().rpartition(" request_id=")[2]


def test_the_line_of_a_success(caplog: pytest.LogCaptureFixture, clock: Clock) -> None:
    caplog.set_level(logging.INFO, "torus_connect")
    made = begun()
    clock.now += 1.25
    session = made.succeed(answered(("X-Request-Id", REQUEST_ID)))
    assert session.access_token == "the-access-token"
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("torus_connect", logging.INFO)
    line = f"generateSession attempt=1 outcome=ok status=200 seconds=1.250 request_id={REQUEST_ID}"
    assert record.getMessage() == line


def test_the_lines_of_failures(caplog: pytest.LogCaptureFixture, clock: Clock) -> None:
    caplog.set_level(logging.INFO, "torus_connect")
    made = begun()
    clock.now += 0.5
    assert made.wait_after(ConnectionFailed("")) is not None
    clock.now += 10
    made.begin()
    clock.now += 0.75
    assert made.wait_after(RateLimited("", reply=Reply(429, Headers([("Retry-After", "2")]), b""))) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "generateSession attempt=1 outcome=not_sent status=- seconds=0.500 request_id=-",
        "generateSession attempt=2 outcome=refused status=429 seconds=0.750 request_id=-",
    ]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("X-Request-Id", REQUEST_ID)], REQUEST_ID),
        ([("X-Correlation-Id", REQUEST_ID)], REQUEST_ID),
        ([("X-Correlation-Id", "other-id"), ("X-Request-Id", REQUEST_ID)], REQUEST_ID),
        ([("X-Request-Id", "A" * 32)], "A" * 32),
        ([("X-Request-Id", "a" * 31)], "-"),
        ([("X-Request-Id", "a" * 33)], "-"),
        ([("X-Request-Id", "g" * 32)], "-"),
        ([("X-Request-Id", f"{REQUEST_ID}0")], "-"),
        ([("X-Request-Id", f"{REQUEST_ID}\n")], "-"),
        ([("X-Other-Id", REQUEST_ID)], "-"),
        ([], "-"),
    ],
)
def test_a_request_id(caplog: pytest.LogCaptureFixture, headers: list[tuple[str, str]], expected: str) -> None:
    assert told(caplog, answered(*headers)) == expected


@pytest.mark.parametrize("secret", [REQUEST_ID, f"before-{REQUEST_ID}-after", REQUEST_ID[:8]])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_request_id_that_shares_with_a_secret(caplog: pytest.LogCaptureFixture, secret: str, which: int) -> None:
    secrets = ["the-api-key", "the-api-secret", "the-request-token"]
    secrets[which] = secret
    assert told(caplog, answered(("X-Request-Id", REQUEST_ID)), *secrets) == "-"


def test_the_line_of_a_call_with_a_code(caplog: pytest.LogCaptureFixture, clock: Clock) -> None:
    caplog.set_level(logging.INFO, "torus_connect")
    settings = Settings(api_key=Secret("the-api-key"), api_secret=None)
    made = Call(settings, totp_request(settings, Secret("654321")), NO_CREDENTIALS)
    assert made.base_url == TOTP_URL
    made.begin()
    error = ConnectionFailed("", reply=answered(("X-Request-Id", REQUEST_ID)))
    assert made.wait_after(error) is not None
    assert error.operation == "generateSessionWithTotp"
    made.wait_after(ConnectionFailed("", reply=answered(("X-Request-Id", "654321" + REQUEST_ID[6:]))))
    ids = [record.getMessage().split(" request_id=") for record in caplog.records]
    assert ids == [
        ["generateSessionWithTotp attempt=1 outcome=not_sent status=200 seconds=0.000", REQUEST_ID],
        ["generateSessionWithTotp attempt=1 outcome=not_sent status=200 seconds=0.000", "-"],
    ]


@pytest.mark.parametrize("body", [[REQUEST_ID], {"orders": [{"note": REQUEST_ID}, 7]}])
def test_a_request_id_that_was_in_the_body(caplog: pytest.LogCaptureFixture, body: object) -> None:
    caplog.set_level(logging.INFO, "torus_connect")
    settings = Settings(api_key=Secret("the-api-key"), api_secret=None)
    made = Call(settings, Request(PUBLIC, "/public", parse=str, json=body), NO_CREDENTIALS)
    made.wait_after(ConnectionFailed("", reply=answered(("X-Request-Id", REQUEST_ID))))
    assert caplog.records[-1].getMessage().endswith(" request_id=-")


def test_an_error_says_which_call_it_is_of() -> None:
    error = ConnectionFailed("")
    assert error.operation is None
    begun().wait_after(error)
    assert error.operation == "generateSession"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\xe0\xa4\x95"])
def test_a_body_that_is_no_ascii_does_not_matter(caplog: pytest.LogCaptureFixture, content: bytes) -> None:
    assert told(caplog, answered(("X-Request-Id", REQUEST_ID), content=content)) == REQUEST_ID


def test_a_request_id_among_other_bytes_of_the_body(caplog: pytest.LogCaptureFixture) -> None:
    content = b"\xff" + REQUEST_ID.encode() + b"\xff"
    assert told(caplog, answered(("X-Request-Id", REQUEST_ID), content=content)) == "-"

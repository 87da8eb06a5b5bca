from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from support.kept import BASE_URL, TOKEN, a_key

from torus_connect import Session, StoreError
from torus_connect.stores import SessionKey, decode, encode

ISSUED_AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
KEY = a_key()
KEPT = {
    "version": 1,
    "key": KEY.digest,
    "access_token": TOKEN,
    "issued_at": ISSUED_AT.isoformat(),
    "base_url": BASE_URL,
}


def test_a_session_comes_back() -> None:
    session = decode(KEY, encode(KEY, Session(TOKEN, issued_at=ISSUED_AT, base_url=BASE_URL)))
    assert (session.access_token, session.issued_at, session.base_url) == (TOKEN, ISSUED_AT, BASE_URL)


def test_without_a_base_url() -> None:
    assert decode(KEY, encode(KEY, Session(TOKEN))).base_url is None


def test_what_is_written() -> None:
    assert json.loads(encode(KEY, Session(TOKEN, issued_at=ISSUED_AT, base_url=BASE_URL))) == KEPT
    assert decode(KEY, json.dumps({**KEPT, "more": [1]}).encode()).access_token == TOKEN


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": "1"},
        {"version": None},
        {"key": None},
        {"key": 7},
        {"access_token": ""},
        {"access_token": 7},
        {"issued_at": None},
        {"issued_at": "yesterday"},
        {"issued_at": "2026-01-02T03:04:05"},
        {"issued_at": "9999-12-31T23:59:59+00:00"},
        {"base_url": 7},
    ],
)
def test_what_cannot_be_read(change: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="session clear") as caught:
        decode(KEY, json.dumps({**KEPT, **change}).encode())
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", json.dumps(KEPT).encode()[:-9], b"\xff", b"[" * 100_000])
def test_what_is_no_session_at_all(data: bytes) -> None:
    with pytest.raises(StoreError, match="session clear"):
        decode(KEY, data)


def test_of_a_later_version() -> None:
    with pytest.raises(StoreError, match="later version"):
        decode(KEY, json.dumps({"version": 2, "sealed": "..."}).encode())


@pytest.mark.parametrize(
    "other",
    [
        SessionKey(BASE_URL, KEY.api_key, "another-user"),
        SessionKey(BASE_URL, "demo-other-key", KEY.user),
        SessionKey("https://elsewhere.example/api/v1", KEY.api_key, KEY.user),
    ],
)
def test_of_somebody_else(other: SessionKey) -> None:
    with pytest.raises(StoreError, match="is of another user, API key or base URL") as caught:
        decode(other, encode(KEY, Session(TOKEN, base_url=BASE_URL)))
    assert TOKEN not in str(caught.value)

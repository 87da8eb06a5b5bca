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
    "origins": ["https://one.example", "https://two.example:8443"],
    "day_ends": "03:30",
}


def kept_session() -> Session:
    origins = ("https://one.example", "https://two.example:8443")
    return Session(TOKEN, issued_at=ISSUED_AT, base_url=BASE_URL, origins=origins, day_ends="03:30")


def test_a_session_comes_back() -> None:
    session, before = decode(KEY, encode(KEY, kept_session())), kept_session()
    for name in ("access_token", "issued_at", "base_url", "origins", "day_ends", "expires_at"):
        assert getattr(session, name) == getattr(before, name)


def test_all_readers_agree_on_the_end_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, ends = encode(KEY, kept_session()), kept_session().expires_at
    monkeypatch.setenv("TORUS_DAY_ENDS", "23:00")
    assert decode(KEY, kept).expires_at == ends


def test_without_a_base_url() -> None:
    session = decode(KEY, encode(KEY, Session(TOKEN)))
    assert (session.base_url, session.origins) == (None, ())


def test_what_is_written() -> None:
    assert json.loads(encode(KEY, kept_session())) == KEPT
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
        {"origins": None},
        {"origins": "https://one.example"},
        {"origins": ["http://one.example"]},
        {"origins": [7]},
        {"day_ends": None},
        {"day_ends": "24:00"},
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

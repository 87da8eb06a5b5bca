"""When a session is over: the token's own word where it is a JWT, else the end of the day in India, assumed."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest

from torus_connect import ConfigurationError, ExpiryBasis, Session, TorusConnect

ISSUED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
END_OF_DAY = datetime(2026, 1, 2, 18, 30, tzinfo=UTC)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MAX_LIFETIME = timedelta(days=366)


def part(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(claims: Any) -> str:
    text = claims if isinstance(claims, str | bytes) else json.dumps(claims)
    return f"{part('{}')}.{part(text)}.{part('demo-signature')}"


def session(token: str, issued_at: datetime = ISSUED_AT) -> Session:
    return Session(token, issued_at=issued_at)


@pytest.mark.parametrize(
    ("exp", "expected"),
    [
        (NOON.timestamp(), NOON),
        (int(NOON.timestamp()), NOON),
        (NOON.timestamp() + 0.5, NOON + timedelta(seconds=0.5)),
        ((ISSUED_AT + MAX_LIFETIME).timestamp(), ISSUED_AT + MAX_LIFETIME),
        ((ISSUED_AT + timedelta(seconds=1)).timestamp(), ISSUED_AT + timedelta(seconds=1)),
    ],
)
def test_what_the_token_says(exp: float, expected: datetime) -> None:
    # Claims of several lengths, so that each padding comes up.
    for name in ("", "x", "xx", "\u00ff\u00fe?>"):
        stated = session(jwt({"exp": exp, "sub": name}))
        assert (stated.expires_at, stated.expiry_basis) == (expected, ExpiryBasis.TOKEN)
        assert stated.expires_at.tzinfo is UTC


@pytest.mark.parametrize(
    "token",
    [
        "demo-access-token",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "..",
        jwt("{"),
        jwt("[1]"),
        jwt(b"\xff\xfe"),
        jwt("[" * 100_000),
        jwt({}),
        jwt({"exp": None}),
        jwt({"exp": True}),
        jwt({"exp": str(NOON.timestamp())}),
        jwt({"exp": [NOON.timestamp()]}),
        jwt('{"exp": NaN}'),
        jwt('{"exp": Infinity}'),
        jwt('{"exp": 1e999}'),
        jwt(f'{{"exp": {"9" * 5000}}}'),
        jwt(f'{{"exp": {NOON.timestamp()}, "exp": 1}}'),
        jwt({"exp": 0}),
        jwt({"exp": -NOON.timestamp()}),
        jwt({"exp": ISSUED_AT.timestamp()}),
        jwt({"exp": NOON.timestamp() * 1000}),
        jwt({"exp": (ISSUED_AT + MAX_LIFETIME).timestamp() + 1}),
        f"{part('{}')}.{part(json.dumps({'exp': NOON.timestamp()}))}!.x",
    ],
)
def test_a_token_that_says_nothing_of_use(token: str) -> None:
    assumed = session(token)
    assert (assumed.expires_at, assumed.expiry_basis) == (END_OF_DAY, ExpiryBasis.ASSUMED)


@pytest.mark.parametrize(
    ("issued_at", "expected"),
    [
        (datetime(2026, 1, 2, 18, 29, 59, 999999, tzinfo=UTC), END_OF_DAY),
        (datetime(2026, 1, 2, 18, 30, tzinfo=UTC), END_OF_DAY + timedelta(days=1)),
        (datetime(2026, 1, 1, 18, 30, tzinfo=UTC), END_OF_DAY),
        (datetime(2026, 1, 2, 23, 0, tzinfo=timezone(timedelta(hours=-8))), END_OF_DAY + timedelta(days=1)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2026, 12, 31, 18, 30, tzinfo=UTC)),
        (datetime(2028, 2, 28, 20, tzinfo=UTC), datetime(2028, 2, 29, 18, 30, tzinfo=UTC)),
    ],
)
def test_the_end_of_the_day_in_india(issued_at: datetime, expected: datetime) -> None:
    assumed = session("demo", issued_at)
    assert assumed.expires_at == expected
    assert assumed.expires_at.tzinfo is UTC
    assert assumed.issued_at == issued_at
    assert assumed.issued_at.tzinfo is UTC


INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("issued_at", "day_ends", "expected"),
    [
        (datetime(2026, 1, 3, 0, 30, tzinfo=INDIA), "03:30", datetime(2026, 1, 3, 3, 30, tzinfo=INDIA)),
        (datetime(2026, 1, 3, 3, 29, 59, 999999, tzinfo=INDIA), "03:30", datetime(2026, 1, 3, 3, 30, tzinfo=INDIA)),
        (datetime(2026, 1, 3, 3, 30, tzinfo=INDIA), "03:30", datetime(2026, 1, 4, 3, 30, tzinfo=INDIA)),
        (datetime(2026, 1, 3, 10, 0, tzinfo=INDIA), "03:30", datetime(2026, 1, 4, 3, 30, tzinfo=INDIA)),
        (datetime(2026, 1, 3, 10, 0, tzinfo=INDIA), "23:59", datetime(2026, 1, 3, 23, 59, tzinfo=INDIA)),
        (datetime(2026, 1, 3, 0, 30, tzinfo=INDIA), "00:00", datetime(2026, 1, 4, 0, 0, tzinfo=INDIA)),
        (datetime(2026, 1, 3, 0, 30, tzinfo=INDIA), None, datetime(2026, 1, 4, 0, 0, tzinfo=INDIA)),
    ],
)
def test_another_end_of_the_day(
    monkeypatch: pytest.MonkeyPatch, issued_at: datetime, day_ends: str | None, expected: datetime
) -> None:
    assert Session("demo", issued_at=issued_at, day_ends=day_ends).expires_at == expected
    monkeypatch.setenv("TORUS_DAY_ENDS", day_ends or "")
    of_environment = Session("demo", issued_at=issued_at)
    assert (of_environment.expires_at, of_environment.day_ends) == (expected, day_ends or "00:00")
    monkeypatch.setenv("TORUS_DAY_ENDS", "12:00")
    assert Session("demo", issued_at=issued_at, day_ends=day_ends or "00:00").expires_at == expected
    assert of_environment.expires_at == expected


def test_the_end_of_the_day_does_not_count_where_the_token_says_more() -> None:
    stated = Session(jwt({"exp": NOON.timestamp()}), issued_at=ISSUED_AT, day_ends="10:00")
    assert (stated.expires_at, stated.expiry_basis) == (NOON, ExpiryBasis.TOKEN)


@pytest.mark.parametrize("day_ends", ["", "3:30", "24:00", "12:60", "12", "12:00:00", "noon", "0\u0663:30", 330])
def test_no_end_of_a_day(monkeypatch: pytest.MonkeyPatch, day_ends: Any) -> None:
    for make in (partial(Session, "demo"), partial(TorusConnect, api_key="demo")):
        with pytest.raises(ConfigurationError, match=r"^day_ends "):
            make(day_ends=day_ends)
        if day_ends and isinstance(day_ends, str):
            with monkeypatch.context() as patch:
                patch.setenv("TORUS_DAY_ENDS", day_ends)
                with pytest.raises(ConfigurationError, match=r"^day_ends \(from TORUS_DAY_ENDS\) "):
                    make()


def test_the_instant_at_which_it_is_over() -> None:
    over = session("demo")
    assert not over.is_expired(END_OF_DAY - timedelta(microseconds=1))
    assert over.is_expired(END_OF_DAY)
    assert over.is_expired(END_OF_DAY.astimezone(timezone(timedelta(hours=5, minutes=30))))


def test_by_the_clock_of_this_machine() -> None:
    now = datetime.now(UTC)
    good = Session(jwt({"exp": (now + timedelta(minutes=5)).timestamp()}))
    assert not good.is_expired()
    assert 290 < good.expires_in <= 300
    over = Session("demo", issued_at=now - timedelta(days=2))
    assert over.is_expired()
    assert over.expires_in < 0


def test_a_moment_without_a_time_zone() -> None:
    for moment in (datetime(2026, 1, 2), "2026-01-02T00:00:00Z", 0):  # noqa: DTZ001
        with pytest.raises(ConfigurationError, match="issued_at must be a datetime with a time zone"):
            Session("demo", issued_at=moment)  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="now must be a datetime with a time zone"):
            Session("demo").is_expired(moment)  # type: ignore[arg-type]

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from torus_connect import Headers, RateLimited, Reply
from torus_connect._dates import in_india

DATE = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")


def retry_after(*headers: tuple[str, str]) -> float | None:
    return RateLimited("", reply=Reply(429, Headers(headers), b"")).retry_after


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("999999999", 999999999.0),
        ("9999999999", None),
        ("Mon", None),
        ("Fri, 1", None),
        ("mon 10:00:00", None),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60.0),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60.0),
        ("Sun Nov  6 08:50:37 1994", 60.0),
        ("Sun, 06 Nov 1994 08:50:37 XYZ", 60.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\u0667", None),
        ("soon", None),
        ("1994-11-06", None),
        ("Sun, 99 Nov 1994 08:50:37 GMT", None),
        ("Sun, 06 Nov 99999999999999999999 08:50:37 GMT", None),
    ],
)
def test_retry_after(value: str, expected: float | None) -> None:
    assert retry_after(DATE, ("Retry-After", value)) == expected


def test_without_the_header() -> None:
    assert retry_after(DATE) is None


@pytest.mark.parametrize("date", [[], [("Date", "nonsense")]])
def test_without_the_date_of_the_reply_this_machine_counts(date: list[tuple[str, str]]) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    seconds = retry_after(("Retry-After", until), *date)
    assert seconds is not None
    assert 3500 < seconds <= 3600


def test_a_moment_in_india() -> None:
    assert in_india(datetime(2026, 11, 30, 18, 30, tzinfo=UTC)) == "2026-12-01 00:00 India time"

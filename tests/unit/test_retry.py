"""When there is another attempt, and after how long: no I/O, no clock but the test's own."""

from __future__ import annotations

import pytest
from support.clock import Clock
from support.kinds import ORDER, PUBLIC, READ, SESSION

import torus_connect
from torus_connect import Headers, Reply, Secret, TorusError
from torus_connect._calls import retry
from torus_connect._calls.retry import Retries
from torus_connect._config.settings import Settings
from torus_connect_api.client import Operation

REPLY = Reply(429, Headers(), b"")
ASKED = Reply(429, Headers([("Retry-After", "4")]), b"")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(retry, "monotonic", clock)
    # Full jitter at its longest, so that the ceiling can be seen.
    monkeypatch.setattr("random.uniform", lambda low, high: high if low == 0 else -1)
    return clock


def retries(operation: Operation = SESSION, **options: float) -> Retries:
    settings = Settings(api_key=Secret("key"), api_secret=Secret("secret"), **options)  # type: ignore[arg-type]
    return Retries(settings, operation)


NEVER: tuple[Operation, ...] = ()
ALL = (SESSION, READ, ORDER, PUBLIC)


@pytest.mark.parametrize(
    ("name", "retried"),
    [
        ("ConfigurationError", NEVER),
        ("ClientClosed", NEVER),
        ("ConnectionFailed", ALL),
        ("ReplyLost", (READ, PUBLIC)),
        ("MalformedReply", NEVER),
        ("APIStatusError", NEVER),
        ("RedirectRefused", NEVER),
        ("BadRequest", NEVER),
        ("AuthenticationFailed", NEVER),
        ("PermissionDenied", NEVER),
        ("NotFound", NEVER),
        ("RateLimited", (SESSION, READ, PUBLIC)),
        ("ServiceUnavailable", (SESSION, READ, PUBLIC)),
        ("ServerError", (READ, PUBLIC)),
    ],
)
@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.id)
def test_what_is_tried_again(clock: Clock, name: str, operation: Operation, retried: tuple[Operation, ...]) -> None:
    error: TorusError = getattr(torus_connect, name)("", reply=REPLY)
    attempts = retries(operation)
    attempts.begin()
    assert (attempts.wait_after(error) is not None) is (operation in retried)


def test_the_backoff_doubles_up_to_a_ceiling(clock: Clock) -> None:
    attempts = retries(max_retries=10, total_timeout=3600)
    waits = []
    for _ in range(10):
        attempts.begin()
        waits.append(attempts.wait_after(torus_connect.ConnectionFailed("")))
    assert waits == [0.5, 1, 2, 4, 8, 8, 8, 8, 8, 8]
    attempts.begin()
    assert attempts.wait_after(torus_connect.ConnectionFailed("")) is None


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_the_count(clock: Clock, limit: int) -> None:
    attempts = retries(max_retries=limit)
    for _ in range(limit):
        attempts.begin()
        assert attempts.wait_after(torus_connect.RateLimited("", reply=REPLY)) is not None
    attempts.begin()
    assert attempts.wait_after(torus_connect.RateLimited("", reply=REPLY)) is None
    assert attempts.attempts == limit + 1


@pytest.mark.parametrize(("budget", "expected"), [(10.0, 4.0), (4.001, 4.0), (4.0, None), (1.0, None)])
def test_what_the_service_asked_for_counts_where_it_fits(clock: Clock, budget: float, expected: float | None) -> None:
    attempts = retries(total_timeout=budget)
    attempts.begin()
    assert attempts.wait_after(torus_connect.RateLimited("", reply=ASKED)) == expected


def test_zero_seconds_are_an_answer(clock: Clock) -> None:
    attempts = retries()
    attempts.begin()
    asked = Reply(503, Headers([("Retry-After", "0")]), b"")
    assert attempts.wait_after(torus_connect.ServiceUnavailable("", reply=asked)) == 0


def test_the_budget_is_for_all_attempts(clock: Clock) -> None:
    attempts = retries(timeout=10, total_timeout=12)
    assert attempts.begin() == 10
    clock.now += 9
    assert attempts.wait_after(torus_connect.ConnectionFailed("")) == 0.5
    clock.now += 0.5
    assert attempts.begin() == 2.5
    clock.now += 1.5
    # One second is left, and one is what the backoff says: it does not fit.
    assert attempts.wait_after(torus_connect.ConnectionFailed("")) is None


def test_a_pause_does_not_count(clock: Clock) -> None:
    attempts = retries(timeout=10, total_timeout=12)
    attempts.begin()
    clock.now += 9
    attempts.pause()
    clock.now += 3600
    assert attempts.begin() == 3


def test_the_jitter_is_full() -> None:
    attempts = retries(max_retries=10)
    attempts.begin()
    waits = {attempts.wait_after(torus_connect.ConnectionFailed("")) for _ in range(50)}
    assert len(waits) > 40
    assert all(wait is not None and 0 <= wait <= retry.BASE_SECONDS for wait in waits)

from __future__ import annotations

import copy
from datetime import UTC, datetime

from torus_connect import Secret, Session


def test_what_it_holds() -> None:
    before = datetime.now(UTC)
    session = Session("the-access-token")
    assert session.access_token == "the-access-token"
    assert isinstance(session.access_token, Secret)
    assert session.authorization == "Bearer the-access-token"
    assert isinstance(session.authorization, Secret)
    assert before <= session.issued_at <= datetime.now(UTC)
    assert session.issued_at.tzinfo is not None


def test_it_shows_nothing() -> None:
    session = Session("the-access-token", issued_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert repr(session) == str(session) == "<Session issued_at=2026-01-02T03:04:05+00:00>"
    assert not hasattr(session, "__dict__")
    assert copy.copy(session) is session
    assert copy.deepcopy(session) is session

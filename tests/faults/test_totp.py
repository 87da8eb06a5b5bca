"""The call with a code meets faults as the other one does: some rows of the matrix, which share everything below."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import pytest
from faults.drive import FACES
from faults.planted import ACCESS_TOKEN, API_KEY
from faults.row import Row
from faults.table import ROWS

from torus_connect import AsyncTorusConnect, Session, TorusConnect, TorusError

CODE = "27182818"
NAMES = {
    "200",
    "200 over TLS",
    "port closed",
    "reset after",
    "body shorter than Content-Length",
    "307, other host",
    "401",
    "409",
    "500",
    "429 twice, then 200",
    "429 with Retry-After, seconds beyond the budget",
}
CHOSEN = [row for row in ROWS if row.name in NAMES]


def call(face: str, options: dict[str, Any]) -> Session:
    async def in_loop() -> Session:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.generate_session_with_totp(CODE)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return torus.generate_session_with_totp(CODE)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("row", CHOSEN, ids=lambda row: row.name)
def test_row(row: Row, face: str) -> None:
    session, error = None, None
    with row.place() as place:
        options = {"api_key": API_KEY, "base_url": place.base_url, **place.options, **row.options}
        started = monotonic()
        try:
            session = call(face, options)
        except TorusError as exc:
            error = exc
        assert monotonic() - started < row.within
        if place.server:
            assert place.server.begun == row.requests
            for index in range(len(place.server.requests)):
                line, headers, body = place.server.sent(index)
                assert line == "POST /api/v1/session/totp/generate HTTP/1.1"
                assert "token" not in headers
                assert body == {"API_KEY": API_KEY, "TOTP": CODE}
    if error is None:
        assert row.raises is None
        assert session is not None
        assert session.access_token == ACCESS_TOKEN
        return
    assert type(error) is row.raises
    assert error.outcome is row.outcome
    assert error.operation == "generateSessionWithTotp"
    assert "request token" not in str(error)
    assert CODE not in str(error) + repr(error)


def test_the_rows_are_there() -> None:
    assert {row.name for row in CHOSEN} == NAMES

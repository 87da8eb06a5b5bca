"""Operations of one kind: what the fault matrix finds with one of them holds for the other, too."""

from __future__ import annotations

import asyncio

import pytest
from conftest import API_KEY
from faults.behaviours import reset_after_reading, said
from faults.kinds import FACES
from support.raw_server import Connection, RawServer

from torus_connect import AsyncTorusConnect, Outcome, ReplyLost, Session, TorusConnect

CODE = "27182818"


def with_a_code(face: str, base_url: str) -> Session:
    async def in_loop() -> Session:
        async with AsyncTorusConnect(api_key=API_KEY, base_url=base_url) as torus:
            return await torus.generate_session_with_totp(CODE)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(api_key=API_KEY, base_url=base_url) as torus:
        return torus.generate_session_with_totp(CODE)


@pytest.mark.parametrize("face", FACES)
def test_a_code_is_traded_as_a_request_token_is(face: str, quick_retries: None) -> None:
    """What the service refused for now is sent again; what it may have served is not."""

    def behave(connection: Connection) -> None:
        if connection.server.connections == 1:
            connection.read_request()
            connection.send(said("429", headers=("Retry-After: 0", "Connection: close")))
            connection.finish()
        else:
            reset_after_reading(connection)

    with RawServer(behave) as server, pytest.raises(ReplyLost) as caught:
        with_a_code(face, server.base_url)
    assert caught.value.outcome is Outcome.UNKNOWN
    assert caught.value.operation == "generateSessionWithTotp"
    assert "request token" not in str(caught.value)
    assert CODE not in str(caught.value) + repr(caught.value)
    assert len(server.requests) == 2
    for index in range(2):
        line, headers, body = server.sent(index)
        assert line == "POST /api/v1/session/totp/generate HTTP/1.1"
        assert "token" not in headers
        assert body == {"API_KEY": API_KEY, "TOTP": CODE}

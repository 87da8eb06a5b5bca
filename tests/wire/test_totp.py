"""The call with a code on the wire: what is sent, where it goes, and what is kept apart."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET
from support.raw_server import RawServer, answer, reply

from torus_connect import AsyncTorusConnect, ClientClosed, ConfigurationError, Session, TorusConnect

CODE = "314159"


@pytest.fixture(params=["sync", "async"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def both_calls(face: str, **options: Any) -> list[Session]:
    """Make a call of each kind, twice, with one client."""

    async def in_loop() -> list[Session]:
        async with AsyncTorusConnect(**options) as torus:
            first = [await torus.generate_session("one"), await torus.generate_session_with_totp(CODE)]
            return [*first, await torus.generate_session("two"), await torus.generate_session_with_totp(CODE)]

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        first = [torus.generate_session("one"), torus.generate_session_with_totp(CODE)]
        return [*first, torus.generate_session("two"), torus.generate_session_with_totp(CODE)]


def with_a_code(face: str, code: str, **options: Any) -> Session:
    if face == "async":
        return asyncio.run(AsyncTorusConnect(**options).generate_session_with_totp(code))
    return TorusConnect(**options).generate_session_with_totp(code)


def test_each_call_goes_to_its_own_place_with_its_own_secrets(face: str) -> None:
    with RawServer(answer(reply())) as one, RawServer(answer(reply())) as other:
        options = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": one.base_url}
        sessions = both_calls(face, **options, totp_base_url=other.base_url)
        assert len(sessions) == 4
        for index in range(2):
            line, headers, body = other.sent(index)
            assert line == "POST /api/v1/session/totp/generate HTTP/1.1"
            assert body == {"API_KEY": API_KEY, "TOTP": CODE}
            assert not {"token", "authorization", "cookie"} & headers.keys()
            assert one.sent(index)[0] == "POST /api/v1/session/generate HTTP/1.1"
        assert [len(server.requests) for server in (one, other)] == [2, 2]
        assert [server.connections for server in (one, other)] == [2, 2]


def test_one_pool_where_both_go_to_one_place(face: str) -> None:
    with RawServer(answer(reply())) as server:
        both_calls(face, api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, share_connections=True)
        assert [server.sent(index)[0].split()[1] for index in range(4)] == [
            "/api/v1/session/generate",
            "/api/v1/session/totp/generate",
        ] * 2
        assert server.connections == 1


def test_no_secret_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answer(reply())) as server:
        monkeypatch.setenv("TORUS_TOTP_BASE_URL", server.base_url)
        with TorusConnect(api_key=API_KEY) as torus:
            torus.generate_session_with_totp("314 159\n")
        assert server.sent()[2] == {"API_KEY": API_KEY, "TOTP": CODE}


def test_a_malformed_code_is_not_sent(face: str) -> None:
    with RawServer(answer(reply())) as server:
        options = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": server.base_url}
        with pytest.raises(ConfigurationError, match="totp must be 6 to 8 digits"):
            with_a_code(face, "31415", **options)
        assert server.connections == 0


def test_a_proxy_that_the_other_place_must_not_have() -> None:
    with RawServer(answer(reply())) as server, RawServer(answer(reply())) as proxy:
        torus = TorusConnect(api_key=API_KEY, totp_base_url=server.base_url, proxy=f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(ConfigurationError, match="proxy does not go with an http:// base URL"):
            torus.generate_session_with_totp(CODE)
        assert server.connections == proxy.connections == 0


def test_a_closed_client_is_closed_for_codes_too() -> None:
    with RawServer(answer(reply())) as server:
        torus = TorusConnect(api_key=API_KEY, base_url=server.base_url)
        torus.generate_session_with_totp(CODE)
        torus.close()
        with pytest.raises(ClientClosed):
            torus.generate_session_with_totp(CODE)
        assert len(server.requests) == 1

"""A connection is used for another request only where nothing of the last one can be left on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.raw_server import Connection, RawServer, answer, reply
from wire.test_one_user import Send, request_of, through_engine

from torus_connect import Secret

FACES = ("sync", "async")
DONE = b'{"done": 1}'
OK, NO_CONTENT = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 204 No Content\r\n"
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\nb\r\n%b\r\n0\r\n\r\n" % DONE
LATE = reply(b'{"done": "late"}')
LARGE = "x" * 16 * 1024 * 1024
"""More than the systems of both sides take in where nobody reads."""


def on_first_connection(said: bytes) -> Callable[[Connection], None]:
    """Say this there, and what is left of it when the next request has come; on the others, answer as one should."""

    def behave(connection: Connection) -> None:
        if connection.server.connections > 1:
            answer(reply(DONE))(connection)
        elif connection.read_request():
            connection.send(said)
            if connection.read_request():
                connection.send(LATE)

    return behave


def two_calls(face: str, server: RawServer) -> list[bytes]:
    came: list[bytes] = []

    def play(send: Send, _engine: object) -> None:
        came.extend(send(request_of(server, "user")).content for _ in range(2))  # type: ignore[attr-defined]

    through_engine(face, server, play)
    return came


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(OK + b"Content-Length: 99\r\n" + CHUNKS, id="two lengths"),
        pytest.param(OK + b"content-length: 11\r\n" + CHUNKS, id="two lengths that agree"),
        pytest.param(NO_CONTENT + b"Content-Length: 53\r\n\r\n", id="204 with a length"),
        pytest.param(NO_CONTENT + b"Transfer-Encoding: chunked\r\n\r\n", id="204 with chunks"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 53\r\n\r\n", id="304 with a length"),
    ],
)
@pytest.mark.parametrize("face", FACES)
def test_the_end_of_a_reply_is_in_doubt(face: str, said: bytes) -> None:
    with RawServer(on_first_connection(said)) as server:
        assert two_calls(face, server)[1] == DONE
        assert server.connections == 2


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("said", [reply(DONE), OK + CHUNKS])
def test_it_is_not(face: str, said: bytes) -> None:
    """Else the test before this one would prove nothing."""
    with RawServer(on_first_connection(said)) as server:
        assert two_calls(face, server) == [DONE, b'{"done": "late"}']
        assert server.connections == 1


@pytest.mark.parametrize("face", FACES)
def test_a_connection_that_has_ended_is_not_kept(face: str) -> None:
    def up_to_the_end(connection: Connection) -> None:
        connection.read_request()
        connection.send(OK + b"\r\n" + DONE)

    def play(send: Send, engine: Any) -> None:
        assert send(request_of(server, "user"))
        assert not engine._idle

    with RawServer(up_to_the_end) as server:
        through_engine(face, server, play)


def test_an_answer_before_all_of_the_request_was_sent() -> None:
    """Threads send all of it first."""

    def behave(connection: Connection) -> None:
        connection.begin_request()
        if connection.server.connections == 1:
            connection.send(reply(b"{}", status="400 Bad Request"))
            connection.wait_for_end()
        connection.send(reply(DONE))

    def play(send: Send, _engine: object) -> None:
        large = request_of(server, "user")
        large.content, large.headers = Secret(LARGE), {"Content-Length": str(len(LARGE))}
        assert send(large).status_code == 400  # type: ignore[attr-defined]
        assert send(request_of(server, "user")).content == DONE  # type: ignore[attr-defined]

    with RawServer(behave) as server:
        through_engine("async", server, play)
        assert server.connections == 2

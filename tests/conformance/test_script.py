"""The scripted server: what it does to a connection, seen from the other end."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import pytest

from torus_connect.sandbox.conformance.script import reply_bytes
from torus_connect.sandbox.conformance.server import ScriptedServer
from torus_connect.sandbox.conformance.vector import Fault, ScriptedReply

REQUEST = b"POST /demo HTTP/1.1\r\nHost: demo\r\nContent-Length: 4\r\n\r\nbody"
BODY = b"0123456789"


def reply(**changes: object) -> ScriptedReply:
    whole: dict[str, object] = {
        "status_line": "HTTP/1.1 200 OK",
        "headers": (("X-Place", "http://{here}/ {elsewhere}"),),
        "body": BODY,
        "framing": "length",
        "before": (),
        "fault": None,
    }
    return ScriptedReply(**{**whole, **changes})  # type: ignore[arg-type]


def test_the_bytes_of_a_reply() -> None:
    places = {"here": "one:1", "elsewhere": "two:2"}
    head = b"HTTP/1.1 200 OK\r\nX-Place: http://one:1/ two:2\r\n"
    hints = ScriptedReply("HTTP/1.1 103 Early Hints", (), b"", "none", (), None)
    chunks = b"Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n2\r\n89\r\n0\r\n\r\n"
    assert reply_bytes(reply(), places) == head + b"Content-Length: 10\r\n\r\n" + BODY
    assert reply_bytes(reply(framing="chunked"), places) == head + chunks
    assert reply_bytes(reply(framing="close"), places) == head + b"\r\n" + BODY
    assert reply_bytes(reply(framing="none", body=b""), places) == head + b"\r\n"
    assert reply_bytes(reply(before=(hints,)), places).startswith(
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"
    )
    assert reply_bytes(reply(fault=Fault("start", "close")), places) == b""
    assert reply_bytes(reply(fault=Fault("head", "close")), places) == (head + b"Content-Length: 10\r\n\r\n")[:34]
    assert reply_bytes(reply(fault=Fault("body", "close")), places).endswith(b"Content-Length: 10\r\n\r\n01234")


async def conversation(server: ScriptedServer, *sent: bytes) -> tuple[bytes, str]:
    """Send all of it over one connection; return what came back, and how it ended."""
    host, _, port = server.place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    came, end = b"", "closed"
    try:
        for part in sent:
            writer.write(part)
            await writer.drain()
        while chunk := await asyncio.wait_for(reader.read(4096), 0.5):
            came += chunk
    except TimeoutError:
        end = "open"
    except ConnectionResetError:
        end = "reset"
    writer.close()
    with suppress(ConnectionResetError):
        await writer.wait_closed()
    return came, end


@pytest.mark.parametrize(
    ("changes", "tail", "end"),
    [
        ({}, BODY, "open"),
        ({"framing": "close"}, BODY, "closed"),
        ({"fault": Fault("start", "close")}, b"", "closed"),
        ({"fault": Fault("start", "reset")}, b"", "reset"),
        ({"fault": Fault("start", "silence")}, b"", "open"),
        ({"fault": Fault("body", "close")}, b"01234", "closed"),
        ({"fault": Fault("body", "silence")}, b"01234", "open"),
    ],
)
def test_how_a_connection_ends(changes: dict[str, object], tail: bytes, end: str) -> None:
    async def play() -> tuple[bytes, str]:
        async with ScriptedServer([reply(**changes)]) as server:
            server.places = {}
            came = await conversation(server, REQUEST)
            await server.settle()
            assert [request.whole for request in server.requests] == [True]
            return came

    came, ended = asyncio.run(play())
    assert came.endswith(tail)
    assert bool(came) == bool(tail)
    assert ended == end


@pytest.mark.parametrize(
    ("sent", "bodies", "whole"),
    [
        ([REQUEST], [b"body"], [True]),
        ([REQUEST, REQUEST], [b"body", b"body"], [True, True]),
        ([REQUEST[:20], REQUEST[20:70], REQUEST[70:]], [b"body"], [True]),
        ([REQUEST[:-1]], [b""], [False]),
        ([REQUEST[:20]], [b""], [False]),
        ([b"POST / HTTP/1.1\r\nno colon\r\n\r\n"], [b""], [False]),
        ([b"POST / HTTP/1.1\r\nContent-Length: demo\r\n\r\n"], [b""], [False]),
        (
            [b"POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n3;x\r\nbod\r\n1\r\ny\r\n0\r\nA: b\r\n\r\n"],
            [b"body"],
            [True],
        ),
        ([REQUEST.replace(b"Host: demo", b"Expect: 100-continue")], [b"body"], [True]),
        ([], [], []),
    ],
)
def test_how_a_request_is_read(sent: list[bytes], bodies: list[bytes], whole: list[bool]) -> None:
    async def play() -> ScriptedServer:
        async with ScriptedServer([reply(framing="length")]) as server:
            came, _ = await conversation(server, *sent)
            assert came.startswith(b"HTTP/1.1 100 Continue\r\n\r\n") == (b"Expect" in b"".join(sent))
            await server.settle()
            return server

    server = asyncio.run(play())
    assert server.connections == 1
    assert [request.body for request in server.requests] == bodies
    assert [request.whole for request in server.requests] == whole


def test_what_a_client_left_behind_is_read() -> None:
    """A client that sends and ends at once: whatever it managed to send counts."""

    async def play() -> list[bool]:
        async with ScriptedServer([reply()]) as server:
            host, _, port = server.place.partition(":")
            code = f"import socket; [socket.create_connection(('{host}', {port})).sendall({REQUEST!r}) for _ in 'abc']"
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
            assert await process.wait() == 0
            await server.settle()
            return [request.whole for request in server.requests]

    assert asyncio.run(play()) == [True] * 3


def test_nobody_listens_without_a_reply() -> None:
    async def play() -> None:
        async with ScriptedServer([]) as server:
            with pytest.raises(ConnectionRefusedError):
                await conversation(server, REQUEST)

    asyncio.run(play())

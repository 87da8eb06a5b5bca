"""What a listener does to a connection. Replies carry the canaries wherever a reply can."""

from __future__ import annotations

import json
import ssl
import zlib

from faults.planted import ACCESS_TOKEN, REQUEST_TOKEN
from support.raw_server import Behaviour, Connection, reply

ORDER_NO = "20240611-7"
TOKEN_ALONE = json.dumps({"AccessToken": ACCESS_TOKEN}).encode()
# It is good for every kind of call: a session is read from it, and that an order was taken in.
GOOD = json.dumps({"status": "success", "data": [{"order_no": ORDER_NO}], "AccessToken": ACCESS_TOKEN}).encode()
OF_ANOTHER = json.dumps({"AccessToken": "access-token-of-another-user"}).encode()
ECHO = json.dumps({"status": "error", "message": f"bad token {REQUEST_TOKEN}", "data": ACCESS_TOKEN}).encode()
ECHO_HTML = f"<html><h1>Bad gateway</h1>{REQUEST_TOKEN} {ACCESS_TOKEN}</html>".encode()

LEAKY = (f"Set-Cookie: session={ACCESS_TOKEN}; Secure", f"X-Echo: {REQUEST_TOKEN}")
"""Headers that a careless service might send with any reply."""

GIB = 1024 * 1024 * 1024


def said(status: str, body: bytes = GOOD, headers: tuple[str, ...] = ()) -> bytes:
    """Return a whole reply with canaries in its status line and its headers."""
    return reply(body, status=f"{status} {ACCESS_TOKEN}", headers=(*headers, *LEAKY))


GOOD_REPLY = said("200")


def ends(data: bytes) -> Behaviour:
    """Read the request, send this, and close."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(data)

    return behave


def reset_at_once(connection: Connection) -> None:
    connection.begin_request()
    connection.reset()


def reset_after_reading(connection: Connection) -> None:
    connection.read_request()
    connection.reset()


def silence(connection: Connection) -> None:
    connection.read_request()
    connection.wait_for_end()


def drip(connection: Connection) -> None:
    connection.read_request()
    for byte in GOOD_REPLY:
        connection.send(bytes([byte]))
        connection.server.over.wait(0.05)


def drip_the_body(connection: Connection) -> None:
    connection.read_request()
    connection.send(GOOD_REPLY[: -len(GOOD)])
    for byte in GOOD:
        connection.send(bytes([byte]))
        connection.server.over.wait(0.05)


def without_end(head: bytes, part: bytes, *, pause: float = 0.0) -> Behaviour:
    """Send a head, then a part again and again, until the client has had enough, or 1 GiB."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(head)
        for _ in range(GIB // len(part)):
            connection.send(part)
            if pause:
                connection.server.over.wait(pause)
        connection.wait_for_end()

    return behave


def gzip_bomb() -> bytes:
    """Return a body of less than 1 MiB that becomes nearly 1 GiB of JSON when it is decompressed."""
    squeeze = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    blank = b" " * 1024 * 1024
    body = squeeze.compress(GOOD + blank) + squeeze.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same input gives the same bytes: no need to compress 1 GiB to get it.
    again = squeeze.compress(blank) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return body + again * 1000


def bomb(connection: Connection) -> None:
    connection.read_request()
    connection.send(said("200", gzip_bomb(), ("Content-Encoding: gzip",)))
    connection.wait_for_end()


def stall(connection: Connection) -> None:
    connection.wait_for_end()


def plain_reply_to_a_handshake(connection: Connection) -> None:
    connection.sock.recv(1)
    connection.send(said("400"))


def closes(connection: Connection) -> None:
    connection.sock.recv(1)


def on_first_connection(first: Behaviour, *, then: Behaviour) -> Behaviour:
    """Treat the first connection in one way, and all further ones in another."""

    def behave(connection: Connection) -> None:
        (first if connection.server.connections == 1 else then)(connection)

    return behave


def sends_and_resets(data: bytes) -> Behaviour:
    """Read the request, send this, and close with a reset."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(data)
        connection.reset()

    return behave


def encrypt(behave: Behaviour, context: ssl.SSLContext) -> Behaviour:
    """Shake hands first."""

    def encrypted(connection: Connection) -> None:
        connection.start_tls(context)
        behave(connection)

    return encrypted


def sends_unasked(data: bytes) -> Behaviour:
    """Send this without having been asked, and end."""

    def behave(connection: Connection) -> None:
        connection.send(data)
        connection.finish()

    return behave


def nothing(connection: Connection) -> None:
    pass

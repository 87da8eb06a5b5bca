"""What the listener saw, byte by byte, against what it should have seen."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from support.raw_server import Connection, RawServer, reply

from torus_connect import Session, TorusError, __version__

API_KEY = "property-api-key"
API_SECRET = "property-api-secret"
ACCESS_TOKEN = "access-token-of-the-property"

Trade = Callable[..., Session]
Result = TypeVar("Result")


def outcome_of(call: Callable[..., Result], *args: Any, **options: Any) -> Result | TorusError:
    """Return what a call returns, or the error of the tree that it raises; any other error is a failure."""
    try:
        return call(*args, **options)
    except TorusError as error:
        return error


class Listener(RawServer):
    """A `RawServer` that answers with `next_reply`, and then keeps the connection or closes it, as `stays` says."""

    def __init__(self) -> None:
        self.next_reply = self.usual = reply(json.dumps({"AccessToken": ACCESS_TOKEN}).encode())
        self.stays = True
        self.ended = threading.Event()
        super().__init__(self._behave_as_told)

    @property
    def credentials(self) -> dict[str, Any]:
        return {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": self.base_url}

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _behave_as_told(self, connection: Connection) -> None:
        while connection.read_request():
            if self.stays:
                connection.send(self.next_reply)
                continue
            try:
                connection.send(self.next_reply)
                connection.sock.shutdown(socket.SHUT_WR)
            finally:
                # Ended before anybody calls again, who would otherwise meet a connection that is about to end.
                self.ended.set()
            return


def assert_sent(
    raw: bytes,
    *,
    authority: str,
    request_token: str,
    api_key: str = API_KEY,
    api_secret: str = API_SECRET,
    target: str = "/api/v1/session/generate",
) -> None:
    """Fail unless these bytes are the one request that is expected: nothing more, nothing twice, nothing else."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *fields = head.decode("ascii").split("\r\n")
    assert line == f"POST {target} HTTP/1.1"
    assert sorted(_name_and_value(field) for field in fields) == sorted(
        [
            ("host", authority),
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("user-agent", f"torus-connect/{__version__}"),
            ("token", request_token),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
    )
    # As pairs: a name that stands twice would not go unnoticed.
    assert json.loads(body, object_pairs_hook=list) == [("API_KEY", api_key), ("API_SECRET", api_secret)]


def _name_and_value(field: str) -> tuple[str, str]:
    assert "\r" not in field
    assert "\n" not in field
    name, colon, value = field.partition(": ")
    assert colon
    return name.lower(), value

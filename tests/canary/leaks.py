"""Leaks that are planted on purpose, one or more for each channel."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import tempfile
import types
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from canary.detector import OURS
from faults.planted import API_SECRET, REQUEST_TOKEN

from torus_connect import Reply, ReplyLost, Secret, Session, TorusConnect, TorusError
from torus_connect._calls.call import Call
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport.sync_pool import ConnectionPool

Plant = Callable[[pytest.MonkeyPatch], None]
BARE = "".join(filter(str.isalnum, REQUEST_TOKEN))


@dataclass(frozen=True)
class Leak:
    """A secret that gets out: how, by which channel, and in which row."""

    channel: str
    name: str
    plant: Plant
    row: str = "409"


def error(do: Callable[[Any], object]) -> Plant:
    """Do something to each error before anybody sees it."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        original = Call.wait_after

        def wait_after(self: Call[Any], exc: TorusError) -> float | None:
            do(exc)
            return original(self, exc)

        monkeypatch.setattr(Call, "wait_after", wait_after)

    return plant


def sending(do: Callable[[HTTPRequest, ConnectionPool], object]) -> Plant:
    """Do something with each request before it is sent."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        original = ConnectionPool.send

        def send(self: ConnectionPool, request: HTTPRequest, seconds: float) -> Reply:
            do(request, self)
            return original(self, request, seconds)

        monkeypatch.setattr(ConnectionPool, "send", send)

    return plant


def method(cls: type, name: str, body: Callable[..., object]) -> Plant:
    """Put something in the place of a method."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cls, name, body)

    return plant


def raise_inside(_request: HTTPRequest, _engine: ConnectionPool) -> None:
    try:
        raise httpx.ReadError("lost")  # noqa: TRY301
    except httpx.ReadError:
        raise ReplyLost("raised where the exception of the library is its context")  # noqa: B904


def raise_from(_request: HTTPRequest, _engine: ConnectionPool) -> None:
    raise ReplyLost("with a cause") from ValueError(REQUEST_TOKEN)


FRAME = """
def send(self, request, seconds):
    token = str(request.credentials["Token"])
    return original(self, request, seconds)
"""


def local_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    scope: dict[str, Any] = {"original": ConnectionPool.send}
    exec(compile(FRAME, f"{OURS}/_transport/planted.py", "exec"), scope)
    monkeypatch.setattr(ConnectionPool, "send", scope["send"])


def log(name: str, how: Callable[[logging.Logger, HTTPRequest], None]) -> Plant:
    return sending(lambda request, _: how(logging.getLogger(name), request))


def run(*command: str, **options: Any) -> Plant:
    return sending(lambda *_: subprocess.run(command, check=True, **options))


def write(text: str, where: Callable[[], Path], mode: int = 0o600) -> Plant:
    return sending(lambda *_: write_file(mode, text, where()))


def keep_in_engine(request: HTTPRequest, engine: Any) -> None:
    engine.last = request


def keep_in_closure(request: HTTPRequest, engine: Any) -> None:
    engine.again = lambda: request.credentials


def write_file(mode: int, text: str, path: Path) -> None:
    path.touch(mode)
    path.chmod(mode)
    with path.open("w", encoding="utf-8") as file:
        file.write(text)


def look_up(_request: HTTPRequest, _engine: ConnectionPool) -> None:
    with suppress(OSError):
        socket.getaddrinfo(f"{BARE}.invalid".encode(), 443)


def set_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    sending(lambda request, _: monkeypatch.setenv("PLANTED", request.credentials["Token"]))(monkeypatch)


def elsewhere() -> Path:
    """Return the path of a file outside of the folders that are set up for the test."""
    own = Path.cwd().parent
    return own.parent / f"{own.name}-planted"


def add_to_url(request: HTTPRequest, _engine: ConnectionPool) -> None:
    request.url += f"?token={BARE}"


def add_header(request: HTTPRequest, _engine: ConnectionPool) -> None:
    request.headers["Referer"] = request.credentials["Token"]


def add_to_body(request: HTTPRequest, _engine: ConnectionPool) -> None:
    request.content = Secret(f'{request.content[:-1]}, "again": "{BARE}"}}')
    request.headers["Content-Length"] = str(len(request.content))


def swap_secrets(request: HTTPRequest, _engine: ConnectionPool) -> None:
    request.credentials["Token"] = Secret(API_SECRET)


LEAKS = [
    Leak("str", "the reply in the message", method(TorusError, "__str__", lambda self: str(self.reply.content))),
    Leak("repr", "the reply in the repr", method(TorusError, "__repr__", lambda self: str(self.reply.content))),
    Leak("repr", "of the client", method(TorusConnect, "__repr__", lambda self: str(self._settings.api_secret))),
    Leak("repr", "of a session", method(Session, "__repr__", lambda self: str(self.access_token)), "200"),
    Leak("repr", "of a secret", method(Secret, "__repr__", str.__repr__), "200"),
    Leak("args", "a second argument", error(lambda exc: setattr(exc, "args", (exc.args[0], exc.reply.content)))),
    Leak("vars", "an attribute of an error", error(lambda exc: setattr(exc, "body", exc.reply.content))),
    Leak("vars", "deep in an attribute", error(lambda exc: setattr(exc, "seen", [{"a": (exc.reply.content,)}]))),
    Leak("notes", "a note", error(lambda exc: exc.add_note(exc.reply.content.decode()))),
    Leak("pickle", "a reply", method(Reply, "__reduce__", lambda self: (bytes, (self.content,)))),
    Leak("pickle", "a secret", method(Secret, "__reduce_ex__", lambda self, _: (str, (str(self),))), "200"),
    Leak("copy", "a reply", method(Reply, "__copy__", lambda self: types.SimpleNamespace(body=self.content))),
    Leak("deepcopy", "a session", method(Session, "__deepcopy__", lambda self, _: [str(self.access_token)]), "200"),
    Leak("chain", "a context of the library", sending(raise_inside)),
    Leak("chain", "a cause with a secret", sending(raise_from)),
    Leak("traceback", "a local variable", local_variable, "silence after the request"),
    Leak("pdb", "a local variable", local_variable, "silence after the request"),
    Leak("rich", "a slice", method(Secret, "__getitem__", str.__getitem__)),
    Leak("sentry", "a local variable", local_variable, "silence after the request"),
    Leak("structlog", "a slice", method(Secret, "__getitem__", str.__getitem__)),
    Leak(
        "warnings", "a warning", sending(lambda request, _: warnings.warn(request.credentials["Token"], stacklevel=1))
    ),
    Leak("logging", "a message", log("torus_connect", lambda to, request: to.debug(request.credentials["Token"]))),
    Leak("logging", "an argument", log("other", lambda to, request: to.debug("%.1s", str(request.content)))),
    Leak("logging", "an extra", log("other", lambda to, request: to.info("x", extra={"body": str(request.content)}))),
    Leak("stdout", "print", sending(lambda request, _: sys.stdout.write(request.credentials["Token"]))),
    Leak("stdout", "without Python's streams", sending(lambda request, _: os.write(1, request.content.encode()))),
    Leak("stderr", "print", sending(lambda request, _: sys.stderr.write(request.credentials["Token"]))),
    Leak("processes", "an argument", run("true", BARE)),
    Leak("processes", "its environment", run("true", env={"A": BARE})),
    Leak("environment", "a variable", set_environment),
    Leak("names looked up", "a host", sending(look_up)),
    Leak("URLs", "the query", sending(add_to_url)),
    Leak("headers sent", "a second header", sending(add_header)),
    Leak("headers sent", "the wrong secret", sending(swap_secrets)),
    Leak("bodies sent", "a second member", sending(add_to_body)),
    Leak("files", "in the working directory", write(BARE, lambda: Path("planted"))),
    Leak("files", "in the home", write(BARE, lambda: Path.home() / "planted")),
    Leak("files", "a temporary one", write(BARE, lambda: Path(tempfile.mkdtemp()) / "planted")),
    Leak("files", "somewhere else", write(BARE, elsewhere)),
    Leak("files", "its name", write("", lambda: Path(BARE))),
    Leak("file modes", "others may read", write("", lambda: Path("planted"), 0o640)),
    Leak("reachable", "an attribute of the engine", sending(keep_in_engine)),
    Leak("reachable", "a closure", sending(keep_in_closure)),
]

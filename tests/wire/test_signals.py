"""A signal handler may close the client, or use it, at any moment of a call: nothing waits for what it interrupted."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import h11
import pytest
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import RawServer, answer, reply

import torus_connect
from torus_connect import ClientClosed, ConnectionFailed, Session, TorusConnect
from torus_connect._transport.network import Network
from torus_connect._transport.sync_pool import ConnectionPool

OURS = str(Path(torus_connect.__file__).parent)
SECONDS = 5


class Stuck(BaseException):
    """The call waits for its own handler, or the handler for the call."""


@contextmanager
def handled_by(handler: Callable[[], object]) -> Iterator[None]:
    """Answer SIGTERM with this; give up where all of it takes too long."""

    def stuck(*_: object) -> None:
        raise Stuck

    before = signal.signal(signal.SIGTERM, lambda *_: handler()), signal.signal(signal.SIGALRM, stuck)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGALRM, before[1])


class AtLine:
    """Sends SIGTERM at the so-manyth line of ours that a call comes to."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, _arg: object) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            self.left -= 1
            if not self.left:
                sys.settrace(None)
                signal.raise_signal(signal.SIGTERM)
        return self


def first_call(server: RawServer, line: int, handler: Callable[[TorusConnect], object]) -> tuple[bool, object]:
    """Make the first call of a client, interrupted; return whether it was, and what came of the call."""
    torus = TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, max_retries=0)
    tracing = sys.gettrace()
    at_line = AtLine(line)
    with handled_by(lambda: handler(torus)):
        sys.settrace(at_line)
        try:
            came: object = torus.generate_session("first")
        except (ClientClosed, ConnectionFailed) as error:
            came = error
        finally:
            sys.settrace(tracing)
    torus.close()
    return at_line.left <= 0, came


def until_not_interrupted(server: RawServer, handler: Callable[[TorusConnect], object]) -> list[object]:
    """Interrupt the first call at every third line that it has; return what came of each."""
    found: list[object] = []
    for line in range(1, 2000, 3):
        interrupted, came = first_call(server, line, handler)
        if not interrupted:
            return found
        found.append(came)
    pytest.fail("a call has not that many lines")


def test_a_handler_that_closes_the_client() -> None:
    with RawServer(answer(reply())) as server:
        came = until_not_interrupted(server, TorusConnect.close)
    assert len(came) > 30
    # Closed before the call began, it is refused; a call that is under way is finished.
    assert {type(one) for one in came} == {ClientClosed, Session}


def test_a_handler_that_calls() -> None:
    of_handlers: list[Session] = []
    with RawServer(answer(reply())) as server:
        came = until_not_interrupted(server, lambda torus: of_handlers.append(torus.generate_session("second")))
    assert {type(one) for one in came} == {Session}
    assert len(of_handlers) == len(came)
    assert len(server.requests) == 2 * len(came) + 1


@pytest.mark.parametrize("handler", ["close", "call"])
def test_while_the_engine_is_made(monkeypatch: pytest.MonkeyPatch, handler: str) -> None:
    """Nothing else of a first call takes as long: roots are read. Another thread waits for the same engine."""
    making, together = ConnectionPool.__init__, threading.Barrier(2)
    signals = iter([True])

    def make(self: ConnectionPool, network: Network, *, connect_timeout: float) -> None:
        if next(signals, False):
            together.wait(SECONDS)
            signal.raise_signal(signal.SIGTERM)
        making(self, network, connect_timeout=connect_timeout)

    def other() -> None:
        together.wait(SECONDS)
        came.append(first_of(torus, "other"))

    def first_of(torus: TorusConnect, token: str) -> object:
        try:
            return torus.generate_session(token)
        except ClientClosed as error:
            return error

    monkeypatch.setattr(ConnectionPool, "__init__", make)
    came: list[object] = []
    with RawServer(answer(reply())) as server:
        torus = TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url)
        thread = threading.Thread(target=other)
        thread.start()
        with handled_by(torus.close if handler == "close" else lambda: came.append(first_of(torus, "handler"))):
            came.append(first_of(torus, "first"))
        thread.join(SECONDS)
        assert not thread.is_alive()
        torus.close()
    assert isinstance(came[-1], Session)
    assert len(came) == (2 if handler == "close" else 3)


@pytest.mark.parametrize("kind", [h11.Request, h11.Data])
def test_an_interrupt_while_h11_writes_shows_no_secret(
    generate_session: GenerateSession, monkeypatch: pytest.MonkeyPatch, kind: type[h11.Event]
) -> None:
    """Its events show all that they hold."""

    class Interrupted(BaseException):
        pass

    def send(_self: h11.Connection, event: h11.Event) -> bytes:
        if isinstance(event, kind):
            raise Interrupted
        return b""

    monkeypatch.setattr(h11.Connection, "send", send)
    with RawServer(answer(reply())) as server, pytest.raises(Interrupted) as caught:
        generate_session("canary-request-token", base_url=server.base_url)
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    ours = [frame for frame in frames if frame.f_code.co_filename.startswith(OURS)]
    assert "_exchange" in [frame.f_code.co_name for frame in ours]
    shown = "".join(repr(value) for frame in ours for value in frame.f_locals.values())
    assert not [secret for secret in ("canary-request-token", API_SECRET) if secret in shown]

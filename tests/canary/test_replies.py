"""What a service may put where nobody expects it."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import threading

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.examine import examine, look_at_result
from faults.behaviours import GOOD, GOOD_REPLY, ends, said
from faults.drive import drive
from faults.kinds import FACES
from faults.places import plain
from faults.planted import ACCESS_TOKEN, API_KEY, API_SECRET, REQUEST_TOKEN
from faults.row import Row
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import APIStatusError, AsyncTorusConnect, TorusConnect

BARE = "".join(filter(str.isalnum, ACCESS_TOKEN))
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in BARE).encode()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("header", ["X-Request-Id", "X-Correlation-Id"])
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(lambda header: reply(b'{"AccessToken": "%s"}' % ESCAPED, headers=(header,)), id="in escapes"),
        pytest.param(lambda header: reply(GOOD, headers=(header,))[:-5], id="body cut"),
        pytest.param(lambda header: reply(GOOD, headers=(header,))[: -len(GOOD)], id="body lost"),
        pytest.param(lambda header: reply(b"", status="500 Oops", headers=(header,)), id="status"),
    ],
)
def test_an_access_token_in_the_place_of_a_request_id(
    sent: object, header: str, face: str, detector: Detector, watching: Watching
) -> None:
    assert callable(sent)
    row = Row(name="", place=plain(ends(sent(f"{header}: {BARE}"))))
    with watching():
        result = examine(row, detector, face=face)
    look_at_result(detector, result)
    detector.assert_nothing_found()


def test_headers_and_replies_that_are_handed_on(detector: Detector) -> None:
    result = drive(Row(name="", place=plain(answer(said("409", GOOD)))), face="sync")
    assert isinstance(result.error, APIStatusError)
    assert result.error.headers["x-echo"] == REQUEST_TOKEN
    detector.thing("reply", result.error.reply)
    detector.thing("headers", result.error.headers)
    detector.assert_nothing_found()


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_errors_travel_without_their_reply(protocol: int) -> None:
    result = drive(Row(name="", place=plain(answer(said("409", GOOD)))), face="sync")
    loaded = pickle.loads(pickle.dumps(result.error, protocol))
    assert str(loaded) == str(result.error)
    assert isinstance(loaded, APIStatusError)
    assert (loaded.reply.content, dict(loaded.headers)) == (b"", {})


class TestInterrupted:
    """A call that is interrupted leaves a traceback, too."""

    def behave(self, connection: Connection) -> None:
        connection.read_request()
        connection.send(GOOD_REPLY[:-10])
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connection.wait_for_end()

    def test_sync(self, detector: Detector, watching: Watching) -> None:
        with RawServer(self.behave) as server:
            torus = TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url)
            with watching(), torus, pytest.raises(KeyboardInterrupt) as caught:
                torus.generate_session(REQUEST_TOKEN)
        detector.error(caught.value)
        detector.reach("client", torus)
        detector.assert_nothing_found()

    def test_async(self, detector: Detector, watching: Watching) -> None:
        errors: list[BaseException] = []

        async def main(base_url: str) -> None:
            made = AsyncTorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=base_url)
            async with made as torus:
                try:
                    await torus.generate_session(REQUEST_TOKEN)
                except asyncio.CancelledError as exc:
                    errors.append(exc)
                    detector.reach("client", torus)
                    raise

        with RawServer(self.behave) as server, watching(), pytest.raises(KeyboardInterrupt):
            asyncio.run(main(server.base_url))
        for error in errors:
            detector.error(error)
        assert len(errors) == 1
        detector.assert_nothing_found()


def test_a_child_process_inherits_nothing(detector: Detector, watching: Watching) -> None:
    """What a client was given stays out of the environment that a child of the program would get."""
    with watching():
        result = drive(Row(name="", place=plain(answer(GOOD_REPLY))), face="sync")
    assert result.value
    for name, value in os.environ.items():
        detector.look("environment", name, value)
    detector.assert_nothing_found()

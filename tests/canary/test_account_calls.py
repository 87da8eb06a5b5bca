"""Nothing shows an access token that an account call carries; what the network does to one, the rows say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.inputs import GOOD, others, texts
from faults.behaviours import TOKEN_ALONE, said
from faults.kinds import BODY, FACES, alternately
from faults.planted import ACCESS_TOKEN, REQUEST_TOKEN
from support.kinds import ORDER, READ
from support.raw_server import RawServer, answer, reply

from torus_connect import AccessToken, AsyncTorusConnect, ConfigurationError, Session, TorusConnect, TorusError
from torus_connect_api.client import Operation, Request

LONG_AGO = datetime(2024, 6, 11, tzinfo=UTC)
NEW = f"{ACCESS_TOKEN}-again"
BARE = "".join(filter(str.isalnum, ACCESS_TOKEN))
VALUES = [*texts(ACCESS_TOKEN).values(), *others(ACCESS_TOKEN).values()]
ELSEWHERE = "https://elsewhere.example"


def request_of(operation: Operation) -> Request[object]:
    return Request(operation, operation.path, json=BODY, parse=lambda data: data)


def send(
    face: str, detector: Detector, base_url: str, credentials: dict[str, Any], operation: Operation = READ
) -> object:
    """Make a call; look at the client and at what holds the credentials."""
    options = {**GOOD, "base_url": base_url}

    def look(torus: object, me: object) -> None:
        for thing in (torus, me, *credentials.values()):
            if isinstance(thing, TorusConnect | AsyncTorusConnect | AccessToken) or thing is me:
                detector.thing(type(thing).__name__, thing)
        detector.reach("client", torus)

    async def in_loop() -> object:
        async with AsyncTorusConnect(**options) as torus:
            me = torus.with_credentials(**credentials)
            try:
                return await me.send(request_of(operation))
            finally:
                look(torus, me)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        me = torus.with_credentials(**credentials)
        try:
            return me.send(request_of(operation))
        finally:
            look(torus, me)


def examine(detector: Detector, watching: Watching, *arguments: Any) -> TorusError:
    with watching(), pytest.raises(TorusError) as caught:
        send(*arguments)
    detector.error(caught.value)
    detector.assert_nothing_found()
    return caught.value


@pytest.mark.parametrize(
    ("value", "face"),
    [
        pytest.param(value, face, marks=marks)
        for number, value in enumerate(VALUES)
        for face, marks in alternately(number)
    ],
)
def test_credentials_that_are_refused(value: Any, face: str, detector: Detector, watching: Watching) -> None:
    error = examine(detector, watching, face, detector, GOOD["base_url"], {"AccessToken": value})
    assert isinstance(error, ConfigurationError)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "credentials",
    [
        {"accessToken": ACCESS_TOKEN},
        {"AccessToken": Session(ACCESS_TOKEN)},
        {"AccessToken": Session(ACCESS_TOKEN, base_url=ELSEWHERE)},
        {"AccessToken": Session(ACCESS_TOKEN, base_url=f"https://user:{BARE}@127.0.0.1:1")},
        {"AccessToken": Session(ACCESS_TOKEN, base_url=GOOD["base_url"], issued_at=LONG_AGO)},
        {"RequestToken": Session(ACCESS_TOKEN, base_url=GOOD["base_url"])},
        {"RequestToken": REQUEST_TOKEN},
    ],
)
def test_what_is_not_sent(face: str, credentials: dict[str, Any], detector: Detector, watching: Watching) -> None:
    examine(detector, watching, face, detector, GOOD["base_url"], credentials)


def fails(_: Session) -> Session:
    raise ConfigurationError("of the hook")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "hook",
    [
        lambda _: NEW,
        lambda _: NEW.encode(),
        lambda _: Session(NEW, base_url=ELSEWHERE),
        lambda _: Session(f"{NEW}\n", base_url=ELSEWHERE),
        lambda old: Session(NEW, base_url=old.base_url),
        lambda _: None,
        fails,
    ],
)
@pytest.mark.parametrize("issued_at", [None, LONG_AGO], ids=["refused", "expired"])
def test_a_hook(
    face: str,
    hook: Callable[[Session], Any],
    issued_at: datetime | None,
    detector: Detector,
    watching: Watching,
) -> None:
    with RawServer(answer(said("401"))) as server:
        token = AccessToken(Session(ACCESS_TOKEN, base_url=server.base_url, issued_at=issued_at), hook)
        examine(detector, watching, face, detector, server.base_url, {"AccessToken": token})


@pytest.mark.parametrize("face", FACES)
def test_a_call_that_succeeds_after_a_renewal(face: str, detector: Detector, watching: Watching) -> None:
    with RawServer(answer(said("401"), said("200", TOKEN_ALONE))) as server:
        session = Session(ACCESS_TOKEN, base_url=server.base_url)
        token = AccessToken(session, lambda _: Session(NEW, base_url=server.base_url))
        with watching():
            assert send(face, detector, server.base_url, {"AccessToken": token}) == {"AccessToken": ACCESS_TOKEN}
        assert len(server.requests) == 2
    detector.assert_nothing_found()


@pytest.mark.parametrize("face", FACES)
def test_an_access_token_in_the_place_of_a_request_id(face: str, detector: Detector, watching: Watching) -> None:
    with RawServer(answer(reply(b"", status="500 Oops", headers=(f"X-Request-Id: {BARE}",)))) as server:
        credentials = {"AccessToken": Session(BARE, base_url=server.base_url)}
        examine(detector, watching, face, detector, server.base_url, credentials, ORDER)

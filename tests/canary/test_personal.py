"""A PAN and a client id are in the rows of a reply, and nothing shows them, whatever becomes of the call."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.forms import Scanner
from canary.inputs import GOOD
from faults.behaviours import said
from faults.planted import ACCESS_TOKEN, planted
from support.raw_server import RawServer, answer

from torus_connect import AsyncTorusConnect, Session, TorusConnect, TorusError

PERSONAL = {name: planted(name) for name in ("PAN", "client id")}
ROW = {"pan_no": PERSONAL["PAN"], "client_id": PERSONAL["client id"], "order_no": 7, "quantity": "2"}
GOOD_BOOK = json.dumps({"status": "success", "data": [ROW, [ROW]]}).encode()
BAD = {
    "an error word": said("200", json.dumps({"status": "error", "message": "no", "data": [ROW]}).encode()),
    "no envelope": said("200", json.dumps([ROW]).encode()),
    "cut JSON": said("200", GOOD_BOOK[:-3]),
    "500": said("500", GOOD_BOOK),
    "400": said("400", GOOD_BOOK),
}


@pytest.fixture(scope="module")
def personal() -> Scanner:
    return Scanner(PERSONAL)


@pytest.fixture
def detector(personal: Scanner) -> Detector:
    return Detector(personal)


def order_book(face: str, server: RawServer) -> Any:
    options: dict[str, Any] = {**GOOD, "base_url": server.base_url}
    session = Session(ACCESS_TOKEN, base_url=server.base_url)

    async def in_loop() -> Any:
        async with AsyncTorusConnect(**options) as torus:
            return await (await torus.account(session)).order_book()

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return torus.account(session).order_book()


def test_rows(face: str, detector: Detector, watching: Watching) -> None:
    with watching(), RawServer(answer(said("200", GOOD_BOOK))) as server:
        rows = order_book(face, server)
    assert (rows[0].pan_no, rows[0].client_id) == tuple(PERSONAL.values())
    for shown in (repr(rows), str(rows), repr(rows[0]), f"{rows[0]}"):
        detector.look("repr", "the rows", shown)
    detector.assert_nothing_found()
    assert rows.unreadable == 1
    assert all(value in str(rows[0].to_dict()) for value in PERSONAL.values())


@pytest.mark.parametrize("name", BAD)
def test_errors(name: str, face: str, detector: Detector, watching: Watching) -> None:
    with watching(), RawServer(answer(BAD[name])) as server, pytest.raises(TorusError) as caught:
        order_book(face, server)
    detector.error(caught.value)
    detector.assert_nothing_found()
    assert caught.value.reply
    assert PERSONAL["PAN"].encode() in caught.value.reply.content


def test_the_detector_would_find_them(detector: Detector) -> None:
    detector.look("repr", "on purpose", repr(ROW))
    with pytest.raises(AssertionError):
        detector.assert_nothing_found()

"""The way of a request token, from `generate_session` to the socket, is what the page on the architecture says."""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET
from support.raw_server import Connection, RawServer

import torus_connect
from torus_connect import TorusConnect, TorusError

ROOT = Path(__file__).parents[2]
PACKAGE = Path(torus_connect.__file__).parent
PAGE = ROOT / "docs" / "explanation" / "architecture.md"
TOKEN = "demo-request-token"
MOST = 8


def stops_of_the_page() -> list[str]:
    section = PAGE.read_text().partition("## The way of a request token")[2].partition("\n## ")[0]
    return re.findall(r"^\d+\. `([\w./]+)`", section, re.MULTILINE)


def modules_at_work(frame: FrameType | None) -> list[str]:
    """Return the modules of the package that have called one another to come here."""
    found: list[str] = []
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            found.insert(0, path.relative_to(PACKAGE).as_posix())
        frame = frame.f_back
    return [name for name, _ in groupby(found)]


def behave(connection: Connection) -> None:
    connection.read_request()


def test_the_way_is_that_of_the_page() -> None:
    ways: list[list[str]] = []

    def watch(frame: FrameType, event: str, called: Any) -> None:
        is_sent = event == "c_call" and getattr(called, "__name__", "") == "sendall"
        if is_sent and TOKEN.encode() in frame.f_locals["data"]:
            ways.append(modules_at_work(frame))

    with (
        RawServer(behave) as server,
        TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, max_retries=0) as torus,
    ):
        before = sys.getprofile()
        sys.setprofile(watch)
        try:
            with pytest.raises(TorusError):
                torus.generate_session(TOKEN)
        finally:
            sys.setprofile(before)
    assert ways[0] == stops_of_the_page()
    assert len(ways[0]) <= MOST

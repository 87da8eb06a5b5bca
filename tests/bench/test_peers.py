"""The peers read what the documentation has, and the server answers it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import certifi
import pytest

from bench.line_account import NOT_MEASURED, fleet, redis_server
from bench.peers.data import BOOK, HOLDING_FIELDS, references
from bench.replies import HOLDINGS, ORDERS, replies
from bench.server import CERTIFICATE, Place, hashed
from torus_connect_api.models import Holding, Order


def test_a_reply_has_every_documented_field_and_rows_that_differ() -> None:
    rows = json.loads(replies()["holdings"])["data"]
    assert len(rows) == HOLDINGS
    assert {*HOLDING_FIELDS} == {*Holding.WIRE_NAMES} == {*rows[0]}
    assert len({row["cost_price"] for row in rows}) > HOLDINGS / 2


def test_the_book_has_every_order_that_is_looked_for() -> None:
    book = json.loads(replies()["book"])["data"]
    assert len(book) == ORDERS == BOOK
    assert {*book[0]} == {*Order.WIRE_NAMES.values()}
    remarks = {row["remarks"] for row in book}
    assert all({*references(f"user-{number:08}")} <= remarks for number in (0, 499, 500, 12_345_678))


def test_roots_are_found_by_the_hash_of_their_name(tmp_path: Path) -> None:
    bundle = Path(certifi.where())
    folder = hashed(bundle, tmp_path / "roots")
    links = [path for path in folder.iterdir() if path.is_symlink()]
    assert len(links) == len(CERTIFICATE.findall(bundle.read_text())) > 100
    assert all(path.is_file() for path in links)


def test_without_redis_the_line_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    place = Place("http://127.0.0.1:1", "https://127.0.0.1:1", *[Path()] * 4)
    assert fleet(place, 1) == NOT_MEASURED
    with redis_server() as url:
        assert url is None

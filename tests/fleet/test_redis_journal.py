"""A journal of orders in a real Redis does what any journal does, also where workers share it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import attrs
import pytest
from orders.test_journal import check, new
from support.kept import PASSWORD

from torus_connect import ReferenceUsed, StoreError, Trading
from torus_connect._orders.journal import journal_of
from torus_connect.stores._redis.settings import COMMANDS, OF_A_JOURNAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from fleet.server import RedisServer

    from torus_connect._orders.journal import Journal

pytestmark = pytest.mark.redis


@pytest.fixture
def opened(server: RedisServer) -> Callable[[], Journal]:
    """Return what opens the journal anew, as another worker does. No key is needed: it holds no credential."""
    url = f"redis://127.0.0.1:{server.port}?timeout=1"
    return lambda: journal_of(Trading(ip="192.0.2.1", uu_id="1", app_id="2", journal=url))


def test_what_any_journal_does(opened: Callable[[], Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORUS_STORE_KEY")
    check(opened())


def test_one_of_many_workers_gets_a_reference(opened: Callable[[], Journal]) -> None:
    refused = attrs.evolve(new(), outcome="refused")
    opened().settle(refused)  # so that each of them finds it free at first
    got: list[str] = []

    def begin() -> None:
        journal = opened()
        try:
            journal.begin(new())
        except ReferenceUsed:
            got.append("refused")
        else:
            got.append("begun")

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["begun", *["refused"] * 7]


def test_it_expires_and_a_repeated_command_changes_nothing(opened: Callable[[], Journal], server: RedisServer) -> None:
    import redis

    entry = new()
    opened().begin(entry)
    opened().begin(entry)  # as where the reply to the first was lost
    with redis.Redis(port=server.port) as client:
        (key,) = client.keys("torus-connect:{orders}:*")
        assert 0 < client.ttl(key) <= 7 * 24 * 60 * 60


def test_what_is_no_entry_is_no_free_reference(
    opened: Callable[[], Journal], server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    opened().begin(new("ref2"))
    server.command("HSET", f"torus-connect:{{orders}}:{new().day}", "ref1", "{")
    with pytest.raises(StoreError, match=r"^torus-connect:{orders}:\* ref1 holds what is no entry of an order"):
        opened().begin(new())
    for references in (None, ["ref1", "ref2", "ref3"]):
        entries = opened().entries(references)
        assert {name: each.is_settled for name, each in entries.items()} == {"ref1": False, "ref2": False}
        assert f"torus-connect:{{orders}}:{new().day} ref1 holds what is no entry of an order" in caplog.text
        caplog.clear()


def test_a_redis_that_is_gone(opened: Callable[[], Journal], server: RedisServer) -> None:
    journal = opened()
    journal.begin(new())
    server.stop()
    with pytest.raises(StoreError):
        journal.begin(new("ref2"))
    with pytest.raises(StoreError):
        journal.entries(None)


def test_a_user_who_may_just_that(server: RedisServer) -> None:
    def journal_with(*commands: str) -> Journal:
        rights = [f"+{each.lower()}" for each in ", ".join(commands).split(", ")]
        server.command("ACL", "SETUSER", "trader", "reset", "on", f">{PASSWORD}", "~torus-connect:*", *rights)
        url = server.url().replace("://", f"://trader:{PASSWORD}@")
        return journal_of(Trading(ip="192.0.2.1", uu_id="1", app_id="2", journal=url))

    with pytest.raises(StoreError, match=f"for a journal, {OF_A_JOURNAL}, too"):
        journal_with(COMMANDS).begin(new())
    check(journal_with(COMMANDS, OF_A_JOURNAL))

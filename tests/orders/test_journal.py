"""The journal: an order is on record before it is sent, and no reference stands for two orders of a day."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from support.another_user import a_folder_of_nobody, without_root

from torus_connect import ConfigurationError, Outcome, ReferenceUsed, StoreError, Trading
from torus_connect._dates import INDIA
from torus_connect._orders import journal as journals
from torus_connect._orders.journal import FileJournal, JournalEntry, MemoryJournal, journal_of

if TYPE_CHECKING:
    from torus_connect._orders.journal import Journal


def new(reference: str = "ref1") -> JournalEntry:
    return JournalEntry(reference=reference, fields={"txn_type": "B"})


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else FileJournal(tmp_path / "made")


def check(journal: Journal) -> None:
    """Do what any journal must do; on none in particular."""
    first = new()
    journal.begin(first)
    assert journal.entries(["ref1", "other"]) == {"ref1": first}
    with pytest.raises(ReferenceUsed):
        journal.begin(JournalEntry(reference="ref1", fields=first.fields, sent_at=first.sent_at))  # at the same moment
    for outcome in ("sent", "unknown", "acknowledged"):
        journal.settle(attrs.evolve(first, outcome=outcome))
        with pytest.raises(ReferenceUsed, match="reference ref1 was sent on this day"):
            journal.begin(new())
        assert journal.entries(None)["ref1"].outcome == outcome
    for outcome in ("refused", "not_sent"):
        journal.settle(attrs.evolve(first, outcome=outcome, order_no="7"))
        again = new()
        journal.begin(again)
        assert journal.entries(None)["ref1"] == again
    journal.begin(new("Ref2"))
    with pytest.raises(ReferenceUsed, match="reference rEF2 was sent"):
        journal.begin(new("rEF2"))  # the book may return either as the other one
    assert journal.entries(["REF2"]).keys() == {"Ref2"}
    assert journal.entries(None).keys() == {"ref1", "Ref2"}
    midnight = datetime.now(INDIA).replace(hour=0, minute=0, second=0, microsecond=0)
    for step in (timedelta(seconds=1), timedelta(seconds=-1)):  # a clock may go back, too
        reference = f"night{step.seconds}"
        journal.begin(attrs.evolve(new(reference), sent_at=midnight - step))
        with pytest.raises(ReferenceUsed, match="or less than 12 hours ago"):
            journal.begin(attrs.evolve(new(reference), sent_at=midnight + step))
        journal.settle(attrs.evolve(new(reference), sent_at=midnight - step, outcome="refused"))
        journal.begin(attrs.evolve(new(reference), sent_at=midnight + step))


def test_what_any_journal_does(journal: Journal) -> None:
    check(journal)


def test_a_reference_is_free_on_the_next_day(journal: Journal) -> None:
    yesterday = attrs.evolve(new(), sent_at=new().sent_at - timedelta(days=1))
    journal.begin(yesterday)
    journal.begin(new())
    assert journal.entries(None)["ref1"].day == new().day


def test_what_became_of_an_order_is_not_looked_for_days_later(journal: Journal) -> None:
    journal.begin(attrs.evolve(new(), sent_at=new().sent_at - timedelta(days=2)))
    assert journal.entries(None) == journal.entries(["ref1"]) == {}


def test_one_of_many_threads_gets_a_reference(journal: Journal) -> None:
    got: list[bool] = []

    def begin() -> None:
        try:
            journal.begin(new())
        except ReferenceUsed:
            got.append(False)
        else:
            got.append(True)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_MOST_IN_MEMORY", 2)
    journal = MemoryJournal()
    for number in range(4):
        journal.begin(new(f"ref{number}"))
    assert journal.entries(None).keys() == {"ref2", "ref3"}


def test_files_are_private_and_there_for_the_next_process(tmp_path: Path) -> None:
    FileJournal(tmp_path / "made").begin(new())
    (file,) = (tmp_path / "made" / "orders" / new().day).glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert FileJournal(tmp_path / "made").entries(None)["ref1"].fields == {"txn_type": "B"}
    assert FileJournal(tmp_path / "other").entries(None) == {}
    assert not (tmp_path / "other").exists()  # to look leaves nothing behind


KILLED = """
import os, signal, sys
from pathlib import Path
from torus_connect._orders.journal import FileJournal, JournalEntry
journal = FileJournal(Path(sys.argv[1]))
journal.begin(JournalEntry(reference="ref1", fields={}))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_was_about_to_send(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60)
    assert done.returncode == -9
    journal = FileJournal(tmp_path)
    assert journal.entries(None)["ref1"].outcome == "sent"
    with pytest.raises(ReferenceUsed):
        journal.begin(new())


FORKED = """
import os, signal, sys, threading
from torus_connect._limiter import Limiter
from torus_connect._orders.journal import JournalEntry, MemoryJournal
inside, leave = threading.Semaphore(0), threading.Event()
def slow(*_):
    if threading.current_thread() is not threading.main_thread():
        inside.release(), leave.wait()
class Entry(JournalEntry):
    see_free = slow
class Moment(float):
    __gt__ = slow
journal, limiter = MemoryJournal(), Limiter(1)
limiter._next = Moment()
journal.begin(JournalEntry(reference="ref1", fields={}))
threads = [threading.Thread(target=journal.begin, args=[Entry(reference="ref1", fields={})]),
           threading.Thread(target=limiter.reserve, args=[60])]
for thread in threads:
    thread.start(), inside.acquire()
child = os.fork()
if not child:
    signal.alarm(10)
    journal.begin(JournalEntry(reference="ref2", fields={})), limiter.reserve(60)
    os._exit(0)
status = os.waitpid(child, 0)[1]
leave.set()
sys.exit(status)
"""


def test_a_fork_while_threads_are_in_the_journal_and_in_the_limiter() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True, timeout=60)


DAMAGED = [
    b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"reference": "ref1"}', b'{"sent_at": "x"}',
    b'{"reference": 1, "fields": {}, "sent_at": "2026-11-30T04:00:00+00:00"}',
    b'{"reference": "ref1", "fields": null, "sent_at": "2026-11-30T04:00:00+00:00"}',
    b'{"reference": "other", "fields": {}, "sent_at": "2026-11-30T04:00:00+00:00"}',
    b'{"reference": "ref1", "fields": {}, "sent_at": "2026-11-30T04:00:00+00:00", "unknown": 1}',
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_what_is_no_entry_is_no_free_reference(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    journal = FileJournal(tmp_path)
    journal.begin(new("ref2"))
    file = tmp_path / "orders" / new().day / "ref1.json"
    file.touch(0o600)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="holds what is no entry of an order") as caught:
        journal.begin(new())
    assert str(caught.value).startswith(f"{file} holds")
    assert "the order ref1 may exist: keep it until" in str(caught.value)
    assert caught.value.outcome is Outcome.UNKNOWN
    caplog.clear()
    for references in (None, ["Ref1", "ref2"]):
        entries = journal.entries(references)
        assert entries.keys() == {"ref1", "ref2"}
        assert not entries["ref1"].is_settled
        assert entries["ref1"].day == new().day
        assert entries["ref1"].fields == {}
        assert f"{file} holds what is no entry of an order" in caplog.text
        caplog.clear()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "orders").touch()
    with pytest.raises(StoreError):
        FileJournal(tmp_path).begin(new())


@pytest.mark.parametrize("of_all", [False, True], ids=["of one day", "of all days"])
@pytest.mark.parametrize("references", [None, ["ref1"]])
def test_what_cannot_be_read_is_not_empty(references: list[str] | None, *, of_all: bool) -> None:
    with a_folder_of_nobody() as folder, without_root():
        journal = FileJournal(folder)
        journal.begin(new())
        closed = folder / "orders" / ("" if of_all else new().day)
        closed.chmod(0)
        with pytest.raises(StoreError, match="Permission denied"):
            journal.entries(references)
        closed.chmod(0o700)
        assert journal.entries(references).keys() == {"ref1"}


DEVICE = {"ip": "192.0.2.1", "uu_id": "1", "app_id": "2"}


def test_by_url(tmp_path: Path, state_home: Path) -> None:
    assert isinstance(journal_of(None), MemoryJournal)
    trading = Trading(**DEVICE)
    assert journal_of(trading) is journal_of(trading)
    journal_of(Trading(**DEVICE, journal=f"file:{tmp_path}")).begin(new())
    assert (tmp_path / "orders").is_dir()
    journal_of(Trading(**DEVICE, journal="file:")).begin(new())
    assert (state_home / "torus-connect" / "orders").is_dir()
    assert isinstance(journal_of(Trading(**DEVICE, journal="memory:")), MemoryJournal)


@pytest.mark.parametrize("url", ["keyring:", "orders.txt", "", 7, "redis://host:port"])
def test_what_is_no_journal(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"journal|Redis"):
        journal_of(Trading(**DEVICE, journal=url))

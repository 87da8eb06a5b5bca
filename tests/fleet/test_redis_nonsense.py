"""What answers as no Redis would: every call ends in a `StoreError`, and a failed side question in nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fleet.conftest import Open
from support.kept import taken
from support.raw_server import Connection, RawServer

from torus_connect import Outcome, Session, StoreError
from torus_connect.stores import SessionKey, SessionStore

DONE, NOTHING, TAKEN = b":1\r\n", b"$-1\r\n", b"*3\r\n$1\r\n7\r\n:0\r\n$0\r\n\r\n"
"""What a Redis says to a script, to GET where there is no session, and to the script by which a lease is acquired."""

CLOSING = b"(the connection is closed)"

NONSENSE = {
    "a number": b":7\r\n",
    "a huge number": b":" + b"9" * 10_000 + b"\r\n",
    "no number": b":seven\r\n",
    "a status": b"+DONE\r\n",
    "a text": b"$5\r\nhello\r\n",
    "an empty list": b"*0\r\n",
    "a list of other things": b"*3\r\n:1\r\n$-1\r\n*1\r\n+OK\r\n",
    "a list that goes deep": b"*1\r\n" * 100_000 + b":1\r\n",
    "an error that no Redis knows": b"-\xff\xfe\x00\r\n",
    "an error without words": b"-\r\n",
    "a length that is none": b"$five\r\nhello\r\n",
    "a negative length": b"*-7\r\n",
    "of a later protocol": b"%1\r\n+a\r\n+b\r\n",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "bytes": bytes(range(256)) + CLOSING,
    "an empty line": b"\r\n",
    "two at once": b":7\r\n" + NOTHING,
    "nothing": CLOSING,
    "a text that is cut": b"$500\r\nhello" + CLOSING,
    "a list that is cut": b"*3\r\n:1\r\n" + CLOSING,
}


def a_text(content: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(content), content)


OF_MEMORY = {
    "no text": a_text(b"maxmemory_policy:\xff\xfe\r\nmaxmemory:\xff"),
    "no numbers": a_text(b"maxmemory_policy:a=b,c\r\nmaxmemory:many,=,"),
    "no values": a_text(b"maxmemory\r\nmaxmemory_policy\r\n:::\r\n#"),
}
"""Of what is asked of the memory, in the place of fields and their values."""


class Fake:
    """What speaks to one client after the other in the protocol of Redis, and says what it is set to.

    Attributes:
        says: the reply to a command; where it is `CLOSING`, or ends in it, the connection is closed.
    """

    def __init__(self) -> None:
        self.says: Callable[[bytes], bytes] = lambda _: NOTHING

    def __call__(self, connection: Connection) -> None:
        file = connection.sock.makefile("rb")
        while head := file.readline():
            words = []
            for _ in range(int(head[1:])):
                words.append(file.read(int(file.readline()[1:])))
                file.readline()
            reply = self.says(words[0])
            connection.send(reply.removesuffix(CLOSING))
            if reply.endswith(CLOSING):
                return


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def store(fake: Fake, open_at: Open) -> Iterator[SessionStore]:
    with RawServer(fake) as server:
        yield open_at(f"redis://127.0.0.1:{server.port}?timeout=3")


def failure_of(do: Callable[[], object]) -> Exception | None:
    try:
        do()
    except Exception as exc:  # noqa: BLE001 - which one, is what is tested
        return exc
    return None


@pytest.mark.parametrize("kind", NONSENSE)
def test_every_call(fake: Fake, store: SessionStore, key: SessionKey, session: Session, kind: str) -> None:
    fake.says = lambda command: TAKEN if command == b"EVAL" else NOTHING
    lease = taken(store, key)
    fake.says = lambda _: DONE
    lease.begin()
    fake.says = lambda _: NONSENSE[kind]
    calls: dict[str, Callable[[], object]] = {
        "load": lambda: store.load(key),
        "save": lambda: store.save(key, session),
        "acquire": lambda: store.lease(key).acquire(),
        "check": lease.check,
        "begin": lease.begin,
        "save of a lease": lambda: lease.save(session),
        "settle": lease.settle,
    }
    for name, call in calls.items():
        failure = failure_of(call)
        assert type(failure) is StoreError, f"{name}: {failure!r}"
        assert failure.outcome is Outcome.NOT_SENT
    assert isinstance(failure_of(lambda: store.delete(key)), StoreError | None), "whatever is said may be its reply"
    lease.release()


@pytest.mark.parametrize("kind", [*NONSENSE, *OF_MEMORY])
def test_only_the_question_whether_it_evicts(fake: Fake, store: SessionStore, key: SessionKey, kind: str) -> None:
    asked = []

    def says(command: bytes) -> bytes:
        asked.append(command)
        return {**NONSENSE, **OF_MEMORY}[kind] if command == b"INFO" else NOTHING

    fake.says = says
    for _ in range(2):
        assert store.load(key) is None
    assert asked.count(b"GET") == 2
    assert b"INFO" in asked

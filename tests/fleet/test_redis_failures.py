"""A Redis that is down, slow, full, evicting, restarted or not ours to use: clear errors, in time, and nothing lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from cryptography.fernet import Fernet
from fleet.conftest import Open
from fleet.leaks import shown_by
from fleet.server import RedisServer
from redis.exceptions import OutOfMemoryError
from support.interrupts import stuck_after_interrupts
from support.kept import BASE_URL, PASSWORD, TOKEN, taken

from torus_connect import ConfigurationError, Outcome, Session, SessionNotKept, StoreError, TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, SessionStore, open_store
from torus_connect.stores._redis.script import names_of
from torus_connect.stores._redis.settings import COMMANDS

pytestmark = pytest.mark.redis

Use = Callable[[SessionStore, SessionKey, Session], object]


def load(store: SessionStore, key: SessionKey, _: Session) -> object:
    return store.load(key)


def save(store: SessionStore, key: SessionKey, session: Session) -> None:
    store.save(key, session)


def delete(store: SessionStore, key: SessionKey, _: Session) -> None:
    store.delete(key)


def acquire(store: SessionStore, key: SessionKey, _: Session) -> bool:
    lease = store.lease(key)
    try:
        return lease.acquire()
    finally:
        lease.release()


USES = [load, save, delete, acquire]


@contextmanager
def fails(why: str, within: float = 5) -> Iterator[None]:
    begun = time.monotonic()
    with pytest.raises(StoreError, match=why) as caught:
        yield
    assert time.monotonic() - begun < within
    assert type(caught.value) is StoreError
    assert caught.value.outcome is Outcome.NOT_SENT
    for shown in shown_by(caught.value):
        assert PASSWORD not in shown
        assert TOKEN not in shown


class Meanwhile(TorusConnect):
    """A client to whose Redis something happens between the exchange and the keeping of its session."""

    happens: Callable[[], object]

    def generate_session(self, request_token: str) -> Session:
        session = super().generate_session(request_token)
        self.happens()
        return session


def logged_in(sandbox: Sandbox, url: str, happens: Callable[[], object] = lambda: None) -> Session:
    """Ask for a session of a user, as an application does; something happens meanwhile."""
    with Meanwhile(**sandbox.credentials, store=url) as torus:
        torus.happens = happens
        return torus.session("a-user", login=sandbox.issue_request_token)


def not_kept(sandbox: Sandbox, url: str, happens: Callable[[], object], why: str) -> None:
    """See that the session comes with the error, where it cannot be kept."""
    with pytest.raises(SessionNotKept, match=why) as caught:
        logged_in(sandbox, url, happens)
    assert caught.value.outcome is Outcome.UNKNOWN
    assert caught.value.session
    assert caught.value.session.access_token
    assert sandbox.exchanges == 1


class TestDown:
    @pytest.mark.parametrize("use", USES)
    def test_from_the_start(
        self, server: RedisServer, open_at: Open, key: SessionKey, session: Session, use: Use
    ) -> None:
        server.stop()
        store = open_at(server.url().replace("://", f"://a-user:{PASSWORD}@"))
        with fails(rf"^redis://127.0.0.1:{server.port}/0 cannot be reached"):
            use(store, key, session)
        assert PASSWORD not in repr(store)

    def test_nothing_is_sent(self, server: RedisServer, sandbox: Sandbox) -> None:
        server.stop()
        with fails("cannot be reached"):
            logged_in(sandbox, server.url())
        assert sandbox.exchanges == 0

    def test_after_the_exchange(self, server: RedisServer, sandbox: Sandbox) -> None:
        not_kept(sandbox, server.url(), server.stop, "cannot be reached")

    def test_it_comes_back(self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session) -> None:
        store.save(key, session)
        server.stop()
        with fails("cannot be reached"):
            store.load(key)
        server.start()
        assert store.load(key) is None
        store.save(key, session)
        assert store.load(key)


class TestSlow:
    @pytest.mark.parametrize("use", USES)
    def test_every_call_ends_in_time(
        self, server: RedisServer, open_at: Open, key: SessionKey, session: Session, use: Use
    ) -> None:
        store = open_at(server.url(timeout=0.2))
        assert store.load(key) is None
        server.freeze()
        with fails(r"did not answer within 0\.2 seconds", within=2):
            use(store, key, session)
        server.thaw()
        assert store.load(key) is None or use is save

    def test_one_after_the_other(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        """Whoever waits for a connection does so for as long, and no longer."""
        store = open_at(server.url(timeout=0.4, connections=1))
        assert store.load(key) is None
        server.freeze()
        with ThreadPoolExecutor(4) as threads:
            begun = time.monotonic()
            calls = [threads.submit(store.load, key) for _ in range(4)]
            told = {str(call.exception()).partition(" seconds")[0] for call in calls}
        assert time.monotonic() - begun < 4
        place = f"redis://127.0.0.1:{server.port}/0"
        assert f"{place} did not answer within 0.4" in told
        assert told <= {f"{place} did not answer within 0.4", f"{place} has all 1 connections in use for 0.4"}

    def test_from_the_start(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        store = open_at(server.url(timeout=0.2))
        server.freeze()
        with fails(r"did not answer within 0\.2 seconds", within=2):
            store.load(key)

    def test_after_the_exchange(self, server: RedisServer, sandbox: Sandbox) -> None:
        not_kept(sandbox, server.url(timeout=0.2), server.freeze, "did not answer")

    def test_a_save_that_comes_late_counts(self, server: RedisServer, sandbox: Sandbox) -> None:
        not_kept(sandbox, server.url(timeout=0.2), server.freeze, "did not answer")
        server.thaw()
        assert logged_in(sandbox, server.url()).access_token
        assert sandbox.exchanges == 1

    def test_a_lease_that_cannot_be_given_back(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        lease = taken(open_at(server.url(timeout=0.2)), key)
        server.freeze()
        lease.release()


class TestFull:
    @pytest.fixture(autouse=True)
    def _policy(self, server: RedisServer) -> None:
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")

    @staticmethod
    def fill(server: RedisServer) -> None:
        server.command("CONFIG", "SET", "maxmemory", 1)

    @pytest.mark.parametrize("use", [save, acquire])
    def test_nothing_is_written(
        self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session, use: Use
    ) -> None:
        self.fill(server)
        with fails("is full"):
            use(store, key, session)
        assert store.load(key) is None
        store.delete(key)
        assert not server.records()

    def test_nothing_is_sent(self, server: RedisServer, sandbox: Sandbox) -> None:
        self.fill(server)
        with fails("is full"):
            logged_in(sandbox, server.url())
        assert sandbox.exchanges == 0

    def test_after_the_exchange(self, server: RedisServer, sandbox: Sandbox) -> None:
        not_kept(sandbox, server.url(), lambda: self.fill(server), "is full")

    def test_what_was_kept_is_there(self, server: RedisServer, sandbox: Sandbox) -> None:
        kept = logged_in(sandbox, server.url())
        self.fill(server)
        assert logged_in(sandbox, server.url()).access_token == kept.access_token

    def test_a_lease_is_given_back(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        lease = taken(store, key)
        lease.begin()
        self.fill(server)
        lease.settle()
        lease.release()
        server.command("CONFIG", "SET", "maxmemory", 0)
        again = taken(store, key)
        assert not again.unfinished
        again.release()


class TestEvicting:
    def squeeze(self, server: RedisServer, kind: str) -> None:
        """Fill it with other things until it evicts the records of a kind."""
        memory = int(server.command("INFO", "memory")["used_memory"])
        server.command("CONFIG", "SET", "maxmemory", memory + 400_000)
        for number in range(10_000):
            if not server.command("KEYS", f"*:{kind}"):
                return
            server.command("SET", f"other:{number}", b"x" * 10_000)
        pytest.fail("it evicts nothing")

    def test_a_lost_session_is_another_login(self, server: RedisServer, sandbox: Sandbox) -> None:
        server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        first = logged_in(sandbox, server.url())
        self.squeeze(server, "session")
        second = logged_in(sandbox, server.url())
        assert second.access_token != first.access_token
        assert sandbox.exchanges == 2

    def test_a_lost_lock_is_no_silent_second_login(self, server: RedisServer, sandbox: Sandbox) -> None:
        server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
        second: list[Session] = []

        def another_worker() -> None:
            self.squeeze(server, "login")
            server.command("CONFIG", "SET", "maxmemory", 0)
            second.append(logged_in(sandbox, server.url()))

        with pytest.raises(SessionNotKept, match="Somebody else") as caught:
            logged_in(sandbox, server.url(), another_worker)
        assert sandbox.exchanges == 2
        assert caught.value.session
        assert caught.value.session.access_token != second[0].access_token
        assert logged_in(sandbox, server.url()).access_token == second[0].access_token

    def test_volatile_policies_spare_the_lock(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        server.command("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
        store.save(key, Session(TOKEN, base_url=BASE_URL))
        lease = taken(store, key)
        lease.begin()
        server.command("CONFIG", "SET", "maxmemory", 1)
        with pytest.raises(OutOfMemoryError):
            server.command("SET", "other", "x")
        assert store.load(key) is None
        assert not store.lease(key).acquire()
        assert names_of(key)[0].encode() in server.command("KEYS", "torus-connect:*")


class TestRestarted:
    def test_between_two_calls(
        self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session
    ) -> None:
        store.save(key, session)
        server.restart()
        assert store.load(key) is None
        store.save(key, session)
        assert store.load(key)

    def test_during_the_exchange(self, server: RedisServer, sandbox: Sandbox) -> None:
        first = logged_in(sandbox, server.url(), server.restart)
        assert logged_in(sandbox, server.url()).access_token == first.access_token
        assert sandbox.exchanges == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_handler_that_raises_takes_no_connection(
    server: RedisServer, key: SessionKey, session: Session
) -> None:
    """At random instants: the next call has a connection, though there is only one."""
    store = open_store(server.url(connections=1, timeout=1))
    store.save(key, session)

    def is_stuck() -> bool:
        return store.load(key) is None  # or raises, as no connection is left

    assert stuck_after_interrupts(lambda: store.load(key), is_stuck, 1000) == 0
    store.close()


class TestNotOurs:
    @pytest.fixture
    def guarded(self, server: RedisServer) -> RedisServer:
        server.restart("--requirepass", PASSWORD)
        return server

    @pytest.mark.parametrize("given", ["", ":demo-wrong@", f"nobody:{PASSWORD}@"])
    @pytest.mark.parametrize("use", USES)
    def test_a_wrong_password(
        self, guarded: RedisServer, open_at: Open, key: SessionKey, session: Session, use: Use, given: str
    ) -> None:
        store = open_at(guarded.url().replace("://", f"://{given}"))
        with fails("does not accept the user or the password"):
            use(store, key, session)

    def test_the_right_password(self, guarded: RedisServer, open_at: Open, key: SessionKey, session: Session) -> None:
        store = open_at(guarded.url().replace("://", f"://:{PASSWORD}@"))
        store.save(key, session)
        assert store.load(key)

    def test_a_user_who_may_not(self, server: RedisServer, open_at: Open, key: SessionKey, session: Session) -> None:
        server.command("ACL", "SETUSER", "reader", "on", f">{PASSWORD}", "~*", "+get")
        store = open_at(server.url().replace("://", f"://reader:{PASSWORD}@"))
        assert store.load(key) is None
        with fails("does not let this user"):
            store.save(key, session)

    def test_a_user_who_may_just_that(
        self, server: RedisServer, open_at: Open, key: SessionKey, session: Session
    ) -> None:
        commands = [f"+{command.lower()}" for command in COMMANDS.split(", ")]
        server.command("ACL", "SETUSER", "worker", "on", f">{PASSWORD}", "~torus-connect:*", *commands)
        store = open_at(server.url().replace("://", f"://worker:{PASSWORD}@"))
        lease = taken(store, key)
        lease.begin()
        lease.settle()
        lease.begin()
        lease.save(session)
        lease.release()
        store.save(key, session)
        assert store.load(key)
        store.delete(key)

    def test_a_replica(self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session) -> None:
        store.save(key, session)
        server.command("REPLICAOF", "127.0.0.1", "1")
        assert store.load(key)
        for use in (save, acquire, delete):
            with fails("is a read-only replica"):
                use(store, key, session)

    def test_something_else(self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session) -> None:
        server.command("HSET", names_of(key)[1], "not", "ours")
        for use in (load, save):
            with fails("cannot be used: ResponseError"):
                use(store, key, session)


class TestEncrypted:
    def test_nothing_is_in_clear_text(
        self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session, store_key: str
    ) -> None:
        lease = taken(store, key)
        lease.begin()
        lease.save(session)
        lease.release()
        other = SessionKey(BASE_URL, key.api_key, "another-user")
        store.save(other, session)
        taken(store, other)
        held = repr(server.records())
        assert held.count("value") == 2
        for secret in (TOKEN, key.api_key, key.user, "another-user", BASE_URL, store_key):
            assert secret not in held

    def test_it_expires_by_itself(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        session = Session(TOKEN, base_url=BASE_URL)
        store.save(key, session)
        left = server.command("PTTL", names_of(key)[1]) / 1000
        assert session.expires_in - 1 < left <= session.expires_in + 5

    def test_another_key(
        self, server: RedisServer, open_at: Open, key: SessionKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_at(server.url()).save(key, Session(TOKEN, base_url=BASE_URL))
        monkeypatch.setenv("TORUS_STORE_KEY", Fernet.generate_key().decode())
        with fails("cannot be decrypted: TORUS_STORE_KEY is another one"):
            open_at(server.url()).load(key)

    def test_rotation(
        self, server: RedisServer, open_at: Open, key: SessionKey, store_key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, new = store_key, Fernet.generate_key().decode()
        open_at(server.url()).save(key, Session("demo-old", base_url=BASE_URL))
        monkeypatch.setenv("TORUS_STORE_KEY", f"{new}, {old}")
        both = open_at(server.url())
        kept = both.load(key)
        assert kept
        assert kept.access_token == "demo-old"
        both.save(key, Session("demo-new", base_url=BASE_URL))
        monkeypatch.setenv("TORUS_STORE_KEY", new)
        kept = open_at(server.url()).load(key)
        assert kept
        assert kept.access_token == "demo-new"
        monkeypatch.setenv("TORUS_STORE_KEY", old)
        with fails("cannot be decrypted"):
            open_at(server.url()).load(key)

    def test_a_session_of_somebody_else(
        self, server: RedisServer, store: SessionStore, key: SessionKey, session: Session
    ) -> None:
        other = SessionKey(BASE_URL, key.api_key, "another-user")
        store.save(key, session)
        server.command("COPY", names_of(key)[1], names_of(other)[1])
        with fails("is of another user"):
            store.load(other)

    def test_a_value_that_was_changed(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        store.save(key, Session(TOKEN, base_url=BASE_URL))
        sealed = server.command("GET", names_of(key)[1])
        server.command("SET", names_of(key)[1], sealed[:-9] + b"AAAAAAAA" + sealed[-1:])
        with fails("tampered with"):
            store.load(key)


class TestTLS:
    @pytest.fixture
    def ca(self, server: RedisServer, tmp_path: Path) -> Path:
        """Let the server speak TLS only; return the file of its authority."""
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
        certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        files = {"key": "key.pem", "cert": "cert.pem", "ca-cert": "ca.pem"}
        options = [part for kind, name in files.items() for part in (f"--tls-{kind}-file", str(tmp_path / name))]
        server.restart("--port", "0", "--tls-port", str(server.port), "--tls-auth-clients", "no", *options)
        return tmp_path / "ca.pem"

    def url(self, server: RedisServer, **options: object) -> str:
        return server.url(**options).replace("redis://", "rediss://")

    def test_it_is_spoken(
        self, server: RedisServer, open_at: Open, key: SessionKey, session: Session, ca: Path
    ) -> None:
        store = open_at(self.url(server, ca_file=ca))
        store.save(key, session)
        assert store.load(key)

    @pytest.mark.usefixtures("ca")
    def test_an_authority_that_is_not_trusted(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        with fails("cannot be reached"):
            open_at(self.url(server)).load(key)

    def test_a_server_that_does_not_speak_it(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        with fails("did not answer"):  # it waits for the end of a command
            open_at(self.url(server, timeout=0.2)).load(key)

    def test_a_file_that_is_missing(self, server: RedisServer, open_at: Open, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="ca_file cannot be read: No such file or directory"):
            open_at(self.url(server, ca_file=tmp_path / "none.pem"))

"""`torus.session`: one login for all who ask, whatever happens to whoever does it."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.kept import taken
from support.raw_server import Connection, RawServer, answer, reply

import torus_connect
from torus_connect import (
    AsyncTorusConnect,
    ClientClosed,
    ConfigurationError,
    LockLost,
    LoginNeeded,
    LoginPending,
    Outcome,
    ServerError,
    Session,
    SessionNotKept,
    StoreError,
    TorusConnect,
    TorusError,
)
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, SessionStore
from torus_connect.stores._in_thread import StoreInThread
from torus_connect.stores._memory import MemoryStore
from torus_connect_api.api.session import generate_session

Ask = Callable[..., Session]


@pytest.fixture(params=["sync", "async", "async, login async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Return what asks for a session, once, with a client of its own."""

    def sync(options: dict[str, Any], *args: Any, **wish: Any) -> Session:
        with TorusConnect(**options) as torus:
            return torus.session(*args, **wish)

    async def in_loop(options: dict[str, Any], *args: Any, **wish: Any) -> Session:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.session(*args, **wish)

    def tasks(*args: Any, **wish: Any) -> Session:
        return asyncio.run(in_loop(*args, **wish))

    def all_tasks(*args: Any, login: Callable[[], str] | None = None, **wish: Any) -> Session:
        async def log_in() -> str:
            await asyncio.sleep(0)
            assert login
            return login()

        return tasks(*args, login=log_in if login else None, **wish)

    asks: dict[str, Ask] = {"sync": sync, "async": tasks, "async, login async": all_tasks}
    return asks[request.param]


def options(sandbox: Sandbox, store: SessionStore | str) -> dict[str, Any]:
    return {**sandbox.credentials, "store": store}


def key_of(sandbox: Sandbox, user: str = "default") -> SessionKey:
    return SessionKey(sandbox.base_url, sandbox.api_key, user)


def hang_up(connection: Connection) -> None:
    connection.read_request()


def never() -> str:
    pytest.fail("nobody is asked to log in")


def test_the_first_one_logs_in_and_the_next_one_finds_it(ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
    token = sandbox.issue_request_token()
    first = ask(options(sandbox, store), "a-user", login=lambda: token)
    second = ask(options(sandbox, store), "a-user", login=never)
    assert first.access_token == second.access_token == sandbox.access_token_for(token)
    assert second.base_url == sandbox.base_url
    assert ask(options(sandbox, store), "a-user").access_token == first.access_token
    assert sandbox.exchanges == 1


def test_each_user_has_his_own(ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
    tokens = {ask(options(sandbox, store), user, login=sandbox.issue_request_token).access_token for user in "abc"}
    assert len(tokens) == sandbox.exchanges == 3


def test_login_may_yield_the_url_of_the_redirect(ask: Ask, sandbox: Sandbox) -> None:
    token = sandbox.issue_request_token()
    url = f"https://merchant.example/done?REQUEST_TOKEN={token}"
    assert ask(options(sandbox, "memory:"), login=lambda: url).access_token == sandbox.access_token_for(token)


def test_a_session_of_another_api_is_refused(ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
    """Its token is for another place; and whoever put it there meant something else by this key."""
    for base_url in ("https://other.example", None):
        store.save(key_of(sandbox), Session("demo-old", base_url=base_url))
        for login in (None, never):
            with pytest.raises(StoreError, match="was made at another base URL") as caught:
                ask(options(sandbox, store), login=login)
            assert caught.value.outcome is Outcome.NOT_SENT
    assert sandbox.exchanges == 0


@pytest.mark.parametrize("why", ["expired", "not accepted"])
def test_a_session_that_is_not_good(ask: Ask, sandbox: Sandbox, store: SessionStore, why: str) -> None:
    kept = Session(
        "demo-old",
        issued_at=datetime.now(UTC) - timedelta(days=2 if why == "expired" else 0),
        base_url=sandbox.base_url,
    )
    store.save(key_of(sandbox), kept)
    old = Session("demo-old") if why == "not accepted" else None
    with pytest.raises(LoginNeeded):
        ask(options(sandbox, store), instead_of=old)
    new = ask(options(sandbox, store), login=sandbox.issue_request_token, instead_of=old)
    assert new.access_token != "demo-old"
    assert ask(options(sandbox, store), login=never, instead_of=old).access_token == new.access_token


def test_a_forced_login(ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
    """Another session than the stored one, each time; one for all who ask at the same time."""
    got = [ask(options(sandbox, store), login=sandbox.issue_request_token, force=True) for _ in range(2)]
    assert got[0].access_token != got[1].access_token
    assert ask(options(sandbox, store), login=never).access_token == got[1].access_token
    assert sandbox.exchanges == 2
    with pytest.raises(ConfigurationError, match="force goes with login"):
        ask(options(sandbox, store), force=True)


def test_a_forced_login_replaces_what_cannot_be_read(ask: Ask, sandbox: Sandbox, tmp_path: Path) -> None:
    where = options(sandbox, f"file:{tmp_path / 'sessions'}")
    ask(where, login=sandbox.issue_request_token)
    (path,) = (tmp_path / "sessions").glob("*.session")
    for damaged in ("{", '{"version": 99}'):
        path.write_text(damaged)
        with pytest.raises(StoreError):
            ask(where, login=never)
        assert ask(where, login=sandbox.issue_request_token, force=True)
        assert ask(where, login=never)
    assert sandbox.exchanges == 3


def test_only_one_that_was_refused_is_removed(ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
    """One that is over by the clock of this machine may be good by all others."""
    over = Session("demo-old", issued_at=datetime.now(UTC) - timedelta(days=2), base_url=sandbox.base_url)
    good = Session("demo-good", base_url=sandbox.base_url)
    for kept, stays in ((over, True), (good, False)):
        store.save(key_of(sandbox), kept)
        with pytest.raises(LoginNeeded):
            ask(options(sandbox, store), instead_of=kept)
        assert (store.load(key_of(sandbox)) is not None) is stays


def test_a_token_that_a_later_login_gave_again_is_good(ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
    """A service may give the same one all day: then the others find the login of the first, and remove nothing."""
    now = datetime.now(UTC)
    first, again = (
        Session("demo-same", issued_at=moment, base_url=sandbox.base_url)
        for moment in (now - timedelta(seconds=1), now)
    )
    store.save(key_of(sandbox), again)
    for login in (None, never):
        assert ask(options(sandbox, store), login=login, instead_of=first).issued_at == now
    with pytest.raises(LoginNeeded):
        ask(options(sandbox, store), instead_of=again)


def test_nobody_to_ask(ask: Ask, sandbox: Sandbox, store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LoginNeeded) as caught:
        ask(options(sandbox, store), "a user")
    where = f"{repr(store).strip('<>')}, for the user 'a user', the base URL {sandbox.base_url} and the API key of "
    assert caught.value.args == (f"No good session is stored in {where}the argument api_key",)
    step = "Nothing was sent: let the user log in (`torus-connect login --user 'a user'`), or pass `login`."
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        error.concern(generate_session.OPERATION)
        assert str(error).endswith(f"\n{step}")
    monkeypatch.setenv("TORUS_API_KEY", sandbox.api_key)
    with pytest.raises(LoginNeeded) as caught:
        ask({**options(sandbox, store), "api_key": None})
    assert caught.value.args[0].endswith("the API key of TORUS_API_KEY")
    assert "(`torus-connect login`)" in str(caught.value)
    assert sandbox.api_key not in str(caught.value)
    lease = taken(store, key_of(sandbox))
    lease.release()


@pytest.mark.parametrize("length", [40, 41, 257])
def test_an_access_token_in_the_place_of_a_name_is_not_shown(
    ask: Ask, sandbox: Sandbox, store: SessionStore, length: int
) -> None:
    name = "c" * length
    with pytest.raises((LoginNeeded, ConfigurationError)) as caught:
        ask(options(sandbox, store), name)
    shown = str(caught.value)
    assert (name in shown) is (length == 40)
    if length > 40:
        assert f"has {length}" in shown
        assert "an access token goes into `Session(...)`" in shown
    if length == 41:
        assert "`torus-connect login --user USER`" in shown


def test_of_a_store_that_is_not_ours_the_class_is_told(ask: Ask, sandbox: Sandbox) -> None:
    class OfTheirs(MemoryStore):
        def __repr__(self) -> str:
            return "canary"

    with pytest.raises(LoginNeeded, match="No good session is stored in OfTheirs, for the user") as caught:
        ask(options(sandbox, OfTheirs()))
    assert "canary" not in str(caught.value)


def test_16_threads(sandbox: Sandbox, store: SessionStore) -> None:
    asked: list[str] = []
    ready = threading.Barrier(16)

    def login() -> str:
        asked.append(sandbox.issue_request_token())
        return asked[-1]

    with TorusConnect(**options(sandbox, store)) as torus, ThreadPoolExecutor(16) as threads:

        def session() -> str:
            ready.wait()
            return torus.session(login=login).access_token

        got = [future.result() for future in [threads.submit(session) for _ in range(16)]]
    assert len(set(got)) == len(asked) == sandbox.exchanges == 1


def test_200_tasks(sandbox: Sandbox, file_store: SessionStore) -> None:
    asked: list[str] = []

    async def login() -> str:
        await asyncio.sleep(0.01)
        asked.append(sandbox.issue_request_token())
        return asked[-1]

    async def ask_all() -> list[Session]:
        async with AsyncTorusConnect(**options(sandbox, file_store)) as torus:
            return await asyncio.gather(*(torus.session(login=login) for _ in range(200)))

    got = asyncio.run(ask_all())
    assert len({session.access_token for session in got}) == len(asked) == sandbox.exchanges == 1


class Failing:
    """A `login` that fails, but not before the test lets it."""

    def __init__(self) -> None:
        self.calls = 0
        self.at_work, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.calls += 1
        self.at_work.set()
        assert self.go_on.wait(10)
        raise RuntimeError("the user closed the window")


class Counted(MemoryStore):
    """A store that counts the threads that have looked into it."""

    def __init__(self) -> None:
        super().__init__()
        self._threads: set[int] = set()
        self._looked = threading.Condition()

    def load(self, key: SessionKey) -> Session | None:
        with self._looked:
            self._threads.add(threading.get_ident())
            self._looked.notify_all()
        return super().load(key)

    def wait_for_threads(self, number: int) -> None:
        with self._looked:
            assert self._looked.wait_for(lambda: len(self._threads) >= number, timeout=10)


def test_threads_that_wait_share_its_failure(sandbox: Sandbox) -> None:
    login, store = Failing(), Counted()
    with TorusConnect(**options(sandbox, store)) as torus, ThreadPoolExecutor(9) as threads:
        first = threads.submit(torus.session, login=login)
        assert login.at_work.wait(10)
        others = [threads.submit(torus.session, login=login) for _ in range(7)]
        knows_better = threads.submit(torus.session, login=sandbox.issue_request_token)
        store.wait_for_threads(1 + 8)
        assert torus.session("another-user", login=sandbox.issue_request_token)
        login.go_on.set()
        assert {str(each.exception(10)) for each in (first, *others)} == {"the user closed the window"}
        assert login.calls == 1
        assert knows_better.result(10)
    assert sandbox.exchanges == 2


def test_threads_that_wait_share_the_failure_of_the_exchange() -> None:
    """Nobody is asked to log in 8 times because a service is down."""
    asked: list[str] = []
    store = Counted()

    def login() -> str:
        asked.append("demo-request-token")
        store.wait_for_threads(1 + 7)
        return asked[-1]

    with RawServer(answer(reply(b"{}", status="500 Internal Server Error"))) as server:
        wish: dict[str, Any] = {"api_key": "demo", "api_secret": "demo", "base_url": server.base_url, "store": store}
        with TorusConnect(**wish) as torus, ThreadPoolExecutor(8) as threads:
            failed = [threads.submit(torus.session, login=login) for _ in range(8)]
            assert {type(each.exception(10)) for each in failed} == {ServerError}
        assert len(asked) == len(server.requests) == 1


def test_200_tasks_that_wait_share_its_failure(sandbox: Sandbox, file_store: SessionStore) -> None:
    login = Failing()

    async def ask_all() -> None:
        async with AsyncTorusConnect(**options(sandbox, file_store)) as torus:
            asked = [asyncio.create_task(torus.session(login=login)) for _ in range(200)]
            await asyncio.to_thread(login.at_work.wait, 10)
            login.go_on.set()
            failures = await asyncio.gather(*asked, return_exceptions=True)
            assert {str(each) for each in failures} == {"the user closed the window"}
            assert login.calls == 1
            with pytest.raises(RuntimeError):
                await torus.session(login=login)
            assert login.calls == 2, "whoever comes later calls it anew"
            assert await torus.session(login=sandbox.issue_request_token)

    asyncio.run(ask_all())
    assert sandbox.exchanges == 1


# Processes that begin at once; what they have in common is imported before they part.
PROCESSES = """
import json, os, sys
import h11, torus_connect.stores._file_store, torus_connect_api.api.session.generate_session
from torus_connect import TorusConnect
begin, held = os.pipe()
plans = json.load(sys.stdin)
for number, tokens in enumerate(plans):
    if not os.fork():
        os.close(held)
        with TorusConnect() as torus, open(f"{sys.argv[1]}/{number}", "w") as output:
            os.read(begin, 1)
            for user in range(5):
                print(torus.session(f"user-{user}", login=tokens.pop, timeout=60).access_token, file=output)
        sys.exit()
os.close(held)
sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in plans))
"""


def test_16_processes(sandbox: Sandbox, tmp_path: Path) -> None:
    """16 processes ask for five users each, all at once: five logins."""
    environment = {
        "TORUS_API_KEY": sandbox.api_key,
        "TORUS_API_SECRET": sandbox.api_secret,
        "TORUS_BASE_URL": sandbox.base_url,
        "TORUS_SESSION_STORE": f"file:{tmp_path / 'sessions'}",
    }
    # Each could log in every user, with request tokens of its own.
    plans = [[sandbox.issue_request_token() for _ in range(5)] for _ in range(16)]
    (tmp_path / "found").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES, tmp_path / "found"],
        env=environment,
        input=json.dumps(plans),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    outputs = [path.read_text() for path in (tmp_path / "found").iterdir()]
    assert len(outputs) == 16
    assert len(set(outputs)) == 1
    assert len(set(outputs[0].split())) == sandbox.exchanges == 5


class TestWhatGoesWrong:
    def test_login_raises(self, ask: Ask, sandbox: Sandbox, store: SessionStore) -> None:
        def login() -> str:
            raise RuntimeError("the user closed the window")

        with pytest.raises(RuntimeError, match="closed the window"):
            ask(options(sandbox, store), login=login)
        assert_settled(store, sandbox)
        assert ask(options(sandbox, store), login=sandbox.issue_request_token)

    @pytest.mark.parametrize("given", [None, 7, "", "  ", "Bearer demo"])
    def test_login_yields_nothing_of_use(self, ask: Ask, sandbox: Sandbox, store: SessionStore, given: Any) -> None:
        with pytest.raises(ConfigurationError):
            ask(options(sandbox, store), login=lambda: given)
        assert_settled(store, sandbox)
        assert sandbox.exchanges == 0

    def test_the_exchange_is_refused(
        self, ask: Ask, sandbox: Sandbox, store: SessionStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(TorusError) as caught:
            ask(options(sandbox, store), login=lambda: "demo-unknown")
        assert caught.value.outcome is Outcome.REFUSED
        assert_settled(store, sandbox)
        assert ask(options(sandbox, store), login=sandbox.issue_request_token)
        assert not warnings_in(caplog)

    def test_the_reply_is_lost(
        self, ask: Ask, store: SessionStore, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        with RawServer(hang_up) as server:
            given = {**options(sandbox, store), "base_url": server.base_url}
            with pytest.raises(TorusError) as caught:
                ask(given, login=lambda: "demo-request-token")
            lease = taken(store, SessionKey(server.base_url, sandbox.api_key, "default"))
        assert caught.value.outcome is Outcome.UNKNOWN
        assert not lease.unfinished, "it has been reported"
        lease.release()
        assert not warnings_in(caplog)

    def test_a_long_name_is_not_in_the_report(
        self, ask: Ask, sandbox: Sandbox, store: SessionStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        lease = taken(store, SessionKey(sandbox.base_url, sandbox.api_key, "c" * 41))
        lease.begin()
        lease.release()
        ask(options(sandbox, store), "c" * 41, login=sandbox.issue_request_token)
        (line,) = warnings_in(caplog)
        assert line.startswith("an earlier login of the user (not shown, as it has 41 characters: ")
        assert "ccc" not in line

    def test_an_exchange_that_was_cut_off_is_reported_once(
        self, ask: Ask, sandbox: Sandbox, store: SessionStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        lease = taken(store, key_of(sandbox))
        lease.begin()
        lease.release()
        with pytest.raises(LoginNeeded):
            ask(options(sandbox, store))
        assert not warnings_in(caplog), "nobody logs in"
        with pytest.raises(TorusError):
            ask(options(sandbox, store), login=lambda: "demo-unknown")
        assert warnings_in(caplog) == [
            "an earlier login of the user 'default' came to no session: its request token or code may be spent"
        ]
        ask(options(sandbox, store), login=sandbox.issue_request_token)
        assert len(warnings_in(caplog)) == 1

    def test_somebody_else_takes_too_long(
        self, ask: Ask, sandbox: Sandbox, store: SessionStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        lease = taken(store, key_of(sandbox))
        caplog.set_level(logging.INFO, "torus_connect.login")
        with pytest.raises(LoginPending, match=r"for 0\.3 seconds"):
            ask(options(sandbox, store), login=never, timeout=0.3)
        lease.release()
        waited = "another login of the user 'default' is under way: waiting for it, for up to 0.3 seconds"
        assert caplog.messages == [waited]

    def test_a_login_of_somebody_else_that_fails_is_taken_over(
        self, ask: Ask, sandbox: Sandbox, store: SessionStore
    ) -> None:
        lease = taken(store, key_of(sandbox))
        timer = threading.Timer(0.05, lease.release)
        timer.start()
        assert ask(options(sandbox, store), login=sandbox.issue_request_token)
        timer.join()

    def test_the_session_cannot_be_kept(self, ask: Ask, sandbox: Sandbox) -> None:
        class Full(MemoryStore):
            def lease(self, key: SessionKey) -> Any:
                lease = super().lease(key)

                class FullLease:
                    unfinished = False

                    def save(self, _session: Session) -> None:
                        raise StoreError("the disk is full")

                    def __getattr__(self, name: str) -> Any:
                        return getattr(lease, name)

                return FullLease()

        token = sandbox.issue_request_token()
        with pytest.raises(SessionNotKept, match="could not be stored: the disk is full") as caught:
            ask(options(sandbox, Full()), login=lambda: token)
        assert caught.value.session
        assert caught.value.session.access_token == sandbox.access_token_for(token)
        assert caught.value.outcome is Outcome.UNKNOWN
        assert caught.value.__context__ is None

    def test_the_lock_is_lost_while_the_user_logs_in(self, ask: Ask, sandbox: Sandbox) -> None:
        """Somebody else has got it by then: nothing is sent until he is done, and the request token is kept."""
        store = MemoryStore()
        asked: list[str] = []

        def login() -> str:
            asked.append(sandbox.issue_request_token())
            store._holders.clear()
            return asked[-1]

        assert ask(options(sandbox, store), login=login).access_token == sandbox.access_token_for(asked[0])
        assert len(asked) == sandbox.exchanges == 1

    def test_the_store_cannot_be_used(self, ask: Ask, sandbox: Sandbox, tmp_path: Path) -> None:
        (tmp_path / "open").mkdir(0o755)
        with pytest.raises(StoreError, match="its mode is 755") as caught:
            ask(options(sandbox, f"file:{tmp_path / 'open'}"), login=never)
        assert caught.value.outcome is Outcome.NOT_SENT

    @pytest.mark.parametrize(
        ("wish", "message"),
        [
            ({"user": ""}, "user must be"),
            ({"timeout": -1}, "timeout must be"),
            ({"timeout": "long"}, "timeout must be"),
            ({"login": "demo-request-token"}, "login must be callable"),
        ],
    )
    @pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
    def test_what_makes_no_sense(self, sandbox: Sandbox, face: type, wish: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigurationError, match=message) as caught:
            run(face(**options(sandbox, "memory:")), lambda torus: torus.session(**wish))
        assert "demo-request-token" not in str(caught.value)

    @pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
    def test_no_store(self, sandbox: Sandbox, face: type) -> None:
        for store in (7, object(), "sqlite:x"):
            with pytest.raises(ConfigurationError, match=r"^store "):
                run(face(**sandbox.credentials, store=store), lambda torus: torus.session())

    @pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
    def test_a_client_that_is_closed(self, sandbox: Sandbox, face: type) -> None:
        torus = face(**options(sandbox, "memory:"))
        run(torus, lambda _: None)
        with pytest.raises(ClientClosed):
            run(torus, lambda torus: torus.session())

    def test_what_is_for_tasks_is_not_for_threads(self, sandbox: Sandbox) -> None:
        async def login() -> str:
            return "demo-request-token"

        with TorusConnect(**options(sandbox, "memory:")) as torus, pytest.raises(ConfigurationError, match="is async"):
            torus.session(login=login)  # type: ignore[arg-type]
        tasks = StoreInThread(MemoryStore())
        with (
            TorusConnect(**sandbox.credentials, store=tasks) as torus,
            pytest.raises(ConfigurationError, match="is an async one"),
        ):
            torus.session()


def run(torus: Any, use: Callable[[Any], Any]) -> None:
    """Use a client of either face, and close it."""
    if isinstance(torus, TorusConnect):
        with torus:
            use(torus)
        return

    async def in_loop() -> None:
        async with torus:
            done = use(torus)
            if isinstance(done, Awaitable):
                await done

    asyncio.run(in_loop())


def assert_settled(store: SessionStore, sandbox: Sandbox) -> None:
    lease = taken(store, key_of(sandbox))
    lease.release()
    assert not lease.unfinished
    assert store.load(key_of(sandbox)) is None


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


class TestTheStoreOfAClient:
    def test_one_that_is_brought_along_is_not_closed(self, sandbox: Sandbox) -> None:
        closed: list[str] = []

        class Watched(MemoryStore):
            def close(self) -> None:
                closed.append("closed")

        store = Watched()
        for face in (TorusConnect, AsyncTorusConnect):
            run(face(**options(sandbox, store)), lambda torus: torus.session(login=sandbox.issue_request_token))
        assert not closed

    def test_it_outlives_an_event_loop(self, sandbox: Sandbox, tmp_path: Path) -> None:
        given = options(sandbox, f"file:{tmp_path / 'sessions'}")
        run(AsyncTorusConnect(**given), lambda torus: torus.session(login=sandbox.issue_request_token))
        torus = AsyncTorusConnect(**given)
        first, second = (asyncio.run(torus.session(login=never)) for _ in range(2))
        assert first.access_token == second.access_token
        asyncio.run(torus.aclose())

    def test_files_by_default(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        with TorusConnect(**sandbox.credentials) as torus:
            torus.session(login=sandbox.issue_request_token)
        assert list((tmp_path / "torus-connect").glob("*.session"))

    def test_it_is_opened_when_it_is_needed(self, sandbox: Sandbox) -> None:
        with TorusConnect(**sandbox.credentials, store="sqlite:x") as torus:
            assert torus.generate_session(sandbox.issue_request_token())


def test_a_lost_lock_is_a_store_error() -> None:
    assert issubclass(LockLost, StoreError)
    assert {"LockLost", "LoginNeeded", "LoginPending", "SessionNotKept", "StoreError"} < set(torus_connect.__all__)

"""`on_expired` runs one at a time, over threads, tasks and event loops; nobody is held up or left to wait forever."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from support.interrupts import INTERRUPTED, interrupted_at_every_instant, stuck_after_interrupts
from support.raw_server import RawServer, answer, reply

from torus_connect import ConfigurationError, Session, SessionExpired
from torus_connect._credentials import renewal
from torus_connect._credentials.auth import SessionAuth

SECONDS = 10
REQUEST = httpx.Request("GET", "http://127.0.0.1:1")
Run = Callable[[Callable[[], object]], Any]


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(answer(reply(b"{}"))) as running:
        yield running


@pytest.fixture
def run() -> Iterator[Run]:
    """Return what calls in a thread that a test does not wait for longer than `SECONDS`: it may hang."""
    results: list[object] = []

    def in_thread(function: Callable[[], object]) -> Any:
        def call() -> None:
            try:
                results.append(function())
            except Exception as exc:  # noqa: BLE001 - it is raised where the test is
                results.append(exc)

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        thread.join(SECONDS)
        assert results, "it waits forever"
        result = results.pop()
        if isinstance(result, Exception):
            raise result
        return result

    return in_thread  # type: ignore[return-value]  # pytest takes a plain function, too


class Hook:
    """An `async` hook that works until it is let go on, and counts.

    Attributes:
        calls: how often it was called.
        most: how many were at work at a time.
        at_work: set when it has been called.
        go_on: what it waits for.
    """

    def __init__(self, *gives: Session | Exception | None) -> None:
        self.calls = self.most = self._working = 0
        self.at_work, self.go_on = threading.Event(), threading.Event()
        self._gives = list(gives)

    async def __call__(self, _old: Session) -> Session | None:
        gives = self._gives[min(self.calls, len(self._gives) - 1)]
        self.calls += 1
        self._working += 1
        self.most = max(self.most, self._working)
        self.at_work.set()
        try:
            await asyncio.to_thread(self.go_on.wait, SECONDS)
        finally:
            self._working -= 1
        if isinstance(gives, Exception):
            raise gives
        return gives


def over(server: RawServer) -> Session:
    return Session("demo-old", issued_at=datetime.now(UTC) - timedelta(days=2), base_url=server.base_url)


def new(server: RawServer) -> Session:
    return Session("demo-new", base_url=server.base_url)


async def in_task(auth: SessionAuth, server: RawServer) -> int:
    async with httpx.AsyncClient(auth=auth, trust_env=False) as client:
        return (await client.get(server.base_url)).status_code


async def renew(auth: SessionAuth, server: RawServer) -> None:
    await anext(auth.async_auth_flow(httpx.Request("GET", server.base_url)))


def in_thread(auth: SessionAuth, server: RawServer) -> int:
    return httpx.get(server.base_url, auth=auth, trust_env=False).status_code


def in_loop(coroutine: Callable[[], Coroutine[Any, Any, object]]) -> object:
    return asyncio.run(asyncio.wait_for(coroutine(), SECONDS))


class TestOneAtATime:
    def test_over_event_loops_and_threads(self, server: RawServer) -> None:
        """Three event loops, taking turns, and threads; nobody waits in a way that holds up his event loop."""
        hook = Hook(new(server))
        auth = over(server).auth(on_expired=hook)
        beats = [0] * 3

        async def use(number: int) -> None:
            async def beat() -> None:
                while not hook.go_on.is_set():
                    beats[number] += 1
                    await asyncio.sleep(0.005)

            await asyncio.gather(beat(), *(in_task(auth, server) for _ in range(3)))

        with ThreadPoolExecutor(5) as threads:
            first = threads.submit(in_loop, lambda: use(0))
            assert hook.at_work.wait(SECONDS)
            others = [threads.submit(in_loop, lambda n=n: use(n)) for n in (1, 2)]  # type: ignore[misc]
            others += [threads.submit(in_thread, auth, server) for _ in range(2)]
            before = list(beats)
            end = datetime.now(UTC) + timedelta(seconds=SECONDS)
            while any(now < then + 10 for now, then in zip(beats, before, strict=True)):
                assert datetime.now(UTC) < end, "an event loop is held up"
            hook.go_on.set()
            for each in (first, *others):
                each.result(SECONDS)
        assert (hook.calls, hook.most) == (1, 1)

    @pytest.mark.parametrize("fails", [True, False])
    def test_200_tasks_share_what_comes_of_it(self, server: RawServer, *, fails: bool) -> None:
        """That it failed, or yielded no session; whoever comes later calls it anew."""
        hook = Hook(RuntimeError("nobody is there") if fails else None, new(server))
        auth = over(server).auth(on_expired=hook)

        async def use() -> None:
            tasks = [asyncio.create_task(renew(auth, server)) for _ in range(200)]
            await asyncio.sleep(0.01)
            hook.go_on.set()
            said = {str(each).partition("\n")[0] for each in await asyncio.gather(*tasks, return_exceptions=True)}
            assert said == {"nobody is there" if fails else "The session has expired"}
            assert hook.calls == 1
            assert await in_task(auth, server) == 200

        in_loop(use)
        assert (hook.calls, hook.most) == (2, 1)

    def test_threads_share_what_it_raised(self, server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
        ready, calls = threading.Barrier(8), 0
        looked = Counter[int]()

        def look_at_the_clock() -> float:  # once, and then each time before it waits
            looked[threading.get_ident()] += 1
            return time.monotonic()

        def hook(_old: Session) -> Session | None:
            nonlocal calls
            calls += 1
            wait.wait(SECONDS)
            raise RuntimeError("nobody is there")

        def use() -> None:
            ready.wait()
            with pytest.raises(RuntimeError, match="nobody is there") as caught:
                next(auth.sync_auth_flow(httpx.Request("GET", server.base_url)))
            assert len(caught.traceback) < 10, "nobody else's frames"

        auth, wait = over(server).auth(on_expired=hook), threading.Event()
        monkeypatch.setattr("torus_connect._credentials.renewal.monotonic", look_at_the_clock)
        with ThreadPoolExecutor(8) as threads:
            futures = [threads.submit(use) for _ in range(8)]
            end = time.monotonic() + SECONDS
            while sum(times > 1 for times in list(looked.values())) < 7:
                assert time.monotonic() < end, "not all wait"
                time.sleep(0.002)
            wait.set()
            for each in futures:
                each.result(SECONDS)
        assert calls == 1

    def test_whoever_is_cancelled_disturbs_nobody(self, server: RawServer) -> None:
        hook = Hook(new(server))
        auth = over(server).auth(on_expired=hook)

        async def use() -> None:
            at_work, waits, stays = (asyncio.create_task(in_task(auth, server)) for _ in range(3))
            await asyncio.to_thread(hook.at_work.wait, SECONDS)
            hook.at_work.clear()
            waits.cancel()
            await asyncio.sleep(0.005)
            assert hook.calls == 1
            at_work.cancel()
            await asyncio.to_thread(hook.at_work.wait, SECONDS)
            hook.go_on.set()
            assert await stays == 200
            assert await in_task(auth, server) == 200

        in_loop(use)
        assert (hook.calls, hook.most) == (2, 1)

    def test_a_task_that_is_thrown_away(self, server: RawServer, run: Run) -> None:
        """Its event loop is closed while the hook is at work: the next one has a turn all the same."""
        calls: list[Session] = []

        async def hook(old: Session) -> Session:
            calls.append(old)
            if len(calls) == 1:
                await asyncio.Event().wait()
            return new(server)

        auth = over(server).auth(on_expired=hook)
        loop = asyncio.new_event_loop()
        task = loop.create_task(renew(auth, server))
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # which is what this is about
        loop.run_until_complete(asyncio.sleep(0.01))
        assert calls
        loop.close()
        del task
        gc.collect()
        assert run(lambda: in_loop(lambda: in_task(auth, server))) == 200


class TestACallOfTheHook:
    """An account call that needs the very session that the hook is to get would wait forever."""

    def test_sync(self, server: RawServer, run: Run) -> None:
        def hook(_old: Session) -> Session:
            in_thread(auth, server)
            return new(server)

        auth = over(server).auth(on_expired=hook)
        for use in (lambda: in_thread(auth, server), lambda: in_loop(lambda: in_task(auth, server))):
            with pytest.raises(ConfigurationError, match="on_expired made an account call"):
                run(use)

    @pytest.mark.parametrize("how", ["itself", "in tasks", "in a thread"])
    def test_async(self, server: RawServer, run: Run, how: str) -> None:
        async def hook(_old: Session) -> Session:
            if how == "itself":
                await in_task(auth, server)
            elif how == "in tasks":
                await asyncio.gather(in_task(auth, server), in_task(auth, server))
            else:
                await asyncio.to_thread(in_thread, auth, server)
            return new(server)

        auth = over(server).auth(on_expired=hook)
        with pytest.raises(ConfigurationError, match="on_expired made an account call"):
            run(lambda: in_loop(lambda: in_task(auth, server)))

    @pytest.mark.parametrize("how", ["join", "result", "map", "leaving the pool"])
    def test_in_a_thread_of_its_own(self, server: RawServer, run: Run, how: str) -> None:
        """Such a thread inherits nothing; but what the hook waits for can be seen."""
        errors: list[Exception] = []

        def use() -> None:
            try:
                in_thread(auth, server)
            except ConfigurationError as exc:
                errors.append(exc)
                raise

        def quietly() -> None:
            with suppress(ConfigurationError):
                use()

        def hook(_old: Session) -> Session:
            if how == "join":
                thread = threading.Thread(target=quietly)
                thread.start()
                thread.join()
                return new(server)
            with ThreadPoolExecutor(1) as pool:
                if how == "map":
                    list(pool.map(lambda _: use(), range(1)))
                future = pool.submit(use)
                if how == "result":
                    future.result()
            return new(server)

        auth = over(server).auth(on_expired=hook)
        try:
            assert run(lambda: in_thread(auth, server)) == 200
        except ConfigurationError as exc:
            errors.append(exc)
        assert errors
        for each in errors:
            assert "on_expired made an account call" in str(each)

    def test_in_a_thread_that_it_waits_for_in_another_way(
        self, server: RawServer, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """That cannot be seen, and ends all the same."""
        monkeypatch.setattr(renewal, "DEFAULT_LOGIN_TIMEOUT", 0.2)
        errors: list[str] = []

        def hook(_old: Session) -> Session:
            done = threading.Event()

            def use() -> None:
                with pytest.raises(ConfigurationError) as caught:
                    in_thread(auth, server)
                errors.append(str(caught.value))
                done.set()

            threading.Thread(target=use, daemon=True).start()
            done.wait()
            return new(server)

        auth = over(server).auth(on_expired=hook)
        assert run(lambda: in_thread(auth, server)) == 200
        assert errors[0].startswith("on_expired has not ended within 0.2 seconds")

    def test_by_way_of_another_auth(self, server: RawServer, run: Run) -> None:
        def first(_old: Session) -> Session:
            in_thread(other, server)
            return new(server)

        def second(_old: Session) -> Session:
            in_thread(auth, server)
            return new(server)

        auth, other = over(server).auth(on_expired=first), over(server).auth(on_expired=second)
        with pytest.raises(ConfigurationError, match="on_expired made an account call"):
            run(lambda: in_thread(auth, server))

    def test_another_auth_is_fine(self, server: RawServer, run: Run) -> None:
        def hook(_old: Session) -> Session:
            assert in_thread(other, server) == 200
            return new(server)

        auth, other = over(server).auth(on_expired=hook), new(server).auth()
        assert run(lambda: in_thread(auth, server)) == 200

    def test_what_it_leaves_behind_may_call_later(self, server: RawServer) -> None:
        left: list[asyncio.Task[int]] = []
        done = asyncio.Event()

        async def later() -> int:
            await done.wait()
            return await in_task(auth, server)

        async def hook(_old: Session) -> Session:
            left.append(asyncio.create_task(later()))
            return new(server)

        auth = over(server).auth(on_expired=hook)

        async def use() -> None:
            assert await in_task(auth, server) == 200
            auth._token._session = over(server)
            done.set()
            assert await left[0] == 200

        in_loop(use)

    def test_a_blocking_call_in_its_event_loop(self, server: RawServer, run: Run) -> None:
        hook = Hook(new(server))
        auth = over(server).auth(on_expired=hook)

        async def use() -> None:
            task = asyncio.create_task(in_task(auth, server))
            await asyncio.to_thread(hook.at_work.wait, SECONDS)
            with pytest.raises(ConfigurationError, match=r"use httpx\.AsyncClient"):
                in_thread(auth, server)
            hook.go_on.set()
            assert await task == 200

        run(lambda: in_loop(use))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
class TestForked:
    """A child has the thread that forked, and none of those that would let it go on."""

    def in_child(self, work: Callable[[], int]) -> int:
        """Return the exit code of a child; below 0, it hung and its alarm ended it."""
        child = os.fork()
        if not child:
            signal.alarm(SECONDS)
            code = 99
            try:
                code = work()
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    @pytest.mark.parametrize("face", ["sync", "async"])
    def test_while_the_hook_runs_in_another_thread(self, server: RawServer, face: str) -> None:
        at_work, go_on = threading.Event(), threading.Event()
        calls: list[int] = []
        parent = os.getpid()

        def hook(_old: Session) -> Session:
            calls.append(os.getpid())
            if os.getpid() == parent:  # the other thread may hold the lock of an event, which a child inherits held
                at_work.set()
                assert go_on.wait(SECONDS)
            return new(server)

        def child() -> int:
            status = in_thread(auth, server) if face == "sync" else asyncio.run(in_task(auth, server))
            return 0 if status == 200 and calls[-1] == os.getpid() else 1

        auth = over(server).auth(on_expired=hook)
        with ThreadPoolExecutor(1) as threads:
            call = threads.submit(in_thread, auth, server)
            assert at_work.wait(SECONDS)
            code = self.in_child(child)
            go_on.set()
            assert call.result(SECONDS) == 200
        assert code == 0
        assert calls == [parent]

    def test_by_the_hook_itself(self, server: RawServer) -> None:
        codes: list[int] = []

        def child() -> int:
            with pytest.raises(ConfigurationError, match="on_expired made an account call"):
                in_thread(auth, server)
            return 0

        def hook(_old: Session) -> Session:
            codes.append(self.in_child(child))
            return new(server)

        auth = over(server).auth(on_expired=hook)
        assert in_thread(auth, server) == 200
        assert codes == [0]


class TestInterrupts:
    """A signal handler that raises, at any instant: whoever comes next is not held up by what is left."""

    pytestmark = INTERRUPTED

    @pytest.fixture
    def auth(self) -> SessionAuth:
        expired = Session("demo-old", issued_at=datetime.now(UTC) - timedelta(days=2), base_url="http://127.0.0.1:1")
        return expired.auth(on_expired=lambda _old: None)

    @pytest.fixture(params=["sync", "async"])
    def renews(self, request: pytest.FixtureRequest, auth: SessionAuth) -> Callable[[], object]:
        def sync() -> None:
            with suppress(SessionExpired):
                next(auth.sync_auth_flow(REQUEST))

        def tasks() -> None:
            with suppress(SessionExpired):
                auth.async_auth_flow(REQUEST).__anext__().send(None)  # this hook never waits

        return sync if request.param == "sync" else tasks

    @staticmethod
    def is_stuck(auth: SessionAuth) -> bool:
        try:
            next(auth.sync_auth_flow(REQUEST))
        except ConfigurationError:
            auth._token._renewals.clear()
            return True
        except SessionExpired:
            return False
        raise AssertionError

    @pytest.mark.instants
    def test_every_instant(self, auth: SessionAuth, renews: Callable[[], object]) -> None:
        stuck = []
        assert interrupted_at_every_instant(renews, lambda: stuck.append(self.is_stuck(auth))) > 30
        assert not any(stuck)

    @pytest.mark.parametrize("times", [1_000, pytest.param(200_000, marks=pytest.mark.soak)])
    def test_random_instants(self, auth: SessionAuth, renews: Callable[[], object], times: int) -> None:
        assert stuck_after_interrupts(renews, lambda: self.is_stuck(auth), times) == 0

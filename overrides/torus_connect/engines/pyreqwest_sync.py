"""The engine of the extra `fast` for threads, on pyreqwest.

It has the library's own client underneath, with everything switched off that could touch this call: redirects, cookies,
the environment, decompression.
"""

from __future__ import annotations

import threading
from queue import Empty

from pyreqwest.client import SyncClientBuilder

from torus_connect.reply import Reply

from . import limits
from .aside import Aside
from .pyreqwest_attempt import Attempt, Forms
from .pyreqwest_client import configured

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from queue import SimpleQueue

    from pyreqwest.client import SyncClient

    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network

_SECONDS_TO_END = 0.1
"""How long an interrupted call may take to notice; one that is in the middle of a reply does not, before its end."""


class PyreqwestEngine:
    """Sends from threads; see `Engine`.

    Calls of the main thread wait in a thread beside it, and have a client of their own: when one of them is
    interrupted, it is closed, and no other call must feel that.

    Raises:
        Exception: pyreqwest cannot be used here; in whichever way it says so.
    """

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        self._network = network
        self._connect_timeout = connect_timeout
        self._lock = threading.Lock()
        self._forms = Forms()
        self._clients: dict[bool, SyncClient] = {}
        self._aside: Aside | None = None
        self._client(main=_in_main_thread())

    def _client(self, *, main: bool) -> SyncClient:
        with self._lock:
            client = self._clients.get(main)
            if client is None:
                builder = configured(SyncClientBuilder(), self._network, connect_timeout=self._connect_timeout)
                client = self._clients[main] = builder.max_connections(limits.MAX_CONNECTIONS).build()
            return client

    def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = Attempt(request)
        # With no time left, the library would send all the same.
        outcome = self._outcome(attempt, seconds) if seconds > 0 else attempt.failure(TimeoutError())
        if isinstance(outcome, Reply):
            return outcome
        # Raised out here, so that no exception of the library is its context.
        raise outcome

    def _outcome(self, attempt: Attempt, seconds: float) -> Reply | BaseException:
        main = _in_main_thread()
        attempt.prepare(self._client(main=main), self._forms, seconds)
        return self._outcome_in_main(attempt) if main else _outcome(attempt)

    def _outcome_in_main(self, attempt: Attempt) -> Reply | BaseException:
        if self._aside is None:
            self._aside = Aside()
        done = self._aside.begin(lambda: _outcome(attempt))
        try:
            outcome = done.get()
        except BaseException:  # what a signal's handler raises
            attempt.withdraw()  # a handler that calls is in a queue behind the call that it interrupts
            self._aside.end()
            self._aside = None
            self._clients.pop(True).close()
            _wait_for(done)
            raise
        return outcome

    def close(self) -> None:
        """Close the pool."""
        while self._clients:
            self._clients.popitem()[1].close()
        if self._aside:
            self._aside.end()
            self._aside = None


def _wait_for(done: SimpleQueue[Reply | BaseException]) -> None:
    try:
        done.get(timeout=_SECONDS_TO_END)
    except Empty:
        return


def _in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def _outcome(attempt: Attempt) -> Reply | BaseException:
    try:
        _exchange(attempt)
    except Exception as exc:  # noqa: BLE001 - whatever fails in there, the phase decides what it means
        return attempt.failure(exc)
    return attempt.outcome()


def _exchange(attempt: Attempt) -> None:
    with attempt.sendable as response:
        if not attempt.head(response):
            return
        reader = response.body_reader
        while (chunk := reader.read_chunk()) is not None:
            more = attempt.body.take(chunk.to_bytes())
            # It may hold an access token: it must not be a local variable when the next read fails.
            del chunk
            if not more:
                return

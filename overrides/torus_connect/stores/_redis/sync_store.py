# Made from async_store.py by tools/unasync.py: do not edit.
"""Sessions in a Redis, for fleets: encrypted, with an expiry of their own, and one login at a time over all workers.

A worker that dies while it holds the lock of a user leaves it for `lock_ttl` seconds, and a note for the next one where
an exchange had begun. A worker that stalls for longer finds out before it begins an exchange, or when it wants to store
the session of one. What is needed of the server: no `allkeys-*` eviction, which may forget such notes; a warning is
logged where it evicts.
"""

from __future__ import annotations

import math
import os
import secrets
from collections.abc import Callable
from contextlib import suppress

from torus_connect._credentials.session import Session
from torus_connect.secret import Secret
from torus_connect.stores._codec import decode, encode
from torus_connect.stores._errors import LockLost, StoreError
from torus_connect.stores._protocol import SessionKey
from torus_connect.stores._sync_parts import keep_renewed

from .encryption import decrypted, fernet_of_environment
from .script import SCRIPT, names_of
from .sync_commands import RedisCommands


class RedisStore(RedisCommands):
    """Stores each session in a Redis, encrypted with the keys of `TORUS_STORE_KEY` or `TORUS_STORE_KEY_FILE`.

    Connections belong to a process, and to an event loop: the next one gets new ones.

    Args:
        url: `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, or `rediss://` for TLS, with these options in its query:
            `lock_ttl` (30; seconds after which the next worker takes over from one that died), `timeout` (5; seconds
            for connecting and for each command), `connections` (10; the most at a time), `ca_file`.

    Raises:
        ConfigurationError: the URL is malformed, or there is no key.
    """

    def __init__(self, url: Secret) -> None:
        super().__init__(url)
        self._fernet = fernet_of_environment()

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        found = self.command("GET", names_of(key)[1])
        if found is None:
            return None
        if not isinstance(found, bytes):
            raise self.nonsense()
        return decode(key, decrypted(self._fernet, found.partition(b" ")[2]))

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        self.run("replace", key, new=session)

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        self.command("DEL", names_of(key)[1])

    def lease(self, key: SessionKey) -> RedisLease:
        """See `SessionStore`."""
        return RedisLease(self, key, self._settings.lock_ttl)

    def run(self, action: str, key: SessionKey, *lease: str | bytes | int, new: Session | None = None) -> object:
        """Run the script.

        Args:
            action: see `SCRIPT`.
            key: whose session.
            lease: owner, fence, fence seen, and whether an exchange is under way; none of a plain `replace`.
            new: the session to store; without one, `save` removes what is stored.

        Returns:
            1, `None` where the lock is lost, or a list for `acquire`.

        Raises:
            StoreError: the server failed, or answered something else.
        """
        value, expiry = b"", 0
        if new is not None:
            value = self._fernet.encrypt(encode(key, new))
            expiry = max(1, math.ceil(new.expires_in * 1000))  # one that is over goes at once
        ttl = math.ceil(self._settings.lock_ttl * 1000)
        arguments = (action, ttl, value, expiry, *(lease or ("", "", "", 0)))
        reply = self.command("EVAL", SCRIPT, 3, *names_of(key), *arguments)
        if reply not in (None, 1) and not (action == "acquire" and isinstance(reply, list)):
            raise self.nonsense()
        return reply


class RedisLease:
    """See `Lease`. It is renewed in the background until it is released, or forgotten."""

    def __init__(self, store: RedisStore, key: SessionKey, ttl: float) -> None:
        self._store = store
        self._key = key
        self._ttl = ttl
        self._owner = secrets.token_hex(16)
        self._pid = os.getpid()
        self._fence = self._seen = b""
        self._begun = self._taken = self.unfinished = False
        self._stop_renewal: Callable[[], object] | None = None

    def acquire(self) -> bool:
        """See `Lease`."""
        # Before it is: Redis may give it, and the reply, or the step after that, be what is lost.
        self._taken = True
        match self._run("acquire"):
            case None:
                self._taken = False
                return False
            case [bytes(fence), int(begun), bytes(seen)]:
                self._fence, self.unfinished, self._seen = fence, bool(begun), seen
                self._stop_renewal = keep_renewed(self.renew, self._ttl / 3)
                return True
        raise self._store.nonsense()

    def check(self) -> None:
        """See `Lease`."""
        self._run("check")

    def begin(self) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        if not self._run("begin"):
            raise LockLost("The lock of this user ran out while it was held, and somebody else may have it")
        self._begun = True

    def save(self, session: Session | None) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        if not self._run("save", session):
            raise LockLost("Somebody else got the lock of this user meanwhile, as this worker stalled")
        self._begun = self._begun and session is None

    def settle(self) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        self._run("settle")
        self._begun = False

    def release(self) -> None:
        """See `Lease`. Where Redis does not hear of it, the lock runs out by itself."""
        if self._stop_renewal:
            self._stop_renewal()
        if self._is_held():
            with suppress(StoreError):
                self._run("release")
        self._taken = False

    def renew(self) -> bool:
        """Hold it for another while; return `False` where it is lost, which `begin` and `save` tell the holder."""
        with suppress(StoreError):  # Redis may be back the next time
            return self._taken and bool(self._run("renew"))
        return True

    def _run(self, action: str, new: Session | None = None) -> object:
        lease = (self._owner, self._fence, self._seen, int(self._begun))
        return self._store.run(action, self._key, *lease, new=new)

    def _is_held(self) -> bool:
        return self._taken and self._pid == os.getpid()  # not in a child process

    def _see_that_it_is_held(self) -> None:
        if not self._is_held():
            raise LockLost("This lease is not held")

"""Sessions in the keyring of the system, by the library `keyring` (extra `keyring`). Locks are on files: it has none.

A back end that would write the token down as it is, or not at all, is refused by its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend

from torus_connect._credentials.session import Session
from torus_connect.secret import Secret, half_built_too

from ._codec import decode, encode
from ._errors import StoreError
from ._file_store import FileLease
from ._folder import state_folder
from ._protocol import SessionKey

T = TypeVar("T")

SERVICE = "torus-connect"
REFUSED = {
    "keyring.backends.fail.Keyring": "there is no keyring on this machine",
    "keyring.backends.null.Keyring": "it stores nothing",
}
"""Back ends, and what is built on them, that cannot store a secret; beside all that call themselves plain text."""


class KeyringStore:
    """Stores each session in the keyring, under a service's name and the key's digest.

    Args:
        service: the name that a keyring shows to its owner.
        locks: the folder of the locks; the one of this platform for what is to be stored, by default.
    """

    def __init__(self, service: str = SERVICE, *, locks: Path | None = None) -> None:
        self._service = service
        self._locks = locks or state_folder()

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        stored = self._stored(key)
        return decode(key, stored.encode()) if stored else None

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        self._ask(lambda ring: ring.set_password(self._service, key.digest, encode(key, session).decode()))

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        if self._stored(key):
            self._ask(lambda ring: ring.delete_password(self._service, key.digest))

    def lease(self, key: SessionKey) -> FileLease:
        """See `SessionStore`."""
        return FileLease(self._locks, self, key)

    def check(self, key: SessionKey) -> None:
        """See that a session could be stored: the keyring is asked to store something else, and to forget it."""
        name = f"{key.digest}.trial"
        self._ask(lambda ring: ring.set_password(self._service, name, "nothing"))
        self._ask(lambda ring: ring.delete_password(self._service, name))

    def version(self, key: SessionKey) -> str:
        """Return what tells one stored session from the next; empty where there is none."""
        stored = self._stored(key)
        return hashlib.sha256(stored.encode()).hexdigest() if stored else ""

    def close(self) -> None:
        """See `SessionStore`; there is nothing to let go of."""

    @half_built_too
    def __repr__(self) -> str:
        return f"<KeyringStore {self._service}>"

    def _stored(self, key: SessionKey) -> Secret:
        """Return what is stored; empty where that is nothing."""
        return self._ask(lambda ring: Secret(ring.get_password(self._service, key.digest) or ""))

    def _ask(self, do: Callable[[KeyringBackend], T]) -> T:
        """Do something with the keyring, if it can store a secret; turn whatever it raises into a `StoreError`."""
        ring = keyring.get_keyring()
        refused = refusal(ring)
        if refused:
            raise StoreError(f"The keyring is not used: {refused}")
        try:
            return do(ring)
        except Exception as exc:  # noqa: BLE001 - a back end may raise whatever its system does
            failed = type(exc).__name__
        raise StoreError(f"The keyring cannot be used: {failed}")


def refusal(ring: object) -> str | None:
    """Return the name of a back end that cannot store a secret, and why; `None` for one that can.

    One that hands on to others is only as good as the worst of them.
    """
    names = [f"{cls.__module__}.{cls.__qualname__}" for cls in type(ring).__mro__]
    for name in names:
        why = REFUSED.get(name) or ("it stores plain text" if "plaintext" in name.lower() else None)
        if why:
            return f"{names[0]}: {why}"
    behind = getattr(ring, "backends", None)
    if behind is not None and not behind:
        return f"{names[0]}: there is no keyring behind it"
    handed_to = [*(behind or ()), getattr(ring, "_keyring", None)]
    return next((why for each in handed_to if each is not None and (why := refusal(each))), None)

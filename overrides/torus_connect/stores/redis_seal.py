"""What goes into Redis is sealed: encrypted and signed (Fernet), and good for one user's key only."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

from .errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY, KEY_FILE = "TORUS_STORE_KEY", "TORUS_STORE_KEY_FILE"
_MAX_FILE = 64 * 1024
_HOW = (
    'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())", '
    "and give all workers the same"
)


class Seal:
    """Encrypts with the first key, and decrypts with any: to rotate, put a new key before the old one.

    Args:
        keys: Fernet keys, one at least.

    Raises:
        ConfigurationError: one of them is no such key.
    """

    __slots__ = ("_fernet",)

    def __init__(self, keys: Sequence[Secret]) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - the extra

        fernets = []
        for key in keys:
            try:
                fernets.append(Fernet(key))
            except ValueError:
                break
        if not fernets or len(fernets) < len(keys):
            raise ConfigurationError(f"{KEY} holds something that is no Fernet key: {_HOW}")
        self._fernet = MultiFernet(fernets)

    def close(self, digest: str, content: memoryview) -> bytes:
        """Seal the content for the key with this digest."""
        return self._fernet.encrypt(b"%s\n%s" % (digest.encode(), content))

    def open(self, digest: str, sealed: bytes) -> memoryview:
        """Return the content, as a `memoryview`, which shows nothing of itself in a frame.

        Raises:
            StoreError: it was sealed with none of these keys, was changed, or was sealed for another user.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - the extra

        mark = digest.encode() + b"\n"
        try:
            content = memoryview(self._fernet.decrypt(sealed))
        except InvalidToken:
            content = memoryview(b"")
        if content[: len(mark)] != mark:
            raise StoreError(
                f"The kept session cannot be decrypted: {KEY} is another one than it was kept with (to change it, put "
                "the new key before the old one), or the value was tampered with"
            )
        return content[len(mark) :]


def seal_of_environment() -> Seal:
    """Return the seal with the keys of `TORUS_STORE_KEY` (comma-separated) or `TORUS_STORE_KEY_FILE` (one per line).

    Raises:
        ConfigurationError: there is no key, or the file is missing or not safe.
    """
    given, path = Secret(os.environ.get(KEY, "")), os.environ.get(KEY_FILE)
    if given and path:
        raise ConfigurationError(f"set {KEY} or {KEY_FILE}, not both")
    if path:
        given = _read(path)
    keys = [Secret(key.strip()) for key in given.replace(",", "\n").splitlines() if key.strip()]
    if not keys:
        where = f"{KEY_FILE} names a file without a key" if path else f"{KEY} is missing (or {KEY_FILE})"
        raise ConfigurationError(f"{where}: sessions are encrypted before they go to Redis; {_HOW}")
    return Seal(keys)


def _read(path: str) -> Secret:
    try:
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
        raise ConfigurationError(f"{KEY_FILE} cannot be read: {why}") from None
    with os.fdopen(number, "rb") as file:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigurationError(f"{KEY_FILE} names no regular file")
        if found.st_uid not in (0, os.geteuid()):
            raise ConfigurationError(f"{KEY_FILE} names a file of another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise ConfigurationError(f"{KEY_FILE} names a file that others may use: chmod 600")
        return Secret(file.read(_MAX_FILE).decode("ascii", "replace"))

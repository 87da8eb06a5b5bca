"""What goes into Redis is sealed: encrypted and signed (Fernet). Whose it is, is in what was sealed (`codec`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_value, from_environment
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret
from torus_connect.stores._errors import StoreError
from torus_connect.stores._secret_file import secret_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY, KEY_FILE = "TORUS_STORE_KEY", "TORUS_STORE_KEY_FILE"
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

    def close(self, content: memoryview) -> bytes:
        """Seal the content."""
        return self._fernet.encrypt(content.tobytes())

    def open(self, sealed: bytes) -> memoryview:
        """Return the content, as a `memoryview`, which shows nothing of itself in a frame.

        Raises:
            StoreError: it was sealed with none of these keys, or was changed.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - the extra

        try:
            return memoryview(self._fernet.decrypt(sealed))
        except InvalidToken:
            pass
        raise StoreError(
            f"The kept session cannot be decrypted: {KEY} is another one than it was kept with (to change it, put "
            "the new key before the old one), or the value was tampered with"
        )


def seal_of_environment() -> Seal:
    """Return the seal with the keys of `TORUS_STORE_KEY` (comma-separated) or `TORUS_STORE_KEY_FILE` (one per line).

    Raises:
        ConfigurationError: there is no key, or the file is missing or not safe.
    """
    given, path = from_environment(KEY), from_environment(KEY_FILE)
    if given and path:
        raise ConfigurationError(f"set {KEY} or {KEY_FILE}, not both")
    name = f"A key in the file of {KEY_FILE}" if path else KEY
    given = secret_of_file(KEY_FILE, path) if path else given or Secret()
    found = [checked_value(name, Secret(key), blanks=False) for key in given.replace(",", "\n").splitlines()]
    keys = [key for key in found if key]
    if not keys:
        where = f"{KEY_FILE} names a file without a key" if path else f"{KEY} is missing (or {KEY_FILE})"
        raise ConfigurationError(f"{where}: sessions are encrypted before they go to Redis; {_HOW}")
    return Seal(keys)

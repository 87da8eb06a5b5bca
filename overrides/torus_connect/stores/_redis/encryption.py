"""What goes into Redis is encrypted and signed (Fernet). Whose it is, is in what was encrypted (`_codec`)."""

from __future__ import annotations

from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from torus_connect._config.checks import checked_value, from_environment
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret
from torus_connect.stores._errors import StoreError
from torus_connect.stores._open_file import secret_of_file

KEY, KEY_FILE = "TORUS_STORE_KEY", "TORUS_STORE_KEY_FILE"
_HOW = (
    'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())", '
    "and give all workers the same"
)


def fernet_of_environment() -> MultiFernet:
    """Return what encrypts with the first key of the environment, and decrypts with any.

    The keys are in `TORUS_STORE_KEY` (comma-separated) or `TORUS_STORE_KEY_FILE` (one per line). To rotate, add
    the new key behind the old one everywhere, then change their order.

    Raises:
        ConfigurationError: there is no key, one is no Fernet key, or the file is missing or not safe.
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
    with suppress(ValueError):
        return MultiFernet([Fernet(key) for key in keys])
    raise ConfigurationError(f"{KEY} holds something that is no Fernet key: {_HOW}")


def decrypted(fernet: MultiFernet, content: bytes) -> bytes:
    """Return what was encrypted.

    Raises:
        StoreError: it was encrypted with none of these keys, or was changed.
    """
    with suppress(InvalidToken):
        return fernet.decrypt(content)
    raise StoreError(
        f"The stored session cannot be decrypted: {KEY} is another one than it was stored with (to change it, add "
        "the new key behind the old one everywhere, then change their order), or the value was tampered with"
    )

"""A store by its URL. Only the back end that it names is loaded."""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect._config.store_urls import REDIS, url_parts
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal

from ._protocol import AsyncSessionStore, SessionStore

if TYPE_CHECKING:
    from ._redis.sync_commands import RedisCommands

_LIBRARIES = {"redis": ("redis", "cryptography"), "keyring": ("keyring",)}


def open_store(url: str | None = None) -> SessionStore:
    """Return the store that a URL names.

    Args:
        url: `memory:`, `file:[PATH]` (a folder), `keyring:[SERVICE]`, or `redis://HOST` or `rediss://HOST` (see
            `RedisStore`); else `TORUS_SESSION_STORE`, else `file:`.

    Raises:
        ConfigurationError: there is no such store.
        StoreError: it cannot be used.
    """
    given = conceal(url)
    del url  # it may hold a password
    return _open(*url_parts(given))


def open_async_store(url: str | None = None) -> AsyncSessionStore:
    """Return the async store that a URL names; see `open_store`."""
    given = conceal(url)
    del url
    scheme, rest = url_parts(given)
    if scheme in REDIS:
        _need("redis")
        from ._redis.async_store import AsyncRedisStore

        return AsyncRedisStore(Secret(f"{scheme}:{rest}"))
    return _in_thread(_open(scheme, rest))


def sync_opened_store(given: object) -> SessionStore:
    """Return the store that `TorusConnect` was given: a URL or a sync store.

    Raises:
        ConfigurationError: it is none.
    """
    if isinstance(given, Secret | None):
        return open_store(given)
    if isinstance(given, AsyncSessionStore):
        raise ConfigurationError("store is an async one: give it to AsyncTorusConnect")
    if isinstance(given, SessionStore):
        return given
    raise ConfigurationError(f"store must be a URL or a store, not {type(given).__name__}")


def async_opened_store(given: object) -> AsyncSessionStore:
    """Return the store that `AsyncTorusConnect` was given: a URL, a sync store or an async one."""
    if isinstance(given, Secret | None):
        return open_async_store(given)
    return given if isinstance(given, AsyncSessionStore) else _in_thread(sync_opened_store(given))


def _open(scheme: str, rest: Secret) -> SessionStore:
    if scheme == "memory":
        from ._memory import MemoryStore

        return MemoryStore()
    if scheme == "file":
        from ._file_store import FileStore

        return FileStore(folder_of(rest))
    if scheme in REDIS:
        _need("redis")
        from ._redis.sync_store import RedisStore

        return RedisStore(Secret(f"{scheme}:{rest}"))
    _need("keyring")
    from ._keyring import KeyringStore

    return KeyringStore(*([str(rest)] if rest else []))


def _in_thread(store: SessionStore) -> AsyncSessionStore:
    from ._in_thread import StoreInThread  # asyncio, which a sync store does without

    return StoreInThread(store)


def redis_commands(scheme: str, rest: Secret) -> RedisCommands:
    """Return what runs commands on the Redis of a URL, which is given as `url_parts` returns it.

    Raises:
        ConfigurationError: the URL is malformed, or the extra is not installed.
    """
    _need("redis")
    from ._redis.sync_commands import RedisCommands

    return RedisCommands(Secret(f"{scheme}:{rest}"))


def _need(extra: str) -> None:
    try:
        for library in _LIBRARIES[extra]:  # the whole: redis breaks where two threads load parts of it at the same time
            import_module(library)
    except ModuleNotFoundError:
        raise ConfigurationError(f"store {extra}: needs the extra: pip install 'torus-connect[{extra}]'") from None


def folder_of(rest: Secret) -> Path | None:
    """Return the folder of a `file:` URL, whose host is missing or empty."""
    if rest in ("", "//"):
        return None
    if rest.startswith("//") and not rest.startswith("///"):
        raise ConfigurationError("store must be file:PATH; a file: URL names no host")
    try:
        return Path(rest.removeprefix("//")).expanduser().absolute()
    except RuntimeError:
        raise ConfigurationError("store names the home of a user that does not exist") from None
    except FileNotFoundError:
        raise ConfigurationError("store is a path below the working folder, which was removed") from None

"""`torus-connect session show | path | clear | token`: the kept session of a user."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_text
from torus_connect._config.settings import checked_base_url
from torus_connect._console import check_output, printable, say, write, write_path
from torus_connect.errors import ConfigurationError
from torus_connect.secret import conceal
from torus_connect.stores import SessionKey, open_store
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._memory import MemoryStore
from torus_connect.stores._protocol import looked_for

from ._outcomes import DONE, USAGE
from ._replies import forget_reply

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from torus_connect._credentials.session import Session
    from torus_connect.stores import SessionStore

MASK = "**********"


def kept_session(options: argparse.Namespace) -> int:
    """Do what the verb says with the kept session; return the exit code.

    Raises:
        ConfigurationError: the API key is missing, or there is no such store.
        StoreError: the store cannot be used.
    """
    check_output()
    key, store = opened(options)
    try:
        return _VERBS[options.verb](options, key, store)
    finally:
        store.close()


def opened(options: argparse.Namespace) -> tuple[SessionKey, SessionStore]:
    """Return the key that the options name, and the store, open; the API secret is not needed for that.

    Raises:
        ConfigurationError: the API key is missing, or there is no such store, or none that outlives this command.
    """
    key = key_of(options)
    store = open_store(options.store)
    if isinstance(store, MemoryStore):
        raise ConfigurationError("store memory: ends with this command: choose file:, keyring: or redis://")
    return key, store


def key_of(options: argparse.Namespace) -> SessionKey:
    """Return the key that the options name; without `--user`, that of the user who needs no name.

    Raises:
        ConfigurationError: the API key is missing, or an option is malformed.
    """
    where = checked_base_url(conceal(options.base_url))
    return SessionKey(where, checked_text("api_key", None, env="TORUS_API_KEY"), getattr(options, "user", "default"))


def stored_session(options: argparse.Namespace) -> Session | None:
    """Return the session that the options name, if it is good; else say what is wrong and return `None`.

    Raises:
        ConfigurationError, StoreError: as for `opened` and `good_session`.
    """
    key, store = opened(options)
    try:
        return good_session(key, store)
    finally:
        store.close()


def good_session(key: SessionKey, store: SessionStore) -> Session | None:
    """Return the kept session if it is good; else say what is wrong and return `None`.

    Raises:
        StoreError: the store cannot be used, or the session is for another base URL.
    """
    session = store.load(key)
    if session is None:
        say(f"{_none(key, store)}. Log in: torus-connect login")
        return None
    key.check(session)
    if session.is_expired():
        say(f"The session has expired, at {_shown(session.expires_at)}. Log in again: torus-connect login")
        return None
    return session


def _none(key: SessionKey, store: SessionStore) -> str:
    return f"No session of this user is kept in {looked_for(key, store, 'TORUS_API_KEY')}"


def _show(options: argparse.Namespace, key: SessionKey, store: SessionStore) -> int:
    session = store.load(key)
    if session is None:
        say(f"{_none(key, store)}.")
        return USAGE
    told = {
        "user": key.user,
        "base_url": session.base_url,
        "origins": session.origins,
        "access_token": MASK,
        "issued_at": _shown(session.issued_at),
        "expires_at": _shown(session.expires_at),
        "expiry_basis": session.expiry_basis.value,
        "expired": session.is_expired(),
    }
    if options.json:
        write(json.dumps(told) + "\n")
    else:
        write("".join(f"{name:<13} {printable(_in_words(value))}\n" for name, value in told.items()))
    return DONE


def _path(_options: argparse.Namespace, key: SessionKey, store: SessionStore) -> int:
    if not isinstance(store, FileStore):
        say("This store keeps no files.")
        return USAGE
    write_path(str(store.path(key)))
    return DONE


def _clear(_options: argparse.Namespace, key: SessionKey, store: SessionStore) -> int:
    store.delete(key)
    forget_reply(key)
    return DONE


def _token(_options: argparse.Namespace, key: SessionKey, store: SessionStore) -> int:
    session = good_session(key, store)
    if session is None:
        return USAGE
    write(f"{session.access_token}\n")
    return DONE


_VERBS = {"show": _show, "path": _path, "clear": _clear, "token": _token}


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)

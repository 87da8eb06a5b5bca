"""`torus-connect session show | path | clear | token`: the stored session of a user."""

from __future__ import annotations

import argparse
import json

from torus_connect._config.settings import checked_totp_base_url
from torus_connect._console import check_output, printable, say, write, write_path
from torus_connect._credentials.session import Session
from torus_connect._dates import in_india
from torus_connect.errors import ConfigurationError
from torus_connect.stores import SessionKey, SessionStore, StoreError, open_store
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._memory import MemoryStore
from torus_connect.stores._protocol import looked_for

from ._messages import DONE, USAGE, of_user
from ._replies import forget_reply, key_of

MASK = "**********"


def stored(options: argparse.Namespace) -> int:
    """Do what the verb says with the stored session; return the exit code.

    Raises:
        ConfigurationError: the API key is missing, or there is no such store.
        StoreError: the store cannot be used.
    """
    check_output()
    if options.verb == "token":
        session = stored_session(options)
        if session is None:
            return USAGE
        write(f"{session.access_token}\n")
        return DONE
    key, store = opened(options)
    try:
        if options.verb == "show":
            return _show(key, store, as_json=options.json)
        if options.verb == "clear":
            _clear(key, store)
        elif isinstance(store, FileStore):
            write_path(str(store.path(key)))
        else:
            say("This store keeps no files.")
            return USAGE
        return DONE
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


def stored_session(options: argparse.Namespace) -> Session | None:
    """Return the session that the options name, if it is good; else say what is wrong and return `None`.

    Raises:
        ConfigurationError, StoreError: as for `opened`; or the session is for another base URL.
    """
    key, store = opened(options)
    try:
        session = store.load(key)
        if session is None:
            say(f"{_none(key, store)}. Log in: {of_user('login', key.user)}")
            return None
    finally:
        store.close()
    key.check(session, checked_totp_base_url(None, key.base_url))
    if session.is_expired():
        say(f"The session has expired, at {in_india(session.expires_at)}. Log in again: {of_user('login', key.user)}")
        return None
    return session


def _none(key: SessionKey, store: SessionStore) -> str:
    return f"No session of this user is stored in {looked_for(key, store, 'TORUS_API_KEY')}"


def _clear(key: SessionKey, store: SessionStore) -> None:
    try:
        session = store.load(key)
        which = session and f"the session of {key.user!r}, which ends at {in_india(session.expires_at)}"
    except StoreError:
        which = f"what was stored for {key.user!r}, which could not be read"
    store.delete(key)
    removed = [each for each in (which, forget_reply(key) and "a raw reply of the service") if each]
    say(f"Removed: {', and '.join(removed)}." if removed else f"Nothing to remove. {_none(key, store)}.")


def _show(key: SessionKey, store: SessionStore, *, as_json: bool) -> int:
    session = store.load(key)
    if session is None:
        say(f"{_none(key, store)}. Log in: {of_user('login', key.user)}")
        return USAGE
    shown = {
        "user": key.user,
        "base_url": session.base_url,
        "origins": session.origins,
        "access_token": MASK,
        "issued_at": session.issued_at.isoformat(timespec="seconds"),
        "expires_at": session.expires_at.isoformat(timespec="seconds"),
        "expiry_basis": session.expiry_basis.value,
        "expired": session.is_expired(),
    }
    if as_json:
        write(json.dumps(shown) + "\n")
        return DONE
    times = {name: in_india(getattr(session, name)) for name in ("issued_at", "expires_at")}
    in_words = {
        **shown,
        **times,
        "origins": " ".join(session.origins),
        "expired": "yes" if session.is_expired() else "no",
    }
    write("".join(f"{name:<13} {printable(str(value))}\n" for name, value in in_words.items()))
    return DONE

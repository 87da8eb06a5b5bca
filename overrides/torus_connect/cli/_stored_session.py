"""`torus-connect session show | path | clear | token`: the stored session of a user."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial

from torus_connect._config.settings import checked_totp_base_url
from torus_connect._config.users import of_user, shown_user
from torus_connect._console import printable, say, write, write_path
from torus_connect._credentials.session import Session
from torus_connect._dates import in_india
from torus_connect.client import TorusConnect
from torus_connect.errors import ConfigurationError
from torus_connect.stores import SessionKey, SessionStore, StoreError, open_store
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._memory import MemoryStore
from torus_connect.stores._protocol import looked_for
from torus_connect.stores._sync_get_or_create import stored_instead

from ._messages import Ended
from ._replies import forget_reply, key_of

MASK = "**********"


def stored(options: argparse.Namespace) -> None:
    """Do what the verb says with the stored session.

    Raises:
        ConfigurationError: the API key is missing, or there is no such store.
        StoreError: the store cannot be used.
        Ended: it has no such session, or no file.
    """
    if options.verb == "token":
        write(f"{stored_session(options).access_token}\n")
        return
    with opened(options) as (key, store):
        if options.verb == "show":
            _show(key, store, as_json=options.json)
        elif options.verb == "clear":
            _clear(key, store, options.base_url)
        elif isinstance(store, FileStore):
            write_path(str(store.path(key)))
        else:
            raise Ended("This store keeps no files.")


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[tuple[SessionKey, SessionStore]]:
    """Yield the key that the options name, and the store, open; the API secret is not needed for that.

    Raises:
        ConfigurationError: the API key is missing, or there is no such store, or none that outlives this command.
    """
    key = key_of(options)
    store = open_store(options.store)
    if isinstance(store, MemoryStore):
        raise ConfigurationError("store memory: ends with this command: choose file:, keyring: or redis://")
    with closing(store):
        yield key, store


def stored_session(options: argparse.Namespace) -> Session:
    """Return the session that the options name.

    Raises:
        ConfigurationError, StoreError: as for `opened`; or the session is for another base URL.
        Ended: there is none, or it is good no more.
    """
    with opened(options) as (key, store):
        session = store.load(key)
        if session is None:
            raise Ended(f"{_none(key, store)}. Log in: {of_user('login', key.user)}")
    key.check(session, checked_totp_base_url(None, key.base_url))
    if session.is_expired():
        ended = in_india(session.expires_at)
        raise Ended(f"The session has expired, at {ended}. Log in again: {of_user('login', key.user)}")
    return session


def _none(key: SessionKey, store: SessionStore) -> str:
    return f"No session of this user is stored in {looked_for(key, store, 'TORUS_API_KEY')}"


def _clear(key: SessionKey, store: SessionStore, base_url: str | None) -> None:
    try:
        session = store.load(key)
        if session:  # where a code made it, a mark stays, so that the code is not sent again
            with TorusConnect(base_url=base_url, store=store) as torus:
                stored_instead(partial(torus.session, key.user), session)
        which = session and f"the session of {shown_user(key.user)}, which ends at {in_india(session.expires_at)}"
    except StoreError:
        which = f"what was stored for {shown_user(key.user)}, which could not be read"
    store.delete(key)
    removed = [each for each in (which, forget_reply(key) and "a raw reply of the service") if each]
    say(f"Removed: {', and '.join(removed)}." if removed else f"Nothing to remove. {_none(key, store)}.")


def _show(key: SessionKey, store: SessionStore, *, as_json: bool) -> None:
    session = store.load(key)
    if session is None:
        raise Ended(f"{_none(key, store)}. Log in: {of_user('login', key.user)}")
    moment = partial(datetime.isoformat, timespec="seconds") if as_json else in_india
    expired = session.is_expired()
    shown = {
        "user": key.user,
        "base_url": session.base_url,
        "origins": session.origins if as_json else " ".join(session.origins),
        "access_token": MASK,
        "issued_at": moment(session.issued_at),
        "expires_at": moment(session.expires_at),
        "expiry_basis": session.expiry_basis.value,
        "expired": expired if as_json else ("yes" if expired else "no"),
    }
    lines = [f"{name:<13} {printable(str(value))}\n" for name, value in shown.items()]
    write(json.dumps(shown) + "\n" if as_json else "".join(lines))

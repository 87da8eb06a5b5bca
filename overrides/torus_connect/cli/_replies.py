"""What the service answered to a call that failed: kept in a file that nobody else can read, as it may hold a token."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from torus_connect._config.checks import checked_text
from torus_connect._config.settings import checked_base_url
from torus_connect._console import say
from torus_connect.errors import ConfigurationError, Outcome, TorusError
from torus_connect.reply import Reply
from torus_connect.secret import conceal

if TYPE_CHECKING:
    from torus_connect.stores import SessionKey
    from torus_connect.stores._folder import Folder

_NOT_SHOWN = "What the service answered is not shown; with --save-reply FILE, the next answer is kept."


@contextmanager
def saved_reply(options: argparse.Namespace) -> Iterator[None]:
    """Write the raw reply of a call that fails to the new file of `--save-reply`, which nobody else can read.

    Where that is not given, or cannot be written, it goes to the state folder, if it may hold an access token.
    """
    # Made before anything is sent: a reply that then cannot be kept would be lost.
    file = None if options.save_reply is None else _new_file(options.save_reply)
    saved = False
    try:
        yield
    except TorusError as exc:
        saved = exc.reply is not None and file is not None and _save(exc.reply, file)
        if exc.reply is not None and not saved:
            if exc.outcome is not Outcome.UNKNOWN:
                options.reply = _NOT_SHOWN
            elif exc.reply.content:
                options.reply = _keep(memoryview(exc.reply.content), options)
        raise
    finally:
        if file is not None:
            with suppress(OSError):  # where it fails, `_save` has said so; the outcome of the call counts
                file.close()
            if not saved:
                with suppress(OSError):
                    os.unlink(options.save_reply)  # noqa: PTH108 - to load pathlib takes as long as all of this command line


def _new_file(path: str) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
        raise ConfigurationError(f"--save-reply cannot make a new file: {why}") from None


def _save(reply: Reply, file: IO[bytes]) -> bool:
    """Return whether a file now holds a reply, and say what became of it."""
    try:
        file.write(reply.content)
        file.flush()
    except OSError as exc:
        say(f"The raw reply could not be saved to the file given with --save-reply: {exc.strerror}")
        return False
    if not os.fstat(file.fileno()).st_nlink:
        say("The raw reply could not be saved: somebody removed the file given with --save-reply.")
        return False
    if reply.content:
        say("The raw reply, which may hold secrets, is in the file given with --save-reply.")
    return bool(reply.content)


def _keep(content: memoryview, options: argparse.Namespace) -> str:
    """Keep a raw reply in the state folder, instead of an earlier one for the same user; return what to say of that."""
    try:
        folder, name = _kept(key_of(options))
        with folder, folder:  # twice: see _ownership.py
            folder.lock_to_write()
            folder.write(name, content, by_way_of=f"{name}.new")
    except TorusError as exc:
        return f"The raw reply, which may hold the access token, could not be kept: {exc.args[0]}"
    return (
        f"The raw reply, which may hold secrets, is in {folder.path / name}; `torus-connect session clear` removes it."
    )


def key_of(options: argparse.Namespace) -> SessionKey:
    """Return the key that the options name; without `--user`, that of the user who needs no name.

    Raises:
        ConfigurationError: the API key is missing, or an option is malformed.
    """
    from torus_connect.stores import SessionKey  # noqa: PLC0415 - loaded where there is something to keep

    where = checked_base_url(conceal(options.base_url))
    return SessionKey(where, checked_text("api_key", None, env="TORUS_API_KEY"), getattr(options, "user", "default"))


def forget_reply(key: SessionKey) -> bool:
    """Remove the raw reply that is kept for a user, if there is one; return whether there was.

    Raises:
        StoreError: it cannot be removed.
    """
    try:
        folder, name = _kept(key)
    except ConfigurationError:  # no home, and so no reply in it
        return False
    found = (folder.path / name).exists()
    if folder.path.is_dir():
        with folder, folder:  # twice: see _ownership.py
            folder.remove(name, f"{name}.new")
    return found


def _kept(key: SessionKey) -> tuple[Folder, str]:
    """Return where the raw reply for a user is kept: a folder, and the name of a file."""
    from torus_connect.stores._folder import Folder, state_folder  # noqa: PLC0415 - it loads pathlib

    return Folder(state_folder()), f"{key.digest}.reply"

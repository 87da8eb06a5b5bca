"""`--save-reply`: what the service answered to a call that failed, in a file that nobody else can read."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from torus_connect.console import say
from torus_connect.errors import ConfigurationError, TorusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from torus_connect.reply import Reply


@contextmanager
def kept_reply(path: str | None) -> Iterator[None]:
    """Write the raw reply of a call that fails to a new file that nobody else can read; `path` may be `None`."""
    if path is None:
        with _hint():
            yield
        return
    try:
        # Made before anything is sent: a reply that then cannot be kept would be lost.
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
        raise ConfigurationError(f"--save-reply cannot make a new file: {why}") from None
    saved = False
    try:
        yield
    except TorusError as exc:
        saved = exc.reply is not None and _save(exc.reply, file)
        raise
    finally:
        with suppress(OSError):  # where it fails, `_save` has said so; the outcome of the call counts
            file.close()
        if not saved:
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - to load pathlib takes as long as all of this command line


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


@contextmanager
def _hint() -> Iterator[None]:
    try:
        yield
    except TorusError as exc:
        if exc.reply is not None:
            say("What the service answered is not shown; with --save-reply FILE, the next answer is kept.")
        raise

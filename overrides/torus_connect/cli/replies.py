"""`--save-reply`: what the service answered to a call that failed, in a file that nobody else can read."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from torus_connect.console import say
from torus_connect.errors import ConfigurationError, TorusError

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    kept = False
    with file:
        try:
            yield
        except TorusError as exc:
            kept = exc.reply is not None and file.write(exc.reply.content) > 0
            if kept:
                say("The raw reply, which may hold secrets, is in the file given with --save-reply.")
            raise
        finally:
            if not kept:
                os.unlink(path)  # noqa: PTH108 - to load pathlib takes as long as all of this command line


@contextmanager
def _hint() -> Iterator[None]:
    try:
        yield
    except TorusError as exc:
        if exc.reply is not None:
            say("What the service answered is not shown; with --save-reply FILE, the next answer is kept.")
        raise

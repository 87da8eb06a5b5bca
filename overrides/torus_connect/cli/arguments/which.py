"""`--user`, `--store` and `--base-url`: whose session, and where it is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .parsing import Rule, text

if TYPE_CHECKING:
    import argparse

# What names a folder or a service of this machine may have an @ in it, but for a host where none belongs.
_LOCAL = re.compile(r"(file|keyring):(?!//[^/]*@)")


def add_which(command: argparse.ArgumentParser) -> None:
    """Add them to a command."""
    command.add_argument("--user", default="default", help="whose session (default)")
    command.add_argument(
        "--store", type=_store, metavar="URL", help="where it is kept (TORUS_SESSION_STORE, else file:)"
    )
    command.add_argument("--base-url", metavar="URL", help="where the API is (TORUS_BASE_URL, else production)")


def _store(value: str) -> str:
    value = text(value)
    # Any @ of another URL: in front of it, a password that was not escaped is as much a password.
    if "@" in value and not _LOCAL.match(value):
        raise Rule("must hold no password, as every user of a machine can see it: set TORUS_SESSION_STORE")
    return value

"""The arguments of `torus-connect run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parsing import EPILOG, Program
from .which import add_which

if TYPE_CHECKING:
    from .parsing import Parser

_HELP = """\
Becomes the program, with the access token of the kept session in its environment, as TORUS_ACCESS_TOKEN. The exit code
is the program's; 127 where there is no such program, 126 where it cannot be run, 2 where there is no good session.

The program gets its arguments as they are given, and the environment without our other secrets and what leads to them:
TORUS_API_SECRET, TORUS_REQUEST_TOKEN, TORUS_SESSION_STORE, TORUS_STORE_KEY, TORUS_STORE_KEY_FILE, TORUS_TOTP_KEYRING,
TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE, and whatever begins with one of these names.
"""


def fill(run: Parser) -> None:
    """Add them."""
    run.usage = "torus-connect run [options] -- PROGRAM [ARGUMENT ...]"
    run.description = _HELP
    run.epilog = EPILOG
    add_which(run)
    run.add_argument("program", action=Program, metavar="PROGRAM", help="the program, and its arguments")

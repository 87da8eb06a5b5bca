"""The arguments of `torus-connect login`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.settings import DEFAULT_LOGIN_PATH, DEFAULT_LOGIN_PORT, DEFAULT_LOGIN_TIMEOUT

from .parsing import EPILOG, number
from .which import add_which

if TYPE_CHECKING:
    from .parsing import Parser

_HELP = """\
Opens the login page in the browser, waits on this machine for the redirect, trades its request token, and keeps the
session for `torus-connect run`, `torus-connect session token` and `TorusConnect.session`. A good session that is kept
already is left alone.

Register http://127.0.0.1:8788/ as the redirect URL with the service, or give port and path of yours. Where the redirect
leads elsewhere, or there is no browser on this machine, copy the address that the login ends at: it is asked for with a
hidden prompt, or read from standard input with `--paste`. BROWSER names another browser.
"""


def fill(login: Parser) -> None:
    """Add them."""
    login.description = _HELP
    login.epilog = EPILOG
    add_which(login)
    login.add_argument(
        "--port",
        type=number(int),
        default=DEFAULT_LOGIN_PORT,
        help=f"of the registered redirect URL ({DEFAULT_LOGIN_PORT})",
    )
    login.add_argument(
        "--path", default=DEFAULT_LOGIN_PATH, help=f"of the registered redirect URL ({DEFAULT_LOGIN_PATH})"
    )
    login.add_argument(
        "--timeout",
        type=number(float),
        default=DEFAULT_LOGIN_TIMEOUT,
        metavar="SECONDS",
        help=f"how long to wait for the user ({DEFAULT_LOGIN_TIMEOUT:g})",
    )
    login.add_argument("--paste", action="store_true", help="ask for the address that the login ended at")
    login.add_argument("--no-browser", action="store_true", help="open no browser; wait for the redirect all the same")
    login.add_argument("--force", action="store_true", help="log in even where a good session is kept")
    login.add_argument("--json", action="store_true", help="print what happens as lines of JSON")
    login.add_argument(
        "--save-reply", metavar="FILE", help="where it fails, write the raw reply to this new file, mode 0600"
    )

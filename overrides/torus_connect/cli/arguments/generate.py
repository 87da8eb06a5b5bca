"""The arguments of `torus-connect session generate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, DEFAULT_TOTAL_TIMEOUT

from .parsing import EPILOG, Rule, number, text

if TYPE_CHECKING:
    from .parsing import Parser

OUTPUT_FORMATS = ("text", "json", "env")

_HELP = """\
The API key and secret are read from TORUS_API_KEY and TORUS_API_SECRET. The request token is read from
TORUS_REQUEST_TOKEN, from standard input with `--request-token -`, or from a hidden prompt on a terminal.
No secret is accepted as an argument, because every user of a machine can see those.

With --totp, a code of the user's authenticator app is traded instead, and no API secret is needed. The code is read
from standard input with `--totp -`; or it is made of the authenticator's secret, which is read from the file of
--totp-secret-file, the entry of --totp-keyring, or what TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE or
TORUS_TOTP_KEYRING says; else a hidden prompt asks for it. It goes to TORUS_TOTP_BASE_URL, else to the base URL that is
given, else to the one server that the service documents for it. The kind of code is assumed to be the usual one.

The access token alone goes to standard output; everything else goes to standard error.

TORUS_LOG=debug (or info, warning, error) logs each attempt to standard error; no secret is in the log.
"""


def fill(generate: Parser) -> None:
    """Add them."""
    generate.description = _HELP
    generate.epilog = EPILOG
    proof = generate.add_mutually_exclusive_group()
    proof.add_argument("--request-token", type=_dash, metavar="-", help="read the request token from standard input")
    proof.add_argument(
        "--totp", nargs="?", const=True, type=_dash, metavar="-", help="trade a code; with - it is on standard input"
    )
    _add_totp(generate)
    generate.add_argument("--output", choices=OUTPUT_FORMATS, default="text", help="the form of the result (text)")
    generate.add_argument("--base-url", metavar="URL", help="where the API is (TORUS_BASE_URL, else production)")
    generate.add_argument(
        "--timeout",
        type=number(float),
        default=DEFAULT_TIMEOUT,
        metavar="SECONDS",
        help=f"how long one attempt may take ({DEFAULT_TIMEOUT:g})",
    )
    generate.add_argument(
        "--total-timeout",
        type=number(float),
        default=DEFAULT_TOTAL_TIMEOUT,
        metavar="SECONDS",
        help=f"how long all attempts may take, waits included ({DEFAULT_TOTAL_TIMEOUT:g})",
    )
    generate.add_argument(
        "--max-retries",
        type=number(int),
        default=DEFAULT_MAX_RETRIES,
        metavar="N",
        help=f"how often to try again what cannot have been served ({DEFAULT_MAX_RETRIES})",
    )
    generate.add_argument(
        "--save-reply", metavar="FILE", help="where it fails, write the raw reply to this new file, mode 0600"
    )


def _add_totp(generate: Parser) -> None:
    generate.add_argument(
        "--totp-secret-file", metavar="PATH", help="a file with the authenticator's secret, which nobody else may use"
    )
    generate.add_argument(
        "--totp-keyring",
        metavar="NAME",
        help="the entry of the keyring, under the service torus-connect, with it",
    )
    # No defaults here: whatever is given is for --totp only.
    generate.add_argument("--totp-digits", type=number(int), metavar="N", help="how many digits a code has (6)")
    generate.add_argument("--totp-period", type=number(int), metavar="SECONDS", help="how long it is shown (30)")
    generate.add_argument("--totp-digest", choices=("sha1", "sha256", "sha512"), help="the hash that makes it (sha1)")


def _dash(value: str) -> str:
    if text(value) != "-":
        raise Rule("must be - : a secret is never accepted as an argument")
    return "-"

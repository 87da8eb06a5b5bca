"""The arguments of `torus-connect session`: its verbs, and those of the ones about a kept session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parsing import EPILOG
from .which import add_which

if TYPE_CHECKING:
    from .parsing import Parser

_KEPT = {
    "show": "show the kept session of a user, without its token",
    "path": "print the path of the file that it is kept in",
    "clear": "forget it",
    "token": "print its access token, for scripts; exit code 2 where there is none, or it has expired",
}
_KEPT_HELP = """\
Whose session it is, is told by the API (--base-url), the API key (TORUS_API_KEY) and --user.
"""


def fill(session: Parser) -> None:
    """Add them."""
    verbs = session.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("generate", help="trade a request token, or a code, for an access token", arguments=_generate)
    for verb, words in _KEPT.items():
        kept = verbs.add_parser(verb, help=words, description=_KEPT_HELP, epilog=EPILOG)
        add_which(kept)
        if verb == "show":
            kept.add_argument("--json", action="store_true", help="print one line of JSON")


def _generate(parser: Parser) -> None:
    from .generate import fill  # noqa: PLC0415 - where the verb is given

    fill(parser)

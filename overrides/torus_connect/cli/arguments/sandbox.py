"""The arguments of `torus-connect sandbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.settings import DEFAULT_LOGIN_URL

from .parsing import number

if TYPE_CHECKING:
    from .parsing import Parser

_HELP = """\
Without --conformance: a local Torus on 127.0.0.1, until Ctrl-C. It needs the extra `sandbox`.

With --conformance: start the client's command once for each conformance vector, with TORUS_BASE_URL, TORUS_API_KEY,
TORUS_API_SECRET and TORUS_REQUEST_TOKEN in its environment, watch what it sends, and print a verdict for each. The
exit code is 0 if all pass, 1 if any fails. The client prints the access token alone and exits with 0, or exits with
3, 4 or 5, as `torus-connect session generate` does; it has 15 seconds.
"""


def fill(sandbox: Parser) -> None:
    """Add them."""
    sandbox.description = _HELP
    sandbox.add_argument("--port", type=number(int), default=8787, help="the port on 127.0.0.1; 0 picks one (8787)")
    sandbox.add_argument("--json", action="store_true", help="print where it is, or the verdicts, as JSON")
    sandbox.add_argument(
        "--redirect-url",
        metavar="URL",
        default=DEFAULT_LOGIN_URL,
        help=f"where a login leads, on a loopback address ({DEFAULT_LOGIN_URL}, where `torus-connect login` waits)",
    )
    sandbox.add_argument(
        "--document", metavar="FILE", help="the OpenAPI document to serve, JSON or YAML (the one that ships)"
    )
    sandbox.add_argument("--conformance", action="store_true", help="play the conformance vectors at a client")
    sandbox.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="play this vector; may be given several times"
    )
    sandbox.add_argument("--jobs", type=number(int), default=4, metavar="N", help="how many to play at once (4)")
    sandbox.add_argument(
        "client", nargs="*", type=str, metavar="-- CMD ARGS", help="the command of the client to play them at"
    )

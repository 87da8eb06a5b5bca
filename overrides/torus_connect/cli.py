"""The command line: parse, call, print. Secrets come from the environment, a pipe or a prompt, never from argv."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from ._version import __version__
from .errors import ConfigurationError, Outcome, TorusError
from .settings import DEFAULT_TIMEOUT
from .spec import spec_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_DONE, _USAGE, _INTERRUPTED, _OUTPUT_CLOSED = 0, 2, 130, 141
_EXIT_CODES = {Outcome.NOT_SENT: 3, Outcome.REFUSED: 4, Outcome.UNKNOWN: 5}

_EPILOG = """\
exit codes:
  0    done
  2    wrong usage or configuration; nothing was sent
  3    not sent: the same request token may be tried again
  4    refused: the service answered, and said no
  5    unknown: the request token may be spent, log in again
  130  interrupted (Ctrl-C)
  141  whoever read the output stopped reading
"""
_GENERATE_HELP = """\
The API key and secret are read from TORUS_API_KEY and TORUS_API_SECRET. The request token is read from
TORUS_REQUEST_TOKEN, from standard input with `--request-token -`, or from a hidden prompt on a terminal.
No secret is accepted as an argument, because every user of a machine can see those.
The access token alone goes to standard output; everything else goes to standard error.
"""
_STDIN_LIMIT = 64 * 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command `torus-connect`.

    Args:
        argv: the arguments after the command's name; those of the process by default.

    Returns:
        The exit code; `torus-connect --help` lists them.

    Raises:
        SystemExit: for `--help`, `--version` and wrong usage, as argparse does.
    """
    try:
        return _run(_parser().parse_args(argv))
    except TorusError as exc:
        _say(str(exc))
        return _USAGE if isinstance(exc, ConfigurationError) else _EXIT_CODES[exc.outcome]
    except KeyboardInterrupt:
        _say("Interrupted. If the request was on its way, its request token may be spent.")
        return _INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return _OUTPUT_CLOSED


def _run(options: argparse.Namespace) -> int:
    if options.command == "session":
        return _generate_session(options)
    if options.command == "sandbox":
        return _sandbox(options)
    sys.stdout.write(spec_text(options.format))
    sys.stdout.flush()
    return _DONE


def _generate_session(options: argparse.Namespace) -> int:
    from .client import TorusConnect  # noqa: PLC0415 - loads httpx, which the other commands do not need

    with TorusConnect(base_url=options.base_url, timeout=options.timeout) as torus:
        session = torus.generate_session(_request_token(options.request_token))
    try:
        sys.stdout.write(_FORMATS[options.output](session) + "\n")
        sys.stdout.flush()
    except OSError:
        _drop_output()
        _say("The session was generated, but the access token could not be written to standard output.\nLog in again.")
        return _EXIT_CODES[Outcome.UNKNOWN]
    return _DONE


_FORMATS = {
    "text": lambda session: str(session.access_token),
    "json": lambda session: json.dumps(
        {"access_token": session.access_token, "issued_at": session.issued_at.isoformat(timespec="seconds")}
    ),
    "env": lambda session: f"TORUS_ACCESS_TOKEN={shlex.quote(session.access_token)}",
}


def _request_token(option: str | None) -> str:
    if option == "-":
        if sys.stdin is None:
            raise ConfigurationError("request_token is missing: standard input is closed")
        return sys.stdin.buffer.read(_STDIN_LIMIT).decode("utf-8", "replace")
    if "TORUS_REQUEST_TOKEN" in os.environ:
        return os.environ["TORUS_REQUEST_TOKEN"]
    if sys.stdin is None or not sys.stdin.isatty():
        raise ConfigurationError("request_token is missing: set TORUS_REQUEST_TOKEN, or pipe it to `--request-token -`")
    from getpass import getpass  # noqa: PLC0415

    with suppress(EOFError):
        return getpass("Request token (not shown): ")
    raise ConfigurationError("request_token is missing: nothing was typed")


def _sandbox(options: argparse.Namespace) -> int:
    from .sandbox import SandboxMissing  # noqa: PLC0415 - an optional extra
    from .sandbox.server import serve  # noqa: PLC0415

    try:
        return serve(port=options.port, json_output=options.json)
    except SandboxMissing as exc:
        _say(str(exc))
        return _USAGE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="torus-connect",
        description="Trade a request token of the Torus Digital Open API for an access token.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"torus-connect {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    session = commands.add_parser("session", help="sessions with the service")
    verbs = session.add_subparsers(dest="verb", required=True, metavar="VERB")
    generate = verbs.add_parser(
        "generate", help="trade a request token for an access token", description=_GENERATE_HELP, epilog=_EPILOG
    )
    generate.add_argument("--request-token", type=_dash, metavar="-", help="read the request token from standard input")
    generate.add_argument("--output", choices=tuple(_FORMATS), default="text", help="the form of the result (text)")
    generate.add_argument("--base-url", metavar="URL", help="where the API is (TORUS_BASE_URL, else production)")
    generate.add_argument(
        "--timeout",
        type=_number(float),
        default=DEFAULT_TIMEOUT,
        metavar="SECONDS",
        help=f"how long one attempt may take ({DEFAULT_TIMEOUT:g})",
    )

    sandbox = commands.add_parser("sandbox", help="run a local Torus to develop and test against")
    sandbox.add_argument("--port", type=_number(int), default=8787, help="the port on 127.0.0.1; 0 picks one (8787)")
    sandbox.add_argument("--json", action="store_true", help="print where it is as one line of JSON")

    spec = commands.add_parser("spec", help="print the OpenAPI document that this version was generated from")
    spec.add_argument("--format", choices=("yaml", "json"), default="yaml", help="(yaml)")
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser that never repeats what it was given, which may be a secret in the wrong place."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, without their values, and exit."""
        argument, _, fault = message.partition(": ")
        choices = re.search(r"\(choose from [^()]*\)$", fault)
        if choices:
            fault = f"no such choice {choices[0]}"
        elif argument.startswith("unrecognized"):
            argument, fault = "unrecognized arguments", "no secret is accepted here; see --help"
        elif not fault.startswith(("expected", "must", "-")) and "required" not in argument:
            fault = "cannot be understood; see --help"
        super().error(f"{argument}: {fault}")


class _Rule(argparse.ArgumentTypeError):
    """A rule that an argument breaks, in words that do not repeat it."""


def _dash(value: str) -> str:
    if value != "-":
        raise _Rule("must be - : a secret is never accepted as an argument")
    return value


def _number(kind: Callable[[str], float]) -> Callable[[str], float]:
    def number(value: str) -> float:
        with suppress(ValueError):
            return kind(value)
        raise _Rule("must be a number")

    return number


def _say(text: str) -> None:
    with suppress(OSError, AttributeError):
        sys.stderr.write(f"torus-connect: {text}\n")


def _drop_output() -> None:
    # Python flushes standard output once more when it ends, and would complain of it again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

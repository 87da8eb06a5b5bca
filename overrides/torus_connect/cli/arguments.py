"""The arguments of the command line, and their help. What was given is never repeated: it may be a secret."""

from __future__ import annotations

import argparse
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from torus_connect._version import __version__
from torus_connect.settings import (
    DEFAULT_LOGIN_PATH,
    DEFAULT_LOGIN_PORT,
    DEFAULT_LOGIN_TIMEOUT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    DEFAULT_TOTAL_TIMEOUT,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OUTPUT_FORMATS = ("text", "json", "env")

_EPILOG = """\
exit codes:
  0    done
  1    standard output cannot be written
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

With --totp, a code of the user's authenticator app is traded instead, and no API secret is needed. The code is read
from standard input with `--totp -`; or it is made of the authenticator's secret, which is read from the file of
--totp-secret-file, the entry of --totp-keyring, or what TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE or
TORUS_TOTP_KEYRING says; else a hidden prompt asks for it. It goes to TORUS_TOTP_BASE_URL, else to the base URL that is
given, else to the one server that the service documents for it. The kind of code is assumed to be the usual one.

The access token alone goes to standard output; everything else goes to standard error.

TORUS_LOG=debug (or info, warning, error) logs each attempt to standard error; no secret is in the log.
"""
_KEPT_HELP = """\
Whose session it is, is told by the API (--base-url), the API key (TORUS_API_KEY) and --user.
"""
_RUN_HELP = """\
Becomes the program, with the access token of the kept session in its environment, as TORUS_ACCESS_TOKEN. The exit code
is the program's; 127 where there is no such program, 126 where it cannot be run, 2 where there is no good session.
"""
_LOGIN_HELP = """\
Opens the login page in the browser, waits on this machine for the redirect, trades its request token, and keeps the
session for `torus-connect run`, `torus-connect session token` and `TorusConnect.session`. A good session that is kept
already is left alone.

Register http://127.0.0.1:8788/ as the redirect URL with the service, or give port and path of yours. Where the redirect
leads elsewhere, or there is no browser on this machine, copy the address that the login ends at: it is asked for with a
hidden prompt, or read from standard input with `--paste`. BROWSER names another browser.
"""
_SANDBOX_HELP = """\
Without --conformance: a local Torus on 127.0.0.1, until Ctrl-C. It needs the extra `sandbox`.

With --conformance: start the client's command once for each conformance vector, with TORUS_BASE_URL, TORUS_API_KEY,
TORUS_API_SECRET and TORUS_REQUEST_TOKEN in its environment, watch what it sends, and print a verdict for each. The
exit code is 0 if all pass, 1 if any fails. The client prints the access token alone and exits with 0, or exits with
3, 4 or 5, as `torus-connect session generate` does; it has 15 seconds.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    root = _Parser(
        prog="torus-connect",
        description="Trade a request token of the Torus Digital Open API for an access token.",
        epilog=_EPILOG,
    )
    root.add_argument("--version", action="version", version=f"torus-connect {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    session = commands.add_parser("session", help="sessions with the service")
    verbs = session.add_subparsers(dest="verb", required=True, metavar="VERB")
    generate = verbs.add_parser(
        "generate",
        help="trade a request token, or a code, for an access token",
        description=_GENERATE_HELP,
        epilog=_EPILOG,
    )
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
        type=_number(float),
        default=DEFAULT_TIMEOUT,
        metavar="SECONDS",
        help=f"how long one attempt may take ({DEFAULT_TIMEOUT:g})",
    )

    generate.add_argument(
        "--total-timeout",
        type=_number(float),
        default=DEFAULT_TOTAL_TIMEOUT,
        metavar="SECONDS",
        help=f"how long all attempts may take, waits included ({DEFAULT_TOTAL_TIMEOUT:g})",
    )
    generate.add_argument(
        "--max-retries",
        type=_number(int),
        default=DEFAULT_MAX_RETRIES,
        metavar="N",
        help=f"how often to try again what cannot have been served ({DEFAULT_MAX_RETRIES})",
    )
    generate.add_argument(
        "--save-reply", metavar="FILE", help="where it fails, write the raw reply to this new file, mode 0600"
    )
    _add_kept(verbs)
    _add_run(commands)
    _add_login(commands)

    sandbox = commands.add_parser(
        "sandbox", help="run a local Torus to develop and test against", description=_SANDBOX_HELP
    )
    sandbox.add_argument("--port", type=_number(int), default=8787, help="the port on 127.0.0.1; 0 picks one (8787)")
    sandbox.add_argument("--json", action="store_true", help="print where it is, or the verdicts, as JSON")
    sandbox.add_argument(
        "--redirect-url", metavar="URL", help="where a login leads, on a loopback address (a page of the sandbox)"
    )
    sandbox.add_argument("--conformance", action="store_true", help="play the conformance vectors at a client")
    sandbox.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="play this vector; may be given several times"
    )
    sandbox.add_argument("--jobs", type=_number(int), default=4, metavar="N", help="how many to play at once (4)")
    sandbox.add_argument("client", nargs="*", metavar="-- CMD ARGS", help="the command of the client to play them at")

    spec = commands.add_parser("spec", help="print the OpenAPI document that this version was generated from")
    form = spec.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("yaml", "json"), default="yaml", help="(yaml)")
    form.add_argument(
        "--pack",
        metavar="DIR",
        help="write the spec pack to this new folder: every form of it, conformance vectors, checksums",
    )
    return root


def _add_kept(verbs: argparse._SubParsersAction[_Parser]) -> None:
    helps = {
        "show": "show the kept session of a user, without its token",
        "path": "print the path of the file that it is kept in",
        "clear": "forget it",
        "token": "print its access token, for scripts; exit code 2 where there is none, or it has expired",
    }
    for verb, words in helps.items():
        kept = verbs.add_parser(verb, help=words, description=_KEPT_HELP, epilog=_EPILOG)
        _add_which(kept)
        if verb == "show":
            kept.add_argument("--json", action="store_true", help="print one line of JSON")


def _add_run(commands: argparse._SubParsersAction[_Parser]) -> None:
    run = commands.add_parser(
        "run",
        usage="torus-connect run [options] -- PROGRAM [ARGUMENT ...]",
        help="run a program with TORUS_ACCESS_TOKEN set, from the kept session of a user",
        description=_RUN_HELP,
        epilog=_EPILOG,
    )
    _add_which(run)
    run.add_argument("program", nargs="+", metavar="PROGRAM", help="the program, and its arguments")


def _add_login(commands: argparse._SubParsersAction[_Parser]) -> None:
    login = commands.add_parser(
        "login",
        help="log a user in with the browser, and keep the session",
        description=_LOGIN_HELP,
        epilog=_EPILOG,
    )
    _add_which(login)
    login.add_argument(
        "--port",
        type=_number(int),
        default=DEFAULT_LOGIN_PORT,
        help=f"of the registered redirect URL ({DEFAULT_LOGIN_PORT})",
    )
    login.add_argument(
        "--path", default=DEFAULT_LOGIN_PATH, help=f"of the registered redirect URL ({DEFAULT_LOGIN_PATH})"
    )
    login.add_argument(
        "--timeout",
        type=_number(float),
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


def _add_which(command: argparse.ArgumentParser) -> None:
    command.add_argument("--user", default="default", help="whose session (default)")
    command.add_argument(
        "--store", type=_store, metavar="URL", help="where it is kept (TORUS_SESSION_STORE, else file:)"
    )
    command.add_argument("--base-url", metavar="URL", help="where the API is (TORUS_BASE_URL, else production)")


def _add_totp(generate: argparse.ArgumentParser) -> None:
    generate.add_argument(
        "--totp-secret-file", metavar="PATH", help="a file with the authenticator's secret, which nobody else may use"
    )
    generate.add_argument(
        "--totp-keyring",
        metavar="NAME",
        help="the entry of the keyring, under the service torus-connect, with it",
    )
    # No defaults here: whatever is given is for --totp only.
    generate.add_argument("--totp-digits", type=_number(int), metavar="N", help="how many digits a code has (6)")
    generate.add_argument("--totp-period", type=_number(int), metavar="SECONDS", help="how long it is shown (30)")
    generate.add_argument("--totp-digest", choices=("sha1", "sha256", "sha512"), help="the hash that makes it (sha1)")


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
        elif not fault.startswith(("expected", "must", "not allowed with", "-")) and "required" not in argument:
            fault = "cannot be understood; see --help"
        super().error(f"{argument}: {fault}")


class _Rule(argparse.ArgumentTypeError):
    """A rule that an argument breaks, in words that do not repeat it."""


def _dash(value: str) -> str:
    if value != "-":
        raise _Rule("must be - : a secret is never accepted as an argument")
    return value


def _store(value: str) -> str:
    if "@" in value:
        raise _Rule("must hold no password, as every user of a machine can see it: set TORUS_SESSION_STORE")
    return value


def _number(kind: Callable[[str], float]) -> Callable[[str], float]:
    def number(value: str) -> float:
        with suppress(ValueError):
            return kind(value)
        raise _Rule("must be a number")

    return number

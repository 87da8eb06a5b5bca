"""The arguments of each command, and their help. What was given is never repeated: it may be a secret."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from torus_connect._config.settings import (
    DEFAULT_LOGIN_PATH,
    DEFAULT_LOGIN_PORT,
    DEFAULT_LOGIN_TIMEOUT,
    DEFAULT_LOGIN_URL,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    DEFAULT_TOTAL_TIMEOUT,
)
from torus_connect._version import __version__

from ._outcomes import EPILOG
from ._parsing import Parser, Program, Rule, number, text

if TYPE_CHECKING:
    from ._operations import OperationCommand

_GENERATE = """\
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
_KEPT = """\
Whose session it is, is told by the API (--base-url), the API key (TORUS_API_KEY) and --user.
"""
_VERBS = {
    "show": "show the kept session of a user, without its token",
    "path": "print the path of the file that it is kept in",
    "clear": "forget it",
    "token": "print its access token, for scripts; exit code 2 where there is none, or it has expired",
}
_RUN = """\
Becomes the program, with the access token of the kept session in its environment, as TORUS_ACCESS_TOKEN. The exit code
is the program's; 127 where there is no such program, 126 where it cannot be run, 2 where there is no good session.

The program gets its arguments as they are given, and the environment without our other secrets and what leads to them:
TORUS_API_SECRET, TORUS_REQUEST_TOKEN, TORUS_SESSION_STORE, TORUS_STORE_KEY, TORUS_STORE_KEY_FILE, TORUS_TOTP_KEYRING,
TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE, and whatever begins with one of these names.
"""
_LOGIN = """\
Opens the login page in the browser, waits on this machine for the redirect, trades its request token, and keeps the
session for `torus-connect run`, `torus-connect session token` and `TorusConnect.session`. A good session that is kept
already is left alone.

Register http://127.0.0.1:8788/ as the redirect URL with the service, or give port and path of yours. Where the redirect
leads elsewhere, or there is no browser on this machine, copy the address that the login ends at: it is asked for with a
hidden prompt, or read from standard input with `--paste`. BROWSER names another browser.
"""
_CALL = """\
Calls an operation of the API, and prints what it returns. `torus-connect call OPERATION --help` has its arguments.
OPERATION is the name of the method in Python, or the operationId of the spec. An account call takes the kept session of
--user: log in first, with `torus-connect login`. Market calls need none.
"""
_SANDBOX = """\
Without --conformance: a local Torus on 127.0.0.1, until Ctrl-C. It needs the extra `sandbox`.

With --conformance: start the client's command once for each conformance vector, with TORUS_BASE_URL, TORUS_API_KEY,
TORUS_API_SECRET and TORUS_REQUEST_TOKEN in its environment, watch what it sends, and print a verdict for each. The
exit code is 0 if all pass, 1 if any fails. The client prints the access token alone and exits with 0, or exits with
3, 4 or 5, as `torus-connect session generate` does; it has 15 seconds.
"""
_COMPLETION = """\
Prints what completes the commands, options and arguments of torus-connect in a shell. In its start-up file:

  bash   eval "$(torus-connect completion bash)"
  zsh    autoload -Uz compinit && compinit; eval "$(torus-connect completion zsh)"
  fish   torus-connect completion fish | source
"""


def parser() -> Parser:
    """Return the parser of the whole command line."""
    root = Parser(prog="torus-connect", description="Log in to the Torus Digital Open API and call it.", epilog=EPILOG)
    root.add_argument("--version", action="version", version=f"torus-connect {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, arguments, words in _COMMANDS:
        commands.add_parser(name, help=words, arguments=arguments)
    return root


def _session(session: Parser) -> None:
    verbs = session.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("generate", help="trade a request token, or a code, for an access token", arguments=_generate)
    for verb, words in _VERBS.items():
        kept = verbs.add_parser(verb, help=words, description=_KEPT, epilog=EPILOG)
        _add_which(kept)
        if verb == "show":
            kept.add_argument("--json", action="store_true", help="print one line of JSON")


def _generate(generate: Parser) -> None:
    generate.description, generate.epilog = _GENERATE, EPILOG
    proof = generate.add_mutually_exclusive_group()
    proof.add_argument("--request-token", type=_dash, metavar="-", help="read the request token from standard input")
    proof.add_argument(
        "--totp", nargs="?", const=True, type=_dash, metavar="-", help="trade a code; with - it is on standard input"
    )
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
    generate.add_argument("--output", choices=("text", "json", "env"), default="text", help="the form (text)")
    _add_base_url(generate)
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
    _add_save_reply(generate)


def _run(run: Parser) -> None:
    run.usage = "torus-connect run [options] -- PROGRAM [ARGUMENT ...]"
    run.description, run.epilog = _RUN, EPILOG
    _add_which(run)
    run.add_argument("program", action=Program, metavar="PROGRAM", help="the program, and its arguments")


def _login(login: Parser) -> None:
    login.description, login.epilog = _LOGIN, EPILOG
    _add_which(login)
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
    _add_save_reply(login)


def _call(call: Parser) -> None:
    from ._operations import commands  # noqa: PLC0415 - it loads what is generated

    call.description = _CALL
    operations = call.add_subparsers(dest="operation", required=True, metavar="OPERATION")
    found = commands()
    by_id = {command.operation.id: name for name, command in found.items()}
    operations.type = lambda given: by_id.get(given, given)
    for name, command in found.items():
        summary = command.help.partition("\n")[0]
        operations.add_parser(name, help=summary, arguments=partial(_operation, command))


def _short(name: str, parser: Parser) -> None:
    from ._operations import commands  # noqa: PLC0415 - as above

    _operation(commands()[name], parser)


def _operation(command: OperationCommand, parser: Parser) -> None:
    parser.description, parser.epilog = f"{command.help}\n", EPILOG
    parser.set_defaults(called=command)
    parser.names = [f"{name}=" for name in command.parameters]
    parser.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="an argument of the call; see above")
    _add_which(parser)
    parser.add_argument("--output", choices=("table", "json", "csv"), default="table", help="the form (table)")
    _add_save_reply(parser)


def _sandbox(sandbox: Parser) -> None:
    sandbox.description = _SANDBOX
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


def _spec(spec: Parser) -> None:
    form = spec.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("yaml", "json"), default="yaml", help="(yaml)")
    form.add_argument(
        "--pack",
        metavar="DIR",
        help="write the spec pack to this new folder: every form of it, conformance vectors, checksums",
    )


def _completion(completion: Parser) -> None:
    completion.description = _COMPLETION
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


SHORT = {"holdings": "holdings", "positions": "positions", "funds": "funds", "orders": "order_book", "trades": "trades"}
"""Commands of their own, and the operations that they are short for."""
_COMMANDS = (
    ("session", _session, "sessions with the service"),
    ("run", _run, "run a program with TORUS_ACCESS_TOKEN set, from the kept session of a user"),
    ("login", _login, "log a user in with the browser, and keep the session"),
    *((name, partial(_short, call), f"show the {name} of a user") for name, call in SHORT.items()),
    ("call", _call, "call any operation of the API"),
    ("sandbox", _sandbox, "run a local Torus to develop and test against"),
    ("spec", _spec, "print the OpenAPI document that this version was generated from"),
    ("completion", _completion, "print what completes these commands in bash, zsh or fish"),
)
# What names a folder or a service of this machine may have an @ in it, but for a host where none belongs.
_LOCAL = re.compile(r"(file|keyring):(?!//[^/]*@)")


def _add_which(command: Parser) -> None:
    command.add_argument("--user", default="default", help="whose session (default)")
    command.add_argument(
        "--store", type=_store, metavar="URL", help="where it is kept (TORUS_SESSION_STORE, else file:)"
    )
    _add_base_url(command)


def _add_base_url(command: Parser) -> None:
    command.add_argument("--base-url", metavar="URL", help="where the API is (TORUS_BASE_URL, else production)")


def _add_save_reply(command: Parser) -> None:
    command.add_argument(
        "--save-reply", metavar="FILE", help="where it fails, write the raw reply to this new file, mode 0600"
    )


def _store(value: str) -> str:
    value = text(value)
    # Any @ of another URL: in front of it, a password that was not escaped is as much a password.
    if "@" in value and not _LOCAL.match(value):
        raise Rule("must hold no password, as every user of a machine can see it: set TORUS_SESSION_STORE")
    return value


def _dash(value: str) -> str:
    if text(value) != "-":
        raise Rule("must be - : a secret is never accepted as an argument")
    return "-"

"""The commands and their arguments. What `--help` says of a command is the docstring of the function that adds them."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from torus_connect._config import settings
from torus_connect._version import __version__
from torus_connect.errors import ConfigurationError

from ._parser import Parser, dash, seconds, store_url, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._call import OperationCommand

SHORT = {"holdings": "holdings", "positions": "positions", "funds": "funds", "orders": "order_book", "trades": "trades"}
"""Commands of their own, and the operations that they are short for."""
_NO_JOURNAL = """
The command line keeps no journal of orders, and does not see that one is placed twice with the same remarks. Where the
reply is lost (exit code 5), see `torus-connect orders` before anything else. `place_order` in Python has a journal.
"""


def parser() -> Parser:
    """Return the parser of the whole command line."""
    root = Parser(prog="torus-connect", description="Log in to the Torus Digital Open API and call it.")
    root.add_argument("--version", action="version", version=f"torus-connect {__version__}")
    root.add_commands("command", _COMMANDS)
    return root


def _session(session: Parser) -> None:
    session.add_commands("verb", _VERBS)


def _generate(generate: Parser) -> None:
    """The API key and secret are read from TORUS_API_KEY and TORUS_API_SECRET. The request token is read from
    TORUS_REQUEST_TOKEN, from standard input with `--request-token -`, or from a hidden prompt on a terminal.
    No secret is accepted as an argument, because every user of a machine can see those.

    With --totp, a code of the user's authenticator app is exchanged instead, and no API secret is needed. The code is
    read from standard input with `--totp -`; or it is made of the authenticator's secret, which is read from the file
    of --totp-secret-file, the entry of --totp-keyring, or what TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE or
    TORUS_TOTP_KEYRING says; else a hidden prompt asks for it. It goes to TORUS_TOTP_BASE_URL, else to the base URL that
    is given, else to the one server that the service documents for it. The kind of code is assumed to be the usual one.

    The access token alone goes to standard output; everything else goes to standard error.

    TORUS_LOG=debug (or info, warning, error) logs each attempt to standard error; no secret is in the log.
    """
    proof, add = generate.add_mutually_exclusive_group().add_argument, generate.add_argument
    proof("--request-token", type=dash, metavar="-", help="read the request token from standard input")
    _add_totp(generate, proof)
    add("--output", choices=("text", "json", "env"), default="text", help="the form (%(default)s)")
    _add_base_url(generate)
    _add_seconds(generate, "--timeout", settings.DEFAULT_TIMEOUT, "how long one attempt may take")
    with_waits = "how long all attempts may take, waits included"
    _add_seconds(generate, "--total-timeout", settings.DEFAULT_TOTAL_TIMEOUT, with_waits)
    retried = "how often to try again what did not reach the service (%(default)s)"
    add("--max-retries", type=whole, default=settings.DEFAULT_MAX_RETRIES, metavar="N", help=retried)
    _add_save_reply(generate)


def _stored(stored: Parser) -> None:
    """The session is that of --user, with the API key (TORUS_API_KEY) and at the API (--base-url)."""
    _add_which(stored)
    if stored.prog.endswith("show"):
        stored.add_argument("--json", action="store_true", help="print one line of JSON")


def _run(run: Parser) -> None:
    """Becomes the program, with the access token of the stored session in its environment, as TORUS_ACCESS_TOKEN. On
    Windows, waits for it instead. The exit code is the program's; 127 where there is no such program, 126 where it
    cannot be run, 2 where there is no good session.

    The program gets its arguments as they are given, and the environment without our other secrets and what leads to
    them: TORUS_API_SECRET, TORUS_REQUEST_TOKEN, TORUS_SESSION_STORE, TORUS_STORE_KEY, TORUS_STORE_KEY_FILE,
    TORUS_TOTP_KEYRING, TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE, and whatever begins with one of these names.
    """
    run.usage = "torus-connect run [options] -- PROGRAM [ARGUMENT ...]"
    _add_which(run)
    program = "the program, and its arguments"
    run.add_argument("program", nargs=argparse.REMAINDER, type=str, metavar="PROGRAM", help=program)


def _login(login: Parser) -> None:
    """Opens the login page in the browser, waits on this machine for the redirect, exchanges its request token, and
    stores the session for `torus-connect run`, `torus-connect session token` and `TorusConnect.session`. A good session
    that is stored already is left alone.

    Register http://127.0.0.1:8788/ as the redirect URL with the service, or give port and path of yours. Where the
    redirect leads elsewhere, or there is no browser on this machine, copy the address that the login ends at: it is
    asked for with a hidden prompt, or read from standard input with `--paste`. BROWSER names another browser.

    With --totp, nobody is asked: a code of the authenticator is exchanged, and no API secret is needed. It comes from
    where `torus-connect session generate --totp` has it from. A job without a terminal can do that.

    With --sandbox, a local Torus is started, and the login is there: for a first try, with no account and no key. It
    runs until Ctrl-C, and needs the extra `sandbox`.
    """
    add, registered = login.add_argument, "of the registered redirect URL (%(default)s)"
    _add_which(login)
    add("--port", type=whole, default=settings.DEFAULT_LOGIN_PORT, help=registered)
    add("--path", default=settings.DEFAULT_LOGIN_PATH, help=registered)
    _add_seconds(login, "--timeout", settings.DEFAULT_LOGIN_TIMEOUT, "how long to wait for the user")
    proof = login.add_mutually_exclusive_group().add_argument
    proof("--paste", action="store_true", help="ask for the address that the login ended at")
    _add_totp(login, proof)
    add("--sandbox", nargs="?", const=8787, type=whole, metavar="PORT", help="a first try, at a local Torus (8787)")
    add("--no-browser", action="store_true", help="open no browser; wait for the redirect all the same")
    add("--force", action="store_true", help="log in even where a good session is stored")
    add("--json", action="store_true", help="print what happens as lines of JSON")
    _add_save_reply(login)


def _call(call: Parser) -> None:
    """Calls an operation of the API, and prints what it returns. `torus-connect call OPERATION --help` has its
    arguments. OPERATION is the name of the method in Python, or the operationId of the spec. An account call takes the
    stored session of --user: log in first, with `torus-connect login`. Market calls need none.
    """
    from ._call import commands  # noqa: PLC0415 - it loads what is generated

    found = commands()
    rows = ((name, partial(_operation, each), each.help.partition("\n")[0]) for name, each in found.items())
    by_id = {each.operation.id: name for name, each in found.items()}
    call.add_commands("operation", rows).type = lambda given: by_id.get(given, given)


def _short(name: str, parser: Parser) -> None:
    from ._call import commands  # noqa: PLC0415 - it loads what is generated

    _operation(commands()[name], parser)


def _operation(command: OperationCommand, parser: Parser) -> None:
    parser.description = f"{command.help}\n{_NO_JOURNAL if command.operation.experimental else ''}"
    parser.set_defaults(called=command)
    parser.names = [f"{name}=" for name in command.parameters]
    parser.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="an argument of the call; see above")
    if command.operation.experimental:
        for name in ("--ip", "--uu-id", "--app-id"):
            parser.add_argument(name, metavar="TEXT", help="of `Trading`, which opts in to what is experimental")
    _add_which(parser)
    parser.add_argument("--output", choices=("table", "json", "csv"), default="table", help="the form (%(default)s)")
    _add_save_reply(parser)


def _doctor(doctor: Parser) -> None:
    """Shows what is in use: versions, settings, whom TLS trusts, proxy, store, the stored session of --user, and clock;
    what is wrong, and how to mend it. To each server it sends one `HEAD /`, with no credentials. It shows the names of
    the variables that are set, and no value of one that holds a secret. What is not online is said line by line.

    The exit code is 0 if all is well, and 1 if something is wrong.
    """
    _add_which(doctor)
    doctor.add_argument("--json", action="store_true", help="print it as JSON, to put into a report")


def _sandbox(sandbox: Parser) -> None:
    """Without --conformance: a local Torus on 127.0.0.1, until Ctrl-C. It needs the extra `sandbox`.

    With --conformance: start the client's command once for each conformance vector, with TORUS_BASE_URL, TORUS_API_KEY,
    TORUS_API_SECRET and TORUS_REQUEST_TOKEN in its environment, watch what it sends, and print a verdict for each. The
    exit code is 0 if all pass, 1 if any fails. The client prints the access token alone and exits with 0, or exits with
    3, 4 or 5, as `torus-connect session generate` does; it has 15 seconds. With --operation, it places an order or
    reads the holdings: openapi/conformance/README.md says what it is given then.
    """
    add = sandbox.add_argument
    add("--port", type=whole, default=8787, help="the port on 127.0.0.1; 0 picks one (%(default)s)")
    add("--json", action="store_true", help="print where it is, or the verdicts, as JSON")
    redirect = "where a login leads, on a loopback address (%(default)s, where `torus-connect login` waits)"
    add("--redirect-url", metavar="URL", default=settings.DEFAULT_LOGIN_URL, help=redirect)
    add("--document", metavar="FILE", help="the OpenAPI document to serve, JSON or YAML (the one that ships)")
    add("--scenario", metavar="FILE", help="set the prices, funds, holdings and faults of a YAML file, and trade")
    add("--conformance", action="store_true", help="play the conformance vectors at a client")
    operation = "what the vectors to play call (%(default)s)"
    add("--operation", choices=("generateSession", "orderEntry", "holdings"), default="generateSession", help=operation)
    add("--only", action="append", default=[], metavar="NAME", help="play this vector; may be given several times")
    add("--jobs", type=whole, default=4, metavar="N", help="how many to play at once (%(default)s)")
    add("client", nargs="*", type=str, metavar="-- CMD ARGS", help="the command of the client to play them at")


def _spec(spec: Parser) -> None:
    add = spec.add_mutually_exclusive_group().add_argument
    add("--format", choices=("yaml", "json"), default="yaml", help="(%(default)s)")
    pack = "write the spec pack to this new folder: every form of it, conformance vectors, checksums"
    add("--pack", metavar="DIR", help=pack)


def _completion(completion: Parser) -> None:
    """Prints what completes the commands, options and arguments of torus-connect in a shell. In its start-up file:

    bash   eval "$(torus-connect completion bash)"
    zsh    autoload -Uz compinit && compinit; eval "$(torus-connect completion zsh)"
    fish   torus-connect completion fish | source
    """
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


_VERBS = (
    ("generate", _generate, "exchange a request token, or a code, for an access token"),
    ("show", _stored, "show the stored session of a user, without its token"),
    ("path", _stored, "print the path of the file that it is stored in"),
    ("clear", _stored, "forget it"),
    ("token", _stored, "print its access token, for scripts; exit code 2 where there is none, or it has expired"),
)
_COMMANDS: tuple[tuple[str, Callable[[Parser], None], str], ...] = (
    ("login", _login, "log a user in with the browser, and store the session"),
    *((name, partial(_short, call), f"show the {name} of a user") for name, call in SHORT.items()),
    ("call", _call, "call any operation of the API"),
    ("run", _run, "run a program with TORUS_ACCESS_TOKEN set, from the stored session of a user"),
    ("session", _session, "show or clear the stored session of a user; exchange a request token"),
    ("doctor", _doctor, "show what is in use, what is wrong, and how to mend it"),
    ("sandbox", _sandbox, "run a local Torus to develop and test against"),
    ("spec", _spec, "print the OpenAPI document that this version was generated from"),
    ("completion", _completion, "print what completes these commands in bash, zsh or fish"),
)


def _add_which(command: Parser) -> None:
    where = "where it is stored (TORUS_SESSION_STORE, else file:)"
    command.add_argument("--user", default="default", help="whose session (%(default)s)")
    command.add_argument("--store", type=store_url, metavar="URL", help=where)
    _add_base_url(command)


def _add_totp(command: Parser, add: Callable[..., object]) -> None:
    add("--totp", nargs="?", const=True, type=dash, metavar="-", help="send a code; with - it is on standard input")
    add = command.add_argument
    add("--totp-secret-file", metavar="PATH", help="a file with the authenticator's secret, which nobody else may use")
    add("--totp-keyring", metavar="NAME", help="the entry of the keyring, under the service torus-connect, with it")
    # No defaults here: whatever is given is for --totp only.
    add("--totp-digits", type=whole, metavar="N", help="how many digits a code has (6)")
    add("--totp-period", type=whole, metavar="SECONDS", help="how long it is shown (30)")
    add("--totp-digest", choices=("sha1", "sha256", "sha512"), help="the hash that makes it (sha1)")


def check_totp(options: argparse.Namespace) -> None:
    """Refuse what is for `--totp` only, where that is not given.

    Raises:
        ConfigurationError: an option is.
    """
    alone = [name for name, value in vars(options).items() if name.startswith("totp_") and value is not None]
    if alone and options.totp is None:
        raise ConfigurationError(f"--{alone[0].replace('_', '-')} is for --totp only")


def _add_base_url(command: Parser) -> None:
    command.add_argument("--base-url", metavar="URL", help="where the API is (TORUS_BASE_URL, else production)")


def _add_seconds(command: Parser, name: str, default: float, words: str) -> None:
    command.add_argument(name, type=seconds, default=default, metavar="SECONDS", help=f"{words} (%(default)g)")


def _add_save_reply(command: Parser) -> None:
    where = "where it fails, write the raw reply to this new file, which nobody else can read"
    command.add_argument("--save-reply", metavar="FILE", help=where)

"""What is said to a person at a terminal: exit codes, the next step after an error, and the log."""

from __future__ import annotations

import argparse

from torus_connect._config.checks import from_environment
from torus_connect._config.users import of_user
from torus_connect._login.redirect import LoginFault
from torus_connect.errors import ConfigurationError, Outcome, TorusError

DONE, FAILED, USAGE, INTERRUPTED, OUTPUT_CLOSED = 0, 1, 2, 130, 141
CANNOT_RUN, NOT_FOUND = 126, 127  # as a shell does
EXIT_CODES = {Outcome.NOT_SENT: 3, Outcome.REFUSED: 4, Outcome.UNKNOWN: 5}
_HELP = """\
variables:
  TORUS_API_KEY, TORUS_API_SECRET  of the merchant; a login with a code needs no secret
  TORUS_BASE_URL                   where the API is
  TORUS_SESSION_STORE              where sessions are stored: file:PATH, keyring:, redis://HOST
  TORUS_TOTP_SECRET                of the authenticator, for --totp; or TORUS_TOTP_SECRET_FILE, TORUS_TOTP_KEYRING
  TORUS_LOG                        debug, info, warning or error: log to standard error

documentation: `torus-connect COMMAND --help`; in the source, docs/reference/command-line.md

exit codes:
  0    done
  1    standard output cannot be written, or what was asked for failed
  2    wrong usage or configuration; nothing was sent
  3    not sent: the same call, or request token, may be tried again
  4    refused: the service answered, and said no
  5    unknown: it may have been served, and a request token may be spent
  130  interrupted (Ctrl-C)
  141  the reader of the output stopped reading
"""
EXAMPLES = {
    "": ("login --sandbox", "login", "holdings"),
    "session generate": ("session generate --output json", "session generate --totp"),
    "session show": ("session show --user a-user",),
    "session clear": ("session clear --user a-user",),
    "run": ("run -- python my_program.py",),
    "login": ("login", "login --user a-user --paste", "login --totp", "login --sandbox"),
    "doctor": ("doctor --json",),
    "positions": ("positions --output csv",),
    "orders": ("orders --output json",),
    "call": ("call search_stocks query=TCS", "call margin --help"),
    "sandbox": ("sandbox", "sandbox --conformance -- python my_client.py"),
    "spec": ("spec --format json", "spec --pack pack"),
    "completion": ("completion bash",),
    **{command: (command,) for command in ("session path", "session token", "holdings", "funds", "trades")},
}
"""For each command, what may be typed behind `torus-connect`."""
MAY_BE_SPENT = "If the request was on its way, its request token or code may be spent."

_STEPS = {
    "ConfigurationError": "Nothing was sent: correct the value, and try again.",
    "LoginFailed": "Nothing was sent: {again}.",
    "LoginPending": "Nothing was sent: wait for the other login, and try again.",
    "StoreError": "Nothing was sent: mend the store, or choose another one (TORUS_SESSION_STORE), and try again.",
    "LockLost": "Try again: it waits for the other login.",
    "MalformedReply": "The raw reply may hold the access token, a secret. {unknown}",
    "APIStatusError": "{rejected}",
    "ServiceError": "Its reply says why.",
    "SessionExpired": "Nothing was sent: {again}.",
    "WrongOrigin": "Nothing was sent: check --base-url, which must be that of the login.",
    "RedirectedElsewhere": "Check --base-url: the answer leads to another place.",
}
"""Instead of the `next_step` of these classes, which is for programs; by name: a command loads but some of them."""

_RENEW = "Log in again in the browser for a new one."
_GIVE = "give the request token, or the whole address that the login ended at"
_LEVELS = ("debug", "info", "warning", "error")


class Ended(Exception):
    """A command came to its end: this is said, and this is the exit code."""

    def __init__(self, text: str, code: int = USAGE) -> None:
        super().__init__(text)
        self.code = code


def in_words(error: TorusError, options: argparse.Namespace) -> str:
    """Return the message of an error, with what the person who typed a command can do next.

    Args:
        error: what ended the command.
        options: its arguments; `pasted` says whether the address of the login was asked for.
    """
    at_sandbox = getattr(options, "sandbox", None) is not None  # which is over, and with it what was pasted
    command = "login --sandbox" if at_sandbox else "login --totp" if getattr(options, "totp", None) else "login"
    login = f"log in again, with `{of_user(command, getattr(options, 'user', 'default'))}`"
    words = {"again": login, "retry": login, "renew": f"{login[:1].upper()}{login[1:]}."}
    if hasattr(options, "called"):
        words["retry"] = "try again"
        if options.look:
            words["unknown"] = f"It may have been served. {options.look}"
    elif options.command == "session" and options.verb == "generate":
        words = {"again": _GIVE, **({} if options.totp else {"renew": _RENEW})}
    elif getattr(options, "totp", None):
        del words["renew"]  # what the operation says of a code
    elif options.pasted and not at_sandbox:
        words["retry"] = "paste the same address again"
        # With an error in it, the same address would be of no use.
        if error.args[0] != LoginFault.REFUSED.value:
            words["again"] = "paste the whole address that the login ended at"
    # The nearest class that has a next step: its own, or ours.
    cls = next(cls for cls in type(error).__mro__ if cls.__name__ in _STEPS or "next_step" in vars(cls))
    step = _STEPS.get(cls.__name__, vars(cls).get("next_step"))
    return for_command(error._worded(step, words))  # noqa: SLF001 - the one other reader of an error's words


def for_command(message: str) -> str:
    """Return a message without what a program can do, and a command cannot: it takes no secret as an argument."""
    return message.replace("is missing: pass it, or set the", "is missing: set the")


def help_below(prog: str) -> str:
    """Return what `--help` says below the options of a command: examples, variables, exit codes."""
    examples = EXAMPLES.get(prog.removeprefix("torus-connect").strip(), ())
    shown = "".join(f"  torus-connect {each}\n" for each in examples)
    return f"examples:\n{shown}\n{_HELP}" if shown else _HELP


def unforeseen(exc: Exception) -> str:
    """Return what can be said of any exception: its text may hold a secret, and so may what led to it."""
    last = exc.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f", in {last.tb_frame.f_globals.get('__name__')}, line {last.tb_lineno}" if last else ""
    return f"It failed for a reason that was not foreseen: {type(exc).__name__}{where}."


def log_level() -> str | None:
    """Return the level of `TORUS_LOG`, or nothing where it is not set.

    Raises:
        ConfigurationError: there is no such level.
    """
    level = from_environment("TORUS_LOG")
    if level and level not in _LEVELS:
        raise ConfigurationError(f"TORUS_LOG must be one of {', '.join(_LEVELS)}")
    return level


def log_to_stderr() -> None:
    """Log each attempt to standard error, from the level of `TORUS_LOG` on; without one, our warnings alone.

    Raises:
        ConfigurationError: there is no such level.
    """
    given = log_level()
    import logging  # noqa: PLC0415 - it takes as long as a third of a call, all in all

    logger, handler = logging.getLogger("torus_connect"), logging.lastResort
    line = "torus-connect: %(message)s"
    if given or not handler:
        handler, line = logging.StreamHandler(), "%(asctime)s %(levelname)s %(name)s: %(message)s"
        logger.setLevel((given or "warning").upper())
    handler.setFormatter(logging.Formatter(line))  # `lastResort` writes to whatever standard error is by then
    logger.addHandler(handler)

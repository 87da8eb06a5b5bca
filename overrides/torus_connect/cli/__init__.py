"""The command line: parse, call, print. Secrets come from the environment, a pipe or a prompt, never from argv."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from torus_connect._console import OutputClosed, ReaderGone, check_output, say, write
from torus_connect.errors import ConfigurationError, Outcome, TorusError

from ._arguments import check_totp, parser
from ._messages import DONE, EXIT_CODES, FAILED, INTERRUPTED, OUTPUT_CLOSED, USAGE, Ended, in_words, unforeseen
from ._variables import unread

_LOCAL = ("completion", "doctor", "sandbox", "spec")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command `torus-connect`.

    Args:
        argv: the arguments after the command's name; those of the process by default.

    Returns:
        The exit code; `torus-connect --help` lists them.

    Raises:
        SystemExit: for `--help`, `--version` and wrong usage, as argparse does.
    """
    # What the commands note of themselves: what holds if a request is on its way, where to look for what it did,
    # whether its token was pasted, and what became of the reply to it.
    options = argparse.Namespace(command=None, sent="", look="", pasted=False, reply="")
    try:
        given = sys.argv[1:] if argv is None else argv
        parser().parse_args(given or ["--help"], options)
        for each in unread() if options.command != "doctor" else ():  # which has them in its report
            say(each)
        check_totp(options)
        if options.command not in ("run", "spec"):
            check_output()  # before anything is done that cannot be undone
        return _command(options)(options) or DONE
    except TorusError as exc:
        say(f"{in_words(exc, options)}\n{options.reply}".rstrip())
        return USAGE if isinstance(exc, ValueError) else EXIT_CODES[exc.outcome]
    except Ended as exc:
        say(str(exc))
        return exc.code
    except KeyboardInterrupt:
        say(f"Interrupted. {options.sent or 'Nothing was sent.'}")
        return INTERRUPTED
    except ReaderGone:
        return OUTPUT_CLOSED
    except OutputClosed as exc:
        say(f"{exc}. {options.sent}" if options.sent else str(exc))
        return FAILED
    except Exception as exc:  # noqa: BLE001 - nobody shall read a traceback, which may show anything
        say(f"{unforeseen(exc)} {options.sent or 'Nothing was sent.'}")
        if options.command in _LOCAL:
            return FAILED
        return EXIT_CODES[Outcome.UNKNOWN if options.sent else Outcome.NOT_SENT]


def _command(options: argparse.Namespace) -> Callable[[argparse.Namespace], int | None]:
    """Return the function of a command. It loads what it needs, and nothing that another one needs.

    What that function returns is the exit code, where it is another one than that for what is done.
    """
    # ruff: noqa: PLC0415
    command: Callable[[argparse.Namespace], int | None]
    match options.command:
        case "session" if options.verb == "generate":
            from ._session import generate_session as command
        case "session":
            from ._stored_session import stored as command
        case "run":
            from ._programs import run as command
        case "login" if options.sandbox is not None:
            from ._login import first_try as command
        case "login":
            from ._login import log_in as command
        case "doctor":
            from ._doctor import doctor as command
        case "sandbox":
            return _run_sandbox
        case "spec":
            return _print_spec
        case "completion":
            return _print_completion
        case _:
            from ._call import call as command
    return command


def _print_completion(options: argparse.Namespace) -> None:
    from ._completion import script

    write(script(options.shell, parser()))


def _print_spec(options: argparse.Namespace) -> None:
    if options.pack is None:
        from torus_connect._spec.documents import spec_text

        write(spec_text(options.format))
    else:
        from pathlib import Path

        from torus_connect._spec.pack import write_pack

        write_pack(Path(options.pack))


def _run_sandbox(options: argparse.Namespace) -> int:
    if options.conformance:
        from torus_connect.sandbox.conformance.command import conformance

        chosen = {name: getattr(options, name) for name in ("operation", "only", "jobs")}
        return conformance(options.client, **chosen, json_output=options.json)
    if options.client:
        raise ConfigurationError("a command is for --conformance only")
    from torus_connect.sandbox import SandboxMissing
    from torus_connect.sandbox.server import serve

    settings = {name: getattr(options, name) for name in ("port", "redirect_url", "document", "scenario")}
    try:
        return serve(**settings, json_output=options.json)
    except SandboxMissing as exc:
        raise Ended(str(exc)) from None

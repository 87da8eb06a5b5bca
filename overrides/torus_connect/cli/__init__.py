"""The command line: parse, call, print. Secrets come from the environment, a pipe or a prompt, never from argv."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from torus_connect._console import OutputClosed, ReaderGone, say, write
from torus_connect.errors import ConfigurationError, Outcome, TorusError

from ._arguments import parser
from ._outcomes import DONE, EXIT_CODES, FAILED, INTERRUPTED, OUTPUT_CLOSED, USAGE
from ._words import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOCAL = ("completion", "sandbox", "spec")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command `torus-connect`.

    Args:
        argv: the arguments after the command's name; those of the process by default.

    Returns:
        The exit code; `torus-connect --help` lists them.

    Raises:
        SystemExit: for `--help`, `--version` and wrong usage, as argparse does.
    """
    # What the commands note of themselves: what holds if a request is on its way, and whether its token was pasted.
    options = argparse.Namespace(command=None, sent="", pasted=False)
    try:
        return _dispatch(parser().parse_args(argv, options))
    except TorusError as exc:
        say(in_words(exc, options))
        return USAGE if isinstance(exc, ValueError) else EXIT_CODES[exc.outcome]
    except KeyboardInterrupt:
        say(f"Interrupted. {options.sent or 'Nothing was sent.'}")
        return INTERRUPTED
    except ReaderGone:
        return OUTPUT_CLOSED
    except OutputClosed as exc:
        say(f"{exc}. {options.sent}" if options.sent else str(exc))
        return FAILED
    except Exception as exc:  # noqa: BLE001 - nobody shall read a traceback, which may show anything
        say(f"{_unforeseen(exc)} {options.sent or 'Nothing was sent.'}")
        if options.command in _LOCAL:
            return FAILED
        return EXIT_CODES[Outcome.UNKNOWN if options.sent else Outcome.NOT_SENT]


def _unforeseen(exc: Exception) -> str:
    """Return what can be said of any exception: its text may hold a secret, and so may what led to it."""
    last = exc.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f", in {last.tb_frame.f_globals.get('__name__')}, line {last.tb_lineno}" if last else ""
    return f"It failed for a reason that was not foreseen: {type(exc).__name__}{where}."


def _dispatch(options: argparse.Namespace) -> int:
    # Each command loads what it needs, and nothing that another one needs.
    if options.command == "session" and options.verb != "generate":
        from ._stored import kept_session  # noqa: PLC0415

        return kept_session(options)
    if options.command == "run":
        from ._run import run  # noqa: PLC0415

        return run(options)
    if options.command == "login":
        from ._login import log_in  # noqa: PLC0415

        return log_in(options)
    if options.command == "session":
        from ._session import generate_session  # noqa: PLC0415

        return generate_session(options)
    if hasattr(options, "called"):
        from ._call import call  # noqa: PLC0415

        return call(options)
    if options.command == "completion":
        from ._completion import script  # noqa: PLC0415

        write(script(options.shell, parser()))
        return DONE
    if options.command == "sandbox":
        return _sandbox(options)
    return _spec(options)


def _spec(options: argparse.Namespace) -> int:
    if options.pack is not None:
        from pathlib import Path  # noqa: PLC0415

        from torus_connect._spec.pack import PackNotWritten, write_pack  # noqa: PLC0415

        try:
            write_pack(Path(options.pack))
        except PackNotWritten as exc:
            say(str(exc))
            return USAGE
        return DONE
    from torus_connect._spec.text import spec_text  # noqa: PLC0415

    write(spec_text(options.format))
    return DONE


def _sandbox(options: argparse.Namespace) -> int:
    if options.conformance:
        from torus_connect.sandbox.conformance.command import conformance  # noqa: PLC0415

        return conformance(options.client, only=options.only, jobs=options.jobs, json_output=options.json)
    if options.client:
        raise ConfigurationError("a command is for --conformance only")
    from torus_connect.sandbox import SandboxMissing  # noqa: PLC0415
    from torus_connect.sandbox.server import serve  # noqa: PLC0415

    try:
        return serve(
            port=options.port, json_output=options.json, redirect_url=options.redirect_url, document=options.document
        )
    except SandboxMissing as exc:
        say(str(exc))
        return USAGE

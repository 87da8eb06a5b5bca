"""`torus-connect run -- PROGRAM`: a program with the access token of a kept session in its environment."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from torus_connect._console import say

from ._environment import environment_with
from ._outcomes import CANNOT_RUN, NOT_FOUND, USAGE
from ._stored import stored_session

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Become the program; return an exit code only where that is not possible.

    Raises:
        ConfigurationError, StoreError: as for `torus-connect session show`.
    """
    session = stored_session(options)
    if session is None:
        return USAGE
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    program = options.program
    # Python ignores this signal, and would hand that on; a program expects it as usual.
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        # What the user asks for, without a shell.
        os.execvpe(program[0], program, environment_with(str(session.access_token)))  # noqa: S606
    except (FileNotFoundError, NotADirectoryError):
        code, why = NOT_FOUND, "There is no such program."
    except (OSError, ValueError) as exc:
        code, why = CANNOT_RUN, f"The program cannot be run: {getattr(exc, 'strerror', None) or 'it is no path'}"
    signal.signal(signal.SIGPIPE, before)
    say(why)
    return code

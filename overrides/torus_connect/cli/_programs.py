"""Other programs: `torus-connect run`, the browser, and what of the environment they are given.

The program of `run` needs the access token. Whatever else of ours is a secret, may hold one or says where one is would
only be there to leak: into its log, its crash report, and every program that it starts. It keeps what account calls may
need and nobody need hide: `TORUS_API_KEY` (part of every login's URL), `TORUS_BASE_URL`, `TORUS_TOTP_BASE_URL`,
`TORUS_ACCOUNT_BASE_URL`, `TORUS_CA_FILE` (certificates, and no key), `TORUS_TRUST`, `TORUS_DAY_ENDS` and `TORUS_LOG`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from torus_connect.errors import ConfigurationError

from ._messages import CANNOT_RUN, NOT_FOUND, Ended
from ._stored_session import stored_session
from ._variables import WITHHELD

_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_TO_START = 10.0
"""Seconds within which a browser that does not start is noticed."""


def run(options: argparse.Namespace) -> int:
    """Become the program; where no program becomes another one, return its exit code.

    Raises:
        ConfigurationError, StoreError: as for `torus-connect session show`.
        Ended: there is no good session, or the program cannot be run.
    """
    program = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not program:
        raise ConfigurationError("the program is missing: torus-connect run [options] -- PROGRAM [ARGUMENT ...]")
    session = stored_session(options)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    of_session = {"TORUS_ACCESS_TOKEN": str(session.access_token), "TORUS_BASE_URL": session.base_url or ""}
    try:
        return _become(program, _environment(*WITHHELD) | of_session)
    except (FileNotFoundError, NotADirectoryError):
        raise Ended("There is no such program.", NOT_FOUND) from None
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
        raise Ended(f"The program cannot be run: {why}", CANNOT_RUN) from None


def _become(program: list[str], environment: dict[str, str]) -> int:
    # What the user asks for, without a shell.
    if not hasattr(signal, "SIGPIPE"):  # Windows, where no program becomes another one: its shell would not wait
        found = shutil.which(program[0]) or program[0]
        return subprocess.call([found, *program[1:]], env=environment)  # noqa: S603
    # Python ignores this signal, and would hand that on; a program expects it as usual.
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvpe(program[0], program, environment)  # noqa: S606
    finally:
        signal.signal(signal.SIGPIPE, before)


def can_open_browser() -> bool:
    """Return whether there is a browser: the one of `BROWSER`, or one of the machine where it has a screen."""
    # Without either, it would be a browser in text, which takes the terminal away.
    if sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))):
        with suppress(webbrowser.Error):
            return webbrowser.get() is not None
    return False


def open_browser(url: str, on_failure: Callable[[], object]) -> None:
    """Open a page, and do not wait for it.

    Some browsers stay until they are closed, some write where our output goes, and all would inherit our secrets: so it
    is done by a process of its own, without them.

    Args:
        url: of the page.
        on_failure: called, in a thread of its own, where no browser took it.
    """

    def open_it() -> None:
        begun = time.monotonic()
        # One that stayed for longer than that was there to be seen, whatever it says at its end.
        if not _opened(url) and time.monotonic() - begun < _TO_START:
            on_failure()

    threading.Thread(target=open_it, name="torus-browser", daemon=True).start()


def _opened(url: str) -> bool:
    """Return what `webbrowser.open` says of a page, in a process without our secrets."""
    # In a program that was packed up, there is no Python to start; a child of this process is one.
    packed_up = getattr(sys, "frozen", False) or not os.access(sys.executable or "", os.X_OK)
    if packed_up:
        return _opened_by_a_child(url) if hasattr(os, "fork") else webbrowser.open(url)
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    argv = [sys.executable, "-I", "-c", _OPEN, url]  # this Python, and a URL that was made here
    with suppress(OSError):
        return not subprocess.call(argv, env=_environment("TORUS_"), start_new_session=True, **streams)  # noqa: S603
    return False


def _opened_by_a_child(url: str) -> bool:
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    opened = False
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # a browser that stays must not hold the port of the redirect
        environment = _environment("TORUS_")
        os.environ.clear()
        os.environ.update(environment)
        opened = webbrowser.open(url)
    finally:
        os._exit(not opened)


def _environment(*without: str) -> dict[str, str]:
    """Return the environment for another program, without what begins like this.

    Where this program is a bundle, that is the environment from before it was started with its own libraries.
    """
    found: dict[str, str | None] = {**os.environ}
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH"):
            found[name] = found.pop(f"{name}_ORIG", None)  # where PyInstaller keeps what it has changed
        without = (*without, "_PYI_")
    return {name: value for name, value in found.items() if value is not None and not name.startswith(without)}

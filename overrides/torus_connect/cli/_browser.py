"""The browser of the user, where this machine has one that can be shown."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from ._environment import environment_without_ours

if TYPE_CHECKING:
    from collections.abc import Callable

_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_TO_START = 10.0
"""Seconds within which a browser that does not start is noticed."""


def can_open_browser() -> bool:
    """Return whether there is a browser: the one of `BROWSER`, or one of the machine where it has a screen."""
    import webbrowser  # noqa: PLC0415

    screen = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if not (screen or os.environ.get("BROWSER")):
        return False  # a browser in text would take the terminal away
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def open_browser(url: str, on_failure: Callable[[], object]) -> None:
    """Open a page, and do not wait for it.

    Some browsers stay until they are closed, some write where our output goes, and all would inherit our secrets: so it
    is done by a process of its own, without them.

    Args:
        url: of the page.
        on_failure: called, in a thread of its own, where no browser took it.
    """

    def run() -> None:
        begun = time.monotonic()
        # One that stayed for longer than that was there to be seen, whatever it says at its end.
        if not _opened(url) and time.monotonic() - begun < _TO_START:
            on_failure()

    threading.Thread(target=run, name="torus-browser", daemon=True).start()


def _opened(url: str) -> bool:
    """Return what `webbrowser.open` says of a page."""
    # In a program that was packed up, there is no Python to start; a child of this process is one.
    packed_up = getattr(sys, "frozen", False) or not os.access(sys.executable or "", os.X_OK)
    if packed_up and hasattr(os, "fork"):
        return _opened_by_a_child(url)
    if packed_up:
        import webbrowser  # noqa: PLC0415

        return webbrowser.open(url)
    try:
        done = subprocess.run(  # noqa: S603 - this Python, and a URL that was made here
            [sys.executable, "-I", "-c", _OPEN, url],
            env=environment_without_ours(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _opened_by_a_child(url: str) -> bool:
    import webbrowser  # noqa: PLC0415

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
        environment = environment_without_ours()
        os.environ.clear()
        os.environ.update(environment)
        opened = webbrowser.open(url)
    finally:
        os._exit(not opened)

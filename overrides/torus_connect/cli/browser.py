"""The browser of the user, where this machine has one that can be shown."""

from __future__ import annotations

import os
import subprocess
import sys
import threading


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


def open_browser(url: str) -> None:
    """Open a page, and do not wait for it.

    Some browsers stay until they are closed, some write where our output goes, and all would inherit our secrets: so it
    is done by a process of its own, without them.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TORUS_")}

    def run() -> None:
        subprocess.run(  # noqa: S603 - this Python, and a URL that was made here
            [sys.executable, "-I", "-m", "webbrowser", url],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )

    threading.Thread(target=run, name="torus-browser", daemon=True).start()

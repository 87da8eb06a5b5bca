"""`torus-connect login`: the login page in the browser, the redirect caught or pasted, the session kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torus_connect._console import check_output, say, write
from torus_connect._login.listener import wait_for_request_token
from torus_connect.client import TorusConnect
from torus_connect.errors import Outcome
from torus_connect.stores import SessionNotKept

from ._browser import can_open_browser, open_browser
from ._countdown import Countdown
from ._inputs import has_terminal, piped, typed
from ._logs import log_to_stderr
from ._outcomes import DONE, EXIT_CODES, MAY_BE_SPENT
from ._replies import kept_reply
from ._stored import opened

if TYPE_CHECKING:
    import argparse

    from torus_connect._credentials.session import Session


_NO_BROWSER = "No browser could be opened: open the address above in one of this machine, or start again with --paste."


def log_in(options: argparse.Namespace) -> int:
    """Log a user in, unless a good session of his is kept; return the exit code.

    Raises:
        TorusError: as `TorusConnect.session` and `wait_for_request_token` do.
    """
    check_output()
    log_to_stderr()
    key, store = opened(options)
    try:
        old = store.load(key) if options.force else None
        with kept_reply(options), TorusConnect(base_url=options.base_url, store=store) as torus:
            asking = _Asking(options, torus.login_url)
            session = torus.session(options.user, login=asking, timeout=options.timeout, instead_of=old)
    except SessionNotKept as exc:
        say(f"{exc.args[0]}\nIt is lost: mend the store, and log in again.")
        return EXIT_CODES[Outcome.UNKNOWN]
    finally:
        store.close()
    _tell_session(session, new=asking.asked, as_json=options.json)
    return DONE


class _Asking:
    """Asks the user, when it is called, and yields what the redirect brought.

    Attributes:
        asked: whether it was called.
    """

    def __init__(self, options: argparse.Namespace, login_url: str) -> None:
        self.asked = False
        self._options = options
        self._url = login_url
        self._opens = not (options.no_browser or options.paste) and can_open_browser()
        # Whoever has no browser here has one elsewhere, and the redirect does not find its way back.
        no_way_back = not (self._opens or options.no_browser or options.json) and has_terminal()
        self._pastes = options.paste or no_way_back

    def __call__(self) -> str:
        self.asked = True
        found = self._ask()
        self._options.sent = MAY_BE_SPENT  # as soon as it is known, it goes on its way
        return found

    def _ask(self) -> str:
        options = self._options
        if self._pastes:
            options.pasted = True
            self._tell_url(None)
            return _pasted()
        with Countdown(options.timeout) as countdown:

            def ready() -> None:
                self._tell_url(f"http://127.0.0.1:{options.port}{options.path}")
                if self._opens:
                    open_browser(self._url, lambda: countdown.say(_NO_BROWSER))
                countdown.start()

            return wait_for_request_token(port=options.port, path=options.path, timeout=options.timeout, on_ready=ready)

    def _tell_url(self, redirect_url: str | None) -> None:
        if self._options.json:
            told = {"event": "login", "login_url": self._url, "redirect_url": redirect_url}
            write(json.dumps(told) + "\n")
        else:
            say(f"{'Opening the login in the browser' if self._opens else 'Log in at'}: {self._url}")


def _pasted() -> str:
    if not has_terminal():
        return piped("url_or_token")
    return typed("url_or_token", "The address that the login ended at", "pipe it to `torus-connect login --paste`")


def _tell_session(session: Session, *, new: bool, as_json: bool) -> None:
    ends = session.expires_at.isoformat(timespec="seconds")
    basis = session.expiry_basis.value
    if as_json:
        issued_at = session.issued_at.isoformat(timespec="seconds")
        told = {"event": "session", "new": new, "issued_at": issued_at, "expires_at": ends, "expiry_basis": basis}
        write(json.dumps(told) + "\n")
    elif new:
        say(f"Logged in. The session is kept, and good until {ends} ({basis}).")
    else:
        say(f"Nothing to do: a session is kept, and good until {ends} ({basis}). --force logs in again.")

"""`torus-connect login`: the login page in the browser, the redirect caught or pasted, or a code; a session stored.

With `--sandbox`, all of it at a local Torus in this process, for a first try.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
from functools import partial

from torus_connect._console import has_terminal, hidden_prompt, piped, say, typed, write, write_error
from torus_connect._dates import in_india
from torus_connect._login.listener import wait_for_request_token
from torus_connect.client import TorusConnect
from torus_connect.errors import Outcome
from torus_connect.stores import SessionNotKept
from torus_connect.totp import TotpLogin

from ._messages import EXIT_CODES, MAY_BE_SPENT, Ended, log_to_stderr
from ._programs import can_open_browser, open_browser
from ._replies import saved_reply
from ._stored_session import opened
from ._totp import totp_login

_NO_BROWSER = "No browser could be opened: open the address above in one of this machine, or start again with --paste."
_ELSEWHERE = (
    "Open that address on any device that reaches it, and paste here the address at which the login ends, even if its "
    "page cannot be shown."
)
_PROMPT = "The address that the login ended at"

_NEXT = """\
You are logged in at a local Torus; nothing in it is real. In another terminal:

  export TORUS_BASE_URL={base_url}
  export TORUS_API_KEY={api_key}
  torus-connect holdings

Ctrl-C ends it.
"""


def log_in(options: argparse.Namespace) -> None:
    """Log a user in, unless a good session of theirs is stored.

    Raises:
        TorusError: as `TorusConnect.session` and `wait_for_request_token` do.
        Ended: the session cannot be stored.
    """
    log_to_stderr()
    _say_that_it_waits()
    codes = None if options.totp is None else totp_login(options)
    asked = False

    def login() -> str:
        nonlocal asked
        asked = True
        found = codes() if codes else _request_token(options, torus.login_url)
        options.sent = MAY_BE_SPENT  # as soon as it is known, it goes on its way
        return found

    try:
        with (
            opened(options) as (_, store),
            saved_reply(options),
            TorusConnect(base_url=options.base_url, store=store) as torus,
        ):
            way = TotpLogin(login, partial(_wait, codes), codes.spent) if codes else login
            session = torus.session(options.user, login=way, timeout=options.timeout, force=options.force)
    except SessionNotKept as exc:
        lost = f"{exc.args[0]}\nIt is lost: mend the store, and log in again."
        raise Ended(lost, EXIT_CODES[Outcome.UNKNOWN]) from None
    issued_at, expires_at = (each.isoformat(timespec="seconds") for each in (session.issued_at, session.expires_at))
    basis, until = session.expiry_basis.value, in_india(session.expires_at)
    if options.json:
        _event("session", new=asked, issued_at=issued_at, expires_at=expires_at, expiry_basis=basis)
    elif asked:
        say(f"Logged in. The session is stored, and good until {until} ({basis}).")
    else:
        say(f"Nothing to do: a session is stored, and good until {until} ({basis}). --force logs in again.")


def first_try(options: argparse.Namespace) -> None:
    """Log in at a local Torus, and let it run until SIGINT or SIGTERM.

    Raises:
        TorusError: as for `torus-connect login`.
        Ended: that one cannot be started.
    """
    from torus_connect.sandbox import Sandbox, SandboxMissing  # noqa: PLC0415 - nobody else needs one
    from torus_connect.sandbox.server import print_otp, unbound, until_signalled  # noqa: PLC0415 - see above

    def send(user: str, one_time_password: str) -> None:
        asks = options.pasted and not options.sent and has_terminal()
        write_error("\n" if asks else "")  # it would stand behind the prompt, which is shown again
        print_otp(user, one_time_password)
        write_error(hidden_prompt(_PROMPT) if asks else "")

    end = f"http://127.0.0.1:{options.port}{options.path}"
    try:
        sandbox = Sandbox(port=options.sandbox, redirect_url=end, send=send).start()
    except (SandboxMissing, ValueError) as error:
        raise Ended(str(error)) from None
    except (OSError, OverflowError) as error:
        fault = unbound(options.sandbox, error).partition(";")[0]
        raise Ended(f"{fault}; choose another with --sandbox PORT") from None
    with sandbox:
        os.environ.update(TORUS_API_KEY=sandbox.api_key, TORUS_API_SECRET=sandbox.api_secret)
        options.base_url, options.force = sandbox.base_url, True  # a session of an earlier one is good no more
        log_in(options)
        with until_signalled() as wait:
            write(_NEXT.format(**sandbox.credentials))
            wait()


def _say_that_it_waits() -> None:
    """Say on standard error, whatever is logged there, that another login of the same user is waited for."""

    def said(record: logging.LogRecord) -> bool:
        say(record.getMessage())
        return False  # no handler gets it, too

    log = logging.getLogger("torus_connect.login")
    log.setLevel(logging.INFO)
    log.addFilter(said)


def _wait(codes: TotpLogin) -> float:
    """Return the seconds until there is a fresh code, and say so."""
    left = codes.wait()
    if left:
        say(f"Waiting for the next code, for {math.ceil(left)} seconds.")
    return left


def _request_token(options: argparse.Namespace, url: str) -> str:
    """Return the request token of the redirect, or the address that the user pastes."""
    opens = not (options.no_browser or options.paste) and can_open_browser()
    # A user who has no browser here has one elsewhere, and the redirect does not find its way back.
    no_way_back = not (opens or options.no_browser or options.json) and has_terminal()
    options.pasted = options.paste or no_way_back

    def show_url() -> None:
        if options.json:
            redirect_url = None if options.pasted else f"http://127.0.0.1:{options.port}{options.path}"
            _event("login", login_url=url, redirect_url=redirect_url)
        else:
            say(f"{'Opening the login in the browser' if opens else 'Log in at'}: {url}")

    def ready() -> None:
        show_url()
        say(f"Waiting for the login, for {options.timeout:g} seconds at the most.")
        if opens:
            open_browser(url, lambda: say(_NO_BROWSER))

    if not options.pasted:
        return wait_for_request_token(port=options.port, path=options.path, timeout=options.timeout, on_ready=ready)
    show_url()
    if not has_terminal():
        return piped("url_or_token")
    if not options.json:
        say(_ELSEWHERE if options.paste else f"No browser was found. {_ELSEWHERE}")
    while True:
        found = typed("url_or_token", _PROMPT, "pipe it to `torus-connect login --paste`").strip()
        if not (found.isdecimal() and len(found) in range(4, 9)):
            return found
        say("That is the one-time password: type it on the login page.")


def _event(name: str, **fields: object) -> None:
    write(json.dumps({"event": name, **fields}) + "\n")

"""`torus-connect session generate`: where its secrets come from, and where its results go."""

from __future__ import annotations

import argparse
import json
import shlex

from torus_connect._config.checks import checked_text, from_environment
from torus_connect._console import OutputClosed, piped, typed, write
from torus_connect._credentials.session import Session
from torus_connect._login.redirect import request_token_of
from torus_connect.client import TorusConnect
from torus_connect.errors import Outcome
from torus_connect.secret import conceal

from ._messages import EXIT_CODES, MAY_BE_SPENT, Ended, log_to_stderr
from ._replies import saved_reply

_SETTINGS = ("base_url", "timeout", "total_timeout", "max_retries")


def generate_session(options: argparse.Namespace) -> None:
    """Exchange a request token or a code, and print the access token.

    Raises:
        TorusError: as `TorusConnect.generate_session` and `generate_session_with_totp` do.
        Ended: the access token cannot be written.
    """
    log_to_stderr()
    with saved_reply(options), TorusConnect(**{name: getattr(options, name) for name in _SETTINGS}) as torus:
        if options.totp is None:
            checked_text("api_secret", None, env="TORUS_API_SECRET")  # before anybody is asked for the request token
            token = request_token_of("request_token", conceal(_request_token(options.request_token)))
            options.sent = MAY_BE_SPENT
            session = torus.generate_session(token)
        else:
            from ._totp import totp_login  # noqa: PLC0415 - a login with a request token needs none of it

            code = totp_login(options).fresh()
            options.sent = MAY_BE_SPENT
            session = torus.generate_session_with_totp(code)
    try:
        write(_formatted(session, options.output) + "\n")
    except OutputClosed:
        lost = "The session was generated, but the access token could not be written to standard output.\nLog in again."
        raise Ended(lost, EXIT_CODES[Outcome.UNKNOWN]) from None


def _formatted(session: Session, output: str) -> str:
    if output == "json":
        issued_at = session.issued_at.isoformat(timespec="seconds")
        return json.dumps({"access_token": session.access_token, "issued_at": issued_at})
    if output == "env":
        return f"TORUS_ACCESS_TOKEN={shlex.quote(session.access_token)}"
    return str(session.access_token)


def _request_token(option: str | None) -> str:
    if option == "-":
        return piped("request_token")
    given = from_environment("TORUS_REQUEST_TOKEN", blanks=False)
    instead = "set TORUS_REQUEST_TOKEN, or pipe it to `--request-token -`"
    return typed("request_token", "Request token", instead) if given is None else given

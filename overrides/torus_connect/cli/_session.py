"""`torus-connect session generate`: where its secrets come from, and where its results go."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_text, from_environment
from torus_connect._console import OutputClosed, check_output, say, write
from torus_connect._login.redirect import request_token_of
from torus_connect.client import TorusConnect
from torus_connect.errors import ConfigurationError, Outcome
from torus_connect.secret import conceal

from ._inputs import has_terminal, piped, typed
from ._logs import log_to_stderr
from ._outcomes import DONE, EXIT_CODES, MAY_BE_SPENT
from ._replies import kept_reply
from ._totp import check_options, totp_of

if TYPE_CHECKING:
    import argparse

    from torus_connect._credentials.session import Session


def generate_session(options: argparse.Namespace) -> int:
    """Trade a request token or a code and print the access token; return the exit code.

    Raises:
        TorusError: as `TorusConnect.generate_session` and `generate_session_with_totp` do.
    """
    check_output()
    check_options(options)
    log_to_stderr()
    with (
        kept_reply(options),
        TorusConnect(
            base_url=options.base_url,
            timeout=options.timeout,
            total_timeout=options.total_timeout,
            max_retries=options.max_retries,
        ) as torus,
    ):
        if options.totp is None:
            checked_text("api_secret", None, env="TORUS_API_SECRET")  # before anybody is asked for the request token
            token = request_token_of("request_token", conceal(_request_token(options.request_token)))
            options.sent = MAY_BE_SPENT
            session = torus.generate_session(token)
        else:
            code = totp_of(options)
            options.sent = MAY_BE_SPENT
            session = torus.generate_session_with_totp(code)
    try:
        write(_formatted(session, options.output) + "\n")
    except OutputClosed:
        say("The session was generated, but the access token could not be written to standard output.\nLog in again.")
        return EXIT_CODES[Outcome.UNKNOWN]
    return DONE


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
    if given is not None:
        return given
    if not has_terminal():
        raise ConfigurationError("request_token is missing: set TORUS_REQUEST_TOKEN, or pipe it to `--request-token -`")
    return typed("request_token", "Request token", "pipe it to `--request-token -`")

"""`torus-connect session generate`: where its secrets come from, and where its results go."""

from __future__ import annotations

import json
import logging
import os
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect.checks import checked_text
from torus_connect.client import TorusConnect
from torus_connect.console import OutputClosed, check_output, say, write
from torus_connect.errors import ConfigurationError, Outcome, TorusError

from .inputs import has_terminal, piped, typed
from .outcomes import DONE, EXIT_CODES
from .totp import check_options, totp_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from torus_connect.session import Session

_LOG_LEVELS = ("debug", "info", "warning", "error")


def generate_session(options: argparse.Namespace) -> int:
    """Trade a request token or a code and print the access token; return the exit code.

    Raises:
        TorusError: as `TorusConnect.generate_session` and `generate_session_with_totp` do.
    """
    check_output()
    check_options(options)
    _log_to_stderr(os.environ.get("TORUS_LOG"))
    with (
        _kept_reply(options.save_reply),
        TorusConnect(
            base_url=options.base_url,
            timeout=options.timeout,
            total_timeout=options.total_timeout,
            max_retries=options.max_retries,
        ) as torus,
    ):
        if options.totp is None:
            checked_text("api_secret", None, env="TORUS_API_SECRET")  # before anybody is asked for the request token
            session = torus.generate_session(_request_token(options.request_token))
        else:
            session = torus.generate_session_with_totp(totp_of(options))
    try:
        write(_formatted(session, options.output) + "\n")
    except (OutputClosed, BrokenPipeError):
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
    if "TORUS_REQUEST_TOKEN" in os.environ:
        return os.environ["TORUS_REQUEST_TOKEN"]
    if not has_terminal():
        raise ConfigurationError("request_token is missing: set TORUS_REQUEST_TOKEN, or pipe it to `--request-token -`")
    return typed("request_token", "Request token", "pipe it to `--request-token -`")


def _log_to_stderr(level: str | None) -> None:
    if not level:
        return
    if level not in _LOG_LEVELS:
        raise ConfigurationError(f"TORUS_LOG must be one of {', '.join(_LOG_LEVELS)}")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("torus_connect", "httpcore"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(level.upper())


@contextmanager
def _kept_reply(path: str | None) -> Iterator[None]:
    """Write the raw reply of a call that fails to a new file that nobody else can read; `path` may be `None`."""
    if path is None:
        with _hint():
            yield
        return
    try:
        # Made before anything is sent: a reply that then cannot be kept would be lost.
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "it is no path"
        raise ConfigurationError(f"--save-reply cannot make a new file: {why}") from None
    kept = False
    with file:
        try:
            yield
        except TorusError as exc:
            kept = exc.reply is not None and file.write(exc.reply.content) > 0
            if kept:
                say("The raw reply, which may hold secrets, is in the file given with --save-reply.")
            raise
        finally:
            if not kept:
                Path(path).unlink()


@contextmanager
def _hint() -> Iterator[None]:
    try:
        yield
    except TorusError as exc:
        if exc.reply is not None:
            say("What the service answered is not shown; with --save-reply FILE, the next answer is kept.")
        raise

"""`torus-connect call OPERATION`, and its short forms: one operation of the spec, and what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect._console import check_output, say, write
from torus_connect.client import TorusConnect

from ._logs import log_to_stderr
from ._outcomes import DONE, FAILED, USAGE
from ._replies import kept_reply
from ._results import formatted
from ._stored import stored_session

if TYPE_CHECKING:
    import argparse

    from ._operations import OperationCommand

_ON_ITS_WAY = "If the request was on its way, it may have been served."
_SERVED = "The call was served."


def call(options: argparse.Namespace) -> int:
    """Call an operation, with the kept session of a user where it needs one, and print what it returns.

    Raises:
        ConfigurationError: an argument is malformed; nothing was sent.
        TorusError: as for the method of the operation.
    """
    check_output()
    log_to_stderr()
    command: OperationCommand = options.called
    request = command.request(options.arguments)
    session = stored_session(options) if command.needs_session else None
    if command.needs_session and session is None:
        return USAGE
    with kept_reply(options), TorusConnect(base_url=options.base_url) as torus:
        client = torus if session is None else torus.with_credentials(AccessToken=session)
        options.sent = _ON_ITS_WAY
        result = client.send(request)
    options.sent = _SERVED
    try:
        write(formatted(result, options.output, command.operation.id))
    except RecursionError:
        say(f"{_SERVED} What it returned is nested too deeply to be printed.")
        return FAILED
    return FAILED if getattr(result, "unreadable", 0) else DONE

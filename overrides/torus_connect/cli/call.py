"""`torus-connect call OPERATION`, and its short forms: one operation of the spec, and what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from torus_connect.client import TorusConnect
from torus_connect.console import check_output, say, write
from torus_connect.errors import ConfigurationError
from torus_connect_api.api import Api

from .kept import good_session, opened
from .logs import log_to_stderr
from .operations import commands
from .outcomes import DONE, FAILED, USAGE
from .replies import kept_reply
from .results import formatted

if TYPE_CHECKING:
    import argparse

    from torus_connect.session import Session
    from torus_connect_api.client import Client, Request

    from .operations import OperationCommand

_ON_ITS_WAY = "If the request was on its way, it may have been served."
_SERVED = "The call was served."


class _Unsent:
    """A client that hands back the request, so that whatever is wrong with it is found before it is sent."""

    def send(self, request: Request[object]) -> object:
        return request


def call(options: argparse.Namespace) -> int:
    """Call an operation, with the kept session of a user where it needs one, and print what it returns.

    Raises:
        ConfigurationError: an argument is malformed; nothing was sent.
        TorusError: as for the method of the operation.
    """
    check_output()
    log_to_stderr()
    command = commands()[options.operation]
    request = _request(command, options.arguments)
    session = _session(options) if command.needs_session else None
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


def _request(command: OperationCommand, given: list[str]) -> Request[Any]:
    method = getattr(getattr(Api(cast("Client", _Unsent())), command.tag), command.name)
    arguments = command.arguments(given)
    try:
        request: Request[Any] = method(**arguments)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    return request


def _session(options: argparse.Namespace) -> Session | None:
    key, store = opened(options)
    try:
        return good_session(key, store)
    finally:
        store.close()

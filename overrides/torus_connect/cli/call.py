"""`torus-connect call OPERATION`, and its short forms: one operation of the spec, and what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from torus_connect.client import TorusConnect
from torus_connect.console import check_output, write
from torus_connect_api.api import Api

from .kept import good_session, opened
from .logs import log_to_stderr
from .operations import commands
from .outcomes import DONE, USAGE
from .replies import kept_reply
from .results import formatted

if TYPE_CHECKING:
    import argparse

    from torus_connect.session import Session
    from torus_connect_api.client import Client

_ON_ITS_WAY = "If the request was on its way, it may have been served."


def call(options: argparse.Namespace) -> int:
    """Call an operation, with the kept session of a user where it needs one, and print what it returns.

    Raises:
        ConfigurationError: an argument is malformed; nothing was sent.
        TorusError: as for the method of the operation.
    """
    check_output()
    log_to_stderr()
    command = commands()[options.operation]
    arguments = command.arguments(options.arguments)
    session = _session(options) if command.needs_session else None
    if command.needs_session and session is None:
        return USAGE
    with kept_reply(options), TorusConnect(base_url=options.base_url) as torus:
        client = torus if session is None else torus.with_credentials(AccessToken=session)
        method = getattr(getattr(Api(cast("Client", client)), command.tag), command.name)
        options.sent = _ON_ITS_WAY
        result = method(**arguments)
    write(formatted(result, options.output, command.operation.id))
    return DONE


def _session(options: argparse.Namespace) -> Session | None:
    key, store = opened(options)
    try:
        return good_session(key, store)
    finally:
        store.close()

"""`torus-connect call OPERATION`, and its short forms: an operation of the spec, and what it returns.

Names, arguments and help are those of the generated methods.
"""

from __future__ import annotations

import argparse
import inspect
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from torus_connect._config.checks import did_you_mean
from torus_connect._config.users import of_user
from torus_connect._console import write
from torus_connect._credentials.access_token import AccessToken
from torus_connect._credentials.credentials import ACCESS_TOKEN
from torus_connect._trading import Trading
from torus_connect.client import TorusConnect
from torus_connect.errors import ConfigurationError
from torus_connect.stores._sync_get_or_create import stored_instead
from torus_connect_api.api import Api
from torus_connect_api.client import Client, Operation, Request

from ._messages import DONE, FAILED, Ended, log_to_stderr
from ._replies import saved_reply
from ._results import formatted
from ._stored_session import stored_session

_ON_ITS_WAY = "If the request was on its way, it may have been served."
_SERVED = "The call was served."
_WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false"}


def call(options: argparse.Namespace) -> int:
    """Call an operation, with the stored session of a user where it needs one, and print what it returns.

    Raises:
        ConfigurationError: an argument is malformed; nothing was sent.
        Ended: there is no good session, or what came cannot be printed.
        TorusError: as for the method of the operation.
    """
    log_to_stderr()
    command: OperationCommand = options.called
    request = command.request(options.arguments)
    given: dict[str, Any] = {name: getattr(options, name, None) for name in ("ip", "uu_id", "app_id")}
    trading = Trading(**given) if any(given.values()) else None
    session = stored_session(options) if (ACCESS_TOKEN,) in command.operation.security else None
    with saved_reply(options), TorusConnect(base_url=options.base_url, store=options.store) as torus:
        client: Client = torus
        if session:
            stored = partial(stored_instead, partial(torus.session, options.user))  # nobody is asked to log in here
            token = AccessToken(session, stored, on_refused=stored)
            client = torus.with_credentials(trading=trading, AccessToken=token)
        if command.operation.experimental:  # an order: none is in a journal here
            shows = "positions" if command.name == "convert_position" else "orders"
            options.look = f"Before anything else, see `{of_user(shows, options.user)}`."
        options.sent = f"{_ON_ITS_WAY} {options.look}".strip()
        result = client.send(request)
    options.sent = _SERVED
    try:
        write(formatted(result, options.output, command.operation.id))
    except RecursionError:
        raise Ended(f"{_SERVED} What it returned is nested too deeply to be printed.", FAILED) from None
    return FAILED if getattr(result, "unreadable", 0) else DONE


class OperationCommand(NamedTuple):
    """An operation, as a command.

    Attributes:
        name: of the method.
        method: of the generated class; it returns the request, which is not sent.
        operation: what the spec says of it.
        help: the same in words, with its arguments.
        parameters: the arguments of the method, by name.
    """

    name: str
    method: Callable[..., Request[Any]]
    operation: Operation
    help: str
    parameters: Mapping[str, inspect.Parameter]

    def request(self, given: list[str]) -> Request[Any]:
        """Return the request with these arguments, texts of the form `name=value`.

        Raises:
            ConfigurationError: one is unknown, missing, given twice, or not of its type; its value is not repeated.
        """
        known = self.parameters
        read: dict[str, object] = {}
        for each in given:
            name, is_pair, value = each.partition("=")
            name = name.strip().replace("-", "_")
            takes = f"takes {', '.join(known) or 'none'}"
            if not is_pair:
                raise ConfigurationError(f"arguments are NAME=VALUE; {self.name} {takes}")
            if name not in known:
                near = did_you_mean(name, known).removeprefix("; ")
                raise ConfigurationError(f"{self.name} has no such argument: {near or f'it {takes}'}")
            if name in read:
                raise ConfigurationError(f"{name} is given twice")
            read[name] = _read(name, value, known[name].annotation)
        missing = [f"{name}=..." for name, each in known.items() if each.default is each.empty and name not in read]
        if missing:
            raise ConfigurationError(f"{self.name} needs {' and '.join(missing)}")
        try:
            return self.method(**read)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None


def commands() -> dict[str, OperationCommand]:
    """Return all operations but those that make a session, by name, in the order of the spec."""
    found = {}
    # A client that hands back the request, so that whatever is wrong with it is found before it is sent.
    api = Api(cast(Client, SimpleNamespace(send=lambda request: request)))
    for tag in (name for name, each in vars(Api).items() if isinstance(each, property)):
        group = getattr(api, tag)
        for name in (name for name, each in vars(type(group)).items() if inspect.isfunction(each)):
            operation = import_module(f"torus_connect_api.api.{tag}.{name}").OPERATION
            if not operation.spends:
                method = getattr(group, name)
                words = inspect.getdoc(method) or ""
                found[name] = OperationCommand(name, method, operation, words, inspect.signature(method).parameters)
    return found


def _read(name: str, value: str, annotation: str) -> object:
    """Return a value of the type that the generated code is annotated with."""
    kind = annotation.split(" | ", maxsplit=1)[0]
    with suppress(ValueError, RecursionError):
        value.encode()  # bytes of an argument that are no text
        if kind == "str" or kind.startswith("Literal"):
            return value
        # Numbers and booleans are written as in JSON; and so is what has parts.
        read: object = json.loads(value)
        if kind not in _WORDS or type(read).__name__ == kind or (kind == "float" and type(read) is int):
            return read
    raise ConfigurationError(f"{name} must be {_WORDS.get(kind, 'text' if kind == 'str' else 'JSON')}")

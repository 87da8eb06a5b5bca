"""The operations of the spec as commands: their names, arguments and help are those of the generated methods."""

from __future__ import annotations

import inspect
import json
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from torus_connect._credentials.access_token import ACCESS_TOKEN
from torus_connect.errors import ConfigurationError
from torus_connect_api.api import Api

if TYPE_CHECKING:
    from collections.abc import Callable

    from torus_connect_api.client import Client, Operation, Request


class OperationCommand(NamedTuple):
    """An operation, as a command.

    Attributes:
        name: of the method.
        method: of the generated class; it returns the request, which is not sent.
        operation: what the spec says of it.
    """

    name: str
    method: Callable[..., Request[Any]]
    operation: Operation

    @property
    def needs_session(self) -> bool:
        """Whether it is called with an access token."""
        return (ACCESS_TOKEN,) in self.operation.security

    @property
    def help(self) -> str:
        """What the spec says of it, with its arguments."""
        return inspect.getdoc(self.method) or ""

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The arguments of the method, by name."""
        return dict(inspect.signature(self.method).parameters)

    def request(self, given: list[str]) -> Request[Any]:
        """Return the request with these arguments, texts of the form `name=value`.

        Raises:
            ConfigurationError: one is unknown, missing, given twice, or not of its type; its value is not repeated.
        """
        arguments = self._arguments(given)
        try:
            return self.method(**arguments)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None

    def _arguments(self, given: list[str]) -> dict[str, object]:
        known = self.parameters
        read: dict[str, object] = {}
        for each in given:
            name, is_pair, value = each.partition("=")
            name = name.strip().replace("-", "_")
            if not is_pair or name not in known:
                near = get_close_matches(name, known, 1) if is_pair else ()
                meant = f"did you mean {near[0]}?" if near else f"name=value, with {', '.join(known) or 'no name'}"
                raise ConfigurationError(f"{self.name} has no such argument: {meant}")
            if name in read:
                raise ConfigurationError(f"{name} is given twice")
            read[name] = _read(name, value, known[name].annotation)
        missing = [name for name, each in known.items() if each.default is each.empty and name not in read]
        if missing:
            raise ConfigurationError(f"{self.name} needs {' and '.join(f'{name}=...' for name in missing)}")
        return read


def commands() -> dict[str, OperationCommand]:
    """Return all operations but those that make a session, by name, in the order of the spec."""
    found = {}
    api = Api(cast("Client", _Unsent()))
    for tag in (name for name, each in vars(Api).items() if isinstance(each, property)):
        group = getattr(api, tag)
        for name in (name for name, each in vars(type(group)).items() if inspect.isfunction(each)):
            operation = import_module(f"torus_connect_api.api.{tag}.{name}").OPERATION
            if not operation.spends:
                found[name] = OperationCommand(name, getattr(group, name), operation)
    return found


class _Unsent:
    """A client that hands back the request, so that whatever is wrong with it is found before it is sent."""

    def send(self, request: Request[object]) -> object:
        return request


def _read(name: str, value: str, annotation: str) -> object:
    """Return a value of the type that the generated code is annotated with."""
    kind = annotation.split(" | ", maxsplit=1)[0]
    try:
        value.encode()  # bytes of an argument that are no text
        if kind == "str" or kind.startswith("Literal"):
            return value
        # Numbers and booleans are written as in JSON; and so is what has parts.
        read: object = json.loads(value)
        if kind not in _WORDS or type(read).__name__ == kind or (kind == "float" and type(read) is int):
            return read
    except (ValueError, RecursionError):
        pass
    raise ConfigurationError(f"{name} must be {_WORDS.get(kind, 'text' if kind == 'str' else 'JSON')}")


_WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false"}

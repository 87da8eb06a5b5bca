"""The replies and faults that somebody has set, in the place of the examples of the document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .contract import Contract
    from .document import Operation

Lost = Literal["before", "after"]

DEFAULT_USER = "sandbox-user"
"""Whose a token is that was issued without a name."""

_LONGEST_USER = 200
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})  # the server's own
_WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered in the place of the example.

    Attributes:
        status: of HTTP.
        body: as it is sent.
        media_type: unless `headers` have a `Content-Type`.
        headers: besides the usual ones.
        is_fault: whether it comes before any reply that was set.
        lost: the connection is closed instead, before or after the request was served.
    """

    status: int = 0
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_fault: bool = False
    lost: Lost | None = None


class Replies:
    """What was set, by operation and user. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        # By whether it is a fault, operation, and user; each with how often it is still to be used.
        self._set: dict[tuple[bool, str, str | None], tuple[Answer, int | None]] = {}

    def set_reply(  # noqa: PLR0913 - keyword-only
        self,
        contract: Contract,
        operation_id: str,
        reply: object,
        *,
        user: str | None = None,
        times: int | None = None,
        validate: bool = True,
    ) -> None:
        """Set the reply of success of an operation; see `Sandbox.set_reply`."""
        operation = find(contract, operation_id)
        if not operation.media_type:
            msg = f"the reply of {operation.id} has no body in the document: set_fault can send another"
            raise ValueError(msg)
        if operation.unwrap and isinstance(reply, list):
            envelope = json.loads(operation.example) if operation.example else {}
            reply = envelope | {operation.unwrap: reply}

        def fault_in(body: bytes) -> str | None:
            return contract.fault_in_reply(operation, operation.status, body, operation.media_type)

        body = _body(operation, operation.media_type, reply, fault_in if validate else None)
        self._keep(operation, user, times, Answer(operation.status, body, operation.media_type))

    def set_fault(  # noqa: PLR0913 - keyword-only
        self,
        contract: Contract,
        operation_id: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        lost: Lost | None = None,
        user: str | None = None,
        times: int | None = None,
    ) -> None:
        """Set a fault of an operation; see `Sandbox.set_fault`."""
        operation = find(contract, operation_id)
        if lost is not None:
            if lost not in ("before", "after") or (status, headers, body) != (None, None, None):
                msg = "lost must be 'before' or 'after', and goes without status, headers and body"
                raise ValueError(msg)
            self._keep(operation, user, times, Answer(is_fault=True, lost=lost))
            return
        status = 503 if status is None else status
        if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:  # noqa: PLR2004
            msg = "status must be a number from 200 to 599"
            raise ValueError(msg)
        media_type = "text/plain" if isinstance(body, str | bytes) else "application/json"
        if body is None:
            body = {"error": "fault", "details": "Somebody has set this fault of the sandbox."}
        sent = body if isinstance(body, bytes) else _body(operation, media_type, body)
        sent = b"" if status in _WITHOUT_BODY else sent
        self._keep(operation, user, times, Answer(status, sent, media_type, _headers(headers), is_fault=True))

    def take(self, operation_id: str, user: str | None) -> Answer | None:
        """Return what is to be answered to a user, and count that it was; a fault first, and their own first."""
        with self._lock:
            keys = [(is_fault, operation_id, whose) for is_fault in (True, False) for whose in (user, None)]
            key = next((key for key in keys if key in self._set), None)
            if key is None:
                return None
            answer, times = self._set[key]
            if times == 1:
                del self._set[key]
            elif times is not None:
                self._set[key] = answer, times - 1
            return answer

    def reset(self, operation_id: str | None = None, user: str | None = None) -> None:
        """Forget what was set: all of it, or that of one operation, of one user, or both."""
        with self._lock:
            for key in list(self._set):
                if operation_id in (None, key[1]) and user in (None, key[2]):
                    del self._set[key]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end of the block what was set and forgotten in it."""
        with self._lock:
            before = self._set.copy()
        yield
        with self._lock:
            self._set = before

    def _keep(self, operation: Operation, user: str | None, times: int | None, answer: Answer) -> None:
        if user is not None:
            check_user(user)
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            msg = "times must be a whole number from 1 on, or None"
            raise ValueError(msg)
        with self._lock:
            self._set[answer.is_fault, operation.id, user] = answer, times


def encoded(media_type: str, value: object) -> bytes:
    """Return a value as the body of a reply; text as it is where the media type is not JSON.

    Raises:
        TypeError, ValueError, RecursionError: it cannot be written as JSON.
    """
    if "json" not in media_type and isinstance(value, str):
        return value.encode()
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def find(contract: Contract, operation_id: str) -> Operation:
    """Return an operation.

    Raises:
        ValueError: there is none. The message has the nearest name.
    """
    operation = contract.operations.get(operation_id)
    if operation is None:
        names = {_plain(name): name for name in contract.operations}
        [nearest] = get_close_matches(_plain(operation_id), names, n=1, cutoff=0) or [""]
        msg = f"the document has no such operationId; the nearest is {names.get(nearest)}"
        raise ValueError(msg)
    return operation


def check_user(user: str) -> None:
    """Check the name of a user.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(user, str) or not 0 < len(user) <= _LONGEST_USER or not user.isprintable():
        msg = f"user must be a name of 1 to {_LONGEST_USER} printable characters"
        raise ValueError(msg)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _body(
    operation: Operation, media_type: str, value: object, fault_in: Callable[[bytes], str | None] | None = None
) -> bytes:
    try:
        body = encoded(media_type, value)
        fault = f"does not fit its schema. {found}" if fault_in and (found := fault_in(body)) else ""
    except (TypeError, ValueError, RecursionError) as error:
        body, fault = b"", f"is no JSON: {error}"
    if fault:
        msg = f"the reply of {operation.id} {fault}"
        raise ValueError(msg)
    return body


def _headers(headers: Mapping[str, Any] | None) -> dict[str, str]:
    given: Mapping[str, Any] = {} if headers is None else headers
    if not isinstance(given, Mapping) or not all(_is_header(name, value) for name, value in given.items()):
        msg = "headers must have names and values of HTTP, and none of Connection, Content-Length, Transfer-Encoding"
        raise ValueError(msg)
    return dict(given)


def _is_header(name: object, value: object) -> bool:
    if not isinstance(name, str) or not isinstance(value, str) or name.lower() in _FRAMING:
        return False
    return bool(_HEADER.fullmatch(name)) and value.isascii() and value.isprintable()

"""The replies and faults that somebody has set, in the place of the examples of the document."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Literal

from .accounts import need
from .losses import FAULTS, SERVED, SET_BY_SOMEBODY, Answer, Kept, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contract import Contract
    from .document import Operation

DEFAULT_USER = "sandbox-user"
"""Whose a token is that was issued without a name."""

_LONGEST_USER = 200
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\n[ -~]*")  # name and value
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})  # the server's own


class Replies:
    """What was set, by operation and user. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._set: dict[tuple[bool, str, str | None], Kept] = {}  # by whether it is a fault, operation, and user

    def keep(self, operation: Operation, kept: Kept, user: str | None = None) -> None:
        """Answer an operation so, for one user or for all.

        Raises:
            ValueError: `user` is no name, or `times` no number from 1 on, or `chance` none from 0 to 1.
        """
        if user is not None:
            check_user(user)
        times, chance = kept.times, kept.chance
        whole = times is None or (isinstance(times, int) and not isinstance(times, bool) and times >= 1)
        need(whole, "times must be a whole number from 1 on, or None")
        share = isinstance(chance, int | float) and not isinstance(chance, bool) and 0 <= chance <= 1
        need(share, "chance must be a number from 0 to 1")
        with self._lock:
            self._set[kept.answers[0].is_fault, operation.id, user] = kept

    def take(self, operation: Operation, user: str | None) -> Answer:
        """Return what is to be answered to a user, and count that it was; a fault first, and their own first."""
        with self._lock:
            for key in [(is_fault, operation.id, whose) for is_fault in (True, False) for whose in (user, None)]:
                kept = self._set.get(key)
                answer = kept and kept.draw(operation, user)
                if not kept or not answer:
                    continue
                if kept.times is not None:
                    kept.times -= 1
                    if not kept.times:
                        del self._set[key]
                return answer
        return SERVED

    def reset(self) -> None:
        """Forget all that was set."""
        with self._lock:
            self._set = {}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end of the block what was set and reset in it."""
        with self._lock:
            before = copy.deepcopy(self._set)
        yield
        with self._lock:
            self._set = before


def reply_of(contract: Contract, operation: Operation, reply: object, *, validate: bool = True) -> Answer:
    """Return an operation's reply of success, as `Sandbox.set_reply` takes it; raises as that does."""
    media_type = operation.media_type or "application/json"
    if operation.unwrap and isinstance(reply, list):
        envelope = json.loads(operation.example) if operation.example else {}
        reply = envelope | {operation.unwrap: reply}
    body = _body(operation, media_type, reply, contract if validate else None)
    return Answer(operation.status, body, media_type)


def fault_of(
    operation: Operation,
    status: int | None = None,
    headers: Mapping[str, object] | None = None,
    body: object = None,
    lost: Literal["before", "after"] | None = None,
) -> Answer:
    """Return a fault, as `Sandbox.set_fault` takes it; raises as that does."""
    if lost is not None:
        alone = lost in ("before", "after") and (status, headers, body) == (None, None, None)
        need(alone, "lost must be 'before' or 'after', and goes without status, headers and body")
        return FAULTS["reset_before" if lost == "before" else "reset_after"]
    status = 503 if status is None else status
    if not isinstance(status, int) or not 200 <= status <= 599:  # noqa: PLR2004
        msg = "status must be a number from 200 to 599"
        raise ValueError(msg)
    headers = {} if headers is None else headers
    if not isinstance(headers, Mapping) or not all(map(_is_header, headers.items())):
        msg = "headers must have names and values of HTTP, and none of Connection, Content-Length, Transfer-Encoding"
        raise ValueError(msg)
    media_type = "text/plain" if isinstance(body, str | bytes) else "application/json"
    if body is None:
        body = SET_BY_SOMEBODY
    sent = body if isinstance(body, bytes) else _body(operation, media_type, body)
    named = {name: str(value) for name, value in headers.items()}
    return Answer(status, sent, media_type, named, is_fault=True, serves=False)


def find(contract: Contract, operation_id: str) -> Operation:
    """Return an operation.

    Raises:
        ValueError: there is none. The message has the nearest name.
    """
    if isinstance(operation_id, str) and operation_id in contract.operations:
        return contract.operations[operation_id]
    msg = f"the document has no such operationId; the nearest is {nearest(operation_id, contract.operations)}"
    raise ValueError(msg)


def check_user(user: str) -> None:
    """Check the name of a user.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(user, str) or not 0 < len(user) <= _LONGEST_USER or not user.isprintable():
        msg = f"user must be a name of 1 to {_LONGEST_USER} printable characters"
        raise ValueError(msg)


def encoded(media_type: str, value: object) -> bytes:
    """Return a value as the body of a reply; text as it is where the media type is not JSON.

    Raises:
        TypeError, ValueError, RecursionError: it cannot be written as JSON.
    """
    if "json" not in media_type and isinstance(value, str):
        return value.encode()
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def _body(operation: Operation, media_type: str, value: object, contract: Contract | None = None) -> bytes:
    try:
        body = encoded(media_type, value)
        found = contract and contract.fault_in_reply(operation, operation.status, body, media_type)
        fault = f"does not fit its schema. {found}" if found else ""
    except (TypeError, ValueError, RecursionError) as error:
        body, fault = b"", f"is no JSON: {error}"
    if fault:
        msg = f"the reply of {operation.id} {fault}"
        raise ValueError(msg)
    return body


def _is_header(header: tuple[object, object]) -> bool:
    name, value = header
    return bool(_HEADER.fullmatch(f"{name}\n{value}")) and str(name).lower() not in _FRAMING

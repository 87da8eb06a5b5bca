"""What a reply means: a result, or which error, by its status and by what the operation may have done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torus_connect import errors
from torus_connect.errors import Outcome

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from torus_connect.reply import Reply
    from torus_connect_api.client import Operation, Request

    T = TypeVar("T")

# `http.HTTPStatus` has names for these, and is loaded nowhere else on the way of a call.
_SUCCESS, _REDIRECTION, _TEMPORARY_REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 200, 300, 307, 400, 500
_UNAVAILABLE = 503
_SUCCESS_WORDS = ("success", "s")
"""Those of the documented samples, whatever their case."""
_REFUSALS: dict[int, type[errors.APIStatusError]] = {
    400: errors.BadRequest,
    401: errors.AuthenticationFailed,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    422: errors.BadRequest,
    429: errors.RateLimited,
}


def result_of(request: Request[T], reply: Reply) -> T:
    """Return what a reply says, as the generated reader of the operation reads it.

    Raises:
        MalformedReply: the reply is a success that cannot be read.
        ServiceError: it is one by its status only.
        APIStatusError: the service answered with another status; the subclass says which.
    """
    error = _failure(reply, request.operation)
    if error is None:
        try:
            data = reply.json() if reply.content else None
            if not _says_that_it_failed(data, request.operation):
                return _seen(request.parse(data), data, request.operation)
            error = errors.ServiceError(f"{_answered(reply)}, and with it that the call failed", reply=reply)
        except ValueError:
            error = errors.MalformedReply(f"{_answered(reply)}, with a body that cannot be read", reply=reply)
        data = None  # it is raised out here, and from a frame that holds nothing of the reply
    # A service may act, and then point to the result (303), or fail: of an order, only these statuses say no. With a
    # field such as the number of an order, or a body that may hold one, not even they do.
    says_no = _TEMPORARY_REDIRECT <= reply.status_code < _SERVER_ERROR
    if (acts_on_money(request.operation) and not says_no) or _may_hold(reply, request.operation.unknown_if_present):
        error.outcome = Outcome.UNKNOWN
    raise error


def _failure(reply: Reply, operation: Operation) -> errors.TorusError | None:
    """Return the error that a reply is, or `None` where it is a success, as far as its status and length say."""
    status, answered = reply.status_code, _answered(reply)
    if reply.truncated:
        return errors.MalformedReply(f"{answered}, with more than {operation.max_reply_bytes} bytes", reply=reply)
    if status == _SUCCESS:
        return None
    if status < _REDIRECTION:
        return errors.MalformedReply(f"{answered}, where this call knows 200 only", reply=reply)
    if status < _CLIENT_ERROR:
        return errors.RedirectRefused(f"{answered}, a redirect, which was not followed", reply=reply)
    if status < _SERVER_ERROR:
        return _REFUSALS.get(status, errors.APIStatusError)(answered, reply=reply)
    # A status of 600 and above is none; RFC 9110, section 15, says to take it for a 5xx.
    unavailable = errors.ServiceUnavailable(answered, reply=reply)
    if status == _UNAVAILABLE and unavailable.retry_after is not None:
        return unavailable
    return errors.ServerError(answered, reply=reply)


def _says_that_it_failed(data: object, operation: Operation) -> bool:
    """Return whether a reply says that the call failed; of an order, whether it does not say that it succeeded."""
    if operation.status_field is None or not isinstance(data, dict):
        return False
    word = str(data.get(operation.status_field)).lower()
    if acts_on_money(operation):
        return word not in map(str.lower, operation.success_words)
    return word in map(str.lower, operation.error_words)


def _seen(result: T, data: object, operation: Operation) -> T:
    """Return a result; rows only where there is something in one, or where the reply says that there are none.

    Raises:
        ValueError: it does not: what cannot be read, or is an error of an unknown kind, is no empty account.
    """
    rows: Any = result
    if not hasattr(rows, "unreadable") or any(
        getattr(row, name) is not None for row in rows for name in row.WIRE_NAMES
    ):
        return result
    parts = data if isinstance(data, dict) else {}
    said = parts.get(operation.status_field or "")
    is_empty = any(each == [] for each in (data, *parts.values()))  # and no list of something else, such as errors
    says_so = is_empty if said is None else str(said).lower() in _SUCCESS_WORDS
    if rows or rows.unreadable or not says_so:
        raise ValueError("it has no rows, and does not say that there are none")
    return result


def _answered(reply: Reply) -> str:
    return f"The service answered {reply.status_code}"


def acts_on_money(operation: Operation) -> bool:
    """Return whether a call acts on the user's money: one-shot, and it spends nothing of its own, as an order does."""
    return not operation.idempotent and not operation.spends


def _may_hold(reply: Reply, names: tuple[str, ...]) -> bool:
    """Return whether one of these fields has a value anywhere in a reply, whatever its case, and in broken JSON.

    It may stand in a text of it, too, as JSON or as Python writes it.
    A body that cannot be read may hold one: its encoding is not known here, or is broken, or a part of it is missing.
    """
    has_value = rb"""\\*["']\s*:\s*+(?!null|None|\\*["']\s*\\*["'])"""
    if names and not _is_readable(reply):
        return True
    return any(re.search(rb"""["']%b%b""" % (name.encode(), has_value), reply.content, re.IGNORECASE) for name in names)


def _is_readable(reply: Reply) -> bool:
    """Return whether a body is text in UTF-8, and not JSON that is cut off or broken.

    Of UTF-16, it would have a NUL in each character of a name.
    """
    try:
        text = reply.content.decode()
        if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
            reply.json()
    except ValueError:
        return False
    return reply.is_decoded and "\0" not in text

"""What a reply means: a result, or which error, by its status and by what the operation may have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import errors
from .errors import Outcome

if TYPE_CHECKING:
    from typing import TypeVar

    from torus_connect_api.client import Operation, Request

    from .reply import Reply

    T = TypeVar("T")

# `http.HTTPStatus` has names for these, and is loaded nowhere else on the way of a call.
_SUCCESS, _REDIRECTION, _TEMPORARY_REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 200, 300, 307, 400, 500
_UNAVAILABLE = 503
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
        APIStatusError: the service answered with another status; the subclass says which.
    """
    if reply.status_code == _SUCCESS and not reply.truncated:
        try:
            return request.parse(reply.json() if reply.content else None)
        except ValueError:
            pass  # raised below, out here: the reader's frames hold what came
    error = _failure(reply, request.operation)
    if _holds_any(reply, request.operation.unknown_if_present):
        error.outcome = Outcome.UNKNOWN  # whatever the status is, it had an effect
    raise error


def _failure(reply: Reply, operation: Operation) -> errors.TorusError:
    status = reply.status_code
    answered = f"The service answered {status}"
    if reply.truncated:
        return errors.MalformedReply(f"{answered}, with more than {operation.max_reply_bytes} bytes", reply=reply)
    if status == _SUCCESS:
        return errors.MalformedReply(f"{answered}, with a body that cannot be read", reply=reply)
    if status < _REDIRECTION:
        return errors.MalformedReply(f"{answered}, where this call knows 200 only", reply=reply)
    if status < _CLIENT_ERROR:
        error: errors.APIStatusError = errors.RedirectRefused(
            f"{answered}, a redirect, which was not followed", reply=reply
        )
        if may_have_acted(operation) and status < _TEMPORARY_REDIRECT:
            error.outcome = Outcome.UNKNOWN  # a service may act, and then point to the result
        return error
    if status < _SERVER_ERROR:
        return _REFUSALS.get(status, errors.APIStatusError)(answered, reply=reply)
    # A status of 600 and above is none; RFC 9110, section 15, says to take it for a 5xx.
    unavailable = errors.ServiceUnavailable(answered, reply=reply)
    if status == _UNAVAILABLE and unavailable.retry_after is not None:
        return unavailable
    return errors.ServerError(answered, reply=reply)


def may_have_acted(operation: Operation) -> bool:
    """Return whether a call acts on the user's money: one-shot, and it spends nothing of its own, as an order does."""
    return not operation.idempotent and not operation.spends


def _holds_any(reply: Reply, names: tuple[str, ...]) -> bool:
    """Return whether one of these fields has a value in a reply, or in a row of its `data`."""
    if not names:
        return False
    body = reply.json_object() or {}
    data = body.get("data")
    rows = [body, *(data if isinstance(data, list) else [data])]
    return any(row.get(name) not in (None, "") for row in rows if isinstance(row, dict) for name in names)

"""The judge: what a client did, against what a vector expects. No reason that is given repeats a value."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from . import client
from .rules import fault_in
from .vector import ORDER, READ, SESSION

if TYPE_CHECKING:
    from .client import Ended
    from .request import ReceivedRequest
    from .server import ScriptedServer
    from .vector import Outcome, Vector

_OUTCOMES: dict[int, Outcome] = {0: "ok", 2: "not_sent", 3: "not_sent", 4: "refused", 5: "unknown"}
_PRINTED = {SESSION: "the access token", ORDER: "the number of the order", READ: "the ISIN of the first holding"}
_TOLERANCE = 0.02  # seconds by which a client's clock may differ from this one


def fault_of(vector: Vector, ended: Ended, here: ScriptedServer, elsewhere: ScriptedServer) -> str | None:
    """Return in one line what is wrong with a client's run, the most telling fault first; `None` where nothing is."""
    return (
        _fault_elsewhere(elsewhere)
        or _fault_in_redirect(vector, here.requests)
        or _fault_in_requests(vector, here)
        or _fault_in_pauses(vector, here.requests)
        or _fault_in_end(vector, ended, len(here.requests))
        or _fault_in_output(vector, ended)
    )


def _fault_elsewhere(elsewhere: ScriptedServer) -> str | None:
    if any(
        request.values("token") or request.values("authorization") or b"API_SECRET" in request.body
        for request in elsewhere.requests
    ):
        return "followed the redirect, and took secrets to the other place"
    return "followed the redirect to the other place" if elsewhere.connections else None


def _fault_in_redirect(vector: Vector, requests: list[ReceivedRequest]) -> str | None:
    redirected = [vector.replies[min(index, len(vector.replies) - 1)].redirects for index in range(len(requests) - 1)]
    return "followed the redirect" if any(redirected) else None


def _fault_in_requests(vector: Vector, here: ScriptedServer) -> str | None:
    most, requests = vector.expected.most_requests, here.requests
    for number, request in enumerate(requests, start=1):
        which = f"request {number}: " if number > 1 else ""
        fault = fault_in(request, vector, here.place) if request.whole else "it was not whole"
        if fault:
            return which + fault
    if len(requests) > most:
        return f"sent {len(requests)} requests, where {most or 'none'} may be sent"
    return None


def _fault_in_pauses(vector: Vector, requests: list[ReceivedRequest]) -> str | None:
    pauses = [after.began - before.answered for before, after in pairwise(requests)]
    if pauses and min(pauses) < vector.expected.pause - _TOLERANCE:
        return f"tried again after {min(pauses):.2f} s, where {vector.expected.pause:g} s were asked for"
    return None


def _fault_in_end(vector: Vector, ended: Ended, sent: int) -> str | None:
    if ended.exit_code is None:
        return f"had not ended after {client.TIME_LIMIT:g} s"
    wanted = " or ".join(vector.expected.outcomes)
    outcome = _OUTCOMES.get(ended.exit_code)
    if outcome is None:
        return f"ended with exit code {ended.exit_code}, which means nothing; expected {wanted}"
    if outcome == "not_sent" and sent:
        return f"ended with exit code {ended.exit_code} (not_sent), and sent a request"
    if outcome not in vector.expected.outcomes:
        return f"ended with exit code {ended.exit_code} ({outcome}); expected {wanted}"
    return "sent no request" if sent < vector.expected.least_requests else None


def _fault_in_output(vector: Vector, ended: Ended) -> str | None:
    printed = ended.output.removesuffix("\n").removesuffix("\r")
    wanted = _PRINTED[vector.operation]
    if ended.exit_code == 0 and printed != vector.expected.printed:
        return f"printed something else than {wanted} alone"
    if ended.exit_code != 0 and printed.strip():
        return f"printed something on standard output, though there is no {wanted.removeprefix('the ')}"
    secrets = [*vector.given.secrets]
    if vector.operation == SESSION and vector.expected.printed:
        secrets.append(vector.expected.printed)
    if any(secret in ended.errors for secret in secrets):
        return "wrote a secret to standard error"
    return None

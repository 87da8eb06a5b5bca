"""The ways in which a reply gets lost: what is done of the request, and what comes over the wire of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from random import Random
from typing import TYPE_CHECKING, Literal

from .accounts import need

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .document import Operation

Fault = Literal[
    "reset_before", "reset_after", "half_reply", "empty_body", "late_reply", "error_with_order_no",
    "bad_request_with_order_no", "server_error_before", "server_error_after", "too_many_requests",
]  # fmt: skip
"""The ways in which a reply gets lost, by name."""

_WITH_ORDER_NO = ("orderEntry", "orderModify", "orderCancel")
_LONGEST_DELAY = 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with; as it is, the reply of the operation.

    Attributes:
        status: of HTTP; without it, that of the operation.
        body: in the place of what serving the request gives.
        media_type: unless `headers` have a `Content-Type`.
        headers: besides the usual ones.
        is_fault: whether it comes before any reply that was set.
        serves: whether the request is served first.
        rejects: whether it is served as on a closed market: an order is in the book, rejected.
        ends: the connection is closed in the place of the reply, or after half of it.
        delay: seconds from serving the request to the reply.
    """

    status: int = 0
    body: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_fault: bool = False
    serves: bool = True
    rejects: bool = False
    ends: Literal["reset", "half"] | None = None
    delay: float = 0


SERVED = Answer()
SET_BY_SOMEBODY = {"error": "fault", "details": "Somebody has set this fault of the sandbox."}
_ERROR = Answer(is_fault=True, body=json.dumps(SET_BY_SOMEBODY).encode())
_NONE = Answer(is_fault=True)

FAULTS: dict[Fault, Answer] = {
    "reset_before": replace(_NONE, serves=False, ends="reset"),
    "reset_after": replace(_NONE, ends="reset"),
    "half_reply": replace(_NONE, ends="half"),
    "empty_body": replace(_NONE, body=b""),
    "late_reply": _NONE,
    "error_with_order_no": replace(_NONE, rejects=True),
    "bad_request_with_order_no": replace(_NONE, rejects=True, status=400),
    "server_error_before": replace(_ERROR, serves=False, status=503),
    "server_error_after": replace(_ERROR, status=503),
    "too_many_requests": replace(_ERROR, serves=False, status=429),
}


@dataclass(slots=True)
class Kept:
    """What is answered in the place of a reply: one of some answers, to some of the requests.

    Attributes:
        answers: of which one is drawn each time.
        times: how many are still to come; `None` for all.
        chance: of each request, to be answered so.
        seed: makes the draws the same again.
    """

    answers: tuple[Answer, ...]
    times: int | None = None
    chance: float = 1
    seed: int = 0
    _drawn: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def draw(self, operation: Operation, user: str | None) -> Answer | None:
        """Return what a request is answered with, if it is; the n-th request of a user always gets the same."""
        if len(self.answers) == self.chance == 1:
            return self.answers[0]
        number = self._drawn[operation.id, user] = self._drawn.get((operation.id, user), 0) + 1
        random = Random(f"{self.seed} {operation.id} {user} {number}")  # noqa: S311 - no secret
        return random.choice(self.answers) if random.random() < self.chance else None


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the known name that somebody who wrote another may have meant; nothing where none is known."""
    return ", ".join(get_close_matches(str(name), known, n=1, cutoff=0))


def losses_of(operation: Operation, faults: Iterable[Fault], delay: float) -> tuple[Answer, ...]:
    """Return the ways in which replies of an operation are to be lost, as `Sandbox.lose_replies` takes them.

    Raises:
        ValueError: there is no such fault (the message has the nearest), it is none of this operation, or `delay` is
            out of range.
    """
    with_order_no = operation.id in _WITH_ORDER_NO
    names = list(faults) or [name for name in FAULTS if with_order_no or not FAULTS[name].rejects]
    for name in names:
        need(name in list(FAULTS), f"there is no such fault; the nearest is {nearest(name, FAULTS)}")
        why = f"{name} is of {', '.join(_WITH_ORDER_NO)} only"
        need(with_order_no or not FAULTS[name].rejects, why)
    good = isinstance(delay, int | float) and not isinstance(delay, bool) and 0 <= delay <= _LONGEST_DELAY
    need(good, f"delay must be a number of seconds from 0 to {_LONGEST_DELAY}")
    return tuple(replace(FAULTS[name], delay=delay if name == "late_reply" else 0) for name in names)

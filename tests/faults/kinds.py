"""The kinds of calls. What a fault does to a call depends on its kind, and on nothing else of its operation.

An operation that behaves as another one needs no rows of its own: a test that it is of that kind, and of its request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from faults.planted import ACCESS_TOKEN, API_KEY, API_SECRET, REQUEST_TOKEN
from faults.row import Row

from torus_connect import AsyncTorusConnect, Session, TorusConnect

FACES = ("sync", "async")

Client = TorusConnect | AsyncTorusConnect


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of call.

    Attributes:
        name: what the field calls it.
        secret: what the request carries that says whose call it is.
        call: makes the call with a client and such a secret; with an asynchronous client, what is to be awaited.
        saw: fails unless the start line, the headers and the body that a server read are those of the call.
        good: whether a call returned what `GOOD_REPLY` says.
        shown: what of that callers hand on.
    """

    name: str
    secret: str
    call: Callable[[Any, str], Any]
    saw: Callable[[str, Mapping[str, str], Any], None]
    good: Callable[[Any], bool]
    shown: Callable[[Any], Mapping[str, object]]


def _saw_session(line: str, headers: Mapping[str, str], body: Any) -> None:
    assert line == "POST /api/v1/session/generate HTTP/1.1"
    assert headers["token"]
    assert body == {"API_KEY": API_KEY, "API_SECRET": API_SECRET}


def _shown_of_session(session: Session) -> Mapping[str, object]:
    return {"session": session, "access token": session.access_token, "authorization": session.authorization}


SESSION = Kind(
    name="session",
    secret=REQUEST_TOKEN,
    call=lambda torus, request_token: torus.generate_session(request_token),
    saw=_saw_session,
    good=lambda session: session.access_token == ACCESS_TOKEN,
    shown=_shown_of_session,
)

KINDS = (SESSION,)


def cases(rows: Sequence[Row], *, first: str) -> pytest.MarkDecorator:
    """Run a test with each row and kind, alternately sync and async; for `make soak`, with the other face, too.

    Args:
        rows: the rows.
        first: the face of the first row. What two suites take each in another face, they take in both together.
    """
    return pytest.mark.parametrize(
        ("row", "kind", "face"),
        [
            pytest.param(row, kind, face, id=f"{row.name}-{kind.name}-{face}", marks=marks)
            for number, row in enumerate(rows)
            for shift, kind in enumerate(KINDS)
            for face, marks in alternately(number + shift, first)
        ],
    )


def alternately(number: int, first: str = FACES[0]) -> Iterator[tuple[str, tuple[pytest.MarkDecorator, ...]]]:
    """Yield the faces for the case of this number: one for `make test`, and for `make soak` the other one."""
    for turn, face in enumerate(FACES):
        yield face, (() if (number + turn + FACES.index(first)) % len(FACES) == 0 else (pytest.mark.soak,))

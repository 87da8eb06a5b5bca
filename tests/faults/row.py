"""One row of the fault matrix, and the kinds of rows that there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from faults.behaviours import ECHO, said
from faults.places import Opening, plain
from support.raw_server import answer

import torus_connect as torus
from torus_connect import Outcome, TorusError
from torus_connect.reply import MAX_REPLY_BYTES

NOT_SENT, REFUSED, UNKNOWN = Outcome.NOT_SENT, Outcome.REFUSED, Outcome.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault, met by a client with its default retries.

    Attributes:
        name: the fault.
        place: where the call goes to, and what happens there.
        options: what else the client is given.
        calls: how many calls are made with one client; what comes is what comes of the last.
        raises: the exact class of the error; `None` where the call succeeds.
        outcome: the error's outcome.
        attempts: how often the client tries in the last call, by its own log.
        connections: how many the server accepts.
        requests: of how many requests the server sees at least a byte.
        whole: how many of these it reads whole; by default all.
        connects: how often a proxy is asked for a tunnel.
        within: the most seconds that all of it may take.
        written: the most bytes that the server gets rid of.
        status: the status of the error's reply; `None` where there is no reply.
        content: what the error's reply holds, to the byte.
        truncated: whether there was more of it.
        retry_after: the seconds that the error passes on.
        says: what the message has to say.
        acted: whether a reply says that the call had an effect, although its status is an error.
        if_final: what is different for a call that is never sent again after the service has refused it for now.
    """

    name: str
    place: Opening
    options: Mapping[str, Any] = field(default_factory=dict)
    calls: int = 1
    raises: type[TorusError] | None = None
    outcome: Outcome | None = None
    attempts: int = 1
    connections: int = 1
    requests: int = 1
    whole: int | None = None
    connects: int = 0
    within: float = 2.0
    written: int = 16 * 1024 * 1024
    status: int | None = None
    content: bytes | None = None
    truncated: bool = False
    retry_after: float | None = None
    says: str = ""
    acted: bool = False
    if_final: Mapping[str, Any] = field(default_factory=dict)


def works(name: str, place: Opening, **more: Any) -> Row:
    return Row(name=name, place=place, **more)


def no_connection(name: str, place: Opening, says: str, *, connections: int = 0, **more: Any) -> Row:
    """Nothing is sent, so that it is tried three times."""
    expected = {"attempts": 3, "requests": 0, **more}
    return Row(
        name=name,
        place=place,
        raises=torus.ConnectionFailed,
        outcome=NOT_SENT,
        connections=connections,
        says=f"The request was not sent: {says}",
        **expected,
    )


def lost(name: str, place: Opening, **more: Any) -> Row:
    """It is sent, and no whole reply comes: never again."""
    says = "The request was sent, but no whole reply came back"
    return Row(name=name, place=place, raises=torus.ReplyLost, outcome=UNKNOWN, says=says, **more)


def unusable(name: str, place: Opening, content: bytes, *, status: int = 200, **more: Any) -> Row:
    """A success without an access token that can be read: what came stays reachable."""
    return Row(
        name=name, place=place, raises=torus.MalformedReply, outcome=UNKNOWN, status=status, content=content, **more
    )


def too_large(name: str, place: Opening, body: bytes, *, status: int = 200) -> Row:
    """A body over the limit: the client hangs up, and keeps what it has."""
    return unusable(name, place, body[:MAX_REPLY_BYTES], status=status, truncated=True)


def unusable_200(name: str, body: bytes) -> Row:
    return unusable(f"200 with {name}", plain(answer(said("200", body))), body)


def answered(
    status: int,
    raises: type[TorusError],
    outcome: Outcome,
    *,
    name: str = "",
    body: bytes = ECHO,
    headers: tuple[str, ...] = (),
    attempts: int = 1,
    **more: Any,
) -> Row:
    """Another status than 200, each time anew."""
    return Row(
        name=name or str(status),
        place=plain(answer(said(str(status), body, headers))),
        raises=raises,
        outcome=outcome,
        attempts=attempts,
        connections=attempts,
        requests=attempts,
        status=status,
        content=body,
        says=f"The service answered {status}",
        **more,
    )

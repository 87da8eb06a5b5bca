"""A vector as it is played; `vector.schema.json` says what each part means."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Outcome = Literal["ok", "not_sent", "refused", "unknown"]
Framing = Literal["length", "chunked", "close", "none"]

SESSION, ORDER, READ = "generateSession", "orderEntry", "holdings"
"""The operations that there are vectors for."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the client is given; `repr` shows nothing of it.

    Attributes:
        api_key: for `generateSession`, as the next two.
        access_token: for the other operations.
        order: for `orderEntry`: what its `data` has.
    """

    api_key: str = ""
    api_secret: str = ""
    request_token: str = ""
    access_token: str = ""
    order: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may be seen by nobody but the service."""
        return tuple(filter(None, (self.api_secret, self.request_token, self.access_token)))

    def __repr__(self) -> str:
        return "<Given>"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a reply breaks off, and how."""

    at: Literal["start", "head", "body"]
    kind: Literal["close", "reset", "silence"]


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """What one request is answered."""

    status_line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    framing: Framing
    before: tuple[ScriptedReply, ...]
    fault: Fault | None

    @property
    def redirects(self) -> bool:
        """Whether the status is 3xx."""
        return self.status_line.partition(" ")[2].startswith("3")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the client must do: one of the outcomes, with so many requests, so many seconds apart."""

    outcomes: tuple[Outcome, ...]
    printed: str | None
    least_requests: int
    most_requests: int
    pause: float


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector. Without replies, nobody listens where the client is sent."""

    name: str
    operation: str
    given: Given
    replies: tuple[ScriptedReply, ...]
    expected: Expected


def vector_from(content: dict[str, Any]) -> Vector:
    """Return the vector that a file holds; the content fits the schema, as the tests see to."""
    expect = content["expect"]
    return Vector(
        name=content["name"],
        operation=content.get("operation", SESSION),
        given=Given(**content["given"]),
        replies=tuple(_reply_from(reply) for reply in content["server"]["replies"]),
        expected=Expected(
            outcomes=tuple(expect["outcome"]),
            printed=expect.get("access_token", expect.get("prints")),
            least_requests=expect["requests"]["min"],
            most_requests=expect["requests"]["max"],
            pause=expect.get("pause", 0),
        ),
    )


def _reply_from(content: dict[str, Any]) -> ScriptedReply:
    return ScriptedReply(
        status_line=content.get("status_line", ""),
        headers=tuple((name, value) for name, value in content.get("headers", ())),
        body=base64.b64decode(content["body_base64"]) if "body_base64" in content else content.get("body", "").encode(),
        framing=content.get("framing", "length"),
        before=tuple(_reply_from({**reply, "framing": "none"}) for reply in content.get("before", ())),
        fault=Fault(**content["fault"]) if "fault" in content else None,
    )

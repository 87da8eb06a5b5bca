"""A function that a cloud starts when it is called, as AWS Lambda does.

The client is made once per instance, and stays for the calls that find it warm. Instances share nothing, so sessions
belong in a Redis: set TORUS_SESSION_STORE and TORUS_STORE_KEY.
"""

from __future__ import annotations

from typing import TypedDict

from torus_connect import LoginNeeded, TorusConnect, TorusError

torus = TorusConnect(total_timeout=10)  # less than the function itself may take


class Event(TypedDict, total=False):
    """What it is called with."""

    user: str
    redirected_to: str
    """The address that the login ended at, where the user has just come from there."""


def handler(event: Event, context: object) -> dict[str, str]:  # noqa: ARG001 - the cloud passes it
    """Return until when the user's session is good, or what went wrong. Log no event: it may hold a request token."""
    redirected_to = event.get("redirected_to")
    try:
        session = torus.session(event["user"], login=(lambda: redirected_to) if redirected_to else None)
    except LoginNeeded:
        return {"login_at": torus.login_url}
    except TorusError as error:
        return {"error": type(error).__name__, "request_token": error.outcome.name}
    return {"good_until": session.expires_at.isoformat()}

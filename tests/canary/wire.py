"""Looks at what was sent: each secret goes to its own place, and to no other."""

from __future__ import annotations

import base64
import json

from canary.detector import Detector
from faults.places import Place
from faults.planted import API_SECRET, PROXY_PASSWORD, REQUEST_TOKEN


def look_at_wire(detector: Detector, place: Place) -> None:
    """Look at all requests that arrived at the listeners of a place."""
    requests = place.server.requests if place.server else []
    for request in [*requests, *place.connects]:
        head, _, body = request.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        detector.look("URLs", "request line", line)
        for field in fields:
            name, _, value = field.partition(": ")
            detector.look("headers sent", name, name if _belongs(name, value, line) else field)
        detector.look("bodies sent", "body", _without_secret(body))


def _belongs(name: str, value: str, line: str) -> bool:
    if line.startswith("CONNECT "):
        credentials = base64.b64encode(f"merchant:{PROXY_PASSWORD}".encode()).decode()
        return (name.lower(), value) == ("proxy-authorization", f"Basic {credentials}")
    return (name.lower(), value) == ("token", REQUEST_TOKEN)


def _without_secret(body: bytes) -> bytes:
    try:
        sent = json.loads(body)
    except ValueError:
        return body
    if sent.get("API_SECRET") == API_SECRET:
        del sent["API_SECRET"]
    return json.dumps(sent).encode()

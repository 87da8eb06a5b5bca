"""Looks at what was sent: each secret goes to its own place, and to no other."""

from __future__ import annotations

import base64
import json

from canary.detector import Detector
from faults.kinds import SESSION, Kind
from faults.places import Place
from faults.planted import API_SECRET, PROXY_PASSWORD


def look_at_wire(detector: Detector, place: Place, kind: Kind = SESSION) -> None:
    """Look at all requests of a kind that arrived at the listeners of a place."""
    requests = place.server.requests if place.server else []
    for request in [*requests, *place.connects]:
        head, _, body = request.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        detector.look("URLs", "request line", line)
        for field in fields:
            name, _, value = field.partition(": ")
            detector.look("headers sent", name, name if _belongs(name, value, line, kind) else field)
        detector.look("bodies sent", "body", _without_secret(body, kind))


def _belongs(name: str, value: str, line: str, kind: Kind) -> bool:
    if line.startswith("CONNECT "):
        credentials = base64.b64encode(f"merchant:{PROXY_PASSWORD}".encode()).decode()
        return (name.lower(), value) == ("proxy-authorization", f"Basic {credentials}")
    return (name.lower(), value) == kind.header


def _without_secret(body: bytes, kind: Kind) -> bytes:
    try:
        sent = json.loads(body)
    except ValueError:
        return body
    if kind is SESSION and sent.get("API_SECRET") == API_SECRET:
        del sent["API_SECRET"]
    return json.dumps(sent).encode()

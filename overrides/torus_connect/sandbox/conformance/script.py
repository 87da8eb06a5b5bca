"""The bytes of a scripted reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .vector import ScriptedReply

_CHUNK = 8


def reply_bytes(reply: ScriptedReply, places: Mapping[str, str]) -> bytes:
    """Return what is sent of a reply: all of it, or what comes before its fault.

    Args:
        reply: the reply.
        places: what to write for `{here}` and `{elsewhere}` in the values of its headers.
    """
    if reply.fault and reply.fault.at == "start":
        return b""
    before = b"".join(reply_bytes(one, places) for one in reply.before)
    head, body = _head(reply, places), _body(reply)
    if reply.fault and reply.fault.at == "head":
        head, body = _half(head), b""
    elif reply.fault:
        body = _half(body)
    return before + head + body


def _head(reply: ScriptedReply, places: Mapping[str, str]) -> bytes:
    headers = [f"{name}: {_filled(value, places)}" for name, value in reply.headers]
    if reply.framing == "length":
        headers.append(f"Content-Length: {len(reply.body)}")
    elif reply.framing == "chunked":
        headers.append("Transfer-Encoding: chunked")
    return "\r\n".join([reply.status_line, *headers, "", ""]).encode()


def _filled(value: str, places: Mapping[str, str]) -> str:
    for name, place in places.items():
        value = value.replace(f"{{{name}}}", place)
    return value


def _body(reply: ScriptedReply) -> bytes:
    if reply.framing != "chunked":
        return reply.body
    chunks = [reply.body[start : start + _CHUNK] for start in range(0, len(reply.body), _CHUNK)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]

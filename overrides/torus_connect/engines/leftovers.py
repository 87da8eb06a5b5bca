"""Whether a connection may serve another call: only one on which nothing is left of the last.

What is left over behind a reply, a second one above all, would be taken for the reply to the next request, another
user's. Neither httpx nor httpcore looks, or has a public way to: httpcore asks the system whether a socket can be read,
and bytes that were taken off the socket already are not there any more. So every layer that may hold some is asked.
Where one is not what it was, the answer is the safe one, and a test of keeping connections says so.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


def holds_more(response: httpx.Response) -> bool:
    """Return whether more has arrived on a connection than the reply that was read from it to the end."""
    try:
        connection = response.stream._httpcore_stream._stream._connection  # type: ignore[union-attr] # noqa: SLF001
        return bool(connection._h11_state.trailing_data[0]) or _unread(connection._network_stream)  # noqa: SLF001
    except AttributeError:
        return True


def _unread(stream: Any) -> bool:  # noqa: ANN401 - each layer is of another library
    """Return whether a stream, or one below it, holds bytes; `AttributeError` where that cannot be told."""
    if hasattr(stream, "_read_bio"):  # anyio's TLS
        return _in_tls(stream._read_bio, stream._ssl_object) or _unread(stream.transport_stream)  # noqa: SLF001
    if hasattr(stream, "ssl_obj"):  # httpcore's TLS within the TLS of a proxy
        return _in_tls(stream._incoming, stream.ssl_obj)  # noqa: SLF001
    if hasattr(stream, "_stream"):  # a stream around another one: httpcore's around anyio's, ours around httpcore's
        return _unread(stream._stream)  # noqa: SLF001
    if hasattr(stream, "_protocol"):  # anyio's, of asyncio
        return bool(stream._protocol.read_queue)  # noqa: SLF001
    return isinstance(stream._sock, ssl.SSLSocket) and stream._sock.pending() > 0  # noqa: SLF001


def _in_tls(encrypted: ssl.MemoryBIO, decrypted: ssl.SSLObject) -> bool:
    return bool(encrypted.pending or decrypted.pending())

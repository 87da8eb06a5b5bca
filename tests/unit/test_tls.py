"""TLS without its I/O: who must be at the other end, and how it ends."""

from __future__ import annotations

import ssl
from contextlib import suppress

import pytest
import trustme

from torus_connect._transport.tls import PlainLayer, TlsLayer, TlsSessions


@pytest.fixture
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the client's context and the server's."""
    authority = trustme.CA()
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(client)
    authority.issue_cert("127.0.0.1", "service.test").configure_cert(server)
    return client, server


class Server:
    """The other side, and the network to it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.network = PlainLayer()
        self.arrived, self.to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.arrived, self.to_send, server_side=True)

    def layer(self, context: ssl.SSLContext, name: str | None) -> TlsLayer:
        """Return the client's side."""
        return TlsLayer(self.network, context, name, TlsSessions())

    def shake_hands(self, layer: TlsLayer) -> None:
        done = False
        while not done:
            done = layer.shake_hands()
            layer.flush()
            self.arrived.write(self.network.unsent)
            self.network.unsent.clear()
            with suppress(ssl.SSLWantReadError):
                self.tls.do_handshake()
            if self.to_send.pending:
                self.network.arrive(self.to_send.read())

    def record(self, data: bytes) -> bytes:
        self.tls.write(data)
        return self.to_send.read()


@pytest.mark.parametrize("name", ["127.0.0.1", "service.test"])
def test_who_is_at_the_other_end(contexts: tuple[ssl.SSLContext, ssl.SSLContext], name: str) -> None:
    client, server = contexts
    other = Server(server)
    other.shake_hands(other.layer(client, name))


@pytest.mark.parametrize("name", ["127.0.0.2", "elsewhere.test"])
def test_who_is_not(contexts: tuple[ssl.SSLContext, ssl.SSLContext], name: str) -> None:
    client, server = contexts
    other = Server(server)
    with pytest.raises(ssl.SSLCertVerificationError):
        other.shake_hands(other.layer(client, name))


@pytest.mark.parametrize("name", [None, ""])
def test_somebody_must_be_named(contexts: tuple[ssl.SSLContext, ssl.SSLContext], name: str | None) -> None:
    with pytest.raises(ConnectionError):
        Server(contexts[1]).layer(contexts[0], name)


def test_what_is_left(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    client, context = contexts
    server = Server(context)
    layer = server.layer(client, "service.test")
    server.shake_hands(layer)
    assert layer.read(10) is None
    first, second = server.record(b"first"), server.record(b"second")
    server.network.arrive(first + second[:3])
    assert layer.read(3) == b"fir"
    assert layer.read(10) == b"st"
    assert layer.has_unread()
    assert layer.read(10) is None
    assert layer.begun == second[:3]  # though TLS has taken it
    server.network.arrive(second[3:])
    assert layer.read(10) == b"second"
    assert not layer.begun


@pytest.mark.parametrize("farewell", [True, False])
def test_the_end(contexts: tuple[ssl.SSLContext, ssl.SSLContext], *, farewell: bool) -> None:
    client, context = contexts
    server = Server(context)
    layer = server.layer(client, "service.test")
    server.shake_hands(layer)
    if farewell:
        with pytest.raises(ssl.SSLWantReadError):
            server.tls.unwrap()
        server.network.arrive(server.to_send.read())
    else:
        server.network.arrive(b"")
    assert layer.read(10) == b""
    assert layer.read(10) == b""

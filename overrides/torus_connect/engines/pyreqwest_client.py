"""What both pyreqwest engines are made with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from pyreqwest.proxy import ProxyBuilder

from .limits import IDLE_SECONDS, MAX_CONNECTIONS

if TYPE_CHECKING:
    from pyreqwest.client import ClientBuilder, SyncClientBuilder

    from torus_connect.network import Network
    from torus_connect.secret import Secret

    Builder = TypeVar("Builder", ClientBuilder, SyncClientBuilder)


def configured(builder: Builder, network: Network, *, connect_timeout: float) -> Builder:
    """Set up the library's builder of clients, with nothing left to its defaults that could touch this call.

    Certificates are verified against the roots of the system.
    """
    for switch in (
        builder.runtime_multithreaded,
        builder.connection_verbose,
        builder.follow_redirects,
        builder.referer,
        builder.default_cookie_store,
        builder.error_for_status,
        builder.gzip,  # `Body` decompresses, up to a limit
        builder.brotli,
        builder.zstd,
        builder.deflate,
    ):
        switch(enable=False)
    builder.http1_only().https_only(network.encrypted).min_tls_version("TLSv1.2")
    builder.pool_idle_timeout(timedelta(seconds=IDLE_SECONDS)).pool_max_idle_per_host(MAX_CONNECTIONS)
    builder.connect_timeout(timedelta(seconds=connect_timeout))
    builder.no_proxy()  # what the environment may say has been read and checked before
    if network.proxy:
        builder.proxy(_proxy(network.proxy))
    if network.local_address:
        builder.local_address(network.local_address)
    return builder


def _proxy(url: Secret) -> ProxyBuilder:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    proxy = ProxyBuilder.https(f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else ""))
    if parts.username:
        proxy.basic_auth(unquote(parts.username), unquote(parts.password or ""))
    return proxy

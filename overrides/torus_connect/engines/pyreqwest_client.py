"""What both pyreqwest engines are made with."""

from __future__ import annotations

import atexit
from datetime import timedelta
from functools import cache

from . import limits

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from typing import TypeVar

    from pyreqwest.client import ClientBuilder, SyncClientBuilder
    from pyreqwest.proxy import ProxyBuilder

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
    builder.pool_idle_timeout(timedelta(seconds=limits.IDLE_SECONDS)).pool_max_idle_per_host(limits.MAX_CONNECTIONS)
    builder.connect_timeout(timedelta(seconds=connect_timeout))
    builder.no_proxy()  # what the environment may say has been read and checked before
    if network.proxy:
        builder.proxy(_proxy(network.proxy))
    if network.local_address:
        builder.local_address(network.local_address)
    return builder


def _proxy(url: Secret) -> ProxyBuilder:
    from pyreqwest.proxy import ProxyBuilder  # noqa: PLC0415 - a proxy is an exception

    from .proxy import address_and_credentials  # noqa: PLC0415 - as above

    address, credentials = address_and_credentials(url)
    proxy = ProxyBuilder.https(address)
    if credentials:
        proxy.basic_auth(*credentials)
    return proxy


@cache
def leave_at_exit() -> None:
    """See to it that the library's thread is out of Python when Python ends; before 3.14, that aborts the process.

    It wakes the event loop of a task, and may still be on its way back when task, loop and program are over.
    """
    atexit.register(_wait_for_its_thread)


def _wait_for_its_thread() -> None:
    from pyreqwest.request import BaseRequestBuilder  # noqa: PLC0415 - only now
    from pyreqwest.response import ResponseBuilder  # noqa: PLC0415

    # More of a reply than is taken over at once is read in that thread, after what it is at now; one that is made up
    # needs no network.
    size = BaseRequestBuilder.default_streamed_read_buffer_limit()
    try:
        ResponseBuilder().body_bytes(bytes(size)).build_sync().bytes()
    except RuntimeError:  # a fork has no such thread, and says so
        return

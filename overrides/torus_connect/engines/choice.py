"""Which engine sends: httptools where it is installed and can do what is asked of it, else httpx.

What httptools cannot do: go through a proxy that TLS is spoken to, and be watched by OpenTelemetry's instrumentation of
httpx.
"""

from __future__ import annotations

from torus_connect.errors import ConfigurationError

from .instrumented import is_watched

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from torus_connect.network import Network
    from torus_connect.settings import Settings

    from . import AsyncEngine, Engine

    AnyEngine = TypeVar("AnyEngine", Engine, AsyncEngine)


def engine_for_threads(settings: Settings, network: Network) -> Engine:
    """Return a new engine for a network.

    Raises:
        ConfigurationError: httptools is asked for by name, and cannot be used here.
    """

    def fast() -> Engine:
        from .httptools_sync import HttptoolsEngine  # noqa: PLC0415 - a library is loaded when it is needed

        return HttptoolsEngine(network, connect_timeout=settings.connect_timeout)

    def default() -> Engine:
        from .httpx_sync import HttpxEngine  # noqa: PLC0415 - as above

        return HttpxEngine(network, connect_timeout=settings.connect_timeout)

    return _chosen(settings.engine, network, fast, default)


def engine_for_tasks(settings: Settings, network: Network) -> AsyncEngine:
    """Return a new engine for a network and the running event loop; see `engine_for_threads`."""

    def fast() -> AsyncEngine:
        from .httptools_async import AsyncHttptoolsEngine  # noqa: PLC0415 - as above

        return AsyncHttptoolsEngine(network, connect_timeout=settings.connect_timeout)

    def default() -> AsyncEngine:
        from .httpx_async import AsyncHttpxEngine  # noqa: PLC0415 - as above

        return AsyncHttpxEngine(network, connect_timeout=settings.connect_timeout)

    return _chosen(settings.engine, network, fast, default)


def _chosen(name: str, network: Network, fast: Callable[[], AnyEngine], default: Callable[[], AnyEngine]) -> AnyEngine:
    if name == "httpx" or (name == "auto" and (network.has_encrypted_proxy or is_watched())):
        return default()
    if network.has_encrypted_proxy:  # on the way to another place than the first
        raise ConfigurationError("engine: httptools does not go with a proxy that is https://; httpx does")
    try:
        return fast()
    except ImportError:
        pass
    if name == "auto":
        return default()
    raise ConfigurationError("engine: httptools is not installed: pip install 'torus-connect[fast]'")

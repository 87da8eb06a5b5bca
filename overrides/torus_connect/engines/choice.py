"""Which engine sends: pyreqwest where it is installed and can do what is asked of it, else httpx.

What pyreqwest cannot do: trust other certificates instead of the system's, show a client certificate, work in a process
that was forked from one in which it was in use, and be watched by OpenTelemetry's instrumentation of httpx.
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
        ConfigurationError: pyreqwest is asked for by name, and cannot be used here.
    """

    def fast() -> Engine:
        from .pyreqwest_sync import PyreqwestEngine  # noqa: PLC0415 - a library is loaded when it is needed

        return PyreqwestEngine(network, connect_timeout=settings.connect_timeout)

    def default() -> Engine:
        from .httpx_sync import HttpxEngine  # noqa: PLC0415 - as above

        return HttpxEngine(network, connect_timeout=settings.connect_timeout)

    return _chosen(settings.engine, network, fast, default)


def engine_for_tasks(settings: Settings, network: Network) -> AsyncEngine:
    """Return a new engine for a network and the running event loop; see `engine_for_threads`."""

    def fast() -> AsyncEngine:
        from .pyreqwest_async import AsyncPyreqwestEngine  # noqa: PLC0415 - as above

        return AsyncPyreqwestEngine(network, connect_timeout=settings.connect_timeout)

    def default() -> AsyncEngine:
        from .httpx_async import AsyncHttpxEngine  # noqa: PLC0415 - as above

        return AsyncHttpxEngine(network, connect_timeout=settings.connect_timeout)

    return _chosen(settings.engine, network, fast, default)


def _chosen(name: str, network: Network, fast: Callable[[], AnyEngine], default: Callable[[], AnyEngine]) -> AnyEngine:
    if name == "httpx" or (name == "auto" and (network.has_own_tls or is_watched())):
        return default()
    try:
        return fast()
    except ImportError:
        fault = "is not installed: pip install 'torus-connect[fast]'"
    # It has no certificates to trust, or was in use before a fork: there is no one kind of exception for that.
    except Exception:  # noqa: BLE001
        fault = "cannot be used here: after a fork, or without certificates of the system"
    if name == "auto":
        return default()
    raise ConfigurationError(f"engine: pyreqwest {fault}")

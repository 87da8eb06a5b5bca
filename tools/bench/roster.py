"""Who is measured: each peer, how it is started, and what its environment says."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import Place

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "bench"
GENERATED = WORK / "openapi-generator"
DRIVE = HERE / "drive"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Peer:
    """One way to log in.

    Attributes:
        name: what the results call it.
        title: what the page calls it.
        script: its module in peers/; none for a program of its own.
        module: what `import` loads of it.
        ours: whether it is this SDK, which is told of the bundle in a variable of its own.
        shared: whether the threads of a fan-out share one client, as its library allows.
        path: a folder that it needs to find its modules.
    """

    name: str
    title: str
    script: str = ""
    module: str = ""
    ours: bool = False
    shared: bool = True
    path: Path | None = None
    program: tuple[str, ...] = field(default=())

    def command(self) -> list[str]:
        """Return the command that logs in once."""
        return [*self.program] if self.program else [sys.executable, str(HERE / "peers" / f"{self.script}.py")]

    def environment(self, place: Place, scheme: str = "https") -> dict[str, str]:
        """Return the whole environment: where the service is, and whom to trust, as each library is told."""
        found = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TORUS_BASE_URL": f"{place.origin(scheme)}/api/v1",
            "TORUS_API_KEY": "bench-api-key",
            "TORUS_API_SECRET": "bench-api-secret-not-real",
            "TORUS_REQUEST_TOKEN": "bench-request-token",
            "SSL_CERT_FILE": str(place.bundle),
            "REQUESTS_CA_BUNDLE": str(place.bundle),
        }
        if self.ours:
            found["TORUS_CA_FILE"] = str(place.bundle)
        if self.path:
            found["PYTHONPATH"] = str(self.path)
        return found


BARE = Peer("bare", "bare interpreter", program=(sys.executable, "-c", "pass"))
HTTP_CLIENT = Peer("http.client", "`http.client`, by hand", "http_client", "http.client, ssl, json", shared=False)
PYREQWEST = Peer("pyreqwest", "pyreqwest, by hand", "pyreqwest_", "pyreqwest.client")
PYREQWEST_ASYNC = Peer("pyreqwest", "pyreqwest, by hand", "pyreqwest_async")
AIOHTTP_CLOSE = Peer("aiohttp-close", "aiohttp, by hand, a connection a login", "aiohttp_close")
AIOHTTP = Peer("aiohttp", "aiohttp, by hand", "aiohttp_", "aiohttp")
HTTPX = Peer("httpx", "httpx, by hand", "httpx_", "httpx")
HTTPX_ASYNC = Peer("httpx", "httpx, by hand", "httpx_async")
REQUESTS = Peer("requests", "requests, by hand", "requests_", "requests", shared=False)
RAW = Peer("raw", "the raw generated client", "raw_generated", "torus_connect_api.api.session.generate_session")
OPENAPI_GENERATOR = Peer(
    "openapi-generator",
    "OpenAPI Generator's client",
    "openapi_generator",
    "torus_openapi_generator",
    shared=False,
    path=GENERATED,
)
KITE = Peer("kiteconnect", "kiteconnect", "kiteconnect_", "kiteconnect")
DEFAULT = Peer("torus", "**torus-connect**", "torus", "torus_connect", ours=True)
DEFAULT_ASYNC = Peer("torus", DEFAULT.title, "torus_async", ours=True)
SHARED = Peer("torus-shared", "**torus-connect**, shared connections", "torus_shared", ours=True)
SHARED_ASYNC = Peer("torus-shared", SHARED.title, "torus_async_shared", ours=True)
_COMMAND = (str(BIN / "torus-connect"), "session", "generate")
COMMAND = Peer("command", "`torus-connect session generate`", ours=True, program=_COMMAND)

HANDMADE = (HTTP_CLIENT, PYREQWEST, AIOHTTP, HTTPX, REQUESTS, RAW, OPENAPI_GENERATOR, KITE)
ALL = (BARE, *HANDMADE, DEFAULT, COMMAND)
IN_TASKS = (PYREQWEST_ASYNC, AIOHTTP, AIOHTTP_CLOSE, HTTPX_ASYNC, SHARED_ASYNC, DEFAULT_ASYNC)
IN_THREADS = (HTTP_CLIENT, PYREQWEST, HTTPX, REQUESTS, SHARED, DEFAULT)
COUNTED = (HTTP_CLIENT, PYREQWEST, HTTPX, SHARED, DEFAULT)
MODULES = {peer.name: f"`{peer.module}`" if peer.module else peer.title for peer in ALL}
TITLES = {peer.name: peer.title for peer in (*ALL, SHARED, AIOHTTP_CLOSE)} | {"curl": "curl"}


def curl(place: Place, scheme: str) -> Peer | None:
    """Return curl, which has no Python to start, where it is installed; what it sends is in a file."""
    import shutil  # noqa: PLC0415 - here only

    program = shutil.which("curl")
    if not program:
        return None
    config = place.bundle.with_name(f"curl-{scheme}")
    config.write_text(
        f'url = "{place.origin(scheme)}/api/v1/session/generate"\n'
        "silent\nfail\nmax-time = 10\n"
        'header = "Token: bench-request-token"\nheader = "Content-Type: application/json"\n'
        'data = "{\\"API_KEY\\": \\"bench-api-key\\", \\"API_SECRET\\": \\"bench-api-secret-not-real\\"}"\n',
        encoding="utf-8",
    )
    return Peer("curl", "curl", program=(program, "--config", str(config)))

"""Who is measured: each peer, how it is started, and what its environment says."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
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
        hashed: whether it looks roots up in a folder, by hash; else it reads all of a bundle.
        shared: whether the threads of a fan-out share one client, as its library allows.
        path: a folder that it needs to find its modules.
        program: its command, where it is no module.
        loop: the event loop, if it is not that of asyncio.
    """

    name: str
    title: str
    script: str = ""
    module: str = ""
    hashed: bool = False
    shared: bool = True
    path: Path | None = None
    program: tuple[str, ...] = ()
    loop: str = ""

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
            "BENCH_LOOP": self.loop,
        }
        if self.hashed:
            found["SSL_CERT_DIR"] = str(place.roots)
        else:
            found |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(place.bundle))
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
DEFAULT = Peer("torus", "**torus-connect**", "torus", "torus_connect", hashed=True)
DEFAULT_ASYNC = Peer("torus", DEFAULT.title, "torus_async", hashed=True)
SHARED = Peer("torus-shared", "**torus-connect**, shared connections", "torus_shared", hashed=True)
SHARED_ASYNC = Peer("torus-shared", SHARED.title, "torus_async_shared", hashed=True)
_COMMAND = (str(BIN / "torus-connect"), "session", "generate")
COMMAND = Peer("command", "`torus-connect session generate`", hashed=True, program=_COMMAND)
HASHED = Peer("http.client-hashed", "`http.client`, by hand, roots by hash", "http_client_hashed", hashed=True)
FLOOR = Peer("floor", "floor: TLS and h11, and nothing else", "floor_start", hashed=True)
FLOOR_ASYNC = Peer("floor-shared", "floor: connections of h11, and nothing else", "floor_h11")

HANDMADE = (HTTP_CLIENT, PYREQWEST, AIOHTTP, HTTPX, REQUESTS, RAW, OPENAPI_GENERATOR, KITE)
ALL = (BARE, *HANDMADE, DEFAULT, COMMAND)
IN_TLS = (HASHED, FLOOR)
IN_THREADS = (HTTP_CLIENT, PYREQWEST, HTTPX, REQUESTS, SHARED, DEFAULT)
COUNTED = (HTTP_CLIENT, HTTPX, SHARED, DEFAULT)

HOLDINGS = Peer("torus", DEFAULT.title, "holdings_torus", hashed=True)
HOLDINGS_REQUESTS = Peer("requests", "requests and dicts, by hand", "holdings_requests")
HOLDINGS_HTTPX = Peer("httpx", "httpx and dicts, by hand", "holdings_httpx")
HOLDINGS_KITE = Peer("kiteconnect", "kiteconnect", "holdings_kite")
HOLDINGS_OBJECTS = Peer("objects", "floor: httpx, and an object a row", "holdings_objects")
HOLDINGS_EXACT = Peer("exact", "floor: the same, each number a `Decimal`", "holdings_exact")
FIRST_HOLDINGS = (HOLDINGS, HOLDINGS_REQUESTS, HOLDINGS_HTTPX, HOLDINGS_KITE)
WARM_HOLDINGS = (HOLDINGS, HOLDINGS_HTTPX, HOLDINGS_KITE, HOLDINGS_OBJECTS, HOLDINGS_EXACT)
FIND = Peer("torus", DEFAULT.title, "find_torus", hashed=True)
FIND_HTTPX = Peer("httpx", "httpx and dicts, by hand", "find_httpx")
PLACE = Peer("torus", "**torus-connect**, journal in memory", "place_torus", hashed=True)
PLACE_FILE = Peer("torus-file", "**torus-connect**, journal in files", "place_torus_file", hashed=True)
PLACE_HTTPX = Peer("httpx", "httpx, by hand, no journal", "place_httpx")
FLEET = Peer("torus", DEFAULT.title, "fleet_torus", hashed=True)
FLEET_HTTPX = Peer("httpx", "httpx, redis-py and Fernet, by hand", "fleet_httpx")
FUNDS = Peer("torus", DEFAULT.title, "funds_torus", hashed=True)
FUNDS_AIOHTTP = Peer("aiohttp", "aiohttp, by hand, a session an account", "funds_aiohttp")


def in_uvloop(*peers: Peer) -> tuple[Peer, ...]:
    """Return the same peers in the event loop of uvloop."""
    return tuple(
        replace(peer, name=f"{peer.name}-uvloop", title=f"{peer.title}, uvloop", loop="uvloop") for peer in peers
    )


IN_TASKS = (
    *(PYREQWEST_ASYNC, AIOHTTP, AIOHTTP_CLOSE, HTTPX_ASYNC, FLOOR_ASYNC, SHARED_ASYNC, DEFAULT_ASYNC),
    *in_uvloop(AIOHTTP, AIOHTTP_CLOSE, SHARED_ASYNC, DEFAULT_ASYNC),
)
READING_FUNDS = (FUNDS, FUNDS_AIOHTTP, *in_uvloop(FUNDS, FUNDS_AIOHTTP))
MODULES = {peer.name: f"`{peer.module}`" if peer.module else peer.title for peer in ALL}


def titles(*peers: Peer) -> dict[str, str]:
    """Return what the page calls them, by name."""
    return {peer.name: peer.title for peer in peers}


TITLES = titles(*ALL, *IN_TLS, *IN_TASKS, SHARED) | {"curl": "curl"}


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

"""The server that all peers call: nginx on the loopback address, plain and TLS, which answers always the same."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import textwrap
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import certifi
import trustme

from .replies import replies

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "127.0.0.1"
START_LIMIT = 10  # seconds
SHORT = 4_000  # bytes of a reply that is in the configuration; a longer one is in a file
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)

# To answer at once would be to answer before the body is read. So it is read for `mirror`, and then nothing is found.
CONFIG = """
daemon off;
master_process off;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    log_not_found off;
    default_type application/json;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    open_file_cache max=100;
    server {{
        listen {address}:{plain} backlog=4096;
        listen {address}:{tls} ssl backlog=4096;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.pem;
        root {folder}/nothing;
        location = /read {{ internal; return 204; }}
        location /replies/ {{ internal; root {folder}; }}
{locations}
    }}
}}
"""
LOCATIONS = {
    "/api/v1/session/generate": "token",
    "/api/v1/holdings/": "holdings",
    "/api/v1/funds/": "funds",
    "/api/v1/order/book": "book",
    "/api/v1/order/entry": "ack",
    "/session/token": "kite-token",
    "/portfolio/holdings": "holdings",
}


class BenchError(Exception):
    """Why nothing was measured; its text is all that the maintainer sees."""


@dataclass(frozen=True)
class Place:
    """Where the server is.

    Attributes:
        plain: its origin, `http://...`.
        tls: its origin, `https://...`.
        bundle: a PEM file with the usual roots and the one that the server's certificate is from.
        roots: a folder with the same, a file for each, found by the hash of its name, as a system has them.
        replies: a folder with the bodies of its replies.
        authority: a PEM file with the one root that the server's certificate is from.
    """

    plain: str
    tls: str
    bundle: Path
    roots: Path
    replies: Path
    authority: Path

    def origin(self, scheme: str) -> str:
        """Return the origin by its scheme."""
        return self.tls if scheme == "https" else self.plain


@contextmanager
def server() -> Iterator[Place]:
    """Run nginx until the end of the block; its folder, with the key, is for this user alone.

    Raises:
        BenchError: nginx is missing, or does not start.
    """
    nginx = shutil.which("nginx", path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    if not nginx:
        raise BenchError("nginx is missing: apt install nginx-light")
    with TemporaryDirectory(prefix="torus-bench-") as name:
        folder = Path(name)
        place, config = _prepared(folder)
        command = [nginx, "-p", name, "-c", str(config)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                _await(place, process)
                yield place
            finally:
                process.terminate()


def _prepared(folder: Path) -> tuple[Place, Path]:
    """Write what nginx reads into the folder."""
    authority = trustme.CA()
    authority.issue_cert(ADDRESS, "localhost").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    bundle = folder / "bundle.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    authority.cert_pem.write_to_path(folder / "authority.pem")
    roots = hashed(bundle, folder / "roots")
    bodies = folder / "replies"
    bodies.mkdir()
    found = replies()
    for name, body in found.items():
        (bodies / name).write_bytes(body)
    plain, tls = _free_ports()
    config = folder / "nginx.conf"
    shorts = {name: body.decode() for name, body in found.items() if len(body) <= SHORT}
    locations = [f"location @{name} {{ return 200 '{body}'; }}" for name, body in shorts.items()]
    for path, name in LOCATIONS.items():
        answer = f"@{name}" if name in shorts else f"/replies/{name}"
        locations.append(f"location = {path} {{ mirror /read; error_page 403 404 405 =200 {answer}; }}")
    lines = textwrap.indent("\n".join(locations), " " * 8)
    config.write_text(
        CONFIG.format(folder=folder, address=ADDRESS, plain=plain, tls=tls, locations=lines), encoding="utf-8"
    )
    origins = f"http://{ADDRESS}:{plain}", f"https://{ADDRESS}:{tls}"
    return Place(*origins, bundle, roots, bodies, folder / "authority.pem"), config


def hashed(bundle: Path, folder: Path) -> Path:
    """Write each root of a bundle into a folder of its own, to be found by the hash of its name.

    Raises:
        BenchError: openssl is missing, or fails.
    """
    folder.mkdir()
    for number, root in enumerate(CERTIFICATE.findall(bundle.read_text(encoding="utf-8"))):
        (folder / f"root-{number}.pem").write_text(root, encoding="utf-8")
    openssl = shutil.which("openssl")
    if not openssl:
        raise BenchError("openssl is missing: apt install openssl")
    done = subprocess.run([openssl, "rehash", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"openssl rehash failed\n\n{done.stderr}")
    return folder


def _free_ports() -> tuple[int, int]:
    with closing(socket.create_server((ADDRESS, 0))) as one, closing(socket.create_server((ADDRESS, 0))) as two:
        return one.getsockname()[1], two.getsockname()[1]


def _await(place: Place, process: subprocess.Popen[str]) -> None:
    context, end = ssl.create_default_context(cafile=str(place.bundle)), time.monotonic() + START_LIMIT
    port = int(place.tls.rpartition(":")[2])
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection((ADDRESS, port)) as raw, context.wrap_socket(raw, server_hostname=ADDRESS):
                return
        except ConnectionError:
            time.sleep(0.02)
    process.kill()
    raise BenchError(f"nginx does not start: {process.communicate()[1].strip()}")

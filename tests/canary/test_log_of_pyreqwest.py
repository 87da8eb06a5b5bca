"""pyreqwest's log, once somebody has switched it on, tells of all its clients; of ours, nothing that is secret."""

from __future__ import annotations

import subprocess
import sys

import pytest
from canary.detector import Detector
from faults.behaviours import said
from faults.places import authority, server_context
from faults.planted import API_SECRET, REQUEST_TOKEN
from support.raw_server import RawServer, answer

PROGRAM = """
import asyncio, logging, sys
from pyreqwest.client import SyncClientBuilder
from pyreqwest.logging import flush_logs
from torus_connect import APIStatusError, AsyncTorusConnect, TorusConnect

logging.basicConfig(level=1, stream=sys.stdout)
secret, token, url = sys.stdin.read().split("\\n")
options = {"api_key": "key", "api_secret": secret, "base_url": url, "engine": "pyreqwest"}

async def main():
    async with AsyncTorusConnect(**options) as torus:
        try:
            await torus.generate_session(token)
        except APIStatusError:
            pass

with SyncClientBuilder().connection_verbose(True).build() as others:
    with TorusConnect(**options) as torus:
        try:
            torus.generate_session(token)
        except APIStatusError:
            pass
    asyncio.run(main())
    flush_logs()
    print("== theirs ==")
    others.post(url).body_text("of-somebody-else").build().send()
"""


def test_it_tells_nothing(detector: Detector, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    authority().cert_pem.write_to_path(f"{tmp_path}/ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/ca.pem")
    with RawServer(answer(said("409")), tls=server_context()) as server:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=f"{API_SECRET}\n{REQUEST_TOKEN}\n{server.base_url}",
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert len(server.requests) == 3
    ours, _, theirs = done.stdout.partition("== theirs ==")
    # It is on: it tells of our connections, and of the others it tells all.
    assert "rustls" in ours or "reqwest" in ours
    assert "of-somebody-else" in theirs
    detector.look("logging", "pyreqwest's log of our calls", ours)
    detector.assert_nothing_found()

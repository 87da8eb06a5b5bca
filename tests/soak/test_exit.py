"""A program that ends right behind its call ends well: no thread of a library is in the midst of Python then."""

from __future__ import annotations

import subprocess
import sys

import pytest
from soak.echo import Echo

PROGRAMS = 5
TASKS = """
import asyncio, sys
from torus_connect import AsyncTorusConnect

async def main():
    torus = AsyncTorusConnect(api_key="soak-key", api_secret="soak-secret", base_url=sys.argv[1])
    await torus.generate_session("token")

asyncio.run(main())
"""
THREADS = """
import sys
from torus_connect import TorusConnect

TorusConnect(api_key="soak-key", api_secret="soak-secret", base_url=sys.argv[1]).generate_session("token")
"""


@pytest.mark.parametrize("program", [TASKS, THREADS], ids=["tasks", "threads"])
def test_at_once(echo: Echo, program: str) -> None:
    command = [sys.executable, "-W", "ignore::ResourceWarning", "-c", program, echo.credentials["base_url"]]
    for _ in range(PROGRAMS):
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (done.returncode, done.stderr) == (0, "")

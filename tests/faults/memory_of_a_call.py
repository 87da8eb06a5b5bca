"""Run as a process of its own: prints by how many bytes the peak of its memory grows with one more call.

Arguments: `sync` or `async`, the base URL for a call that works, the one for the call that is measured; and, to see
that the measure works, how many bytes to hold on top.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from torus_connect import AsyncTorusConnect, TorusConnect, TorusError


def call(face: str, base_url: str) -> str:
    """Return the name of what came of it."""

    async def in_loop() -> None:
        async with AsyncTorusConnect(api_key="key", api_secret="secret", base_url=base_url) as torus:
            await torus.generate_session("request-token")

    try:
        if face == "async":
            asyncio.run(in_loop())
        else:
            with TorusConnect(api_key="key", api_secret="secret", base_url=base_url) as torus:
                torus.generate_session("request-token")
    except TorusError as exc:
        return type(exc).__name__
    return "Session"


def peak() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    face, good, measured, on_top = sys.argv[1:]
    assert call(face, good) == "Session"
    baseline = peak()
    came = call(face, measured)
    held = b"x" * int(on_top)
    sys.stdout.write(f"{came} {peak() - baseline}\n")

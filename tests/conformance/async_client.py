"""The asynchronous client of this SDK as a client under test."""

from __future__ import annotations

import asyncio
import os
import sys

from torus_connect import AsyncTorusConnect, Outcome, TorusError

CODES = {Outcome.NOT_SENT: 3, Outcome.REFUSED: 4, Outcome.UNKNOWN: 5}


async def main() -> int:
    try:
        async with AsyncTorusConnect(timeout=2) as torus:
            session = await torus.generate_session(os.environ["TORUS_REQUEST_TOKEN"])
    except TorusError as exc:
        sys.stderr.write(f"{exc}\n")
        return CODES[exc.outcome]
    sys.stdout.write(session.access_token)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

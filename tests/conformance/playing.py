"""Plays vectors at a client, in the process of the test."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

from torus_connect.sandbox.conformance.library import vectors
from torus_connect.sandbox.conformance.play import play

TESTS = Path(__file__).parents[1]


def client(name: str, module: str = "wrong_clients") -> Sequence[str]:
    """Return the command of a client that is a class of the tests; its environment tells it nothing of them."""
    # Without TLS, which none of them needs: http.client would load it, and that takes a third of their time.
    place = f"import sys; sys.modules['ssl'] = None; sys.path.insert(0, {str(TESTS)!r})"
    return (sys.executable, "-c", f"{place}; from conformance.{module} import {name}; sys.exit({name}().run())")


def why(command: Sequence[str], *only: str, jobs: int = 2) -> dict[str, str]:
    """Return what is wrong by the name of each vector: all of them, or those named."""

    async def played() -> dict[str, str]:
        async with aclosing(play(vectors(only), command, jobs)) as verdicts:
            return {verdict.name: verdict.why async for verdict in verdicts}

    return asyncio.run(played())

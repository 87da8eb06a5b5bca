"""Run the Arazzo document against a local Torus, with Redocly's runner; behind `make arazzo`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from torus_connect.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
RUNNER = ROOT / "tools" / "node" / "node_modules" / ".bin" / "redocly"
DOCUMENT = ROOT / "openapi" / "torus.arazzo.yaml"


def run(*, origin: str, api_key: str, api_secret: str) -> subprocess.CompletedProcess[str]:
    """Run the document, once.

    Args:
        origin: where the sandbox is, without a path.
        api_key: what it is to send.
        api_secret: likewise; it goes by the environment, since the arguments of a process are for all to see.

    Returns:
        What the runner said, and its exit code: 0 if every step did what the document says.
    """
    settings = {
        "REDOCLY_CLI_RESPECT_INPUT": f"api_key={api_key},api_secret={api_secret}",
        "REDOCLY_CLI_RESPECT_SERVER": f"torus={origin}/api/v1,sandbox={origin}",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "REDOCLY_TELEMETRY": "off",
    }
    return subprocess.run(
        [RUNNER, "respect", DOCUMENT.name],
        cwd=DOCUMENT.parent,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main() -> int:
    """Run it against a sandbox of its own and return the exit code."""
    with Sandbox() as sandbox:
        done = run(origin=sandbox.origin, api_key=sandbox.api_key, api_secret=sandbox.api_secret)
    print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

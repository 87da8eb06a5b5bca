"""Schemathesis, with its checks, against a sandbox of its own: `make schemathesis`.

It makes up requests from the specification, right ones and wrong ones, and holds each reply against it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from torus_connect.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
SPEC = HERE.parents[1] / "openapi" / "torus.yaml"
# It has an environment of its own, inside the one that this runs in.
PROGRAM = Path(sys.executable).parents[1] / "schemathesis" / "bin" / "schemathesis"
# The same cases every time: what fails here fails again.
OPTIONS = ("--generation-deterministic", "--no-color")


def play(spec: Path, origin: str, examples: int, *, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Hold what is served at the origin against the specification; the exit code is 1 where they do not agree."""
    command = [PROGRAM, "--config-file", HERE / "schemathesis.toml", "run", spec, "--origin", origin, *OPTIONS]
    environment = os.environ | {
        "PYTHONPATH": str(HERE),
        "SCHEMATHESIS_HOOKS": "hooks",
        "TORUS_API_KEY": Sandbox.api_key,
        "TORUS_API_SECRET": Sandbox.api_secret,
        "TORUS_REQUEST_TOKENS": f"{origin}/_sandbox/request-tokens",
        "TORUS_SESSION": f"{origin}/api/v1/session/generate",
        "TORUS_TOTP_CODES": f"{origin}/_sandbox/totp-codes",
    }
    with TemporaryDirectory() as folder:  # it writes down what it found, in the folder where it runs
        return subprocess.run(
            [*map(str, command), "--max-examples", str(examples)],
            check=False, capture_output=capture, text=True, cwd=folder, env=environment,
        )  # fmt: skip


def main() -> int:
    """Run it and return its exit code."""
    if not PROGRAM.exists():
        raise SystemExit("Schemathesis is not installed: make schemathesis")
    with Sandbox() as sandbox:
        done = play(SPEC, sandbox.origin, examples=200)
        print(f"the sandbox traded {sandbox.exchanges} request tokens and codes")
        return done.returncode or int(not sandbox.exchanges)


if __name__ == "__main__":
    sys.exit(main())

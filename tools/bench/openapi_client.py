"""Generates the peer that OpenAPI Generator makes of the same spec."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import subprocess
from pathlib import Path

from .roster import BIN, GENERATED, ROOT
from .server import BenchError

SPEC = ROOT / "openapi" / "torus.yaml"
PACKAGE = "torus_openapi_generator"
LIMIT = 120  # seconds


def ready() -> None:
    """Generate the client, unless it is there, of this spec and by this generator.

    Raises:
        BenchError: the generator failed.
    """
    stamp = Path(GENERATED, ".made-of")
    digest = hashlib.sha256(SPEC.read_bytes()).hexdigest()
    made_of = f"{importlib.metadata.version('openapi-generator-cli')} {digest}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_of:
        return
    shutil.rmtree(GENERATED, ignore_errors=True)
    command = [str(BIN / "openapi-generator-cli"), "generate", "--generator-name", "python"]
    command += ["--input-spec", str(SPEC), "--output", str(GENERATED), "--package-name", PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode:
        raise BenchError(f"OpenAPI Generator failed\n\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    stamp.write_text(made_of, encoding="utf-8")

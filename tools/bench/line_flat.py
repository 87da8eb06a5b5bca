"""The line about a document with more operations: a program that uses one of them costs the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .growth import COLD, MODULES, document
from .line_instructions import counted
from .roster import DEFAULT, ROOT
from .server import BenchError

if TYPE_CHECKING:
    from .server import Place

SIZES = (2, 500)
GENERATE = """
import sys
from pathlib import Path
import sdk
root, spec, output = map(Path, sys.argv[1:])
sdk.run_generator(sdk.Inputs(spec, root / "generator-config.yml", root / "overrides" / "templates"), output)
"""


def flat(place: Place, sdk_python: str) -> dict[str, dict[str, int]]:
    """Count the modules and instructions from the start of a process to the token, by the number of operations.

    Raises:
        BenchError: the client was not generated, or does not log in.
    """
    spec = json.loads((ROOT / "generated" / "torus.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, int]] = {}
    with TemporaryDirectory(prefix="torus-bench-") as name:
        for size in SIZES:
            folder = Path(name, str(size))
            output = folder / "generated"
            output.mkdir(parents=True)
            (folder / "torus.yaml").write_text(json.dumps(document(spec, size)), encoding="utf-8")
            command = [sdk_python, "-c", GENERATE, str(ROOT), str(folder / "torus.yaml"), str(output)]
            _said(command, {"PYTHONPATH": str(ROOT / "tools"), "PATH": "/usr/bin:/bin"})
            environment = DEFAULT.environment(place) | {"PYTHONPATH": str(output)}
            modules = int(_said([sys.executable, "-c", COLD + MODULES], environment))  # and its bytecode is written
            program = [sys.executable, "-c", COLD]
            found[str(size)] = {"modules": modules, "instructions": counted(program, environment, output)}
    return found


def _said(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}\n\n{done.stderr}")
    return done.stdout

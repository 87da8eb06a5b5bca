"""Runs programs by way of the small process that starts them: see `spawner.py`."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypedDict

from .server import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SPAWNER = Path(__file__).with_name("spawner.py")


class Usage(TypedDict):
    """What one run of a program took: seconds, seconds of all cores, and bytes at the peak."""

    wall: float
    cpu: float
    rss: float


class Spawner:
    """The process that starts programs."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._out = process, folder / "out"

    def run(self, argv: Sequence[str], environment: Mapping[str, str]) -> tuple[Usage, str]:
        """Run a program, and return what it took and said.

        Raises:
            BenchError: it failed.
        """
        assert self._process.stdin  # noqa: S101 - for the type checker: they are pipes
        assert self._process.stdout  # noqa: S101
        order = {"argv": [*argv], "environment": {**environment}, "out": str(self._out)}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        took = json.loads(self._process.stdout.readline())
        said = self._out.read_text(encoding="utf-8", errors="replace")
        code = took.pop("code")
        if code:
            raise BenchError(f"`{' '.join(argv)}` ended with {code}\n\n{said}")
        return took, said


@contextmanager
def spawner() -> Iterator[Spawner]:
    """Run the process that starts programs, until the end of the block."""
    command = [sys.executable, "-I", "-S", str(SPAWNER)]
    with (
        TemporaryDirectory(prefix="torus-bench-") as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            yield Spawner(process, Path(folder))
        finally:
            process.kill()

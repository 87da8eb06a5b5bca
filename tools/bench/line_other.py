"""The remaining lines: what `make sdk` takes, the machine, and where the time of our own calls goes."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .roster import DEFAULT, DRIVE, HOLDINGS, ROOT, SHARED

if TYPE_CHECKING:
    from .roster import Peer
    from .server import Place
    from .spawn import Spawner

TOP = 12  # entries of a profile
PROFILED_CALLS = 2000  # so many that the imports do not count
PROFILED_READS = 50


def sdk(spawner: Spawner, python: str, rounds: int) -> dict[str, list[float]]:
    """Run `make sdk`'s tool with the Python of the development environment: from nothing, and with nothing to do."""
    found: dict[str, list[float]] = {"from nothing": [], "up to date": []}
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    for _ in range(rounds):
        with TemporaryDirectory(prefix="torus-bench-") as folder:
            command = [python, str(ROOT / "tools" / "sdk.py"), "--output", str(Path(folder, "generated"))]
            for seconds in found.values():
                seconds.append(spawner.run(command, environment)[0]["wall"])
    return found


def machine() -> dict[str, str]:
    """Describe the machine by what counts, and by nothing that tells whose it is."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpuinfo.read_text(encoding="utf-8")) if cpuinfo.is_file() else None
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "CPU": model[1] if model else platform.machine(),
        "kernel": f"{platform.system()} {re.match(r'[0-9.]+', platform.release())[0]}",  # type: ignore[index]
        "Python": platform.python_version(),
    }


def profiles(place: Place) -> dict[str, list[str]]:
    """Return the top of a profile of our own calls: imports of a cold start, functions of a warm client."""
    return {
        "cold start": _imports(DEFAULT, place),
        "warm call": _functions(SHARED, place, PROFILED_CALLS),
        "1,000 holdings": _functions(HOLDINGS, place, PROFILED_READS),
    }


def _imports(peer: Peer, place: Place) -> list[str]:
    command = [sys.executable, "-X", "importtime", *peer.command()[1:]]
    lines = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)", _said(command, peer, place))
    slowest = sorted(((int(own), name) for own, _, name in lines), reverse=True)[:TOP]
    return [f"{own / 1000:.1f} ms {name}" for own, name in slowest]


def _functions(peer: Peer, place: Place, calls: int) -> list[str]:
    command = [sys.executable, "-m", "cProfile", "-s", "tottime", str(DRIVE / "calls.py"), peer.script]
    lines = _said([*command, str(calls)], peer, place).splitlines()
    rows = (line.split(None, 5) for line in lines if re.match(r"\s+\d+(/\d+)?\s+\d+\.\d+", line))
    top = [row for _, row in zip(range(TOP), rows, strict=False)]
    return [f"{float(row[1]) / calls * 1e6:.1f} us {_short(row[5])}" for row in top]


def _short(name: str) -> str:
    return re.sub(r"/\S*/(site-packages|python[0-9.]+)/", "", name)


def _said(command: list[str], peer: Peer, place: Place) -> str:
    done = subprocess.run(
        command, env=peer.environment(place), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    return done.stdout

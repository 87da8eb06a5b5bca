"""Fails where a change makes a login dearer, by counts and ratios, never by milliseconds: `make bench-gate`."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from .line_instructions import counted, instructions
from .line_start import cold_starts
from .roster import DEFAULT, HOLDINGS, HTTP_CLIENT, SHARED
from .server import BenchError, server
from .spawn import spawner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .roster import Peer
    from .server import Place

LIMITS = Path(__file__).with_name("limits.toml")
ROUNDS = 7
PEERS = (HTTP_CLIENT, DEFAULT)
WARM = (*PEERS, SHARED)


def main() -> int:
    """Run the command line and return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and what was begun is cleared away
    parser = argparse.ArgumentParser(description="Hold what a login costs against the limits.")
    parser.add_argument("--path", type=Path, help="a folder to import from before the environment: another package")
    parser.add_argument("--only", choices=CHECKS, action="append", help="these checks alone")
    told = parser.parse_args()
    limits = tomllib.loads(LIMITS.read_text(encoding="utf-8"))
    try:
        with server() as place:
            faults = [fault for name in told.only or CHECKS for fault in CHECKS[name](place, limits[name], told.path)]
    except (BenchError, OSError) as error:
        faults = [str(error)]
    for fault in faults:
        print(f"make bench-gate: {fault}", file=sys.stderr)
    return 1 if faults else 0


def modules(place: Place, limits: dict[str, Any], path: Path | None) -> list[str]:
    """Count the modules that are loaded by an import, by a login, and by a login and the holdings."""
    faults = []
    for name, peer in (("import", DEFAULT), (DEFAULT.name, DEFAULT), ("holdings", HOLDINGS)):
        loaded = _loaded(peer, place, path, name)
        limit = limits[name]
        found = sorted(loaded & {*limit["never"]})
        if found:
            faults.append(f"{name} loads {', '.join(found)}")
        faults += _over(f"modules, {name}", len(loaded), limit["count"])
    return faults


def start(place: Place, limits: dict[str, Any], path: Path | None) -> list[str]:
    """Count the instructions from the start of a process to the token, with what it reads of the roots."""
    counts = instructions(place, cold=PEERS, warm=(), path=path)["cold"]
    return _ratios("instructions from start to token", counts, limits)


def warm(place: Place, limits: dict[str, Any], path: Path | None) -> list[str]:
    """Count the instructions of a call on a warm client, against those of `http.client`."""
    counts = instructions(place, cold=(), warm=WARM, path=path)["warm"]
    return _ratios("instructions of a warm call", counts, limits)


def cold(place: Place, limits: dict[str, Any], path: Path | None) -> list[str]:
    """Time a process from its start to the token, against `http.client`, and hold its memory against that."""
    peers = [replace(peer, path=path) for peer in PEERS]
    with spawner() as spawning:
        found = cold_starts(spawning, place, "https", ROUNDS, peers)
    times, peaks = ({name: median(of[what]) for name, of in found.items()} for what in ("wall", "rss"))
    return [
        *_ratios("process start to token", times, {DEFAULT.name: limits["time"]}),
        *_ratios("peak memory of the start", peaks, {DEFAULT.name: limits["memory"]}),
    ]


def rows(place: Place, limits: dict[str, Any], path: Path | None) -> list[str]:
    """Count the instructions of 1,000 holdings, each field read once, against those of dicts."""
    environment = replace(DEFAULT, path=path).environment(place)
    program = [sys.executable, str(LIMITS.with_name("drive") / "rows.py")]
    commands = [[*program, kind, str(place.replies / "holdings")] for kind in ("none", "dicts", "rows")]
    with ThreadPoolExecutor(2) as pool:
        none, dicts, typed = pool.map(lambda command: counted(command, environment), commands)
    found = (typed - none) / (dicts - none)
    return _over("instructions of 1,000 holdings, against dicts", found, limits["holdings"])


CHECKS = {"modules": modules, "start": start, "cold": cold, "warm": warm, "rows": rows}


def _ratios(what: str, found: Mapping[str, float], limits: dict[str, float]) -> list[str]:
    return [
        fault
        for name, limit in limits.items()
        for fault in _over(f"{what}, {name} against http.client", found[name] / found[HTTP_CLIENT.name], limit)
    ]


def _over(what: str, found: float, limit: float) -> list[str]:
    print(f"{what}: {found:.4g}, limit {limit:g}", flush=True)
    return [f"{what}: {found:.4g} is over the limit of {limit:g}"] if found > limit else []


def _loaded(peer: Peer, place: Place, path: Path | None, what: str) -> set[str]:
    """Return what is loaded beyond the bare interpreter, by `import torus_connect` or by the peer's one call."""
    environment = replace(peer, path=path).environment(place)
    script = Path(peer.command()[-1])
    beside = f"import sys; sys.path.append({str(script.parent)!r})"
    code = f"{beside}; exec(open({str(script)!r}, encoding='utf-8').read())"
    if what == "import":
        code = f"import {peer.module}"
    return _modules_after(code, environment) - _modules_after("pass", environment)


def _modules_after(code: str, environment: dict[str, str]) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(done.stderr)
    return {*done.stdout.splitlines()[-1].split()}


if __name__ == "__main__":
    sys.exit(main())

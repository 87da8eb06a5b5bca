"""Measure, and write down what was found: `make bench`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from . import openapi_client
from .goals import goals
from .line_account import find_orders, fleet, holdings, place_orders
from .line_fan_out import fan_outs, funds
from .line_flat import flat
from .line_instructions import instructions
from .line_other import machine, profiles, sdk
from .line_start import cold_starts, first_holdings, imports
from .line_warm import A_CONNECTION_EACH, warm_calls
from .page import written
from .plots import draw
from .roster import ROOT, WORK
from .server import BenchError, Place, server
from .spawn import Spawner, spawner

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE, IMAGES = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "images"
LINES: dict[str, Callable[[Spawner, Place, argparse.Namespace], Any]] = {
    "import": lambda spawning, place, told: imports(spawning, place, told.rounds),
    "cold-https": lambda spawning, place, told: cold_starts(spawning, place, "https", told.rounds),
    "cold-http": lambda spawning, place, told: cold_starts(spawning, place, "http", told.rounds),
    "first-holdings": lambda spawning, place, told: first_holdings(spawning, place, told.rounds),
    "warm-https": lambda _, place, told: warm_calls(place, "https", told.rounds),
    "warm-http": lambda _, place, told: warm_calls(place, "http", told.rounds),
    "holdings": lambda _, place, told: holdings(place, told.rounds),
    "find-orders": lambda _, place, told: find_orders(place, told.rounds),
    "place-order": lambda _, place, told: place_orders(place, told.rounds),
    "fleet": lambda _, place, told: fleet(place, told.rounds),
    "a-connection-each": lambda _, place, told: warm_calls(place, "https", told.rounds, A_CONNECTION_EACH),
    "fan-out": lambda spawning, place, told: fan_outs(spawning, place, told.fan_out_rounds),
    "funds": lambda spawning, place, told: funds(spawning, place, told.fan_out_rounds),
    "sdk": lambda spawning, _, told: sdk(spawning, told.sdk_python, 3),
    "instructions": lambda _, place, __: instructions(place),
    "flat": lambda _, place, told: flat(place, told.sdk_python),
    "profiles": lambda _, place, __: profiles(place),
}


def main() -> int:
    """Run the command line and return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and what was begun is cleared away
    parser = argparse.ArgumentParser(description="Measure the SDK beside its peers, and write docs/benchmarks.md.")
    parser.add_argument("--only", choices=LINES, action="append", help="measure these lines, and keep the others")
    rounds = int(os.environ.get("BENCH_ROUNDS") or 15)
    parser.add_argument("--rounds", type=int, default=rounds, help="how often each peer has its turn (15)")
    parser.add_argument("--fan-out-rounds", type=int, help="the same, for very many users (a third)")
    parser.add_argument("--sdk-python", required=True, help="the Python in which `make sdk` runs")
    told = parser.parse_args()
    told.fan_out_rounds = told.fan_out_rounds or max(1, told.rounds // 3)
    if not told.only:
        shutil.rmtree(WORK / "results", ignore_errors=True)  # nothing of another run may be taken for this one's
    faults = []
    try:
        openapi_client.ready()
        with server() as place, spawner() as spawning:
            for name in told.only or LINES:
                begin = time.monotonic()
                try:
                    save(name, LINES[name](spawning, place, told))
                except (BenchError, OSError, subprocess.SubprocessError) as error:
                    faults.append(name)  # and the other lines are measured
                    print(f"make bench: {name}: {error}", file=sys.stderr, flush=True)
                print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)
        save("machine", machine() | {"rounds": str(told.rounds)})
        report()
    except (BenchError, OSError) as error:
        print(f"make bench: {error}", file=sys.stderr)
        return 1
    if faults:
        print(f"make bench: not measured: {', '.join(faults)}", file=sys.stderr)
    return 1 if faults else 0


def save(name: str, found: object) -> None:
    """Keep what one line found."""
    (WORK / "results").mkdir(parents=True, exist_ok=True)
    (WORK / "results" / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def report() -> None:
    """Write the page and its plots from all that is kept, and print the goals."""
    kept = {name: WORK / "results" / f"{name}.json" for name in (*LINES, "machine")}
    results = {name: json.loads(path.read_text("utf-8")) for name, path in kept.items() if path.is_file()}
    IMAGES.mkdir(exist_ok=True)
    draw(results, IMAGES)
    PAGE.write_text(written(PAGE.read_text("utf-8"), results), encoding="utf-8")
    reached = goals(results)
    save("goals", [goal.record() for goal in reached])
    for goal in reached:
        verdict = "met    " if goal.met else "NOT MET"
        print(f"{verdict} {goal.line}: {goal.found}, goal {goal.asked}")


if __name__ == "__main__":
    sys.exit(main())

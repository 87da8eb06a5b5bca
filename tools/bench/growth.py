"""How cost grows, with the operations of the document and with the logins through one client: `make bench-growth`.

A program that uses one operation is measured beside the same program where the document has up to 1,000: its import,
its way from process start to token, its peak memory, the modules that it loads; and `make sdk`, which writes the
client. Then one client logs up to 100,000 users in: what the process holds after so many, and with so many in flight.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from copy import deepcopy
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .page import END, table
from .roster import ROOT, WORK
from .server import BenchError, Place, server
from .spawn import Spawner, spawner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

RESULTS, PAGE, IMAGES = WORK / "growth.json", ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "images"
SIZES = (1, 10, 100, 500, 1000)
DONE = (10, 100, 1000, 10_000, 100_000)
IN_FLIGHT = (1, 50, 200, 1000)
KIB = 1024

IMPORT = """
from torus_connect_api.api.session import generate_session
from torus_connect_api.models import GenerateSessionRequest
"""
COLD = """
from torus_connect import TorusConnect
with TorusConnect(api_key="bench-key", api_secret="bench-secret-not-real") as torus:
    torus.generate_session("bench-request-token").access_token
"""
MODULES = "\nimport sys\nprint(len(sys.modules))"
# Written for each count: what the process holds now, in bytes, and how many objects the garbage collector knows.
LOGINS = """
import asyncio, gc, json, os, sys
from torus_connect import AsyncTorusConnect

def held():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), len(gc.get_objects())

async def main(counts, in_flight):
    found, done = {}, 0
    known = {"api_key": "bench-key", "api_secret": "bench-secret-not-real"}
    async with AsyncTorusConnect(**known, timeout=300, total_timeout=300) as torus:
        for count in counts:
            while done < count:
                wave = min(in_flight, count - done)
                await asyncio.gather(*(torus.generate_session(f"bench-{done + n}") for n in range(wave)))
                done += wave
            found[count] = held()
    print(json.dumps(found))

asyncio.run(main([int(count) for count in sys.argv[2].split(",")], int(sys.argv[1])))
"""


def document(spec: dict[str, Any], size: int) -> dict[str, Any]:
    """Return a document of so many operations: the session call, and copies of it with schemas of their own."""
    one = deepcopy(spec)
    path = "/session/generate"
    one["paths"] = {path: one["paths"][path]}
    schemas = one["components"]["schemas"]
    for number in range(1, size):
        copy = json.loads(
            json.dumps(one["paths"][path])
            .replace('"generateSession"', f'"generateSession{number}"')
            .replace("schemas/GenerateSession", f"schemas/Copy{number}Of")
        )
        one["paths"][f"{path}/{number}"] = copy
        for kind in ("Request", "Response"):
            schemas[f"Copy{number}Of{kind}"] = deepcopy(schemas[f"GenerateSession{kind}"])
    return one


def operations(spawning: Spawner, place: Place, sdk_python: str, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """Measure programs that use one operation, where the document has more of them.

    Returns:
        By the number of operations: seconds of `import`, of `cold` (process start to token, TLS) and of `generation`,
        bytes of `rss` at the peak of `cold`, each a list by round; the numbers of `modules` that both load.
    """
    spec = json.loads((ROOT / "generated" / "torus.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = {}
    with TemporaryDirectory(prefix="torus-growth-") as name:
        for size in sizes:
            folder = Path(name, str(size))
            folder.mkdir()
            (folder / "torus.yaml").write_text(json.dumps(document(spec, size)), encoding="utf-8")
            tool = [sdk_python, str(ROOT / "tools" / "sdk.py"), "--spec", str(folder / "torus.yaml")]
            took, _ = spawning.run([*tool, "--output", str(folder / "generated")], _environment())
            environment = _environment(place, PYTHONPATH=str(folder / "generated"))
            found[str(size)] = {"generation": [took["wall"]], "import": [], "cold": [], "rss": [], "modules": {}}
            for kind, code in (("import", IMPORT), ("cold", COLD)):  # and its bytecode is written
                said = spawning.run([sys.executable, "-c", code + MODULES], environment)[1]
                found[str(size)]["modules"][kind] = int(said)
            print(f"{size} operations: `make sdk` took {took['wall']:.1f} s", flush=True)
        for _ in range(rounds):
            for size in sizes:
                environment = _environment(place, PYTHONPATH=str(Path(name, str(size), "generated")))
                columns = found[str(size)]
                columns["import"].append(spawning.run([sys.executable, "-c", IMPORT], environment)[0]["wall"])
                cold = spawning.run([sys.executable, "-c", COLD], environment)[0]
                columns["cold"].append(cold["wall"])
                columns["rss"].append(cold["rss"])
    return found


def logins(spawning: Spawner, place: Place, done: Sequence[int]) -> dict[str, Any]:
    """Measure one client that logs many users in.

    Returns:
        `done`: after so many logins, 50 at a time: bytes that the process holds, and objects; `in flight`: with so
        many at a time: bytes at the peak.
    """
    command = [sys.executable, "-c", LOGINS]
    environment = _environment(place)
    said = spawning.run([*command, "50", ",".join(map(str, done))], environment)[1]
    peaks = {
        str(count): spawning.run([*command, str(count), str(3 * count)], environment)[0]["rss"] for count in IN_FLIGHT
    }
    return {"done": json.loads(said), "in flight": peaks}


def _environment(place: Place | None = None, **more: str) -> dict[str, str]:
    known = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **more}
    if place is None:
        return known
    return known | {"TORUS_BASE_URL": f"{place.tls}/api/v1", "SSL_CERT_DIR": str(place.roots)}


def text(found: dict[str, Any]) -> str:
    """Return the part of docs/benchmarks.md that says what was found; ratios are to one operation."""
    one = found["operations"]["1"]
    head = ("operations", "import", "process start to token", "peak memory", "modules loaded", "`make sdk`, seconds")
    rows = [
        (
            size,
            *(f"{median(columns[kind]) / median(one[kind]):.2f}" for kind in ("import", "cold", "rss")),
            str(columns["modules"]["cold"]),
            f"{median(columns['generation']):.1f}",
        )
        for size, columns in found["operations"].items()
    ]
    parts = [table(head, rows), "![Cost by operations](images/bench-growth-operations.svg)"]
    logins = found["logins"]
    peaks = {int(count): peak for count, peak in logins["in flight"].items()}
    each = (peaks[IN_FLIGHT[-1]] - peaks[1]) / (IN_FLIGHT[-1] - 1) / KIB
    held = (f"{size / KIB / KIB:.1f}, {objects}" for size, objects in logins["done"].values())
    lines = [(f"{each:.1f}", *held)]
    heads = ("KiB for a login in flight", *(f"MiB, objects after {count}" for count in logins["done"]))
    return "\n\n".join([*parts, table(heads, lines), "![Cost by logins](images/bench-growth-logins.svg)"])


def draw(found: dict[str, Any], folder: Path) -> None:
    """Draw what was found into a folder: `bench-growth-operations.svg` and `bench-growth-logins.svg`."""
    from matplotlib import pyplot as plt  # noqa: PLC0415 - for whoever draws

    from . import plots  # noqa: F401, PLC0415 - it tells matplotlib how to draw

    columns = found["operations"]
    sizes = [int(size) for size in columns]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
    one = columns["1"]
    for kind, title in (("import", "import"), ("cold", "process start to token"), ("rss", "peak memory")):
        ratios = [median(columns[str(size)][kind]) / median(one[kind]) for size in sizes]
        axes[0].plot(sizes, ratios, marker="o", label=title)
    axes[0].set(xscale="log", xlabel="operations in the document", ylabel="ratio to one operation", ylim=(0, 1.5))
    axes[0].legend()
    axes[1].plot(sizes, [median(columns[str(size)]["generation"]) for size in sizes], marker="o")
    axes[1].set(xlabel="operations in the document", ylabel="seconds of `make sdk`", ylim=(0, None))
    _save(figure, folder / "bench-growth-operations.svg")

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
    done = {int(count): held / KIB / KIB for count, (held, _) in found["logins"]["done"].items()}
    axes[0].plot([*done], [*done.values()], marker="o")
    peaks = {int(count): peak / KIB / KIB for count, peak in found["logins"]["in flight"].items()}
    axes[1].plot([*peaks], [*peaks.values()], marker="o")
    axes[0].set(xscale="log", xlabel="logins done, 50 at a time", ylabel="MiB held", ylim=(0, None))
    axes[1].set(xlabel="logins in flight", ylabel="MiB at the peak", ylim=(0, None))
    _save(figure, folder / "bench-growth-logins.svg")


def _save(figure: Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})


def main() -> int:
    """Run the command line and return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and what was begun is cleared away
    parser = argparse.ArgumentParser(description="Measure how cost grows; write build/bench/growth.json and plots.")
    parser.add_argument("--sdk-python", required=True, help="the Python in which `make sdk` runs")
    parser.add_argument("--rounds", type=int, default=15, help="how often each program has its turn (15)")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="operations, at the most (1000)")
    parser.add_argument("--logins", type=int, default=DONE[-1], help="logins, at the most (100000)")
    options = parser.parse_args()
    sizes = [size for size in SIZES if size <= options.largest]
    try:
        with server() as place, spawner() as spawning:
            found = {
                "operations": operations(spawning, place, options.sdk_python, sizes, options.rounds),
                "logins": logins(spawning, place, [count for count in DONE if count <= options.logins]),
            }
    except (BenchError, OSError) as error:
        print(f"make bench-growth: {error}", file=sys.stderr)
        return 1
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    draw(found, IMAGES)
    head, begin, rest = PAGE.read_text(encoding="utf-8").partition("<!-- bench:growth -->\n")
    PAGE.write_text(f"{head}{begin}\n{text(found)}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(text(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

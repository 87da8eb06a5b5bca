"""The parts of docs/benchmarks.md that a run writes; what stands between them is written by hand, and kept."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from .goals import goals
from .roster import (
    FIND,
    FIND_HTTPX,
    FIRST_HOLDINGS,
    FLEET,
    FLEET_HTTPX,
    MODULES,
    PLACE,
    PLACE_FILE,
    PLACE_HTTPX,
    READING_FUNDS,
    TITLES,
    WARM_HOLDINGS,
    titles,
)
from .stats import ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .goals import Results

END = "<!-- bench:end -->"
REFERENCE = "http.client"


def written(page: str, results: Results) -> str:
    """Return the page with the parts of this run.

    Raises:
        LookupError: the page has no place for one of them.
    """
    for name, text in parts(results).items():
        head, begin, rest = page.partition(f"<!-- bench:{name} -->\n")
        _, end, tail = rest.partition(END)
        if not end:
            raise LookupError(f"the page has no place for bench:{name}")
        page = f"{head}{begin}\n{text}\n\n{end}{tail}"
    return page


def parts(results: Results) -> dict[str, str]:
    """Return the text of each part that the results have something for."""
    makers: dict[str, Callable[[Any], str]] = {
        "machine": _machine,
        "import": _imports,
        "cold-https": _cold,
        "cold-http": _cold,
        "warm-https": _warm,
        "warm-http": _warm,
        "a-connection-each": lambda found: _warm(found, "aiohttp-close"),
        "first-holdings": lambda found: _cold(found, "requests", titles(*FIRST_HOLDINGS)),
        "holdings": lambda found: _calls(found, "httpx", titles(*WARM_HOLDINGS)),
        "find-orders": lambda found: _calls(found, "httpx", titles(FIND, FIND_HTTPX)),
        "place-order": lambda found: _calls(found, "httpx", titles(PLACE, PLACE_FILE, PLACE_HTTPX)),
        "fleet": _fleet,
        "fan-out": _fan_out,
        "funds": _funds,
        "instructions": _instructions,
        "flat": _flat,
        "sdk": _sdk,
        "profiles": _profiles,
    }
    return {"goals": _goals(results)} | {name: make(results[name]) for name, make in makers.items() if name in results}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; all columns but the first are numbers."""
    columns = [*head]
    ruler = ["---", *["---:" for _ in columns[1:]]]
    return "\n".join("| " + " | ".join(row) + " |" for row in (columns, ruler, *rows))


def _goals(results: Results) -> str:
    rows = [
        (
            goal.line,
            goal.asked,
            str(goal.found),
            "met" if goal.met else "**not met**",
        )
        for goal in goals(results)
    ]
    return table(("line", "goal", "this run (95 %)", ""), rows)


def _machine(machine: dict[str, str]) -> str:
    return "Measured on {cores} cores of {CPU}, {kernel}, Python {Python}, in {rounds} rounds.".format(**machine)


def _imports(found: dict[str, dict[str, list[float]]]) -> str:
    bare = median(found["bare"]["wall"])
    rows = [
        (MODULES[name], f"{(median(columns['wall']) - bare) * 1e3:.1f}", f"{median(columns['rss']) / 1e6:.0f}")
        for name, columns in _by_median(found, "wall")
    ]
    return table(("import", "ms over the bare interpreter", "peak memory, MB"), rows)


def _cold(found: dict[str, dict[str, list[float]]], reference: str = REFERENCE, names: dict[str, str] = TITLES) -> str:
    rows = [
        (
            names[name],
            str(ratio(columns["wall"], found[reference]["wall"])),
            *(f"{median(columns[what]) / median(found[reference][what]):.2f}" for what in ("cpu", "rss")),
            *(f"{median(columns[what]) * 1e3:.0f}" for what in ("wall", "cpu")),
            f"{median(columns['rss']) / 1e6:.0f}",
        )
        for name, columns in _by_median(found, "wall")
    ]
    head = ("", "time, ratio (95 %)", "CPU, ratio", "peak memory, ratio", "time, ms", "CPU, ms", "peak memory, MB")
    return table(head, rows)


def _warm(found: dict[str, dict[str, list[float]]], reference: str = REFERENCE) -> str:
    rows = [
        (
            TITLES[name],
            str(ratio(blocks["same"], found[reference]["same"])),
            f"{median(blocks['new']) / median(blocks['same']):.2f}",
            f"{median(blocks['same']) * 1e6:.0f}",
            f"{blocks['p99'][0] * 1e6:.0f}",
        )
        for name, blocks in _by_median(found, "same")
    ]
    return table(("", "p50, ratio (95 %)", "a new user, against the same", "p50, µs", "p99, µs"), rows)


def _calls(found: dict[str, dict[str, list[float]]], reference: str, names: dict[str, str], kind: str = "") -> str:
    kind = kind or next(iter(found[reference]))
    rows = [
        (
            names[name],
            str(ratio(blocks[kind], found[reference][kind])),
            f"{median(blocks[kind]) * 1e3:.2f}",
            f"{1 / median(blocks[kind]):,.0f}",
        )
        for name, blocks in _by_median(found, kind)
    ]
    return table(("", "p50, ratio (95 %)", "p50, ms", "a second"), rows)


def _fleet(found: dict[str, Any]) -> str:
    if "not measured" in found:
        return f"Not measured: {found['not measured']}."
    names = titles(FLEET, FLEET_HTTPX)
    kinds = {"new": "A user who is logged in", "same": "A session that is there"}
    return "\n\n".join(f"{text}:\n\n{_calls(found, 'httpx', names, kind)}" for kind, text in kinds.items())


def _funds(found: dict[str, Any]) -> str:
    level = found["funds-200"]
    rows = [
        (
            titles(*READING_FUNDS)[name],
            str(ratio(columns["rate"], level["aiohttp"]["rate"])),
            f"{10 * median(columns['rate']):,.0f}",
            f"{median(columns['cpu']) * 1e5:.0f}",
            f"{median(columns['rss']) / 1e6:.0f}",
        )
        for name, columns in reversed(_by_median(level, "rate"))
    ]
    return table(("", "ratio to aiohttp (95 %)", "reads a second", "CPU, µs a read", "peak memory, MB"), rows)


def _flat(found: dict[str, dict[str, int]]) -> str:
    few = next(iter(found.values()))
    rows = [
        (
            size,
            f"{counts['modules']}",
            f"{counts['modules'] / few['modules']:.3f}",
            f"{counts['instructions'] / 1e6:,.1f}",
            f"{counts['instructions'] / few['instructions']:.3f}",
        )
        for size, counts in found.items()
    ]
    return table(("operations", "modules loaded", "ratio", "instructions, millions", "ratio"), rows)


def _fan_out(found: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    texts = []
    for level, peers in found.items():
        kind, in_flight = level.split("-")
        reference = "aiohttp" if kind == "tasks" else REFERENCE
        rows = [
            (
                TITLES[name],
                str(ratio(columns["rate"], peers[reference]["rate"])),
                f"{median(columns['rate']):,.0f}",
                f"{median(columns['cpu']) * 1e6:.0f}",
                f"{median(columns['rss']) / 1e6:.0f}",
                f"{median(columns['logins']):,.0f}",
            )
            for name, columns in reversed(_by_median(peers, "rate"))
        ]
        head = (
            f"{int(in_flight):,} {kind}",
            f"ratio to {reference} (95 %)",
            "logins a second",
            "CPU, µs a login",
            "peak memory, MB",
            "logins",
        )
        texts.append(table(head, rows))
    return "\n\n".join(texts)


def _instructions(found: dict[str, dict[str, int]]) -> str:
    def texts(name: str, counts: dict[str, int]) -> tuple[str, str]:
        if name not in counts:
            return "", ""
        return f"{counts[name] / counts[REFERENCE]:.2f}", f"{counts[name] / 1e6:,.1f}"

    rows = [
        (TITLES[name], *texts(name, found["warm"]), *texts(name, found["cold"]))
        for name in sorted(found["cold"], key=found["cold"].__getitem__)
    ]
    head = ("", "warm call, ratio", "warm call, millions", "start to token, ratio", "start to token, millions")
    return table(head, rows)


def _sdk(found: dict[str, list[float]]) -> str:
    return table(("`make sdk`", "seconds"), [(what, f"{median(seconds):.2f}") for what, seconds in found.items()])


def _profiles(found: dict[str, list[str]]) -> str:
    return "\n\n".join(f"{what}:\n\n```text\n" + "\n".join(lines) + "\n```" for what, lines in found.items())


def _by_median(found: dict[str, Any], what: str) -> list[tuple[str, Any]]:
    return sorted(found.items(), key=lambda item: median(item[1][what]))

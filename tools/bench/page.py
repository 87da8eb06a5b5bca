"""The parts of docs/benchmarks.md that a run writes; what stands between them is written by hand, and kept."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from .goals import goals
from .roster import MODULES, TITLES
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
        "fan-out": _fan_out,
        "instructions": _instructions,
        "sdk": _sdk,
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
            f"{goal.sign} {goal.limit:g}",
            str(goal.found),
            "met" if goal.met else "**not met**",
        )
        for goal in goals(results)
    ]
    return table(("line", "goal", "this run (95 %)", ""), rows)


def _machine(machine: dict[str, str]) -> str:
    return "Measured on {cores} cores of {CPU}, {kernel}, Python {Python}.".format(**machine)


def _imports(found: dict[str, dict[str, list[float]]]) -> str:
    bare = median(found["bare"]["wall"])
    rows = [
        (MODULES[name], f"{(median(columns['wall']) - bare) * 1e3:.1f}", f"{median(columns['rss']) / 1e6:.0f}")
        for name, columns in _by_median(found, "wall")
    ]
    return table(("import", "ms over the bare interpreter", "peak memory, MB"), rows)


def _cold(found: dict[str, dict[str, list[float]]]) -> str:
    rows = [
        (
            TITLES[name],
            str(ratio(columns["wall"], found[REFERENCE]["wall"])),
            *(f"{median(columns[what]) / median(found[REFERENCE][what]):.2f}" for what in ("cpu", "rss")),
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
    rows = [
        (
            TITLES[name],
            *(
                text
                for what in ("warm", "cold")
                for text in (f"{found[what][name] / found[what][REFERENCE]:.2f}", f"{found[what][name] / 1e6:,.1f}")
            ),
        )
        for name in sorted(found["warm"], key=found["warm"].__getitem__)
    ]
    head = ("", "warm call, ratio", "warm call, millions", "start to token, ratio", "start to token, millions")
    return table(head, rows)


def _sdk(found: dict[str, list[float]]) -> str:
    return table(("`make sdk`", "seconds"), [(what, f"{median(seconds):.2f}") for what, seconds in found.items()])


def _by_median(found: dict[str, Any], what: str) -> list[tuple[str, Any]]:
    return sorted(found.items(), key=lambda item: median(item[1][what]))

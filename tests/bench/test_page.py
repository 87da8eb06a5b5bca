"""What a run writes into the page, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.goals import goals
from bench.page import END, parts, table, written
from bench.roster import ALL, HANDMADE, IN_TASKS, IN_THREADS, SHARED

ROUNDS = 5


def results(**changed: float) -> dict[str, Any]:
    """Return what a run might find: all are equal, but for our own values that are changed."""

    def columns(names: list[str], what: tuple[str, ...]) -> dict[str, dict[str, list[float]]]:
        found = {name: {key: [1.0] * ROUNDS for key in what} for name in names}
        for ours in {"torus", "torus-shared"} & found.keys():
            found[ours].update({key: [value] * ROUNDS for key, value in changed.items() if key in what})
        return found

    programs = [peer.name for peer in ALL]
    callers = [peer.name for peer in (*HANDMADE, SHARED)]
    start, calls, many = ("wall", "cpu", "rss"), ("same", "new", "p99"), ("rate", "cpu", "rss", "logins")
    tasks, threads = ([peer.name for peer in peers] for peers in (IN_TASKS, IN_THREADS))
    return {
        "machine": {"cores": "2", "CPU": "Some CPU", "kernel": "Linux 6.1", "Python": "3.13.1"},
        "import": columns(programs, start),
        "cold-https": columns([*programs, "curl"], start),
        "cold-http": columns(programs, start),
        "warm-https": columns(callers, calls),
        "warm-http": columns(callers, calls),
        "a-connection-each": columns(["aiohttp-close", "torus"], calls),
        "fan-out": {"tasks-200": columns(tasks, many), "threads-50": columns(threads, many)},
        "instructions": {what: dict.fromkeys(callers, 2000000) for what in ("warm", "cold")},
        "sdk": {"from nothing": [2.0] * 3, "up to date": [0.1] * 3},
    }


def met(line: str, changed: dict[str, float]) -> bool:
    found = [goal for goal in goals(results(**changed)) if line in goal.line]
    assert len(found) == 1
    return found[0].met


@pytest.mark.parametrize(
    ("line", "what", "good", "bad"),
    [
        ("against requests", "wall", 0.85, 0.86),
        ("TLS, against http.client", "wall", 1.7, 1.71),
        ("import torus_connect", "wall", 1.005, 1.0051),
        ("warm call, against httpx", "same", 1.15, 1.16),
        ("a login on a connection of its own", "same", 1.5, 1.51),
        ("new user", "new", 1.05, 1.06),
        ("10,000 users", "rate", 0.35, 0.34),
        ("peak memory", "rss", 1.0, 1.01),
    ],
)
def test_a_goal_is_met_up_to_its_limit(line: str, what: str, good: float, bad: float) -> None:
    assert met(line, {what: good})
    assert not met(line, {what: bad})


def test_the_page_says_which_goals_are_not_met() -> None:
    line = next(line for line in parts(results(rss=3.0))["goals"].splitlines() if "memory" in line)
    assert line.endswith("| <= 1 | 3.00 (3.00 to 3.00) | **not met** |")


def test_a_run_writes_its_parts_and_keeps_the_rest(repository: Path) -> None:
    before = (repository / "docs" / "benchmarks.md").read_text()
    before = before.replace("## An import", "Words of a person.\n\n## An import")
    after = written(before, results(wall=7.0))
    assert "7.00 (7.00 to 7.00)" in after
    assert "2 cores of Some CPU" in after
    assert "Words of a person." in after
    assert after == written(after, results(wall=7.0))
    assert after.count(END) == before.count(END)


def test_a_part_without_a_place_is_an_error() -> None:
    with pytest.raises(LookupError, match="bench:goals"):
        written("# A page\n", results())


def test_the_page_has_every_line_of_a_run(repository: Path) -> None:
    page = (repository / "docs" / "benchmarks.md").read_text()
    for goal in goals(results()):
        assert f"| {goal.line} | {goal.sign} {goal.limit:g} |" in page
    for name in parts(results()):
        part = page.partition(f"<!-- bench:{name} -->")[2].partition(END)[0]
        assert part.strip(), f"`make bench` has not written {name}"


def test_a_table_has_a_ruler_under_its_head() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"

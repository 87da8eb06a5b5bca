"""What a run writes into the page, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.goals import goals
from bench.page import END, parts, table, written
from bench.roster import (
    ALL,
    FIRST_HOLDINGS,
    HANDMADE,
    IN_TASKS,
    IN_THREADS,
    IN_TLS,
    PLACE,
    PLACE_FILE,
    PLACE_HTTPX,
    READING_FUNDS,
    SHARED,
    WARM_HOLDINGS,
)

ROUNDS = 5


def results(**changed: float) -> dict[str, Any]:
    """Return what a run might find: all are equal, but for our own values that are changed."""

    def columns(names: list[str], what: tuple[str, ...]) -> dict[str, dict[str, list[float]]]:
        found = {name: {key: [1.0] * ROUNDS for key in what} for name in names}
        for ours in {"torus", "torus-shared", "command"} & found.keys():
            found[ours].update({key: [value] * ROUNDS for key, value in changed.items() if key in what})
        return found

    programs = [peer.name for peer in ALL]
    callers = [peer.name for peer in (*HANDMADE, SHARED)]
    start, calls, many = ("wall", "cpu", "rss"), ("same", "new", "p99"), ("rate", "cpu", "rss", "logins")
    tasks, threads, funds, first, warm = (
        [peer.name for peer in peers] for peers in (IN_TASKS, IN_THREADS, READING_FUNDS, FIRST_HOLDINGS, WARM_HOLDINGS)
    )
    ours = ["torus", "httpx"]
    placing = [peer.name for peer in (PLACE, PLACE_FILE, PLACE_HTTPX)]
    return {
        "machine": {"cores": "2", "CPU": "Some CPU", "kernel": "Linux 6.1", "Python": "3.13.1", "rounds": "15"},
        "import": columns(programs, start),
        "cold-https": columns([*programs, *(peer.name for peer in IN_TLS), "curl"], start),
        "cold-http": columns(programs, start),
        "warm-https": columns(callers, calls),
        "warm-http": columns(callers, calls),
        "a-connection-each": columns(["aiohttp-close", "torus"], calls),
        "fan-out": {"tasks-200": columns(tasks, many), "threads-50": columns(threads, many)},
        "first-holdings": columns(first, start),
        "holdings": columns(warm, calls),
        "find-orders": columns(ours, ("new",)),
        "place-order": columns(placing, ("new",)),
        "fleet": columns(ours, ("new", "same")),
        "funds": {"funds-200": columns(funds, many)},
        "flat": {"2": {"modules": 200, "instructions": 1000}, "500": {"modules": 200, "instructions": 1010}},
        "profiles": {"cold start": ["1.0 ms ssl"]},
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
        ("token, TLS, against requests", "wall", 0.7, 0.71),
        ("TLS, against http.client", "wall", 1.35, 1.36),
        ("command line", "wall", 1.45, 1.46),
        ("token: kiteconnect", "wall", 1 / 3, 0.34),
        ("import torus_connect", "wall", 1.005, 1.0051),
        ("to 1,000 holdings", "wall", 1.0, 1.01),
        ("warm holdings call, 1,000 rows", "same", 1.6, 1.61),
        ("holdings call: kiteconnect", "same", 1 / 3, 0.34),
        ("warm call, against httpx", "same", 1.15, 1.16),
        ("warm call: kiteconnect", "same", 1 / 3, 0.34),
        ("a login on a connection of its own", "same", 1.5, 1.51),
        ("new user", "new", 1.05, 1.06),
        ("a connection each", "rate", 0.6, 0.59),
        ("shared connections", "rate", 0.5, 0.49),
        ("read their funds", "rate", 0.5, 0.49),
        ("peak memory", "rss", 0.8, 0.81),
    ],
)
def test_a_goal_is_met_up_to_its_limit(line: str, what: str, good: float, bad: float) -> None:
    assert met(line, {what: good})
    assert not met(line, {what: bad})


def test_a_goal_is_met_at_the_floor_too() -> None:
    found = results(same=2.0)
    found["holdings"]["exact"]["same"] = [2.0] * ROUNDS
    goal = next(goal for goal in goals(found) if goal.floor)
    assert goal.met
    assert goal.asked == "<= 1.6, or the floor: 2.00 (2.00 to 2.00)"


def test_more_operations_may_cost_three_in_a_hundred() -> None:
    found = results()
    for instructions, is_met in ((1030, True), (1031, False)):
        found["flat"]["500"]["instructions"] = instructions
        assert next(goal.met for goal in goals(found) if goal.line.startswith("instructions")) is is_met


def test_what_was_not_measured_is_said() -> None:
    found = results() | {"fleet": {"not measured": "needs redis-server"}}
    assert parts(found)["fleet"] == "Not measured: needs redis-server."


def test_the_page_says_which_goals_are_not_met() -> None:
    line = next(line for line in parts(results(rss=3.0))["goals"].splitlines() if "memory" in line)
    assert line.endswith("| <= 0.8 | 3.00 (3.00 to 3.00) | **not met** |")


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
        assert f"| {goal.line} | {goal.sign} {goal.limit:g}" in page
    for name in parts(results()):
        part = page.partition(f"<!-- bench:{name} -->")[2].partition(END)[0]
        assert part.strip(), f"`make bench` has not written {name}"


def test_a_table_has_a_ruler_under_its_head() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"

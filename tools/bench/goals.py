"""The goals, and whether a run meets them."""

from __future__ import annotations

import operator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .stats import Estimate, difference, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Results = dict[str, Any]
Measured = dict[str, dict[str, list[float]]]
"""By peer, then by what was measured: one value a round."""
OURS, SHARED = "torus", "torus-shared"
_MILLISECONDS = 1000


@dataclass(frozen=True)
class Goal:
    """One line of the table of goals.

    Attributes:
        line: what is compared.
        sign: `<=` or `>=`.
        limit: the goal.
        found: what this run gives, with its confidence.
        floor: what a script by hand takes that does nothing else, if that is allowed too.
    """

    line: str
    sign: str
    limit: float
    found: Estimate
    floor: Estimate | None = None

    @property
    def met(self) -> bool:
        """Whether this run meets it."""
        signs: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}
        limits = (self.limit, self.floor.value) if self.floor else (self.limit,)
        return any(signs[self.sign](self.found.value, limit) for limit in limits)

    @property
    def asked(self) -> str:
        """What it asks for, as the page has it."""
        text = f"{self.sign} {self.limit:g}"
        return f"{text}, or the floor: {self.floor}" if self.floor else text

    def record(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self) | {"met": self.met}


def goals(results: Results) -> list[Goal]:
    """Return all goals of which the run has measured what they need."""
    makers: dict[str, Callable[[Any], Iterator[Goal]]] = {
        "import": _of_import,
        "cold-https": _of_start,
        "first-holdings": _of_first_holdings,
        "warm-https": _of_warm,
        "holdings": _of_holdings,
        "a-connection-each": _of_a_connection_each,
        "fan-out": _of_fan_out,
        "funds": _of_funds,
        "flat": _of_flat,
    }
    return [goal for name, make in makers.items() if name in results for goal in make(results[name])]


def _of_import(loaded: Measured) -> Iterator[Goal]:
    own, bare = ([_MILLISECONDS * s for s in loaded[name]["wall"]] for name in (OURS, "bare"))
    yield Goal("`import torus_connect`, ms over the bare interpreter", "<=", 5, difference(own, bare))


def _of_start(cold: Measured) -> Iterator[Goal]:
    def wall(one: str, other: str) -> Estimate:
        return ratio(cold[one]["wall"], cold[other]["wall"])

    yield Goal("process start to token, TLS, against http.client by hand", "<=", 1.35, wall(OURS, "http.client"))
    yield Goal("process start to token, TLS, against requests by hand", "<=", 0.7, wall(OURS, "requests"))
    yield Goal("command line start to token, against http.client by hand", "<=", 1.45, wall("command", "http.client"))
    memory = ratio(cold[OURS]["rss"], cold["httpx"]["rss"])
    yield Goal("peak memory of the cold start, against httpx by hand", "<=", 0.8, memory)
    yield Goal("process start to token: kiteconnect, against this SDK", ">=", 3, wall("kiteconnect", OURS))


def _of_first_holdings(found: Measured) -> Iterator[Goal]:
    line = "process start to 1,000 holdings, each field read once, against requests and dicts by hand"
    yield Goal(line, "<=", 1, ratio(found[OURS]["wall"], found["requests"]["wall"]))


def _of_warm(warm: Measured) -> Iterator[Goal]:
    same = warm[SHARED]["same"]
    yield Goal("warm call, against httpx by hand", "<=", 1.15, ratio(same, warm["httpx"]["same"]))
    yield Goal("new user on a warm client, against a warm call", "<=", 1.05, ratio(warm[SHARED]["new"], same))
    yield Goal("warm call: kiteconnect, against this SDK", ">=", 3, ratio(warm["kiteconnect"]["same"], same))


def _of_holdings(found: Measured) -> Iterator[Goal]:
    same = found[OURS]["same"]
    line = "warm holdings call, 1,000 rows, each field read once, against httpx and dicts by hand"
    dicts = found["httpx"]["same"]
    yield Goal(line, "<=", 1.6, ratio(same, dicts), floor=ratio(found["exact"]["same"], dicts))
    yield Goal("warm holdings call: kiteconnect, against this SDK", ">=", 3, ratio(found["kiteconnect"]["same"], same))


def _of_a_connection_each(found: Measured) -> Iterator[Goal]:
    line = "a login on a connection of its own, against aiohttp by hand"
    yield Goal(line, "<=", 1.5, ratio(found[OURS]["same"], found["aiohttp-close"]["same"]))


def _of_fan_out(fan_out: dict[str, Measured]) -> Iterator[Goal]:
    level = fan_out["tasks-200"]
    line = "10,000 users, 200 in flight, async: logins a second on a connection each, against aiohttp that closes each"
    yield Goal(line, ">=", 0.6, ratio(level[OURS]["rate"], level["aiohttp-close"]["rate"]))
    line = "the same with shared connections, against aiohttp that shares"
    yield Goal(line, ">=", 0.5, ratio(level[SHARED]["rate"], level["aiohttp"]["rate"]))


def _of_funds(found: dict[str, Measured]) -> Iterator[Goal]:
    level = found["funds-200"]
    line = "1,000 accounts read their funds ten times each, 200 in flight, against aiohttp with a session an account"
    yield Goal(line, ">=", 0.5, ratio(level[OURS]["rate"], level["aiohttp"]["rate"]))


def _of_flat(found: dict[str, dict[str, int]]) -> Iterator[Goal]:
    few, many = found.values()
    for what in ("modules", "instructions"):
        line = f"{what} from start to token, 500 operations in the spec, against 2"
        yield Goal(line, "<=", 1.03, ratio([many[what]], [few[what]]))

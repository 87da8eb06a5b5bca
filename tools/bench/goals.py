"""The goals, and whether a run meets them."""

from __future__ import annotations

import operator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .stats import Estimate, difference, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Results = dict[str, Any]
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
    """

    line: str
    sign: str
    limit: float
    found: Estimate

    @property
    def met(self) -> bool:
        """Whether this run meets it."""
        signs: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}
        return signs[self.sign](self.found.value, self.limit)

    def record(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self) | {"met": self.met}


def goals(results: Results) -> list[Goal]:
    """Return all goals of which the run has measured what they need."""
    return [*_of_start(results), *_of_warm(results), *_of_fan_out(results), *_of_memory(results)]


def _of_start(results: Results) -> Iterator[Goal]:
    loaded, cold = results.get("import"), results.get("cold-https")
    if loaded:
        own, bare = ([_MILLISECONDS * s for s in loaded[name]["wall"]] for name in (OURS, "bare"))
        yield Goal("`import torus_connect`, ms over the bare interpreter", "<=", 5, difference(own, bare))
    if cold:
        for peer, limit in {"http.client": 1.7, "requests": 0.85}.items():
            line = f"process start to token, TLS, against {peer} by hand"
            yield Goal(line, "<=", limit, ratio(cold[OURS]["wall"], cold[peer]["wall"]))


def _of_warm(results: Results) -> Iterator[Goal]:
    each = results.get("a-connection-each")
    if each:
        found = ratio(each[OURS]["same"], each["aiohttp-close"]["same"])
        yield Goal("a login on a connection of its own, against aiohttp by hand", "<=", 1.5, found)
    warm = results.get("warm-https")
    if not warm:
        return
    same = warm[SHARED]["same"]
    yield Goal("warm call, against httpx by hand", "<=", 1.15, ratio(same, warm["httpx"]["same"]))
    yield Goal("new user on a warm client, against a warm call", "<=", 1.05, ratio(warm[SHARED]["new"], same))


def _of_fan_out(results: Results) -> Iterator[Goal]:
    fan_out = results.get("fan-out")
    if not fan_out:
        return
    level = fan_out["tasks-200"]
    found = ratio(level[SHARED]["rate"], level["aiohttp"]["rate"])
    yield Goal("10,000 users, 200 in flight, async: logins a second, against aiohttp by hand", ">=", 0.35, found)


def _of_memory(results: Results) -> Iterator[Goal]:
    cold = results.get("cold-https")
    if cold:
        found = ratio(cold[OURS]["rss"], cold["httpx"]["rss"])
        yield Goal("peak memory of the cold start, against httpx by hand", "<=", 1, found)

"""The goals, and whether a run meets them."""

from __future__ import annotations

import operator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .stats import Estimate, difference, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Results = dict[str, Any]
ENGINES = {"torus": "default", "torus-fast": "`fast`"}
_MILLISECONDS = 1000


@dataclass(frozen=True)
class Goal:
    """One line of the table of goals, for one engine.

    Attributes:
        line: what is compared.
        engine: with which engine.
        sign: `<=`, `<` or `>=`.
        limit: the goal.
        found: what this run gives, with its confidence.
    """

    line: str
    engine: str
    sign: str
    limit: float
    found: Estimate

    @property
    def met(self) -> bool:
        """Whether this run meets it."""
        signs: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, "<": operator.lt, ">=": operator.ge}
        return signs[self.sign](self.found.value, self.limit)

    def record(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self) | {"met": self.met}


def goals(results: Results) -> list[Goal]:
    """Return all goals of which the run has measured what they need."""
    return [*_of_start(results), *_of_warm(results), *_of_fan_out(results), *_of_memory(results)]


def _goal(line: str, name: str, sign: str, limit: float, found: Estimate) -> Goal:
    return Goal(line, ENGINES[name], sign, limit, found)


def _of_start(results: Results) -> Iterator[Goal]:
    loaded, cold = results.get("import"), results.get("cold-https")
    if loaded:
        own, bare = ([_MILLISECONDS * s for s in loaded[name]["wall"]] for name in ("torus", "bare"))
        found = difference(own, bare)
        for name in ENGINES:
            yield _goal("`import torus_connect`, ms over the bare interpreter", name, "<=", 5, found)
    if cold:
        against = {"http.client": (1.7, 0.95), "requests": (0.85, 0.45)}
        for peer, limits in against.items():
            for name, limit in zip(ENGINES, limits, strict=True):
                line = f"process start to token, TLS, against {peer} by hand"
                yield _goal(line, name, "<=", limit, ratio(cold[name]["wall"], cold[peer]["wall"]))


def _of_warm(results: Results) -> Iterator[Goal]:
    warm = results.get("warm-https")
    if not warm:
        return
    of = {name: blocks["same"] for name, blocks in warm.items()}
    against = "warm call, against {} by hand"
    yield _goal(against.format("httpx"), "torus", "<=", 1.15, ratio(of["torus"], of["httpx"]))
    yield _goal(against.format("pyreqwest"), "torus-fast", "<=", 1.25, ratio(of["torus-fast"], of["pyreqwest"]))
    yield _goal(against.format("http.client"), "torus-fast", "<", 1, ratio(of["torus-fast"], of["http.client"]))
    for name in ENGINES:
        yield _goal(
            "new user on a warm client, against a warm call", name, "<=", 1.05, ratio(warm[name]["new"], of[name])
        )


def _of_fan_out(results: Results) -> Iterator[Goal]:
    fan_out = results.get("fan-out")
    if not fan_out:
        return
    level = fan_out["tasks-200"]
    for name, limit in zip(ENGINES, (0.35, 1.0), strict=True):
        found = ratio(level[name]["rate"], level["aiohttp"]["rate"])
        yield _goal(
            "10,000 users, 200 in flight, async: logins a second, against aiohttp by hand", name, ">=", limit, found
        )


def _of_memory(results: Results) -> Iterator[Goal]:
    cold = results.get("cold-https")
    if not cold:
        return
    for name, limit in zip(ENGINES, (1.0, 0.6), strict=True):
        found = ratio(cold[name]["rss"], cold["httpx"]["rss"])
        yield _goal("peak memory of the cold start, against httpx by hand", name, "<=", limit, found)

"""A scenario: what is set of a sandbox, as data. It is that of a YAML file, or of a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .controls import Controls
from .losses import nearest
from .reply_controls import ReplyControls
from .state import SandboxState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from .contract import Contract

Where = tuple[object, ...]  # of names and numbers, into a scenario

_SECONDS = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)s?")


class ScenarioError(ValueError):
    """A scenario is wrong; `section` is a name of ours, where the path to a fault may hold anything."""

    def __init__(self, path: Iterable[object], why: str) -> None:
        steps = [str(step) for step in path]
        super().__init__(": ".join(filter(None, [".".join(steps), why])))
        self.section: str = steps[0] if steps and steps[0] in SECTIONS else ""
        self.why: str = why


class _Step(NamedTuple):
    """A call of a method of `Controls`, for what is at this path of the scenario."""

    path: Where
    method: Callable[..., None]
    arguments: tuple[object, ...]
    named: Mapping[str, Any] = {}


class _Stage(Controls, ReplyControls):
    def __init__(self, state: SandboxState, contract: Contract) -> None:
        self._state, self._contract = state, contract

    def _served(self) -> Contract:
        return self._contract


def read_scenario(file: Path) -> object:
    """Return what a YAML file holds; a number with a point is a `Decimal`, as it is written.

    Raises:
        ValueError: it cannot be read, or is no YAML.
    """
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - the extra

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - PyYAML's
            names = [name.value for name, _ in node.value]
            for number, (name, _) in enumerate(node.value):
                if name.value in names[:number]:
                    raise yaml.MarkedYAMLError(problem="this name is here twice", problem_mark=name.start_mark)
            return super().construct_mapping(node, deep)

    Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))
    try:
        scenario: object = yaml.load(file.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe one
    except OSError as error:
        why = error.strerror or "it cannot be read"
    except yaml.MarkedYAMLError as error:
        why = f"line {error.problem_mark.line + 1}: {error.problem}" if error.problem_mark else "it is no YAML"
    except (yaml.YAMLError, ArithmeticError, ValueError, RecursionError):
        why = "it is no YAML"
    else:
        return scenario
    msg = f"{file}: {why}"
    raise ValueError(msg)


def play(state: SandboxState, contract: Contract, scenario: str | PathLike[str] | Mapping[str, object]) -> None:
    """Set what a scenario has, beside what is set already: all of it, or nothing.

    Raises:
        ValueError: the file of it cannot be read.
        ScenarioError: it is wrong. The message has where, and the nearest right name.
    """
    file = "" if isinstance(scenario, Mapping) else f"{scenario}: "
    held = scenario if isinstance(scenario, Mapping) else read_scenario(Path(scenario))
    try:
        _play(state, contract, held)
    except ScenarioError as error:
        error.args = (f"{file}{error}",)
        raise


def _play(state: SandboxState, contract: Contract, scenario: object) -> None:
    now, later = list(_steps(scenario)), list(_later(scenario))
    _apply(_Stage(SandboxState(), contract), [*now, *(step for _, steps in later for step in steps)])
    stage = _Stage(state, contract)
    _apply(stage, now)
    for seconds, steps in later:
        state.timeline.add(seconds, partial(_apply, stage, steps))


def _apply(stage: _Stage, steps: Iterable[_Step]) -> None:
    for path, method, arguments, named in steps:
        try:
            method(stage, *arguments, **named)
        except ValueError as error:
            why = str(error)
        else:
            continue
        raise ScenarioError(path, why)


def _steps(scenario: object, path: Where = ()) -> Iterator[_Step]:
    for name, value in _named(path, scenario, *SECTIONS).items():
        yield from SECTIONS[name]((*path, name), value)


def _later(scenario: object) -> Iterator[tuple[float, list[_Step]]]:
    for path, value in _listed(("then",), _mapping((), scenario).get("then", [])):
        step = dict(_mapping(path, value))
        at = _SECONDS.fullmatch(str(step.pop("at", "")))
        if at is None or "then" in step:
            raise ScenarioError(path, "it must have `at`, in seconds such as 5 or 5s, and no `then`")
        yield float(at[1]), list(_steps(step, path))


def _prices(path: Where, value: object) -> Iterator[_Step]:
    for security_id, given in _mapping(path, value).items():
        where = (*path, security_id)
        named = _named(where, given if isinstance(given, Mapping) else {"price": given}, "price", "quantity", "seed")
        if "price" not in named:
            raise ScenarioError(where, "price is missing")
        yield _Step(where, Controls.set_price, (str(security_id),), named)


def _funds(path: Where, value: object) -> Iterator[_Step]:
    for user, amount in _mapping(path, value).items():
        yield _Step((*path, user), Controls.set_funds, (amount,), {"user": str(user)})


def _holdings(path: Where, value: object) -> Iterator[_Step]:
    for user, held in _mapping(path, value).items():
        for security_id, given in _mapping((*path, user), held).items():
            where = (*path, user, security_id)
            alone = not isinstance(given, Mapping)
            named = _named(where, {"quantity": given} if alone else given, "quantity", "cost_price")
            if "quantity" not in named:
                raise ScenarioError(where, "quantity is missing")
            yield _Step(where, Controls.set_holding, (str(security_id),), {**named, "user": str(user)})


def _market(path: Where, value: object) -> Iterator[_Step]:
    yield _Step(path, Controls.set_market_status, (value,))


def _book_lag(path: Where, value: object) -> Iterator[_Step]:
    yield _Step(path, Controls.set_book_lag, (), _named(path, value, "seconds", "reads"))


def _lose_replies(path: Where, value: object) -> Iterator[_Step]:
    for where, given in _listed(path, value):
        named = _named(where, given, "faults", "operation_id", "user", "times", "chance", "seed", "delay")
        faults = named.pop("faults", [])
        faults = [faults] if isinstance(faults, str) else [fault for _, fault in _listed((*where, "faults"), faults)]
        yield _Step(where, ReplyControls.lose_replies, tuple(faults), named)


SECTIONS: dict[str, Callable[[Where, object], Iterator[_Step]]] = {
    "prices": _prices, "funds": _funds, "holdings": _holdings, "market": _market, "book_lag": _book_lag,
    "lose_replies": _lose_replies, "then": lambda _path, _value: iter(()),
}  # fmt: skip
"""What makes the steps of each part of a scenario; those of `then` are made by `_later`."""


def _named(path: Where, value: object, *known: str) -> dict[str, Any]:
    """Return values by name, of these names alone; numbers as floats where they are no amounts."""
    for name in _mapping(path, value):
        if name not in known:
            raise ScenarioError((*path, name), f"there is no such name here; the nearest is {nearest(name, known)}")
    is_float = ("seconds", "chance", "delay")
    return {
        name: float(each) if name in is_float and isinstance(each, Decimal) else each
        for name, each in _mapping(path, value).items()
    }


def _mapping(path: Where, value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise ScenarioError(path, "it must be names with values")
    return value


def _listed(path: Where, value: object) -> Iterator[tuple[Where, Any]]:
    if not isinstance(value, list):
        raise ScenarioError(path, "it must be a list")
    for number, each in enumerate(value, 1):
        yield (*path, number), each

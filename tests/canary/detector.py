"""Looks for secrets in everything that an object shows, and keeps what it finds."""

from __future__ import annotations

import copy
import gc
import pickle
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from canary.forms import Scanner
from canary.holders import NOT_OURS, is_opaque, kept_by
from canary.tools import TOOLS, in_new_frames_of, shown

import torus_connect

OURS = str(Path(torus_connect.__file__).parent)
LIBRARIES = ("httpx", "httpcore", "h11", "anyio")


CHANNELS = frozenset(
    {
        "args",
        "bodies sent",
        "chain",
        "copy",
        "deepcopy",
        "environment",
        "file modes",
        "files",
        "headers sent",
        "logging",
        "names looked up",
        "notes",
        "pickle",
        "processes",
        "reachable",
        "repr",
        "stderr",
        "stdout",
        "str",
        "traceback",
        "URLs",
        "vars",
        "warnings",
        *TOOLS,
    }
)
"""All the ways out. For each, a test lets a secret out on purpose, and it is found."""


@dataclass(frozen=True)
class Finding:
    """A secret that was found: where, which one, in which form."""

    channel: str
    where: str
    secret: str
    form: str


class Detector:
    """Keeps what is found, over all channels.

    Args:
        scanner: what to look with.
        shown_before: the kinds of frames that the tools have shown, for which they are not asked again; `None` where
            they are not asked at all.
    """

    def __init__(self, scanner: Scanner, shown_before: set[object] | None = None) -> None:
        self.findings: list[Finding] = []
        self._scanner = scanner
        self._shown = shown_before

    @property
    def channels(self) -> set[str]:
        return {finding.channel for finding in self.findings}

    def assert_nothing_found(self) -> None:
        told = {f"{found.channel}: {found.where}: {found.secret} {found.form}" for found in self.findings}
        assert not told, "\n".join(sorted(told))

    def look(self, channel: str, where: str, text: str | bytes | bytearray) -> None:
        """Look into a text."""
        assert channel in CHANNELS
        self.findings += [Finding(channel, where, *found) for found in sorted(self._scanner.find(text))]

    def report(self, channel: str, where: str, what: str) -> None:
        """Note what is wrong in itself, whether or not a secret is seen in it."""
        assert channel in CHANNELS
        self.findings.append(Finding(channel, where, what, ""))

    def walk(self, channel: str, where: str, value: object) -> None:
        """Look into a value and all that it is made of."""
        for path, each in _parts(where, value):
            self.look(channel, path, _text(each))

    def thing(self, name: str, value: object) -> None:
        """Look at what any object shows."""
        self.look("repr", name, repr(value))
        self.look("str", name, str(value) if not is_opaque(value) else repr(value))
        self.walk("vars", name, vars(value) if hasattr(value, "__dict__") else {})
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                pickled = pickle.dumps(value, protocol)
            except (TypeError, AttributeError, pickle.PicklingError) as exc:
                self.look("pickle", f"{name}: why it is not pickled", str(exc))
                continue
            self.look("pickle", f"{name}, protocol {protocol}", pickled)
        copies: dict[str, Callable[[object], object]] = {"copy": copy.copy, "deepcopy": copy.deepcopy}
        for how, copied in copies.items():
            try:
                other = copied(value)
            except TypeError as exc:
                self.look(how, f"{name}: why it is not copied", str(exc))
                continue
            self.look(how, f"str of the {how} of {name}", repr(other) if is_opaque(other) else str(other))
            self.walk(how, f"{how} of {name}", other)

    def error(self, error: BaseException) -> None:
        """Look at an exception: what it says, what it holds, where it came from."""
        name = type(error).__name__
        self.thing(name, error)
        self.walk("args", f"{name}.args", error.args)
        self.walk("notes", f"{name}.__notes__", getattr(error, "__notes__", []))
        self.tools(error)
        for each in _chain(error):
            self.traceback(each)
            if each is not error:
                self.look("chain", f"{type(each).__name__} behind {name}", f"{each!s} {each!r} {vars(each)}")
                if type(each).__module__.split(".")[0] in LIBRARIES:
                    self.report("chain", name, f"an exception of {type(each).__module__} is behind it")

    def traceback(self, error: BaseException) -> None:
        """Look at the local variables of our own frames, as a report with locals would show them."""
        told = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True)
        for frame in told.stack:
            if frame.filename.startswith(OURS):
                for variable, shown in (frame.locals or {}).items():
                    self.look("traceback", f"{frame.filename}:{frame.lineno} {variable}", shown)

    def tools(self, error: BaseException) -> None:
        """Look at what the tools show that people report errors with."""
        if self._shown is None:
            return
        before = error.__traceback__
        ours = in_new_frames_of(OURS, error, self._shown)
        if ours:
            name = type(error).__name__
            for tool, text in shown(ours):
                self.look(tool, name, text)
                self.findings += [Finding(tool, name, secret, "a part of it") for secret in self._scanner.parts(text)]
        error.with_traceback(before)

    def reach(self, name: str, root: object) -> None:
        """Look at everything that an object keeps alive, places that exist to hold a secret excepted."""
        for path, each in _reachable(name, root):
            self.look("reachable", path, each)


def _text(value: object) -> str | bytes | bytearray:
    return value if isinstance(value, str | bytes | bytearray) and not is_opaque(value) else repr(value)


def _parts(path: str, value: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    yield path, value
    if is_opaque(value) or depth > 6:
        return
    inside: dict[object, object] = {}
    if isinstance(value, dict):
        inside = {f"{index}": pair for index, pair in enumerate(value.items())}
    elif isinstance(value, list | tuple | set | frozenset):
        inside = dict(enumerate(value))
    elif type(value).__module__.split(".")[0] == "torus_connect" or isinstance(value, types.SimpleNamespace):
        slots = (name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ()))
        inside = {name: getattr(value, name) for name in slots if hasattr(value, name)}
        inside |= getattr(value, "__dict__", {})
        inside |= {"args": value.args} if isinstance(value, BaseException) else {}
    for name, part in inside.items():
        yield from _parts(f"{path}.{name}", part, depth + 1)


def _chain(error: BaseException) -> list[BaseException]:
    seen: list[BaseException] = []
    rest: list[BaseException | None] = [error]
    while rest:
        each = rest.pop()
        if each is None or any(each is other for other in seen):
            continue
        seen.append(each)
        rest += [each.__cause__, each.__context__]
        rest += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
    return seen


def _reachable(path: str, root: object) -> Iterator[tuple[str, str | bytes | bytearray]]:
    seen: dict[int, object] = {}
    rest = [(path, root)]
    while rest:
        where, each = rest.pop()
        if id(each) in seen or isinstance(each, NOT_OURS):
            continue
        seen[id(each)] = each
        if isinstance(each, str | bytes | bytearray):
            yield where, each
        elif isinstance(each, types.FunctionType):
            rest += [(f"{where} {each.__qualname__}", cell) for cell in (each.__closure__ or ())]
        else:
            seen |= {id(kept): kept for kept in kept_by(each)}
            rest += [(f"{where} > {type(each).__name__}", part) for part in gc.get_referents(each)]

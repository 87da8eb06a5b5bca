"""Interrupts as a signal handler makes them that raises: at random instants, by real signals, and at every one."""

from __future__ import annotations

import dis
import gc
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest


class Interrupted(BaseException):
    """What the handler raises."""


class Interrupts:
    """Interrupts calls, and keeps what came of the last one: as in a notebook, its frames and what they hold live on.

    Attributes:
        count: how many calls were interrupted.
    """

    def __init__(self) -> None:
        self.count = 0
        self._last: Interrupted | None = None
        self._is_on = False

    def during(self, do: Callable[[], object], seconds: float) -> None:
        """Call, and interrupt within so many seconds, if it takes so long."""
        try:
            self._is_on = True
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, seconds))
            do()
            self._is_on = False  # one that another thread got may come much later
            signal.setitimer(signal.ITIMER_REAL, 0)
        except Interrupted as exc:
            self._last = exc
            self.count += 1

    def handle(self, *_: object) -> None:
        """Raise, in a call only: the handler of the signal."""
        if self._is_on:
            self._is_on = False
            raise Interrupted

    def forget(self) -> None:
        """Drop the frames of the last one, which hold one another, now: a coroutine in them would fail a later test."""
        self._last = None
        gc.collect()


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Yield what interrupts; in the main thread."""
    interrupting = Interrupts()
    before, trace = signal.signal(signal.SIGALRM, interrupting.handle), sys.gettrace()
    # What measures the coverage has a lock, which an interrupt would leave locked for ever.
    sys.settrace(None)
    try:
        yield interrupting
    finally:
        interrupting.forget()
        sys.settrace(trace)
        signal.signal(signal.SIGALRM, before)


def stuck_after_interrupts(do: Callable[[], object], is_stuck: Callable[[], bool], times: int) -> int:
    """Interrupt calls at random instants; return after how many of them something was stuck.

    Args:
        do: what is called and interrupted.
        is_stuck: looks for what an interrupt left, and mends it.
        times: how many calls.
    """
    usual = min(_seconds_of(do) for _ in range(50))
    stuck = 0
    with _without_collector(), interrupts() as interrupting:
        for number in range(times):
            if number % 10_000 == 0:
                gc.collect()
            interrupting.during(do, usual * 1.5)
            stuck += is_stuck()
    assert interrupting.count > times / 5, "hardly anything was interrupted: this shows nothing"
    return stuck


def _seconds_of(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def interrupted_at_every_instant(do: Callable[[], object], check: Callable[[], object]) -> int:
    """Interrupt calls at each instant, one after the other, at which Python would call the handler of a signal.

    Args:
        do: what is called and interrupted.
        check: called after each interrupt, while the frames of what was raised live on, as in a notebook.

    Returns:
        How many instants there are.
    """
    # In a thread of its own, which ends with what Python then takes for the exception that is being handled.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_interrupted_at_all, do, check).result()


def _interrupted_at_all(do: Callable[[], object], check: Callable[[], object]) -> int:
    for _ in range(2):
        do()  # what it imports, it imports here: an interrupted import begins anew each time
    with _without_collector():
        for number in range(10_000):
            interrupted, reached = _interrupted_at(number, do)
            if not reached:
                return number
            check()
            del interrupted
    pytest.fail("it has no end: each interrupt leaves more to do")


def _interrupted_at(number: int, do: Callable[[], object]) -> tuple[Interrupted | None, bool]:
    """Call, and raise at the instant of this number; return what was raised, and whether it came to that.

    What is raised in a destructor is dropped by Python.
    """
    left = number

    def instant() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            sys.settrace(None)
            raise Interrupted

    def entered(frame: FrameType, event: str, _arg: object) -> Any:
        if event == "call":
            frame.f_trace_opcodes = True
            instant()
        previous = ""

        def went_on(frame: FrameType, event: str, _arg: object) -> Any:
            nonlocal previous
            if event == "opcode":
                if previous in _LOOKS_FOR_SIGNALS:
                    instant()
                previous = dis.opname[frame.f_code.co_code[frame.f_lasti]]
            return went_on

        return went_on

    before = sys.gettrace()
    try:
        sys.settrace(entered)
        do()
    except Interrupted as exc:
        return exc, True
    finally:
        sys.settrace(before)
    return None, left < 0


_LOOKS_FOR_SIGNALS = {"CALL", "CALL_FUNCTION_EX", "CALL_KW", "JUMP_BACKWARD"}
"""After these instructions, and where a function begins (`call`)."""


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let no destructor of another test be what is interrupted."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()  # and none of this one what fails another test


INTERRUPTED = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # an interrupt within a destructor
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited"),
]
"""Marks for tests with interrupts."""

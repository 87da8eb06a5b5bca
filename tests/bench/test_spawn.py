"""What is said of a program that ran."""

from __future__ import annotations

import os
import sys

import pytest

from bench.server import BenchError
from bench.spawn import spawner

MEGABYTE = 1_000_000


def test_the_memory_is_that_of_the_program_and_not_of_its_starter() -> None:
    ballast = bytearray(os.urandom(1)) * (100 * MEGABYTE)
    with spawner() as spawning:
        small, _ = spawning.run([sys.executable, "-c", "pass"], {})
        large, _ = spawning.run([sys.executable, "-c", "bytearray(b'.') * 60_000_000"], {})
    assert len(ballast) > 2 * small["rss"]
    assert large["rss"] - small["rss"] > 50 * MEGABYTE


def test_time_on_a_core_is_not_time_on_the_clock() -> None:
    with spawner() as spawning:
        took, _ = spawning.run([sys.executable, "-c", "import time; time.sleep(0.3)"], {})
    assert took["wall"] > 0.3
    assert took["cpu"] < took["wall"] - 0.2


def test_it_sees_the_given_environment_alone_and_what_is_said_comes_back() -> None:
    with spawner() as spawning:
        _, said = spawning.run(
            [sys.executable, "-c", "import os; print(sorted(os.environ))"], {"A": "1", "LC_ALL": "C"}
        )
    assert said == "['A', 'LC_ALL']\n"


def test_a_program_that_fails_is_an_error_with_what_it_said() -> None:
    with spawner() as spawning, pytest.raises(BenchError, match=r"ended with 3(.|\n)*a word"):
        spawning.run([sys.executable, "-c", "print('a word'); raise SystemExit(3)"], {})

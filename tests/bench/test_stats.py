"""Ratios and their limits."""

from __future__ import annotations

from random import Random

import pytest

from bench.stats import difference, percentile, ratio


def test_a_ratio_is_that_of_the_medians() -> None:
    found = ratio([2.0, 4.0, 90.0], [2.0, 2.0, 2.0])
    assert found.value == 2.0
    assert str(ratio([3.0] * 5, [2.0] * 5)) == "1.50 (1.50 to 1.50)"


def test_a_difference_is_that_of_the_medians() -> None:
    assert difference([5.0, 6.0, 7.0], [1.0, 1.0, 1.0]).value == 5.0


def test_the_limits_hold_the_truth_in_about_95_of_100_cases() -> None:
    draw = Random(1)
    held = 0
    for _ in range(100):
        ones, others = ([draw.gauss(mean, 0.1) for _ in range(15)] for mean in (1.5, 1.0))
        found = ratio(ones, others)
        held += found.low <= 1.5 <= found.high
    assert 88 <= held <= 100


def test_the_limits_are_wide_where_rounds_differ() -> None:
    calm, wild = ratio([1.0, 1.01] * 8, [1.0] * 16), ratio([1.0, 3.0] * 8, [1.0] * 16)
    assert calm.high - calm.low < 0.02
    assert wild.high - wild.low > 1


def test_what_disturbs_a_whole_round_does_not_widen_them() -> None:
    rounds = [1.0, 5.0, 2.0, 9.0, 1.5]
    found = ratio([2 * value for value in rounds], rounds)
    assert (found.low, found.high) == (2.0, 2.0)


def test_values_of_other_rounds_are_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0], [1.0, 2.0])


def test_a_percentile() -> None:
    assert percentile([float(value) for value in range(101)], 99) == 99.0

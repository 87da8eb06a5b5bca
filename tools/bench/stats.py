"""Medians, and how sure a ratio of two of them is."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RESAMPLES = 1000


@dataclass(frozen=True)
class Estimate:
    """A value, and the limits within which it is in 95 of 100 cases."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return it as the page shows it."""
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio(ones: Sequence[float], others: Sequence[float]) -> Estimate:
    """Return the median of the ones over that of the others; they were measured in the same rounds, side by side."""
    return _estimate(ones, others, lambda one, other: one / other)


def difference(ones: Sequence[float], others: Sequence[float]) -> Estimate:
    """Return the median of the ones less that of the others."""
    return _estimate(ones, others, lambda one, other: one - other)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return what `percent` of 100 values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _estimate(ones: Sequence[float], others: Sequence[float], joined: Callable[[float, float], float]) -> Estimate:
    """Draw whole rounds, with replacement: what disturbed a round disturbed both (the bootstrap's percentile method).

    Raises:
        ValueError: they are not of the same rounds.
    """
    rounds = list(zip(ones, others, strict=True))
    draw = Random(0)  # noqa: S311 - the same limits for the same results
    found = []
    for _ in range(RESAMPLES):
        some = draw.choices(rounds, k=len(rounds))
        found.append(joined(median(one for one, _ in some), median(other for _, other in some)))
    found.sort()
    cut = RESAMPLES * 25 // 1000
    return Estimate(joined(median(ones), median(others)), found[cut], found[-1 - cut])

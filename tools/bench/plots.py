"""The plots of the page, from the results of a run."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from .roster import TITLES

if TYPE_CHECKING:
    from pathlib import Path

    from .goals import Results

mpl.use("svg")
# Words are words, and the same results give the same file.
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "torus-connect", "font.family": "sans-serif"})

from matplotlib import pyplot as plt  # noqa: E402 - after it is told what to draw with

OURS, OTHERS = "#0b6e4f", "#9aa5b1"


def draw(results: Results, folder: Path) -> None:
    """Write a plot of each line that the results have."""
    if "cold-https" in results:
        times = {name: median(columns["wall"]) for name, columns in results["cold-https"].items()}
        _bars(times, "http.client", "process start to token over TLS, ratio to http.client", folder / "bench-cold.svg")
    if "warm-https" in results:
        times = {name: median(blocks["same"]) for name, blocks in results["warm-https"].items()}
        _bars(times, "http.client", "warm call over TLS, ratio to http.client", folder / "bench-warm.svg")
    if "fan-out" in results:
        rates = {name: median(columns["rate"]) for name, columns in results["fan-out"]["tasks-200"].items()}
        _bars(rates, "aiohttp", "logins a second, 200 tasks, ratio to aiohttp", folder / "bench-fan-out.svg")


def _bars(values: dict[str, float], reference: str, label: str, path: Path) -> None:
    names = sorted(values, key=values.__getitem__, reverse=True)
    ratios = [values[name] / values[reference] for name in names]
    colours = [OURS if name.startswith(("torus", "command")) else OTHERS for name in names]
    figure: Any
    figure, axes = plt.subplots(figsize=(8, 0.35 * len(names) + 1))
    bars = axes.barh([TITLES[name].replace("*", "").replace("`", "") for name in names], ratios, color=colours)
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.axvline(1, color="#444444", linewidth=0.8, linestyle=":")
    axes.set_xlabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.1)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)

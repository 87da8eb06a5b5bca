"""The double-order run, small; `make double-order-run` does it in full."""

from __future__ import annotations

from orders.double_order_run import SMALL, double_order_run


def test_small() -> None:
    report = double_order_run(SMALL)
    assert not report.faults, "\n".join(report.faults[:10])
    assert report.counts["processes killed"] == SMALL.kills
    assert report.counts["said: found"] > 0
    assert report.counts["said: not_seen"] > 0
    assert report.counts["said: barred"] > SMALL.orders / 4

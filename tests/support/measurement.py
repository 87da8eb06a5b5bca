"""The coverage of the tests' own processes, as a plugin: `coverage run -m pytest -p tests.support.measurement`.

To trace lines makes all that runs half as dear again. So it is done where tests are about the package, and neither
while pytest starts nor while it collects. Modules of many cases that run what others run, too, are left out: without
them, coverage is the same to a few lines in ten thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage import Coverage

import torus_connect  # noqa: F401 - the lines that an import runs count, too

if TYPE_CHECKING:
    import pytest

ABOUT = frozenset({
    "account", "cli", "conformance", "contract", "faults", "fleet", "login", "orders", "stores", "unit", "wire",
})  # fmt: skip
LIKE_OTHERS = frozenset({
    "test_agreement", "test_apart", "test_clients", "test_corpus", "test_derived_forms", "test_early",
    "test_edition31", "test_every_operation", "test_interrupts", "test_many_accounts", "test_matrix",
    "test_one_user", "test_redis_nonsense", "test_script", "test_signals", "test_vectors",
})  # fmt: skip


class Measurement:
    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self._coverage.stop()
        self._on = False

    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        on = item.path.parent.name in ABOUT and item.path.stem not in LIKE_OTHERS
        if on != self._on:
            (self._coverage.start if on else self._coverage.stop)()
            self._on = on


if coverage := Coverage.current():
    pytest_runtest_protocol = Measurement(coverage).pytest_runtest_protocol

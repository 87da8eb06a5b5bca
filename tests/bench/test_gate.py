"""The gate lets the package pass as it is, and fails where a regression is planted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.toolchain

WASTE = """

_as_it_was = session_request


def session_request(*arguments):
    for _ in range(300):
        json.dumps({"API_KEY": "a"})
    return _as_it_was(*arguments)
"""


def gate(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # Beside the environment of these tests: `make bench-test` has made it.
    python = Path(sys.prefix) / "bench" / "bin" / "python"
    return subprocess.run(
        [python, "-m", "bench.gate", *options],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": str(repository / "tools")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture
def package(repository: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the package, which comes before the one that is installed."""
    for source in ("overrides/torus_connect", "generated/torus_connect_api"):
        shutil.copytree(repository / source, tmp_path / Path(source).name)
    return tmp_path


def plant(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def test_a_copy_of_the_package_passes(repository: Path, package: Path) -> None:
    done = gate(repository, "--path", str(package), "--only", "modules", "--only", "warm")
    assert done.returncode == 0, done.stderr


def test_a_module_that_must_not_be_loaded_fails(repository: Path, package: Path) -> None:
    plant(package / "torus_connect" / "client.py", "\nimport argparse\n")
    done = gate(repository, "--path", str(package), "--only", "modules")
    assert done.returncode == 1
    assert "torus loads argparse" in done.stderr


def test_what_orders_need_is_not_loaded_by_who_reads(repository: Path, package: Path) -> None:
    plant(package / "torus_connect" / "account.py", "\nfrom torus_connect import Side\n")
    done = gate(repository, "--path", str(package), "--only", "modules")
    assert done.returncode == 1
    assert "holdings loads torus_connect._orders.terms" in done.stderr


def test_many_more_modules_fail(repository: Path, package: Path) -> None:
    plant(package / "torus_connect" / "__init__.py", "\nimport decimal, fractions, statistics, wave\n")
    done = gate(repository, "--path", str(package), "--only", "modules")
    assert done.returncode == 1
    assert "modules, import: " in done.stderr


def test_needless_work_in_a_call_fails(repository: Path, package: Path) -> None:
    module = package / "torus_connect" / "_calls" / "session_calls.py"
    assert "\ndef session_request(" in module.read_text()
    plant(module, "\nimport json\n" + WASTE)
    done = gate(repository, "--path", str(package), "--only", "warm")
    assert done.returncode == 1
    assert "instructions of a warm call, torus against http.client" in done.stderr
    assert "instructions of a warm call, torus-shared against http.client" in done.stderr


def test_a_slow_start_and_one_that_takes_more_memory_fail(repository: Path, package: Path) -> None:
    waste = "\nimport time\n\ntime.sleep(1)\n_ballast = bytes(bytearray(b'.') * 60_000_000)\n"
    plant(package / "torus_connect" / "_calls" / "session_calls.py", waste)
    done = gate(repository, "--path", str(package), "--only", "cold")
    assert done.returncode == 1
    assert "process start to token, torus against http.client" in done.stderr
    assert "peak memory of the start, torus against http.client" in done.stderr


def test_a_start_that_reads_all_roots_fails(repository: Path, package: Path) -> None:
    waste = "\nimport certifi\n\nssl.create_default_context(cafile=certifi.where())\n"
    plant(package / "torus_connect" / "_transport" / "tls_context.py", waste)
    done = gate(repository, "--path", str(package), "--only", "start")
    assert done.returncode == 1
    assert "instructions from start to token, torus against http.client" in done.stderr


def test_a_slow_reader_fails(repository: Path, package: Path) -> None:
    reading = package / "torus_connect_api" / "reading.py"
    plant(reading, "\n_quick = decimal\n\n\ndef decimal(value):\n    return [_quick(value) for _ in range(2)][0]\n")
    done = gate(repository, "--path", str(package), "--only", "rows")
    assert done.returncode == 1
    assert "instructions of 1,000 holdings" in done.stderr

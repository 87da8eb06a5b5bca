"""The modules for threads are those for asyncio, without asyncio."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import unasync

TARGET = next(iter(unasync.TWINS.values()))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the package."""
    package = tmp_path / "torus_connect"
    for name in (name for pair in unasync.TWINS.items() for name in pair):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(unasync.PACKAGE / name, package / name)
    monkeypatch.setattr(unasync, "PACKAGE", package)
    return package


def test_they_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert unasync.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("drifted", ["edited", "missing"])
def test_one_that_drifted_is_found_and_written_anew(
    copied: Path, capsys: pytest.CaptureFixture[str], drifted: str
) -> None:
    twin = copied / TARGET
    written = twin.read_text()
    twin.unlink() if drifted == "missing" else twin.write_text(written.replace("self", "this", 1))
    assert unasync.main(["--check"]) == 1
    printed = capsys.readouterr()
    assert f"--- {TARGET}" in printed.out
    assert "run make unasync" in printed.err
    assert unasync.main([]) == 0
    assert twin.read_text() == written


def test_nothing_of_asyncio_is_left() -> None:
    for name in unasync.TWINS.values():
        lines = (unasync.PACKAGE / name).read_text().splitlines()
        assert lines[0].startswith("# Made from ")
        assert lines[0].endswith(".py by tools/unasync.py: do not edit.")
        assert not [line for line in lines[1:] if any(word in line for word in ("async", "await", "Async", "aclose"))]

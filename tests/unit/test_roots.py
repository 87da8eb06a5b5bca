"""Whose certificates are trusted where nothing is said: those of certifi, with or without asking it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import certifi
import pytest

from torus_connect.network import _roots


def test_they_are_where_certifi_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "certifi")
    assert Path(_roots()).samefile(certifi.where())


def test_certifi_is_asked_where_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certifi, "where", lambda: "/of/somebody/else.pem")
    assert _roots() == "/of/somebody/else.pem"


def test_certifi_is_asked_where_its_file_is_not_beside_it(tmp_path: Path) -> None:
    """As distributions ship it, to answer with the file of the system."""
    package = tmp_path / "certifi"
    package.mkdir()
    (package / "__init__.py").write_text("def where():\n    return '/etc/of/the/system.pem'\n")
    program = "import sys; sys.path.insert(0, sys.argv[1]); from torus_connect.network import _roots; print(_roots())"
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "/etc/of/the/system.pem\n"

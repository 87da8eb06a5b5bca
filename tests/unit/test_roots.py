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


def test_certifi_is_asked_where_a_tool_changes_what_it_answers(tmp_path: Path) -> None:
    """As those do that hook into the import, to trust what a company's machines trust."""
    program = """
import importlib.util, sys

class Hook:
    inside = False

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "certifi" or cls.inside:
            return None
        cls.inside = True
        spec = importlib.util.find_spec(name)
        cls.inside = False
        spec.loader = Loader(spec.loader)
        return spec

class Loader:
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        module.where = lambda: "/of/the/company.pem"

sys.meta_path.insert(0, Hook)
from torus_connect.network import _roots
print(_roots())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "/of/the/company.pem\n"

"""Whose certificates are trusted where nothing is said: those of certifi, with or without asking it."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import certifi
import pytest

from torus_connect._transport.tls_context import _roots


@pytest.fixture
def _unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("certifi", "certifi.core"):
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.usefixtures("_unloaded")
def test_they_are_where_certifi_says() -> None:
    found = _roots()
    assert "certifi" not in sys.modules, "it takes long to load"
    assert Path(found).samefile(certifi.where())


def test_certifi_is_asked_where_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certifi, "where", lambda: "/of/somebody/else.pem")
    assert _roots() == "/of/somebody/else.pem"


@pytest.mark.usefixtures("_unloaded")
def test_certifi_is_asked_where_its_file_is_not_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As distributions ship it, to answer with the file of the system."""
    package = tmp_path / "certifi"
    package.mkdir()
    (package / "__init__.py").write_text("def where():\n    return '/etc/of/the/system.pem'\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert _roots() == "/etc/of/the/system.pem"


class Loader:
    """That of a tool which changes what certifi answers."""

    def __init__(self, spec: ModuleSpec) -> None:
        assert spec.loader
        self.loader = spec.loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self.loader.exec_module(module)
        vars(module)["where"] = lambda: "/of/the/company.pem"


class Hook:
    """What such a tool puts before Python's own finders."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name) if name == "certifi" else None
        if spec:
            spec.loader = Loader(spec)  # type: ignore[assignment]  # it has what the import needs of one
        return spec


@pytest.mark.usefixtures("_unloaded")
def test_certifi_is_asked_where_a_tool_changes_what_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As those do that hook into the import, to trust what a company's machines trust."""
    monkeypatch.setattr(sys, "meta_path", [Hook, *sys.meta_path])
    assert _roots() == "/of/the/company.pem"

"""A report of local variables also shows objects whose constructor failed, and asks them for their `repr`."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import torus_connect

OURS = str(Path(torus_connect.__file__).parent)


def is_ours(method: object) -> bool:
    return getattr(getattr(method, "__code__", None), "co_filename", "").startswith(OURS)


def classes() -> list[type]:
    """Return all classes of the package that say themselves what is shown of them, and can be half-built."""
    names = [each.name for each in pkgutil.walk_packages(torus_connect.__path__, "torus_connect.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    found = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    shown = [each for each in found if is_ours(each.__repr__) or is_ours(each.__str__)]
    return sorted((each for each in shown if not issubclass(each, tuple)), key=lambda each: each.__qualname__)


def test_a_half_built_object_is_shown() -> None:
    for cls in classes():
        half_built: object = cls.__new__(cls)  # type: ignore[call-overload]
        assert cls.__name__ in repr(half_built), cls
        assert str(half_built) or isinstance(half_built, str), cls


def test_what_was_looked_at() -> None:
    names = {cls.__name__ for cls in classes()}
    assert {"AsyncTorusConnect", "FileStore", "Reply", "Session", "SessionKey", "StoreError", "TorusConnect"} <= names
    assert len(names) > 40

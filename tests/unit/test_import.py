"""Importing the package must cost nothing; using it must show every name."""

from __future__ import annotations

import subprocess
import sys

import pytest

import torus_connect


def modules_after(code: str) -> set[str]:
    script = f"import sys; before = set(sys.modules); {code}\nprint(*(set(sys.modules) - before))"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(output.split())


def test_the_import_is_lazy() -> None:
    assert modules_after("import torus_connect") == {"torus_connect", "torus_connect._version"}


def test_errors_load_no_client() -> None:
    loaded = modules_after("from torus_connect import TorusError, Secret, Session, __version__")
    assert not loaded & {"httpx", "attrs", "attr", "dateutil", "torus_connect_api"}


def test_the_pytest_plugin_loads_nothing_of_the_package() -> None:
    loaded = modules_after("import torus_connect.testing")
    assert not loaded & {"httpx", "attrs", "dateutil", "starlette", "uvicorn", "openapi_core"}


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["--help"], set()),
        (["spec"], {"spec"}),
        (["run", "true"], {"run", "which"}),
        (["session", "generate"], {"session", "generate", "which"}),
    ],
)
def test_a_command_loads_the_arguments_of_no_other(arguments: list[str], needed: set[str]) -> None:
    before = "torus_connect.cli.arguments."
    parsing = f"with suppress(SystemExit), redirect_stdout(None): parser().parse_args({arguments})"
    imports = "from contextlib import redirect_stdout, suppress\nfrom torus_connect.cli.arguments import parser"
    loaded = modules_after(f"{imports}\n{parsing}")
    assert {name.removeprefix(before) for name in loaded if name.startswith(before)} == {*needed, "parsing"}
    assert not loaded & {"httpx", "dateutil", "torus_connect.client"}
    assert ("torus_connect.settings" in loaded) == ("generate" in needed)


@pytest.mark.parametrize("name", torus_connect.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(torus_connect, name) is getattr(torus_connect, name)
    assert name in dir(torus_connect)


def test_no_other_name_is() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = torus_connect.nothing

"""Importing the package must cost nothing; using it must show every name."""

from __future__ import annotations

import os
import subprocess
import sys
from types import ModuleType

import pytest

import torus_connect
import torus_connect.stores


def modules_after(code: str) -> set[str]:
    script = f"import sys; before = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
    # What measures coverage loads a lot.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    output = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout
    return set(output.split())


# Everything between a client and an engine.
A_CALL = """
from torus_connect import Headers, Reply, Secret
from torus_connect._calls.call import Call
from torus_connect._credentials.credentials import Credentials
from torus_connect._calls.session_calls import session_request
from torus_connect._config.settings import Settings
settings = Settings(api_key=Secret("demo-key"), api_secret=Secret("demo-secret"))
call = Call(settings, session_request(settings), Credentials({"RequestToken": Secret("demo-request-token")}))
call.begin()
call.succeed(Reply(200, Headers(), b'{"AccessToken": "demo-access-token"}')).access_token
"""
HEAVY = {"argparse", "asyncio", "attr", "attrs", "dateutil", "h11", "httpcore", "httpx", "ssl"}
"""What takes long to load, and a call does without, but for its engine."""


def ours(loaded: set[str]) -> set[str]:
    return {name for name in loaded if name.startswith("torus_connect")}


def test_the_import_is_lazy() -> None:
    assert modules_after("import torus_connect") == {"torus_connect", "torus_connect._version"}


def test_a_call_without_its_engine_loads_little() -> None:
    loaded = modules_after(A_CALL)
    assert not loaded & (HEAVY - {"ssl"})  # settings of TLS are checked before there is a connection
    assert not any(name.startswith("torus_connect_api.models") for name in loaded)
    # As of Python 3.11, 102 in all: `json`, `logging`, `ssl` and `urllib.parse` with their parts are most of them.
    assert len(loaded) <= 105


def test_an_engine_loads_its_library_and_no_other() -> None:
    loaded = modules_after(
        "from torus_connect import TorusConnect, TorusError\ntorus = TorusConnect(api_key='k', "
        "api_secret='s', max_retries=0, base_url='https://127.0.0.1:1', timeout=1)\n"
        "try: torus.generate_session('t')\nexcept TorusError: pass\n"
    )
    assert "h11" in loaded
    assert not loaded & (HEAVY - {"h11", "ssl"} | {"anyio", "urllib.request"})
    assert "torus_connect.async_client" not in loaded


def test_an_operation_loads_neither_models_nor_libraries() -> None:
    loaded = modules_after("import torus_connect_api.api.session.generate_session")
    assert ours(loaded) == {
        "torus_connect_api",
        "torus_connect_api.api",
        "torus_connect_api.api.session",
        "torus_connect_api.api.session.generate_session",
        "torus_connect_api.client",
        "torus_connect_api.document",
        "torus_connect_api.types",
    }
    assert not loaded & {*HEAVY, "json", "logging"}


def test_a_model_loads_no_other_model_and_no_client() -> None:
    loaded = modules_after("from torus_connect_api.models import GenerateSessionRequest")
    models = {name for name in loaded if name.startswith("torus_connect_api.models.")}
    assert models == {"torus_connect_api.models.generate_session_request"}
    assert not loaded & {"httpx", "torus_connect_api.standalone"}


def test_errors_load_no_client() -> None:
    loaded = modules_after("from torus_connect import TorusError, Secret, Session, __version__")
    assert not loaded & {*HEAVY, "datetime", "json", "logging", "torus_connect.client", "torus_connect_api.client"}


def test_the_pytest_plugin_loads_nothing_of_the_package() -> None:
    loaded = modules_after("import torus_connect.testing")
    assert not loaded & {"httpx", "attrs", "dateutil", "starlette", "uvicorn", "openapi_core"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["spec"], ["run", "true"], ["session", "generate"]], ids=lambda given: given[0]
)
def test_arguments_are_read_without_what_a_command_needs(arguments: list[str]) -> None:
    parsing = f"with suppress(SystemExit), redirect_stdout(StringIO()): parser().parse_args({arguments})"
    imports = "from contextlib import redirect_stdout, suppress\nfrom io import StringIO\n"
    imports += "from torus_connect.cli._arguments import parser"
    loaded = modules_after(f"{imports}\n{parsing}")
    assert not loaded & {"httpx", "dateutil", "torus_connect.client", "torus_connect_api.api", "torus_connect.stores"}


def test_a_login_on_the_command_line_loads_what_it_needs() -> None:
    loaded = modules_after("import torus_connect.cli._session")
    spared = {"asyncio", "hashlib", "httpx", "torus_connect.stores._open", "torus_connect.totp"}
    assert not loaded & spared


def test_stores_load_no_back_end() -> None:
    assert ours(modules_after("import torus_connect.stores")) == {
        "torus_connect",
        "torus_connect._version",
        "torus_connect.stores",
    }


PACKAGES = [torus_connect, torus_connect.stores]


@pytest.mark.parametrize(("package", "name"), [(package, name) for package in PACKAGES for name in package.__all__])
def test_every_name_is_there(package: ModuleType, name: str) -> None:
    assert getattr(package, name) is getattr(package, name)
    assert name in dir(package)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_no_other_name_is(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(package, "nothing")  # noqa: B009 - a type checker knows that it is not there

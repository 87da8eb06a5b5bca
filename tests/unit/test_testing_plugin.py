"""The pytest plugin, as a project that has torus-connect installed meets it: in a pytest process of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

USE = """
    import json
    import urllib.request

    SEEN = []

    def trade(sandbox):
        body = {"API_KEY": sandbox.credentials["api_key"], "API_SECRET": sandbox.credentials["api_secret"]}
        token = sandbox.issue_request_token()
        headers = {"Token": token, "Content-Type": "application/json"}
        request = urllib.request.Request(
            sandbox.credentials["base_url"] + "/session/generate", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request) as reply:
            assert json.load(reply) == {"AccessToken": sandbox.access_token_for(token)}

    def test_one(torus_sandbox):
        trade(torus_sandbox)
        SEEN.append(torus_sandbox)

    def test_two(torus_sandbox):
        before = torus_sandbox.exchanges
        trade(torus_sandbox)
        assert torus_sandbox.exchanges == before + 1
        SEEN.append(torus_sandbox)

    def test_one_serves_the_session(torus_sandbox):
        assert all(seen is torus_sandbox for seen in SEEN)
"""


SET = """
    import json
    import urllib.request

    import pytest

    def names(sandbox):
        with urllib.request.urlopen(sandbox.base_url + "/indices") as reply:
            return [row.get("name") for row in json.load(reply)]

    @pytest.fixture(scope="module", autouse=True)
    def of_the_module(torus_sandbox):
        torus_sandbox.set_reply("indices", [{"name": "module"}])

    @pytest.fixture
    def of_the_test(torus_sandbox):
        torus_sandbox.set_reply("indices", [{"name": "fixture"}])

    @pytest.mark.parametrize("again", [False, True])
    def test_what_a_test_sets_ends_with_it(torus_sandbox, again):
        assert names(torus_sandbox) == ["module"]
        torus_sandbox.set_reply("indices", [{"name": "test"}])
        assert names(torus_sandbox) == ["test"]

    def test_so_does_what_its_fixture_sets(torus_sandbox, of_the_test):
        assert names(torus_sandbox) == ["fixture"]
        torus_sandbox.reset()

    def test_and_what_it_resets(torus_sandbox):
        assert names(torus_sandbox) == ["module"]
"""


BESIDE_FASTAPI = """
    import asyncio

    import httpx
    from fastapi import FastAPI

    from torus_connect import TorusConnect

    def test_it(torus_sandbox):
        app, torus = FastAPI(), TorusConnect(**torus_sandbox.credentials)

        @app.get("/callback")
        def callback(token: str):
            return {"good": bool(torus.generate_session(token).access_token)}

        async def log_in():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as browser:
                return await browser.get("/callback", params={"token": torus_sandbox.issue_request_token()})

        assert asyncio.run(log_in()).json() == {"good": True}
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    installed = any(found.value == "torus_connect.testing" for found in entry_points(group="pytest11"))
    plugin = () if installed else ("-p", "torus_connect.testing")
    # Other plugins of this environment, which such a project need not have, take longer to load than all the rest.
    without = [f"-pno:{name}" for name in ("anyio", "hypothesispytest", "randomly", "xdist", "xdist.looponfail")]
    return pytester.runpytest_subprocess(*plugin, *without, "-W", "error", *arguments, timeout=60)


def test_the_fixture_serves(pytester: pytest.Pytester) -> None:
    # FastAPI stands on the Starlette of the same process.
    pytester.makepyfile(test_use=USE, test_beside_fastapi=BESIDE_FASTAPI, test_set=SET)
    run(pytester).assert_outcomes(passed=8)


def test_the_fixture_is_listed_with_its_description(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(): pass")
    run(pytester, "--fixtures").stdout.fnmatch_lines(["torus_sandbox [[]session scope[]]*", "*running `Sandbox`*"])


def test_without_the_extra_the_error_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys; sys.modules['uvicorn'] = None")
    pytester.makepyfile("def test_it(torus_sandbox): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the sandbox needs the extra: pip install 'torus-connect[[]sandbox[]]'"])


def test_a_project_that_does_not_use_it_does_not_pay_for_it() -> None:
    code = """
import sys
import pytest
before = set(sys.modules)
import torus_connect.testing
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['torus_connect', 'torus_connect._version', 'torus_connect.testing']\n"

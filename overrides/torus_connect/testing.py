"""The pytest plugin of torus-connect: a fixture `torus_sandbox`, there wherever `torus-connect[sandbox]` is installed.

    def test_no_holdings(torus_sandbox):
        torus_sandbox.set_reply("holdings", [])
        with TorusConnect(**torus_sandbox.credentials) as torus:
            session = torus.generate_session(torus_sandbox.issue_request_token())
            assert torus.account(session).holdings() == []

pytest loads this file at start-up in every project that has torus-connect installed: it imports nothing but pytest
until the fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torus_connect.sandbox import Sandbox


@pytest.fixture(scope="session")
def torus_sandbox() -> Iterator[Sandbox]:
    """Yield a running `Sandbox`: `credentials`, `issue_request_token()`, `set_reply()`, `set_price()`, ...

    One serves the whole test session. Its tokens never meet, and what a test sets (`set_reply`, `set_price`, ...) and
    trades ends with that test (what a fixture of a module or a session sets holds on), so tests do not disturb each
    other; compare `exchanges` before and after instead of expecting a number. A fixture of your own by this name, one
    of another document for example, may replace it.

    Raises:
        SandboxMissing: the extra `sandbox` is not installed.
    """
    from torus_connect.sandbox import Sandbox  # noqa: PLC0415 - the extra

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _torus_sandbox_undone(request: pytest.FixtureRequest) -> Iterator[None]:
    # Of the fixtures of a test, those of a broader scope come first: what they set is kept.
    if "torus_sandbox" not in request.fixturenames:
        yield
        return
    with request.getfixturevalue("torus_sandbox")._state.undone():  # noqa: SLF001 - a part of it
        yield

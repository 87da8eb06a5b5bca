"""The pytest plugin of torus-connect: a fixture `torus_sandbox`, there wherever `torus-connect[sandbox]` is installed.

    def test_login(torus_sandbox):
        with TorusConnect(**torus_sandbox.credentials) as torus:
            assert torus.generate_session(torus_sandbox.issue_request_token()).access_token

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
    """Yield a running `Sandbox`: `base_url`, `credentials`, `issue_request_token()`, `totp_code()`, `exchanges`, ...

    One serves the whole test session. Its tokens never meet, so tests do not disturb each other; compare `exchanges`
    before and after instead of expecting a number.

    Raises:
        SandboxMissing: the extra `sandbox` is not installed.
    """
    from torus_connect.sandbox import Sandbox  # noqa: PLC0415 - see above

    with Sandbox() as sandbox:
        yield sandbox

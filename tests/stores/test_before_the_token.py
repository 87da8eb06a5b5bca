"""Where a session could not be kept, no request token is sent: it stays good for the next try."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET
from support.another_user import a_file_of_another_user, a_folder_of_nobody, without_root
from support.full_disk import small_disk
from support.raw_server import RawServer, answer, reply

from torus_connect import AsyncTorusConnect, Outcome, Session, StoreError, TorusConnect
from torus_connect.stores import SessionKey

Login = Callable[[], str]


def log_in(face: str, base_url: str, store: str, login: Login) -> Session:
    options: dict[str, Any] = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": base_url, "store": store}

    async def in_loop() -> Session:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.session(login=login)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return torus.session(login=login)


def never() -> str:
    pytest.fail("nobody is asked to log in")


@pytest.mark.parametrize("face", ["sync", "async"])
@pytest.mark.parametrize("name", ["writing.lock", "{}.lock", "{}.begun"])
def test_a_lock_file_of_another_user(face: str, name: str, tmp_path: Path) -> None:
    with RawServer(answer(reply())) as server, a_folder_of_nobody() as folder:
        path = folder / name.format(SessionKey(server.base_url, API_KEY, "default").digest)
        a_file_of_another_user(path)
        # Once as root, who may read all modules.
        log_in(face, server.base_url, f"file:{tmp_path / 'sessions'}", lambda: "demo-request-token")
        with without_root(), pytest.raises(StoreError, match="is not used: Permission denied") as caught:
            log_in(face, server.base_url, f"file:{folder}", never)
        assert len(server.requests) == 1
        assert caught.value.outcome is Outcome.NOT_SENT
        path.unlink()
        with without_root():
            assert log_in(face, server.base_url, f"file:{folder}", lambda: "demo-request-token")
    assert len(server.requests) == 2


@pytest.mark.parametrize("face", ["sync", "async"])
@pytest.mark.parametrize("full", ["from the start", "while the user logs in"])
def test_a_full_disk(face: str, full: str, tmp_path: Path) -> None:
    asked = []
    folder = tmp_path / "sessions"
    folder.mkdir(0o700)
    with RawServer(answer(reply())) as server:
        with small_disk(folder) as fill:

            def login() -> str:
                asked.append("somebody")
                fill()
                return "demo-request-token"

            why = fill() if full == "from the start" else "No space left on device|File too large"
            with pytest.raises(StoreError, match=f"cannot be written: {why}") as caught:
                log_in(face, server.base_url, f"file:{folder}", login)
            assert server.requests == []
            assert caught.value.outcome is Outcome.NOT_SENT
            assert asked == ([] if full == "from the start" else ["somebody"])
        assert log_in(face, server.base_url, f"file:{folder}", lambda: "demo-request-token")
        assert len(server.requests) == 1

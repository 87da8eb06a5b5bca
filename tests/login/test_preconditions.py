"""What would stop a login at its end is said at its beginning: before a browser opens, and before anything is sent."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backends import fail
from support.another_user import a_file_of_another_user
from support.full_disk import full_disk
from support.raw_server import RawServer, answer, reply

from torus_connect import AsyncTorusConnect, ConfigurationError, TorusConnect
from torus_connect.cli import main


class Machine:
    """A machine on which a login would succeed.

    Attributes:
        port: where the login comes back.
        folder: an empty one.
        browser: a file that is there as soon as a browser was opened.
        patch: changes the environment, to the end of the test.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = patch
        self.browser = folder / "opened"
        self.faults = ExitStack()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]

    def take_port(self) -> None:
        self.faults.enter_context(socket.create_server(("127.0.0.1", self.port)))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine(tmp_path, monkeypatch)
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {machine.browser}\n")
    browser.chmod(0o700)
    for name, value in {
        "TORUS_API_KEY": "demo-api-key",
        "TORUS_API_SECRET": "demo-api-secret-not-real",
        "TORUS_SESSION_STORE": f"file:{tmp_path / 'sessions'}",
        "BROWSER": str(browser),
    }.items():
        monkeypatch.setenv(name, value)
    with machine.faults:
        yield machine


def a_file_for_a_folder(machine: Machine) -> None:
    (machine.folder / "sessions").write_text("")


def a_folder_that_was_removed(machine: Machine) -> None:
    gone = machine.folder / "gone"
    gone.mkdir()
    machine.patch.chdir(gone)
    gone.rmdir()
    machine.patch.setenv("TORUS_SESSION_STORE", "file:sessions")


def a_lock_of_another_user(machine: Machine) -> None:
    (machine.folder / "sessions").mkdir(0o700)
    a_file_of_another_user(machine.folder / "sessions" / "writing.lock")


def a_disk_that_is_full(machine: Machine) -> None:
    (machine.folder / "sessions").mkdir(0o700)
    machine.faults.enter_context(full_disk(machine.folder / "sessions"))


def no_keyring(machine: Machine) -> None:
    machine.patch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]
    machine.patch.setenv("TORUS_SESSION_STORE", "keyring:")


def no_redis(machine: Machine) -> None:
    machine.patch.setenv("TORUS_SESSION_STORE", f"redis://127.0.0.1:{machine.port}")
    machine.patch.setenv("TORUS_STORE_KEY", Fernet.generate_key().decode())


def no_library(machine: Machine) -> None:
    no_redis(machine)
    machine.patch.setitem(sys.modules, "redis", None)
    machine.patch.delitem(sys.modules, "torus_connect.stores._redis.sync_store", raising=False)
    machine.patch.delitem(sys.modules, "torus_connect.stores._redis", raising=False)


CASES: dict[str, tuple[Any, int, str]] = {
    "no API secret": (lambda the: the.patch.delenv("TORUS_API_SECRET"), 2, "api_secret is missing"),
    "a port that is taken": (Machine.take_port, 2, "Address already in use"),
    "a file for a folder": (a_file_for_a_folder, 3, "/sessions is not used: it is a link, or no folder"),
    "a folder that was removed": (a_folder_that_was_removed, 2, "store is a path below the working folder"),
    "a lock of another user": (a_lock_of_another_user, 3, "/sessions/writing.lock is not used: "),
    "a full disk": (a_disk_that_is_full, 3, ".new cannot be written: "),
    "no such store": (lambda the: the.patch.setenv("TORUS_SESSION_STORE", "sqlite:x"), 2, "is none of"),
    "memory": (
        lambda the: the.patch.setenv("TORUS_SESSION_STORE", "memory:"),
        2,
        "store memory: ends with this command",
    ),
    "no keyring": (no_keyring, 3, "The keyring is not used"),
    "no Redis": (no_redis, 3, "cannot be reached"),
    "no library": (no_library, 2, "torus-connect[redis]"),
    "no certificates": (lambda the: the.patch.setenv("TORUS_CA_FILE", "/no/such/file"), 2, "ca_file"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_said_at_once(case: str, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    prepare, code, words = CASES[case]
    with RawServer(answer(reply())) as server:
        machine.patch.setenv("TORUS_BASE_URL", server.base_url)
        prepare(machine)
        before = os.environ.copy()
        assert main(["login", "--port", str(machine.port), "--timeout", "0.5"]) == code
        assert os.environ == before
    told = capsys.readouterr().err
    assert words in told
    assert len(told.splitlines()) <= 2
    assert "Opening the login" not in told
    assert not machine.browser.exists()
    assert server.requests == []


@pytest.mark.parametrize("verb", ["show", "path", "clear", "token", "login", "run"])
def test_a_session_in_memory_is_of_use_to_no_command(
    verb: str, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [verb] if verb in ("login", "run") else ["session", verb]
    assert main([*command, "--store", "memory:", *(["touch", str(machine.browser)] if verb == "run" else [])]) == 2
    assert "store memory: ends with this command: choose file:, keyring: or redis://" in capsys.readouterr().err
    assert not machine.browser.exists()


@pytest.mark.parametrize("face", ["sync", "async"])
def test_nobody_is_asked_where_the_secret_is_missing(face: str) -> None:
    asked = []

    def login() -> str:
        asked.append("somebody")
        return "demo-request-token"

    async def with_tasks() -> None:
        async with AsyncTorusConnect(api_key="demo-api-key", store="memory:") as torus:
            await torus.session(login=login)

    def with_threads() -> None:
        with TorusConnect(api_key="demo-api-key", store="memory:") as torus:
            torus.session(login=login)

    with pytest.raises(ConfigurationError, match="api_secret is missing"):
        with_threads() if face == "sync" else asyncio.run(with_tasks())
    assert asked == []

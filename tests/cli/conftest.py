"""The command, as a process or in this one, and a store with a session or without, which the environment names."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.command_line import Done, run_here

from torus_connect import Session
from torus_connect.stores import SessionKey, SessionStore, open_store

BASE_URL = "https://host.example/api/v1"
TOKEN = "demo-access-token-not-real"


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return open_store(f"file:{tmp_path / 'sessions'}")


@pytest.fixture
def key() -> SessionKey:
    return SessionKey(BASE_URL, "demo-api-key", "default")


@pytest.fixture
def session_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_API_KEY", "demo-api-key")
    monkeypatch.setenv("TORUS_BASE_URL", BASE_URL)
    monkeypatch.setenv("TORUS_SESSION_STORE", f"file:{tmp_path / 'sessions'}")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def stored(store: SessionStore, key: SessionKey) -> Session:
    session = Session(TOKEN, issued_at=datetime.now(UTC).replace(microsecond=0), base_url=BASE_URL)
    store.save(key, session)
    return session


@pytest.fixture
def expired(store: SessionStore, key: SessionKey) -> None:
    store.save(key, Session(TOKEN, issued_at=datetime.now(UTC) - timedelta(days=2), base_url=BASE_URL))


def command_process(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a process."""
    return subprocess.run(
        [sys.executable, "-m", "torus_connect", *arguments], input=stdin, capture_output=True, text=True, check=False
    )


def command(*arguments: str) -> Done:
    """Run the command in this process."""
    return run_here(arguments)

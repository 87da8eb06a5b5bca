"""How a browser is opened, where there is no Python to start one with: in a program that was packed up."""

from __future__ import annotations

import json
import os
import sys
import threading
import webbrowser
from pathlib import Path

import pytest

from torus_connect.cli._programs import can_open_browser, open_browser

URL = "https://login.example/connect/login/demo"
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a browser that writes down what it was given, and what files it could use."""
    script = tmp_path / "browser"
    script.write_text(
        f"#!{sys.executable} -S\nimport json, os, sys\nprint('a browser may say much', flush=True)\n"
        f"told = [sys.argv[1:], dict(os.environ), os.readlink('/proc/self/fd/1'), len(os.listdir('/proc/self/fd'))]\n"
        f"with open('{tmp_path}/record', 'w') as file: json.dump(told, file)\n"
        "sys.exit(os.environ.get('FAILS') == 'yes')\n"
    )
    script.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(script))
    monkeypatch.setattr(webbrowser, "_tryorder", None)  # it looks at the variable once in a process
    return tmp_path / "record"


def opened(seconds: float = 20) -> bool:
    """Return whether a page was opened."""
    failed = threading.Event()
    open_browser(URL, failed.set)
    for thread in threading.enumerate():
        if thread.name == "torus-browser":
            thread.join(seconds)
    return not failed.is_set()


@pytest.mark.parametrize("packed_up", [False, True])
def test_it_gets_the_url_and_nothing_else(
    browser: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *, packed_up: bool
) -> None:
    monkeypatch.setenv("TORUS_API_SECRET", "canary")
    if packed_up:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        # As PyInstaller sets them for the libraries of a bundle, with which no other program starts.
        monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/before")
    assert can_open_browser()
    assert opened()
    arguments, environment, stdout, files = json.loads(browser.read_text())
    assert arguments == [URL]
    assert not [name for name in environment if name.startswith("TORUS_") or name.endswith("_ORIG")]
    assert environment.get("LD_LIBRARY_PATH") == ("/before" if packed_up else os.environ.get("LD_LIBRARY_PATH"))
    assert stdout == os.devnull
    assert files == 4, "the streams, and what lists them"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("packed_up", [False, True])
def test_one_that_fails_is_told(browser: Path, monkeypatch: pytest.MonkeyPatch, *, packed_up: bool) -> None:
    monkeypatch.setattr(sys, "frozen", packed_up, raising=False)
    monkeypatch.setenv("FAILS", "yes")
    assert not opened()
    assert browser.exists()


def test_without_an_interpreter(browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    assert opened()
    assert browser.exists()

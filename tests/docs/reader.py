"""A reader who follows a page of the documentation in one shell, from top to bottom."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from importlib.metadata import metadata
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.request import Request, urlopen

from markdown_it import MarkdownIt
from support import browser

from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.state import API_SECRET

ROOT = Path(__file__).parents[2]

# What runs until Ctrl-C, and so in a terminal of its own; and what it says when it is ready.
_STAYS = re.compile(
    r"torus-connect sandbox(?! --help| --conformance)|torus-connect login --sandbox|uvicorn |flask |redis-server "
)
_READY = ("Ctrl-C ends it.", "running on http", "Debug mode: ", "Ready to accept connections")
_ANEW = "TORUS_REQUEST_TOKEN` anew for each login"
"""What a page says where it reads that variable more than once."""
_installed: list[str] = []
"""The command that did so: once is enough, as it takes long."""
_INTERPRETER = """
import contextlib, io, json, os, sys, traceback
answers = os.fdopen(os.dup(1), "w")
for line in sys.stdin:
    step, printed, error = json.loads(line), io.StringIO(), ""
    os.environ.clear()
    os.environ.update(step["env"])
    os.chdir(step["folder"])
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            exec(compile(step["code"], step["where"], "exec"), {"__name__": "__main__"})
        except BaseException:
            error = traceback.format_exc()
    answers.write(json.dumps([error, printed.getvalue()]) + "\\n")
    answers.flush()
"""


class Block(NamedTuple):
    """A fenced block of a page."""

    where: str
    language: str
    code: str


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page as its readers see them: with what it includes."""
    yield from _blocks(page.read_text(), page, 0)


def text_of(page: Path) -> str:
    """Return a page with what it includes."""
    included = (_included(page, token.content, token.info)[0] for token in MarkdownIt().parse(page.read_text()))
    return "\n".join([page.read_text(), *included])


def _blocks(text: str, page: Path, before: int) -> Iterator[Block]:
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.map:
            included, source, line = _included(page, token.content, token.info)
            if included:
                yield from _blocks(included, source, line)
            elif not token.info.startswith("{"):
                where = f"{page.relative_to(ROOT)}:{before + token.map[0] + 1}"
                yield Block(where, token.info, token.content)


def _included(page: Path, options: str, directive: str) -> tuple[str, Path, int]:
    """Return what a directive includes, of which file, and how many lines of that are in front of it."""
    if not directive.startswith("{include} "):
        return "", page, 0
    source = (page.parent / directive.removeprefix("{include} ")).resolve()
    text, line = source.read_text(), 0
    for name, value in re.findall(r'^:(start-after|end-before): "(.*)"$', options, re.MULTILINE):
        before, _, behind = text.partition(value)
        text, line = (behind, line + before.count("\n")) if name == "start-after" else (before, line)
    return text, source, line


class Reader:
    """Follows one page; `with` ends what was started in other terminals.

    Args:
        folder: an empty folder, which is the reader's home, and where they work.
        sandbox: the local Torus that they were given; `None` where the page starts one.
        wall_clock: that of the sandbox; it can be set forward.
    """

    def __init__(self, page: Path, folder: Path, sandbox: Sandbox | None, wall_clock: WallClock) -> None:
        self.folder = self._home = folder
        self.visited = folder / "visited"
        self._anew = _ANEW in text_of(page)
        self._sandbox = sandbox
        self._wall_clock = wall_clock
        self._cleanup = ExitStack()
        self._python: subprocess.Popen[str] | None = None
        script = folder / "browser"
        script.write_text(f'#!/bin/sh\nexec {sys.executable} {browser.__file__} {self.visited} "$1"\n')
        script.chmod(0o700)
        self.env = {
            **{
                name: value for name, value in os.environ.items() if not name.startswith(("TORUS_", "COVERAGE", "XDG_"))
            },
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder),
            "BROWSER": str(script),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
        }
        if sandbox:
            self.env |= {
                "TORUS_API_KEY": sandbox.api_key,
                "TORUS_API_SECRET": sandbox.api_secret,
                "TORUS_BASE_URL": sandbox.base_url,
                "TORUS_REQUEST_TOKEN": sandbox.issue_request_token(),
                "TORUS_TOTP_SECRET": sandbox.totp_secret,
            }
        (folder / "examples").symlink_to(ROOT / "examples")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        if block.language == "python":
            self._prepare(block.code)
            self._run_python(block)
        elif block.language == "console":
            for number, line in enumerate(block.code.splitlines(), 1):
                assert line.startswith("$ "), "a console shows what to type"
                self._prepare(line)
                self._run(line.removeprefix("$ "), f"{block.where} + {number}")
        else:
            assert block.language == "text", f"{block.where}: a block is python, console, or text that is not run"

    def _prepare(self, code: str) -> None:
        """Read slowly: codes of before are old, and where the page says so, the request token is a new one."""
        if self._sandbox and "totp" in code:
            self._wall_clock.offset = 120.0
            self._sandbox.totp_code()
            self._wall_clock.offset = 0.0
        if self._sandbox and self._anew:
            self.env["TORUS_REQUEST_TOKEN"] = self._sandbox.issue_request_token()
        if not self._sandbox and '"TORUS_REQUEST_TOKEN"' in code:  # what a reader with an account has
            with urlopen(Request("http://127.0.0.1:8787/_sandbox/request-tokens", method="POST"), timeout=20) as reply:
                self.env["TORUS_REQUEST_TOKEN"] = json.load(reply)["request_token"]
            self.env["TORUS_API_SECRET"] = API_SECRET
        if self._sandbox and '"TORUS_TOTP"' in code:
            self.env["TORUS_TOTP"] = self._sandbox.totp_code()

    def _run_python(self, block: Block) -> None:
        if "def test_" in block.code:
            (self.folder / "test_page.py").write_text(block.code)
            assert "1 passed" in self._run("python -m pytest -p no:cacheprovider test_page.py", block.where)
            return
        if self._python is None:
            self._python = self._cleanup.enter_context(
                subprocess.Popen(
                    [sys.executable, "-W", "error", "-c", _INTERPRETER],
                    env=self.env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        again = "except TorusError" in block.code and "place_order" not in block.code
        times = 2 if again else 1  # now the request token is spent
        assert self._python.stdin
        assert self._python.stdout
        for _ in range(times):
            step = {"code": block.code, "env": self.env, "folder": str(self.folder), "where": block.where}
            self._python.stdin.write(f"{json.dumps(step)}\n")
            self._python.stdin.flush()
            error, printed = json.loads(self._python.stdout.readline())
            assert not error, f"{block.where}\n{printed}{error}"
        assert times == 1 or "APIStatusError" in printed

    def _run(self, command: str, where: str) -> str:
        if command.startswith("make"):
            # Most of them run these very tests: here it counts that there is such a task.
            return _ran(command.replace("make", "make --dry-run", 1), ROOT, self.env, where)
        if command.startswith("pip install"):
            _install(command, self.folder, self.env)
            return ""
        if _STAYS.match(command):
            self._cleanup.enter_context(Terminal(command, self.folder, self.env))
            return ""
        after = self._home / "environment"
        printed = _ran(
            f"{command}\ncode=$?; pwd > {after}.folder; env -0 > {after}; exit $code", self.folder, self.env, where
        )
        self.folder = Path(after.with_suffix(".folder").read_text().rstrip("\n"))
        pairs = (pair.partition("=")[::2] for pair in after.read_text().split("\0") if pair)
        self.env = {name: value for name, value in pairs if name not in ("_", "PWD", "OLDPWD", "SHLVL")}
        return printed


class WallClock:
    """The time, which can be set forward."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


class Terminal:
    """A terminal of its own, for what runs until Ctrl-C; it is ready within `with`."""

    def __init__(self, command: str, folder: Path, env: Mapping[str, str]) -> None:
        self.printed = ""
        self._command = command
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.printed += line
            if any(words in line for words in _READY):
                self._ready.set()
        self._ready.set()

    def __enter__(self) -> Self:
        self._reader.start()
        assert self._ready.wait(60), self.printed
        assert self._process.poll() is None, f"{self._command}\n{self.printed}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()
        self._process.wait(20)
        self._reader.join(20)
        assert self._process.stdout
        self._process.stdout.close()
        assert "Traceback" not in self.printed, self.printed


def _ran(script: str, folder: Path, env: Mapping[str, str], where: str) -> str:
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{where}\n{done.stdout}{done.stderr}"
    return done.stdout


def _install(command: str, folder: Path, env: Mapping[str, str]) -> None:
    """Install what is here, without what it needs; see that what is elsewhere is a package that the tests have, too."""
    for word in shlex.split(command)[2:]:
        name, _, extras = word.rstrip("]").partition("[")
        installed = metadata("torus-connect" if name == "." else name)
        assert set(filter(None, extras.split(","))) <= set(installed.get_all("Provides-Extra", []))
        if name == "." and not _installed:
            _installed.append(command)
            # pip reads the second one backwards.
            target = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_TARGET": str(folder / "installed")}
            _ran("pip install .", ROOT, {**env, **target}, command)


def sandbox_of_reader(wall_clock: WallClock) -> Sandbox:
    """Return a local Torus like that of `torus-connect sandbox`."""
    return Sandbox(redirect_url="http://127.0.0.1:8788/", wall_clock=wall_clock)

"""`torus-connect completion`: what a real shell offers, with the script that was printed."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
from pathlib import Path

import pytest
from cli.conftest import command

TYPED = {
    "torus-connect ho": ["holdings"],
    "torus-connect session ": ["generate", "show", "path", "clear", "token", "--help"],
    "torus-connect session show --j": ["--json"],
    "torus-connect holdings --output ": ["table", "json", "csv"],
    "torus-connect orders --user demo --output c": ["csv"],
    "torus-connect call sea": ["search_stocks"],
    "torus-connect call margin se": ["segment=", "security_id="],
    "torus-connect call search_stocks que": ["query="],
    "torus-connect completion z": ["zsh"],
    "torus-connect spec --format ": ["yaml", "json"],
    "torus-connect no-such-command ho": ["holdings"],
}
BASH = """
source "$1"
COMP_WORDS=($2) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
case "$2" in *" ") COMP_WORDS+=("") COMP_CWORD=$((COMP_CWORD + 1)) ;; esac
_torus_connect
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    for shell in ("bash", "zsh", "fish"):
        (folder / shell).write_text(command("completion", shell).stdout, encoding="utf-8")
    return folder


def _until(descriptor: int, expected: str) -> None:
    """Read until something is shown."""
    shown = ""
    while expected not in shown and select.select([descriptor], [], [], 10)[0]:
        shown += os.read(descriptor, 65536).decode()
    assert expected in shown


def printed(*argv: str | Path) -> list[str]:
    run = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=30)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.splitlines()


@pytest.mark.parametrize("typed", TYPED)
def test_bash(script: Path, typed: str) -> None:
    assert printed("bash", "-c", BASH, "bash", script / "bash", typed) == TYPED[typed]


@pytest.mark.toolchain
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("ho", "holdings"),
        ("session cl", "session clear"),
        ("holdings --output c", "holdings --output csv"),
        ("call sea", "call search_stocks"),
        ("call search_stocks que", "call search_stocks query="),
    ],
)
def test_zsh_at_a_terminal(script: Path, typed: str, completed: str) -> None:
    shell = shutil.which("zsh")
    assert shell
    primary, secondary = pty.openpty()
    start = f"autoload -Uz compinit && compinit -u -d {script}/dump; source {script}/zsh"
    function = "torus-connect() { print -r -- got: $* }; print ready"
    zsh = subprocess.Popen([shell, "-f", "-i"], stdin=secondary, stdout=secondary, stderr=secondary)
    os.close(secondary)
    try:
        # At the pace of a person: the shell takes a Tab for text while it reads a line that was pasted.
        for line, expected in (
            (f"{start}; {function}\n", "ready\r\n"),
            (f"torus-connect {typed}\t", completed),
            ("\n", f"got: {completed}"),
        ):
            os.write(primary, line.encode())
            _until(primary, expected)
    finally:
        zsh.kill()
        zsh.wait()
        os.close(primary)


@pytest.mark.toolchain
@pytest.mark.parametrize("typed", TYPED)
def test_fish(script: Path, typed: str) -> None:
    assert shutil.which("fish")
    said = printed("fish", "--no-config", "-c", f"source {script / 'fish'}; complete -C '{typed}'")
    assert sorted(said) == sorted(TYPED[typed])


def test_every_shell_is_there_or_said() -> None:
    done = command("completion", "canary")
    assert done.returncode == 2
    assert "choose from 'bash', 'zsh', 'fish'" in done.stderr
    assert "canary" not in done.stderr

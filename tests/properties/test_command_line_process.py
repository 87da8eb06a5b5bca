"""The command line as a process, with whatever bytes the system lets through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.test_command_line import words
from properties.texts import assert_unsaid, nasty_texts, plain_texts
from properties.wire import ACCESS_TOKEN, API_KEY, API_SECRET, Listener
from support.command_line import run_here

COMMAND = str(Path(sys.executable).with_name("torus-connect"))
# A process costs a thousand times what a call does.
FEWER = settings(max_examples=max(5, settings().max_examples // 15))

raw = st.one_of(
    nasty_texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
    plain_texts.map(str.encode),
).map(lambda data: data.replace(b"\0", b"\x01"))
# What would serve until it is signalled, or be a request to somewhere else, is not for here.
others = words.filter(lambda word: word not in ("sandbox", "--base-url")).map(str.encode) | raw.map(b"x".__add__)
environments = st.fixed_dictionaries(
    {},
    optional={
        b"TORUS_API_KEY": raw,
        b"TORUS_API_SECRET": raw,
        b"TORUS_REQUEST_TOKEN": raw,
        b"TORUS_CA_FILE": raw.map(b"no-such-folder/".__add__),
        b"TORUS_BASE_URL": raw.map(b"ftp://".__add__),
        b"TORUS_LOG": st.sampled_from([b"debug", b"loud"]),
        b"LC_ALL": st.sampled_from([b"C", b"C.UTF-8", b"POSIX", b"nonsense"]),
        b"PYTHONIOENCODING": st.sampled_from([b"ascii", b"utf-8", b"latin-1"]),
        b"PYTHONUTF8": st.sampled_from([b"0", b"1"]),
    },
)


def run(listener: Listener, argv: list[bytes], environment: dict[bytes, bytes], stdin: bytes) -> tuple[int, str, str]:
    usual: dict[Any, Any] = {
        **os.environb,
        b"TORUS_API_KEY": API_KEY.encode(),
        b"TORUS_API_SECRET": API_SECRET.encode(),
        b"TORUS_BASE_URL": listener.base_url.encode(),
    }
    done = subprocess.run(
        [COMMAND.encode(), *argv],
        input=stdin,
        env={**usual, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )
    stderr = done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in stderr
    assert "Error" not in stderr.replace("ConfigurationError", "")
    assert done.returncode in (0, 2, 3, 4, 5)
    return done.returncode, done.stdout.decode("latin-1"), stderr


@FEWER
@given(argv=st.lists(others, max_size=5), environment=environments, stdin=raw)
def test_any_arguments(listener: Listener, argv: list[bytes], environment: dict[bytes, bytes], stdin: bytes) -> None:
    code, stdout, stderr = run(listener, argv, environment, stdin)
    assert code == 0 or stdout == ""
    assert_unsaid(stderr, *(value.decode("utf-8", "replace") for value in (*argv, *environment.values(), stdin)))


@FEWER
@given(environment=environments, stdin=raw, output=st.sampled_from([b"text", b"json", b"env"]))
def test_any_environment(listener: Listener, environment: dict[bytes, bytes], stdin: bytes, output: bytes) -> None:
    before = len(listener.requests)
    argv = [b"session", b"generate", b"--request-token", b"-", b"--output", output]
    code, stdout, stderr = run(listener, argv, environment, stdin)
    assert len(listener.requests) == before + (code == 0)
    assert (ACCESS_TOKEN in stdout) is (code == 0)
    assert_unsaid(stderr, *(value.decode("utf-8", "replace") for value in (*environment.values(), stdin)))


@pytest.mark.parametrize("port", ["-1", "65536", "9" * 30, "1e3"])
def test_sandbox_port(port: str) -> None:
    done = run_here(["sandbox", f"--port={port}"])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_sandbox_port_that_is_no_text() -> None:
    done = subprocess.run(
        [COMMAND, "sandbox", "--port=\udcff"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr

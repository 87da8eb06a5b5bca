"""The command line in this process, with any arguments, environment and standard input."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties.guard import Guard
from properties.texts import assert_unsaid, is_address, nasty_texts, plain_texts, unquoted, with_plain_blanks
from properties.urls import LISTENER, urls
from properties.wire import ACCESS_TOKEN, API_KEY, API_SECRET, Listener, assert_sent
from support.command_line import Done, run_here

WORDS = ("session", "generate", "spec", "sandbox", "--help", "-h", "--version", "--", "-", "--output", "--base-url")
MORE_WORDS = ("--request-token", "--timeout", "--format", "--port", "--json", "json", "yaml", "text", "env", "1", "0.5")
words = st.sampled_from(WORDS + MORE_WORDS)
any_argv = st.lists(words | nasty_texts, max_size=7)
generate_options = st.lists(
    st.one_of(
        st.tuples(st.just("--output"), st.sampled_from(["text", "json", "env"]) | nasty_texts),
        st.tuples(
            st.just("--timeout"),
            st.sampled_from(["10", "nan", "-1", "1e400", "0x1", "\u0661"]) | nasty_texts,
        ),
        st.tuples(st.just("--total-timeout"), st.sampled_from(["10", "nan"]) | nasty_texts),
        st.tuples(st.just("--max-retries"), st.sampled_from(["0", "10", "11", "9" * 5000]) | nasty_texts),
        st.tuples(st.just("--base-url"), urls),
        st.tuples(st.just("--request-token"), st.just("-") | nasty_texts),
        st.tuples(st.just("--totp"), st.just("-") | nasty_texts),
        st.just(("--totp",)),
        st.tuples(st.just("--totp-secret-file"), nasty_texts.map("no-such-folder/".__add__)),
        st.tuples(st.just("--totp-digits"), st.sampled_from(["6", "9" * 5000]) | nasty_texts),
        st.tuples(st.just("--totp-digest"), st.sampled_from(["sha1", "md5"]) | nasty_texts),
        st.tuples(st.just("--save-reply"), nasty_texts.map("no-such-folder/".__add__)),
    ),
    max_size=3,
).map(lambda pairs: [word for pair in pairs for word in pair])
generate_argv = generate_options.map(["session", "generate"].__add__)
spec_argv = st.lists(words | nasty_texts, max_size=3).map(["spec"].__add__)
sandbox_argv = st.lists(words | nasty_texts | st.integers().map(str), max_size=3).map(["sandbox", "--port"].__add__)

variable_values = (
    plain_texts.map(str.encode) | nasty_texts.map(lambda t: t.encode("utf-8", "surrogatepass")) | st.binary()
)
environments = st.fixed_dictionaries(
    {},
    optional={
        "TORUS_API_KEY": variable_values,
        "TORUS_API_SECRET": variable_values,
        "TORUS_REQUEST_TOKEN": variable_values,
        "TORUS_TOTP_SECRET": variable_values,
        "TORUS_TOTP_SECRET_FILE": variable_values.map(b"no-such-folder/".__add__),
        "TORUS_BASE_URL": urls.map(lambda url: url.encode("utf-8", "surrogatepass")),
        "TORUS_CA_FILE": variable_values.map(b"no-such-folder/".__add__),
        "TORUS_LOG": st.sampled_from([b"debug", b"info", b"DEBUG", b"5"]) | variable_values,
        "HTTPS_PROXY": variable_values | urls.map(lambda url: url.encode("utf-8", "surrogatepass")),
        "NO_PROXY": variable_values,
    },
)


def run(argv: list[str], environment: dict[str, bytes], stdin: bytes) -> Done:
    # The real one serves until it is signalled.
    with mock.patch("torus_connect.sandbox.server.serve", return_value=0):
        return run_here(argv, {name: value.replace(b"\0", b"\x01") for name, value in environment.items()}, stdin)


@pytest.fixture(autouse=True, scope="module")
def _first_import(guard: Guard) -> None:
    """See to it that what the commands import when they need it is there before anything is replaced."""
    import torus_connect.sandbox.server  # noqa: F401


@given(
    argv=any_argv | generate_argv | spec_argv | sandbox_argv,
    environment=environments,
    stdin=variable_values,
    usual=st.booleans(),
)
@example(argv=["sandbox", "--port", "9" * 5000], environment={}, stdin=b"", usual=False)
@example(argv=["session", "generate", "--save-reply", "a\0b"], environment={}, stdin=b"", usual=True)
@example(argv=["session", "generate", "--save-reply", "\ud800"], environment={}, stdin=b"", usual=True)
@example(argv=["spec", "--format", "\ud800"], environment={}, stdin=b"", usual=True)
@example(argv=["session", "generate", "--output=secret-in-the-wrong-place)"], environment={}, stdin=b"", usual=True)
def test_anything(
    listener: Listener, argv: list[str], environment: dict[str, bytes], stdin: bytes, *, usual: bool
) -> None:
    if usual:
        environment = {**{name: value.encode() for name, value in variables(listener).items()}, **environment}
    argv = [word.replace(LISTENER, listener.authority) for word in argv]
    environment = {
        name: value.replace(LISTENER.encode(), listener.authority.encode()) for name, value in environment.items()
    }
    before = len(listener.requests)
    done = run(argv, environment, stdin)
    seen = len(listener.requests) - before
    assert seen <= 1
    assert done.returncode in ((0, 2) if done.by_argparse else (0, 2, 3, 4, 5))
    if done.returncode == 2:
        assert seen == 0
    if seen and done.returncode == 0:
        assert ACCESS_TOKEN in done.stdout
    elif done.returncode:
        assert done.stdout == ""
    if seen:
        line, headers, body = listener.sent(-1)
        assert line.endswith("/session/generate HTTP/1.1")
        assert len(headers) == 8
        assert body.keys() == {"API_KEY", "API_SECRET"}
    values = [value.decode("utf-8", "replace") for name, value in environment.items() if name != "TORUS_LOG"]
    assert_unsaid(done.stderr, *argv, *values, stdin.decode("utf-8", "replace"))


def variables(listener: Listener) -> dict[str, str]:
    return {"TORUS_API_KEY": API_KEY, "TORUS_API_SECRET": API_SECRET, "TORUS_BASE_URL": listener.base_url}


@given(token=plain_texts | nasty_texts, piped=st.booleans(), output=st.sampled_from(["text", "json", "env"]))
@example(token="0\xa00", piped=True, output="text")
def test_the_request_token(listener: Listener, token: str, output: str, *, piped: bool) -> None:
    environment: dict[str, Any] = {name: value.encode() for name, value in variables(listener).items()}
    encoded = token.encode("utf-8", "surrogatepass")
    argv = ["session", "generate", "--output", output]
    if piped:
        argv += ["--request-token", "-"]
    else:
        environment["TORUS_REQUEST_TOKEN"] = encoded
    before = len(listener.requests)
    done = run(argv, environment, encoded if piped else b"")
    if done.returncode == 0:
        assert len(listener.requests) == before + 1
        sent = unquoted(with_plain_blanks(token))
        assert_sent(listener.requests[-1], authority=listener.authority, request_token=sent)
        assert done.stderr == ""
        assert output != "text" or done.stdout == ACCESS_TOKEN + "\n"
        assert output != "json" or json.loads(done.stdout)["access_token"] == ACCESS_TOKEN
        assert output != "env" or done.stdout == f"TORUS_ACCESS_TOKEN={ACCESS_TOKEN}\n"
    else:
        assert (done.stdout, len(listener.requests)) == ("", before)
        assert done.returncode == 2 or (done.returncode == 3 and is_address(token))
        assert_unsaid(done.stderr, token)

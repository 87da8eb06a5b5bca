"""The command `torus-connect`, as a process of its own."""

from __future__ import annotations

import json
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Done, run_here
from support.raw_server import Behaviour, Connection, RawServer, answer, reply

from torus_connect import __version__, spec_text
from torus_connect.cli._arguments import parser
from torus_connect.cli._messages import EXAMPLES
from torus_connect.cli._parser import Parser
from torus_connect.cli._variables import KNOWN
from torus_connect.sandbox import Sandbox

COMMAND = str(Path(sys.executable).with_name("torus-connect"))
GENERATE = (COMMAND, "session", "generate")
CANARY = "canary-request-token"


def run(
    *command: str, env: Mapping[str, str] | None = None, stdin: str | bytes = b"", **options: Any
) -> subprocess.CompletedProcess[str]:
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run(
        command, input=data, env={**os.environ, **(env or {})}, capture_output=True, timeout=60, check=False, **options
    )
    result = subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.stderr
    assert CANARY not in result.stdout + result.stderr
    return result


def here(*arguments: str, env: Mapping[str, str] | None = None, stdin: str | bytes = b"") -> Done:
    result = run_here(arguments, env, stdin)
    assert CANARY not in result.stdout + result.stderr
    return result


def generate(*options: str, env: Mapping[str, str], stdin: str | bytes = b"") -> Done:
    return here("session", "generate", *options, env=env, stdin=stdin)


def variables(base_url: str, **more: str) -> dict[str, str]:
    return {
        "TORUS_API_KEY": Sandbox.api_key,
        "TORUS_API_SECRET": Sandbox.api_secret,
        "TORUS_BASE_URL": base_url,
        **more,
    }


def test_the_token_from_the_environment(torus_sandbox: Sandbox) -> None:
    request_token = torus_sandbox.issue_request_token()
    result = run(*GENERATE, env=variables(torus_sandbox.base_url, TORUS_REQUEST_TOKEN=request_token))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == torus_sandbox.access_token_for(request_token) + "\n"


def test_the_token_from_standard_input(torus_sandbox: Sandbox) -> None:
    request_token = torus_sandbox.issue_request_token()
    result = run(
        *GENERATE,
        "--request-token",
        "-",
        stdin=f"  {request_token}\r\n",
        # Standard input was asked for: what the environment holds does not count.
        env=variables(torus_sandbox.base_url, TORUS_REQUEST_TOKEN="another"),
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == torus_sandbox.access_token_for(request_token) + "\n"


@pytest.mark.parametrize("given", ["http://127.0.0.1/cb?REQUEST_TOKEN={}", '"{}"', '"GET /?REQUEST_TOKEN={} HTTP/1.1"'])
def test_the_address_that_the_login_ended_at(torus_sandbox: Sandbox, given: str) -> None:
    request_token = torus_sandbox.issue_request_token()
    env = variables(torus_sandbox.base_url)
    result = generate("--request-token", "-", stdin=given.format(request_token), env=env)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == torus_sandbox.access_token_for(request_token) + "\n"


def test_an_address_without_a_token(torus_sandbox: Sandbox) -> None:
    env = variables(torus_sandbox.base_url, TORUS_REQUEST_TOKEN=f"127.0.0.1:8788/?status={CANARY}")
    result = generate(env=env)
    assert (result.returncode, result.stdout) == (3, "")
    assert "The redirect carries no request token" in result.stderr


def on_a_terminal(typed: bytes, env: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Run the command on a terminal of its own; return exit code, standard output, and what the terminal showed."""
    read, write = os.pipe()
    child, terminal = pty.fork()
    if not child:
        os.dup2(write, 1)
        os.execve(GENERATE[0], GENERATE, {**os.environ, **env})
    os.close(write)
    shown = b""
    while b"Request token" not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, typed)
    with os.fdopen(read, "rb") as output:
        while typed == b"\x03" and not select.select([output], [], [], 1)[0]:
            os.write(terminal, typed)  # the first one came just before Python began to read
        printed = output.read()
    while True:
        try:
            chunk = os.read(terminal, 1024)
        except OSError:  # Linux says so when the other end of a terminal is gone
            break
        if not chunk:
            break
        shown += chunk
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), printed, shown


@pytest.mark.usefixtures("measured")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
class TestPrompt:
    def test_it_is_hidden(self, torus_sandbox: Sandbox) -> None:
        request_token = torus_sandbox.issue_request_token()
        typed = request_token.encode() + b"\n"
        code, printed, shown = on_a_terminal(typed, variables(torus_sandbox.base_url))
        assert code == 0
        assert printed.decode() == torus_sandbox.access_token_for(request_token) + "\n"
        assert request_token.encode() not in shown

    def test_nothing_typed(self, torus_sandbox: Sandbox) -> None:
        code, printed, shown = on_a_terminal(b"\x04", variables(torus_sandbox.base_url))
        assert (code, printed) == (2, b"")
        assert b"request_token is missing: nothing was typed" in shown

    def test_more_than_a_terminal_takes(self, torus_sandbox: Sandbox) -> None:
        code, printed, shown = on_a_terminal(b"x" * 5000 + b"\n", variables(torus_sandbox.base_url))
        assert (code, printed) == (2, b"")
        assert b"longer than a terminal takes" in shown

    def test_no_text(self, torus_sandbox: Sandbox) -> None:
        code, printed, shown = on_a_terminal(b"abc\xff\n", variables(torus_sandbox.base_url))
        assert (code, printed) == (2, b"")
        assert b"Traceback" not in shown

    def test_ctrl_c(self, torus_sandbox: Sandbox) -> None:
        code, printed, shown = on_a_terminal(b"\x03", variables(torus_sandbox.base_url))
        assert (code, printed) == (130, b"")
        assert b"Interrupted" in shown
        assert b"Traceback" not in shown


def test_output_json(torus_sandbox: Sandbox) -> None:
    request_token = torus_sandbox.issue_request_token()
    env = variables(torus_sandbox.base_url, TORUS_REQUEST_TOKEN=request_token)
    printed = json.loads(generate("--output", "json", env=env).stdout)
    assert printed.keys() == {"access_token", "issued_at"}
    assert printed["access_token"] == torus_sandbox.access_token_for(request_token)
    assert datetime.fromisoformat(printed["issued_at"]).tzinfo is not None


def test_output_env() -> None:
    token = "it's $HOME; `id`"
    with RawServer(answer(reply(json.dumps({"AccessToken": token}).encode()))) as server:
        env = variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY)
        line = generate("--output", "env", env=env).stdout
    assert line == f"TORUS_ACCESS_TOKEN={shlex.quote(token)}\n"
    assert run("sh", "-c", line + 'printf %s "$TORUS_ACCESS_TOKEN"').stdout == token


def reset(connection: Connection) -> None:
    connection.read_request()
    connection.reset()


@pytest.mark.parametrize(
    ("behave", "code", "words"),
    [
        (
            answer(reply(status="401 Unauthorized")),
            4,
            "The service answered 401\nProbably (the service documents no error) the request token is used",
        ),
        (answer(reply(status="429 Slow Down")), 4, "The service answered 429\nWait"),
        (answer(reply(status="500 Oops")), 5, "The service answered 500\nThe request token may be spent"),
        (answer(reply(b"{}")), 5, "The service answered 200, with a body that cannot be read"),
        (reset, 5, "but no whole reply came back"),
    ],
)
def test_exit_codes(behave: Behaviour, code: int, words: str) -> None:
    with RawServer(behave) as server:
        result = generate(env=variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY))
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr
    of_the_reply = "What the service answered is not shown; with --save-reply FILE, the next answer is kept.\n"
    assert result.stderr.endswith(f"\n{of_the_reply}") is (code == 4)


def test_exit_code_of_what_was_not_sent() -> None:
    with RawServer(answer(reply())) as server:
        base_url = server.base_url
    result = run(*GENERATE, env=variables(base_url, TORUS_REQUEST_TOKEN=CANARY))
    assert result.returncode == 3
    assert "Nothing was sent" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "env", "stdin", "words"),
    [
        ((), {}, b"", "set TORUS_REQUEST_TOKEN, or pipe it to `--request-token -`"),
        ((), {"TORUS_REQUEST_TOKEN": " \r"}, b"", "request_token is empty"),
        ((), {"TORUS_REQUEST_TOKEN": '"a-token"'}, b"", "TORUS_REQUEST_TOKEN must not be in quotes"),
        ((), {"TORUS_REQUEST_TOKEN": "a-token # note"}, b"", "TORUS_REQUEST_TOKEN may hold no blanks"),
        (("--request-token", "-"), {}, b"", "request_token is empty"),
        (("--request-token", "-"), {}, b"canary-request-token\xff", "request_token may hold printable ASCII"),
        (("--request-token", "-"), {}, b"x" * 70_000, "request_token is longer"),
        ((), {"TORUS_API_KEY": ""}, b"", "api_key (from TORUS_API_KEY) is empty"),
        (("--base-url", "http://host"), {}, b"", "base_url must be https://"),
        (("--timeout", "0"), {}, b"", "timeout must be above 0"),
    ],
)
def test_wrong_configuration(arguments: tuple[str, ...], env: dict[str, str], stdin: bytes, words: str) -> None:
    result = generate(*arguments, stdin=stdin, env={**variables("http://127.0.0.1:1"), **env})
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("session",), "the following arguments are required: VERB; see --help\n"),
        (("sesion",), "argument COMMAND: no such choice; did you mean session? (choose from "),
        (("session", "shwo"), "argument VERB: no such choice; did you mean show? (choose from "),
        (("call", "holdigns"), "argument OPERATION: no such choice; did you mean holdings? (choose from "),
        (("login", "--totp-digest", "sha25"), "argument --totp-digest: no such choice; did you mean sha"),
        (("login", "--jsno"), "error: unrecognized arguments: did you mean --json?"),
        (("holdings", f"--ouput={CANARY}"), "error: unrecognized arguments: did you mean --output?"),
        (("help",), "argument COMMAND: no such choice; on the command line: torus-connect --help (choose from "),
        (("logout",), "argument COMMAND: no such choice; on the command line: torus-connect session clear (choose "),
        (("holdings", "--format", CANARY), "error: unrecognized arguments: did you mean --output?"),
        (("holdings", "-o", CANARY), "error: unrecognized arguments: did you mean --output?"),
        (("holdings", f"--canary={CANARY}"), "are --help, --user, --store, --base-url, --output, --save-reply\n"),
        (("session", "show", f"--format={CANARY}"), "options of this command are --help, --user, --store, --base-url"),
        (("session", "show", f"--{CANARY}"), "unrecognized arguments: no secret is accepted here"),
        (("session", "show", f"-{CANARY[:6]}1"), "unrecognized arguments: no secret is accepted here"),
        (("call", "place_order"), "no such choice; on the command line: torus-connect call order_entry (choose from "),
        (("call", "cancel_order"), "no such choice; on the command line: torus-connect call order_cancel (choose "),
        (("modify_order",), "no such choice; on the command line: torus-connect call order_modify (choose from "),
        (("call", "find_order"), "no such choice; on the command line: torus-connect orders (choose from "),
        (("session", "show", "--store", "fle:x"), "rediss://HOST; did you mean file:?"),
        (("sandbox", "--conformance", "--only", "succes", "--", "true"), "no such vector; did you mean success?"),
        ((CANARY,), "argument COMMAND: no such choice (choose from "),
        (("session", CANARY), "argument VERB: no such choice (choose from "),
        (("session", "generate", CANARY), "unrecognized arguments: no secret is accepted here"),
        (("session", "generate", "--api-secret", CANARY), "unrecognized arguments: no secret is accepted here"),
        (("session", "generate", "--request-token", CANARY), "argument --request-token: must be -"),
        (("session", "generate", f"--request-token={CANARY}"), "argument --request-token: must be -"),
        (("session", "generate", "--request-token"), "argument --request-token: expected one argument"),
        (("session", "generate", "--output", CANARY), "argument --output: no such choice (choose from "),
        (("session", "generate", "--timeout", CANARY), "argument --timeout: must be a number"),
        (("sandbox", "--port", CANARY), "argument --port: must be a number"),
        (("sandbox", f"--json={CANARY}"), "argument --json: cannot be understood"),
        (("spec", "--format", CANARY), "argument --format: no such choice (choose from "),
    ],
)
def test_wrong_usage_repeats_nothing(arguments: tuple[str, ...], words: str) -> None:
    result = here(*arguments, env={"TORUS_API_KEY": "demo-api-key"})
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr


def test_the_bare_command_shows_help() -> None:
    assert here() == here("--help")
    assert here().returncode == 0


def test_every_command_has_examples_that_can_be_typed() -> None:
    def below(command: Parser) -> Iterator[str]:
        verbs = command.commands()
        if not verbs or command.prog.endswith(" call"):
            yield command.prog.removeprefix("torus-connect ")
            shown = command.format_help()
            assert "docs/reference/command-line.md" in shown
            assert "TORUS_API_KEY" in shown
            assert f"\nexamples:\n  {command.prog}" in shown
        for each in () if command.prog.endswith(" call") else verbs.values():
            yield from below(each)

    assert {*below(parser()), ""} == EXAMPLES.keys()
    for example in (each for examples in EXAMPLES.values() for each in examples if "--help" not in each):
        assert parser().parse_args(shlex.split(example)).command == example.split()[0]


@pytest.mark.usefixtures("measured")
def test_standard_input_closed() -> None:
    for option in ((), ("--request-token", "-")):
        command = shlex.join([*GENERATE, *option]) + " <&-"
        result = run("sh", "-c", command, env=variables("http://127.0.0.1:1"))
        assert result.returncode == 2
        assert "request_token is missing" in result.stderr


@pytest.mark.usefixtures("measured")
def test_whoever_reads_the_spec_may_stop() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([COMMAND, "spec"], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("command", [("spec",), ("sandbox", "--port", "0"), ("session", "generate")])
@pytest.mark.parametrize(
    ("to", "why"), [(" >&-", "is closed"), (" >/dev/full", "cannot be written: No space left on device")]
)
def test_nowhere_to_write(torus_sandbox: Sandbox, command: tuple[str, ...], to: str, why: str) -> None:
    env = variables(torus_sandbox.base_url, TORUS_REQUEST_TOKEN=torus_sandbox.issue_request_token())
    before = torus_sandbox.exchanges
    result = run("sh", "-c", shlex.join([COMMAND, *command]) + to, env=env)
    if command[0] == "session" and to != " >&-":
        assert result.returncode == 5
        assert "could not be written" in result.stderr
    else:
        assert (result.returncode, result.stderr) == (
            1,
            f"torus-connect: standard output {why}\n",
        )
        assert torus_sandbox.exchanges == before


def test_with_standard_error_closed(torus_sandbox: Sandbox) -> None:
    env = variables(torus_sandbox.base_url)
    assert run("sh", "-c", shlex.join(GENERATE) + " 2>&-", env=env).returncode == 2


def test_a_standard_input_that_cannot_be_read() -> None:
    command = shlex.join([*GENERATE, "--request-token", "-"]) + " 0>/dev/null"
    result = run("sh", "-c", command, env=variables("http://127.0.0.1:1"))
    assert result.returncode == 2
    assert "request_token is missing: standard input is closed" in result.stderr


def test_the_log() -> None:
    with RawServer(answer(reply())) as server:
        env = variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY, TORUS_LOG="debug")
        result = generate(env=env)
    assert result.returncode == 0
    assert " INFO torus_connect: generateSession attempt=1 outcome=ok status=200" in result.stderr
    assert f" DEBUG torus_connect: connected to 127.0.0.1:{server.port} by TCP" in result.stderr
    assert "access-token-of-the-test" not in result.stderr
    result = generate(env={**env, "TORUS_LOG": CANARY})
    assert result.returncode == 2
    assert "TORUS_LOG must be one of debug, info, warning, error" in result.stderr


class TestSaveReply:
    def test_it_is_kept(self, tmp_path: Path) -> None:
        kept = tmp_path / "reply"
        with RawServer(answer(reply(b'{"Access": "canary"}'))) as server:
            env = variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY)
            result = generate("--save-reply", str(kept), env=env)
            again = generate("--save-reply", str(kept), env=env)
        assert result.returncode == 5
        assert "is in the file given with --save-reply" in result.stderr
        assert kept.read_bytes() == b'{"Access": "canary"}'
        assert kept.stat().st_mode & 0o777 == 0o600
        assert again.returncode == 2
        assert "--save-reply cannot make a new file: File exists" in again.stderr
        assert len(server.requests) == 1

    def test_without_it_what_may_hold_the_token_is_kept(self, tmp_path: Path) -> None:
        folder = tmp_path / "torus-connect"
        with RawServer(answer(reply(b'{"Access": "canary"}'))) as server:
            env = variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY, XDG_STATE_HOME=str(tmp_path))
            result = generate(env=env)
        (kept,) = folder.glob("*.reply")
        assert (result.returncode, result.stdout) == (5, "")
        assert f"The raw reply, which may hold secrets, is in {kept}; `torus-connect session clear`" in result.stderr
        assert "kept with this error" not in result.stderr
        assert kept.read_bytes() == b'{"Access": "canary"}'
        assert (kept.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
        env["TORUS_SESSION_STORE"] = f"file:{tmp_path / 'another'}"
        assert here("session", "clear", env=env).returncode == 0
        assert list(folder.glob("*.reply*")) == []

    @pytest.mark.parametrize(
        ("answered", "words"),
        [
            (reply(b"{}", status="500 Oops"), "could not be kept: /"),
            (reply(b"{}", status="401 No"), "with --save-reply FILE, the next answer is kept"),
        ],
    )
    def test_what_is_not_kept(self, tmp_path: Path, answered: bytes, words: str) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "torus-connect").symlink_to("elsewhere")
        with RawServer(answer(answered)) as server:
            env = variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY, XDG_STATE_HOME=str(tmp_path))
            assert words in generate(env=env).stderr
        assert list((tmp_path / "elsewhere").iterdir()) == []

    @pytest.mark.parametrize("behave", [answer(reply()), reset])
    def test_there_is_nothing_to_keep(self, tmp_path: Path, behave: Behaviour) -> None:
        with RawServer(behave) as server:
            env = variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY)
            generate("--save-reply", str(tmp_path / "reply"), env=env)
        assert not (tmp_path / "reply").exists()


@pytest.mark.usefixtures("measured")
def test_an_interrupt_while_the_request_is_on_its_way() -> None:
    def silence(connection: Connection) -> None:
        connection.read_request()
        os.kill(process.pid, signal.SIGINT)
        connection.wait_for_end()

    with RawServer(silence) as server:
        env = {**os.environ, **variables(server.base_url, TORUS_REQUEST_TOKEN=CANARY)}
        process = subprocess.Popen(GENERATE, env=env, stderr=subprocess.PIPE, text=True)
        _, said = process.communicate()
    assert process.returncode == 130
    assert (
        said == "torus-connect: Interrupted. If the request was on its way, its request token or code may be spent.\n"
    )


def test_the_spec() -> None:
    assert run(COMMAND, "spec").stdout == spec_text()
    printed = here("spec", "--format", "json").stdout
    assert printed == spec_text("json")
    assert json.loads(printed)["openapi"] == "3.0.3"


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("command", [(COMMAND,), (sys.executable, "-m", "torus_connect")])
def test_version_and_help(command: tuple[str, ...]) -> None:
    assert run(*command, "--version").stdout == f"torus-connect {__version__}\n"
    assert "5    unknown: it may have been served, and a request token may be spent" in here("--help").stdout
    assert "130  interrupted" in here("session", "generate", "--help").stdout


@pytest.mark.usefixtures("measured")
def test_the_sandbox() -> None:
    with subprocess.Popen([COMMAND, "sandbox", "--port", "0", "--json"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        place = json.loads(process.stdout.readline())
        result = run(*GENERATE, env=variables(place["base_url"], TORUS_REQUEST_TOKEN=CANARY))
        assert result.returncode == 4
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_the_sandbox_without_its_extra(tmp_path: Path) -> None:
    (tmp_path / "starlette").mkdir()
    (tmp_path / "starlette" / "__init__.py").write_text("raise ModuleNotFoundError('gone', name='starlette')")
    for command in (("sandbox", "--port", "0"), ("login", "--sandbox")):
        result = run(COMMAND, *command, env={"PYTHONPATH": str(tmp_path)})
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == "torus-connect: the sandbox needs the extra: pip install 'torus-connect[sandbox]'\n"


def test_a_variable_that_nothing_reads_is_named() -> None:
    unread = {"TORUS_BASEURL": CANARY, "torus_x": CANARY, "TORUS_zzzzzzzzz\x1b": CANARY}
    done = here("completion", "bash", env={**variables("http://127.0.0.1:1"), **dict.fromkeys(KNOWN, "demo"), **unread})
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "torus-connect: TORUS_BASEURL is not read; did you mean TORUS_BASE_URL?",
        "torus-connect: TORUS_zzzzzzzzz\\x1b is not read",
    ]
    assert CANARY not in done.stdout + done.stderr

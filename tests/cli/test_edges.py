"""Whatever fails, a command ends with one line and the right exit code: no traceback, and nothing said by Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.raw_server import RawServer, answer, reply

from torus_connect import Session
from torus_connect._console import say
from torus_connect.cli import main
from torus_connect.cli._arguments import parser
from torus_connect.cli._parser import Parser
from torus_connect.stores import SessionKey
from torus_connect.stores._file_store import FileLease, FileStore

USER = "\u0930\u0935\u093f\u00e9"
TOKEN = "demo-access-token-not-real"

# Runs commands on machines, each in a child of this process, which has loaded what most of them need.
DRIVER = """
import codecs, gc, json, os, sys
from torus_connect.cli import _call, _completion, _doctor, _login, _programs, _session, _stored_session, main
from torus_connect.sandbox import server
from torus_connect.sandbox.conformance import command

folder = sys.argv[1]
machines, commands, plan = map(json.loads, sys.argv[2:])
read, nobody_reads = os.pipe()
os.close(read)
full = os.open("/dev/full", os.O_WRONLY)
for machine in machines.values():
    codecs.lookup(machine["encoding"] or "utf-8")  # as Python starts, before the folder is gone
gc.freeze()


def lead(stream, number, to, file):
    if to == "closed":
        os.close(number)  # as Python starts then
        return None
    opened = os.open(file, os.O_WRONLY | os.O_CREAT) if to == "file" else {"full": full, "pipe": nobody_reads}[to]
    os.dup2(opened, number)
    return stream


def child(name, number, argv):
    machine, here = machines[name], f"{folder}/{name}.{number}"
    if machine["removed"]:
        os.mkdir(here)
        os.chdir(here)
        os.rmdir(here)
    sys.stdout = lead(sys.stdout, 1, machine["stdout"], f"{here}.out")
    sys.stderr = lead(sys.stderr, 2, machine["stderr"], f"{here}.err")
    if machine["encoding"]:
        sys.stdout.reconfigure(encoding=machine["encoding"])
    sys.exit(main(argv))


def starts_the_sandbox(each):
    return "99999" in commands[each[1]]


ended = {}
# What starts the sandbox comes last: what that loads takes longer than all else, and is loaded once, here.
for each in sorted(((name, number) for name in plan for number in plan[name]), key=starts_the_sandbox):
    if starts_the_sandbox(each):
        import torus_connect.sandbox.app, uvicorn
    name, number = each
    pid = os.fork() or child(name, number, commands[number])
    ended[f"{name}.{number}"] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
with open(f"{folder}/ended", "w") as file:
    json.dump(ended, file)
"""

# What each command is given, and how it ends where nothing is wrong. It prints to standard output unless it ends
# with something else, or is among the silent ones.
COMMANDS: dict[str, tuple[list[str], int]] = {
    "": ([], 0),
    "--help": (["--help"], 0),
    "--version": (["--version"], 0),
    "call": (["call", "holdings", "--user", "nobody"], 2),
    "call, json": (["call", "holdings", "--user", USER, "--output", "json"], 0),
    "completion": (["completion", "bash"], 0),
    "doctor": (["doctor", "--user", USER], 0),
    **{name: ([name, "--user", "nobody"], 2) for name in ("holdings", "positions", "funds", "orders", "trades")},
    "login": (["login", "--json", "--user", USER], 0),
    "login, nobody comes": (["login", "--no-browser", "--timeout", "0.05", "--port", "{port}"], 3),
    "login, sandbox": (["login", "--sandbox", "99999"], 2),
    "login, code": (["login", "--totp", "--user", "nobody"], 2),
    "run": (["run", "--user", USER, "--", "true"], 0),
    "run, no program": (["run", "--user", USER, "--", "/no/such/program"], 127),
    "sandbox": (["sandbox", "--port", "99999"], 2),
    "sandbox, conformance": (["sandbox", "--conformance", "--only", "success", "--", "true"], 1),
    "session generate": (["session", "generate"], 0),
    "session generate, code": (["session", "generate", "--totp"], 2),
    "session generate, reply": (["session", "generate", "--save-reply", "a/b"], 2),
    "session show": (["session", "show", "--user", USER], 0),
    "session show, json": (["session", "show", "--user", USER, "--json"], 0),
    "session path": (["session", "path", "--user", USER], 0),
    "session token": (["session", "token", "--user", USER], 0),
    "session token, none": (["session", "token", "--user", "nobody"], 2),
    "session token, relative": (["session", "token", "--user", USER, "--store", "file:no-such-folder"], 2),
    "session clear": (["session", "clear", "--user", "nobody"], 0),
    "spec": (["spec"], 0),
    "spec, json": (["spec", "--format", "json"], 0),
    "spec, pack": (["spec", "--pack", "{folder}/pack"], 0),
    "spec, pack, relative": (["spec", "--pack", "no/such"], 2),
}
SILENT = {"run", "session clear", "spec, pack"}
PRINTS_NAMES = ("session show", "session path")


class Machine(NamedTuple):
    """Where the commands run.

    Attributes:
        stdout: what standard output is: a file for each command, `full`, `closed`, or a pipe that nobody reads.
        stderr: the same for standard error.
        code: how a command ends that has something to print.
        encoding: of standard output, where it is not the usual one.
        removed: whether the working folder is removed.
    """

    stdout: str = "file"
    stderr: str = "file"
    code: int = 0
    encoding: str = ""
    removed: bool = False


USUAL = {
    "usual": Machine(),
    "latin-1, no folder": Machine(encoding="latin-1", removed=True),
    "full": Machine(stdout="full", code=1),
    "closed": Machine(stdout="closed", code=1),
    "nobody reads": Machine(stdout="pipe", code=141),
    "errors full": Machine(stderr="full"),
    "errors closed": Machine(stderr="closed"),
}
SHOWN = {
    "usual": USER.encode(),
    "latin-1, no folder": b"\\u0930\\u0935\\u093f\xe9",
    "ASCII": b"\\u0930\\u0935\\u093f\\xe9",
}
ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="module")
def service() -> Iterator[RawServer]:
    with RawServer(answer(reply(b'{"AccessToken": "access-token-of-the-test", "data": []}'))) as running:
        yield running


@pytest.fixture
def variables(service: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    given = {
        "TORUS_API_KEY": "demo-api-key",
        "TORUS_API_SECRET": "demo-api-secret-not-real",
        "TORUS_REQUEST_TOKEN": "demo-request-token-not-real",
        "TORUS_BASE_URL": service.base_url,
        "TORUS_SESSION_STORE": f"file:{tmp_path / USER}",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


@pytest.fixture
def stored(variables: dict[str, str], tmp_path: Path) -> Session:
    base_url = variables["TORUS_BASE_URL"]
    session = Session(TOKEN, issued_at=datetime.now(UTC), base_url=base_url)
    FileStore(tmp_path / USER).save(SessionKey(base_url, "demo-api-key", USER), session)
    return session


def names_of_commands() -> set[str]:
    """Return the names of all commands, of the arguments of the real parser."""

    def below(command: Parser, name: str) -> Iterator[str]:
        verbs = command.commands()
        yield from [name] if not verbs or name == "call" else ()  # all operations are called in the same way
        for verb, parsed in verbs.items() if name != "call" else ():
            yield from below(parsed, f"{name} {verb}".strip())

    return set(below(parser(), ""))


def test_every_command_is_here() -> None:
    assert names_of_commands() == {name.partition(",")[0] for name in COMMANDS} - {"", "--help", "--version"}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(("env", "machines"), [({}, USUAL), (ASCII, {"ASCII": Machine()})], ids=["usual", "ASCII"])
@pytest.mark.parametrize("part", [9, pytest.param(1, marks=pytest.mark.soak)], ids=["every ninth", "every"])
def test_every_command_on_every_machine(
    env: dict[str, str], machines: dict[str, Machine], part: int, tmp_path: Path, variables: dict[str, str]
) -> None:
    """On the usual machine all commands are run, on each other one every ninth, or for `make soak` all, too."""
    words = {"{port}": "18788", "{folder}/pack": str(tmp_path / "pack")}
    commands = {name: ([words.get(each, each) for each in command], code) for name, (command, code) in COMMANDS.items()}
    commands |= {f"{name} --help": ([*name.split(), "--help"], 0) for name in names_of_commands()}
    numbers = {command: number for number, command in enumerate(commands)}
    plan = {
        name: [
            number
            for command, number in numbers.items()
            if name == "usual" or command in PRINTS_NAMES or (number + shift) % part == 0
        ]
        for shift, name in enumerate(machines)
    }
    given = (
        {name: machine._asdict() for name, machine in machines.items()},
        [argv for argv, _ in commands.values()],
        plan,
    )
    subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path), *map(json.dumps, given)],
        env={**os.environ, **variables, **env},
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )
    ended = json.loads((tmp_path / "ended").read_text())
    for name, machine in machines.items():
        for command, (_, code) in commands.items():
            number = numbers[command]
            if number not in plan[name]:
                continue
            codes = {machine.code or code} if code == 0 and command not in SILENT else {code}
            if machine.stdout != "file" and command.startswith(("session generate", "sandbox, conf")):
                codes |= {1, 5, 141}  # what cannot be printed is a token, or verdicts
            if machine.stdout == "closed":
                codes |= {1}  # it is looked at before anything else
            if command == "spec, pack" and name != next(iter(machines)):
                codes = {2}  # it is there
            assert ended[f"{name}.{number}"] in codes, (name, command, ended[f"{name}.{number}"], codes)
            if machine.stderr == "file":
                said = (tmp_path / f"{name}.{number}.err").read_text("utf-8")
                assert "Traceback" not in said
                assert "Exception ignored" not in said
                assert len(said.splitlines()) <= 4, (name, command, said)
    for name in machines.keys() & SHOWN.keys():
        printed = {each: (tmp_path / f"{name}.{numbers[each]}.out").read_bytes() for each in PRINTS_NAMES}
        assert printed["session show"].splitlines()[0] == b"user          " + SHOWN[name]
        # A path is printed in the bytes by which the system knows it.
        path = Path(os.fsdecode(printed["session path"].removesuffix(b"\n")))
        assert path.exists()
        assert path.parent == tmp_path / USER


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


FAULTS = [TypeError("canary"), ValueError("canary"), RecursionError("canary"), BrokenPipeError("canary"), MemoryError()]


@pytest.mark.usefixtures("variables")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("command", [["session", "show"], ["login", "--paste"], ["run", "true"]], ids=" ".join)
def test_a_fault_that_nobody_foresaw(
    command: list[str], fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FileStore, "load", failing(fault))
    assert main(command) == 3
    printed, said = capsys.readouterr()
    assert printed == ""
    assert said.startswith(f"torus-connect: It failed for a reason that was not foreseen: {type(fault).__name__}, in ")
    assert said.endswith(". Nothing was sent.\n")
    assert said.count("\n") == 1
    assert "canary" not in said


@pytest.mark.usefixtures("variables")
@pytest.mark.parametrize(("fault", "code"), [(TypeError("canary"), 5), (KeyboardInterrupt(), 130)], ids=str)
def test_a_fault_after_the_request_was_sent(
    fault: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = tmp_path / "typed"
    typed.write_text("demo-request-token")
    monkeypatch.setattr(FileLease, "save", failing(fault))
    with typed.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert main(["login", "--paste"]) == code
    said = capsys.readouterr().err
    assert "If the request was on its way, its request token or code may be spent.\n" in said
    assert "canary" not in said


@pytest.mark.usefixtures("variables")
def test_a_fault_of_what_sends_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("torus_connect._spec.documents.spec_text", failing(TypeError("canary")))
    assert main(["spec"]) == 1
    assert "canary" not in capsys.readouterr().err


def test_control_characters_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    say("a \x1b]0;title\x07 of two lines\nand no more\x85")
    assert capsys.readouterr().err == "torus-connect: a \\x1b]0;title\\x07 of two lines\nand no more\\x85\n"

"""The command line shows the access token to standard output, and nothing else to anybody."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from canary.conftest import Watching
from canary.detector import Detector, Finding
from canary.inputs import BASE_URLS, INPUTS, BadInput
from canary.wire import look_at_wire
from faults.behaviours import ECHO, GOOD_REPLY, said
from faults.places import Place, authority, proxied
from faults.planted import ACCESS_TOKEN, API_KEY, API_SECRET, PROXY_PASSWORD, REQUEST_TOKEN
from faults.row import Row
from faults.table import ROWS
from support.raw_server import Connection, RawServer, answer

from torus_connect import Outcome, __version__
from torus_connect.cli import main

GENERATE = ("session", "generate")
ARGUMENTS = {"timeout": "--timeout", "total_timeout": "--total-timeout", "max_retries": "--max-retries"}
POSSIBLE = [row for row in ROWS if row.calls == 1 and set(row.options) <= set(ARGUMENTS)]
CREDENTIALS = {"TORUS_API_KEY": API_KEY, "TORUS_API_SECRET": API_SECRET, "TORUS_REQUEST_TOKEN": REQUEST_TOKEN}


@pytest.fixture(autouse=True)
def _log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command logs to standard error, all of it."""
    monkeypatch.setenv("TORUS_LOG", "debug")
    loggers = [logging.getLogger("torus_connect")]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture(scope="session")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pem") / "ca.pem"
    authority().cert_pem.write_to_path(str(file))
    return file


def environment(place: Place, ca_file: Path) -> dict[str, str]:
    variables = {**CREDENTIALS, "TORUS_BASE_URL": place.base_url}
    if "ssl_context" in place.options:
        variables["TORUS_CA_FILE"] = str(ca_file)
    if "proxy" in place.options:
        variables["HTTPS_PROXY"] = place.options["proxy"]
    return variables


def set_all(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("row", POSSIBLE, ids=lambda row: row.name)
def test_row(
    row: Row,
    detector: Detector,
    watching: Watching,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [each for name, value in row.options.items() for each in (ARGUMENTS[name], str(value))]
    with row.place() as place:
        set_all(monkeypatch, environment(place, ca_file))
        with watching(result="" if row.raises else f"{ACCESS_TOKEN}\n"):
            code = main([*GENERATE, *arguments])
    look_at_wire(detector, place)
    assert (code == 0) is (row.raises is None)
    if row.outcome is Outcome.UNKNOWN:
        detector.findings = [found for found in detector.findings if not is_kept_reply(found)]
    detector.assert_nothing_found()


def is_kept_reply(found: Finding) -> bool:
    return found.channel == "files" and found.where.endswith(".reply")


@pytest.mark.parametrize("bad", [bad for bad in INPUTS if bad.environment], ids=lambda bad: bad.name)
def test_bad_environment(
    bad: BadInput, detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, {**CREDENTIALS, "TORUS_BASE_URL": "https://127.0.0.1:1", **bad.environment})
    with watching():
        assert main(GENERATE) == 2
    detector.assert_nothing_found()


@pytest.mark.parametrize(
    "arguments",
    [
        (REQUEST_TOKEN,),
        (f"--{REQUEST_TOKEN}",),
        (f"--request-token={REQUEST_TOKEN}",),
        ("session", REQUEST_TOKEN),
        (*GENERATE, REQUEST_TOKEN),
        (*GENERATE, "--request-token", REQUEST_TOKEN),
        (*GENERATE, f"--request-token={REQUEST_TOKEN}"),
        (*GENERATE, "--api-secret", API_SECRET),
        (*GENERATE, f"--api-secret={API_SECRET}"),
        (*GENERATE, "--output", REQUEST_TOKEN),
        (*GENERATE, "--timeout", REQUEST_TOKEN),
        (*GENERATE, "--total-timeout", REQUEST_TOKEN),
        (*GENERATE, "--max-retries", REQUEST_TOKEN),
        (*GENERATE, f"-{REQUEST_TOKEN}"),
        *((*GENERATE, "--base-url", url) for url in BASE_URLS.values()),
        ("session", "token", REQUEST_TOKEN),
        ("session", "show", "--store", REQUEST_TOKEN),
        ("session", "clear", f"--store=redis://:{REQUEST_TOKEN}@127.0.0.1"),
        ("session", "path", "--store", f"file://{REQUEST_TOKEN}"),
        ("session", "token", "--user", REQUEST_TOKEN, "--store", "memory:"),
        ("run", REQUEST_TOKEN, "--store", "memory:"),
        ("spec", "--format", REQUEST_TOKEN),
        ("spec", REQUEST_TOKEN),
        ("sandbox", "--port", REQUEST_TOKEN),
        ("sandbox", f"--json={REQUEST_TOKEN}"),
        ("sandbox", "--port", "0", "--redirect-url", f"https://{REQUEST_TOKEN}"),
        ("login", REQUEST_TOKEN),
        ("login", "--paste", REQUEST_TOKEN),
        ("login", f"--paste={REQUEST_TOKEN}"),
        ("login", "--port", REQUEST_TOKEN),
        ("login", "--path", REQUEST_TOKEN),
        ("login", "--timeout", REQUEST_TOKEN),
        ("login", "--store", REQUEST_TOKEN),
    ],
)
def test_bad_arguments(
    arguments: tuple[str, ...], detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, {**CREDENTIALS, "TORUS_BASE_URL": "https://127.0.0.1:1"})
    with watching():
        try:
            code: object = main(arguments)
        except SystemExit as exc:
            code = exc.code
    assert code == 2
    detector.assert_nothing_found()


@pytest.mark.parametrize(
    "store", ["file:", f"redis://:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:1"], ids=["file", "redis"]
)
@pytest.mark.parametrize("refuse", [None, "407 Proxy Authentication Required"], ids=["good", "bad proxy"])
@pytest.mark.parametrize("output", [[], ["--json"]], ids=["text", "json"])
def test_the_doctor(
    output: list[str],
    refuse: str | None,
    store: str,
    detector: Detector,
    watching: Watching,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more = {"TORUS_SESSION_STORE": store, "TORUS_STORE_KEY": f"{'A' * 43}=", "TORUS_TOTP_SECRET": ACCESS_TOKEN}
    with proxied(answer(GOOD_REPLY), refuse=refuse)() as place:
        set_all(monkeypatch, {**environment(place, ca_file), **more})
        with watching():
            assert main(["doctor", *output]) == (0 if (refuse, store) == (None, "file:") else 1)
        assert place.server
        for request in place.server.requests:
            assert request.split() == [
                *(b"HEAD", b"/", b"HTTP/1.1", b"Host:", place.base_url.split("/")[2].encode()),
                *(b"User-Agent:", f"torus-connect/{__version__}".encode(), b"Connection:", b"close"),
            ]
        assert len(place.server.requests) == (0 if refuse else 1)
    detector.assert_nothing_found()


def test_the_file_of_save_reply(
    detector: Detector, watching: Watching, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("kept") / "reply"
    with RawServer(answer(said("409", ECHO))) as server:
        set_all(monkeypatch, {**CREDENTIALS, "TORUS_BASE_URL": server.base_url})
        with watching():
            assert main([*GENERATE, "--save-reply", str(file)]) == 4
    assert file.read_bytes() == ECHO
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # It is the one place: take its findings away, and nothing is left.
    assert [finding for finding in detector.findings if finding.where != str(file)] == []


class TestProcess:
    """The command as a process, which everybody on the machine can see."""

    @pytest.mark.parametrize("piped", [False, True])
    def test_what_others_see_of_it(self, detector: Detector, tmp_path: Path, *, piped: bool) -> None:
        arrived, go = threading.Event(), threading.Event()

        def behave(connection: Connection) -> None:
            connection.read_request()
            arrived.set()
            go.wait(20)
            connection.send(GOOD_REPLY)

        arguments = [*GENERATE, "--request-token", "-"] if piped else GENERATE
        with RawServer(behave) as server:
            variables = {**os.environ, **CREDENTIALS, "TORUS_BASE_URL": server.base_url, "HOME": str(tmp_path)}
            if piped:
                del variables["TORUS_REQUEST_TOKEN"]
            command = subprocess.Popen(
                [sys.executable, "-m", "torus_connect", *arguments],
                env=variables,
                cwd=tmp_path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert command.stdin
            command.stdin.write(REQUEST_TOKEN.encode() if piped else b"")
            command.stdin.close()
            command.stdin = None
            assert arrived.wait(20)
            family = [command.pid, *descendants(command.pid)]
            for pid in family:
                detector.look("processes", f"arguments of {pid}", Path(f"/proc/{pid}/cmdline").read_bytes())
                detector.look("environment", f"environment of {pid}", own_environment(pid, variables))
            go.set()
            out, err = command.communicate(timeout=20)
        assert family == [command.pid]
        assert out.decode() == f"{ACCESS_TOKEN}\n"
        assert b"attempt=1 outcome=ok" in err
        detector.look("stderr", "standard error", err)
        for path in tmp_path.rglob("*"):
            detector.report("files", str(path), "the command leaves no file")
        detector.assert_nothing_found()


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [each for child in map(int, children) for each in (child, *descendants(child))]


def own_environment(pid: int, given: Mapping[str, str]) -> bytes:
    """Return the environment of a process without what the user has put there."""
    mine = {f"{name}={value}".encode() for name, value in given.items()}
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return b"\0".join(entry for entry in entries if entry not in mine)

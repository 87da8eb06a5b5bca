"""`--save-reply` changes neither the exit code nor the result, whatever becomes of its file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.full_disk import full_disk
from support.raw_server import Connection, RawServer, reply

from torus_connect.cli import main

UNUSABLE = reply(b'{"Access": "demo-value"}')
GOOD = reply(b'{"AccessToken": "demo-access-token"}')
REFUSED = reply(b'{"error": "demo"}' * 2000, status="409 Conflict")


class Service:
    """Removes what it is asked to when a request has arrived, and answers."""

    def __init__(self) -> None:
        self.answer = GOOD
        self.removes: Path | None = None

    def behave(self, connection: Connection) -> None:
        connection.read_request()
        if self.removes:
            shutil.rmtree(self.removes) if self.removes.is_dir() else self.removes.unlink()
        connection.send(self.answer)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("TORUS_API_KEY", "demo-key")
    monkeypatch.setenv("TORUS_API_SECRET", "demo-secret")
    monkeypatch.setenv("TORUS_REQUEST_TOKEN", "demo-request-token")
    made = Service()
    with RawServer(made.behave) as server:
        monkeypatch.setenv("TORUS_BASE_URL", server.base_url)
        yield made


def generate(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, list[str]]:
    """Return the exit code, the output, and what was said of the reply: one line for each."""
    code = main(["session", "generate", "--save-reply", str(file)])
    printed = capsys.readouterr()
    return code, printed.out, [line for line in printed.err.splitlines() if "raw reply" in line and "save" in line]


@pytest.mark.parametrize(("answer", "code"), [(UNUSABLE, 5), (REFUSED, 4)], ids=["unusable", "refused"])
def test_the_disk_is_full(
    answer: bytes, code: int, service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer = answer
    file = tmp_path / "reply"
    with full_disk(tmp_path) as why:
        told = f"torus-connect: The raw reply could not be saved to the file given with --save-reply: {why}"
        assert generate(file, capsys) == (code, "", [told])
        assert not file.exists()


def test_a_success_on_a_full_disk(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "reply"
    with full_disk(tmp_path):
        assert generate(file, capsys) == (0, "demo-access-token\n", [])
        assert not file.exists()


@pytest.mark.parametrize("removed", ["file", "folder"])
@pytest.mark.parametrize("answer", [GOOD, UNUSABLE], ids=["good", "unusable"])
def test_somebody_removes_it(
    answer: bytes, removed: str, service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "replies"
    folder.mkdir()
    file = folder / "reply"
    service.answer, service.removes = answer, file if removed == "file" else folder
    code, output, told = generate(file, capsys)
    if answer is GOOD:
        assert (code, output, told) == (0, "demo-access-token\n", [])
    else:
        why = "somebody removed the file given with --save-reply"
        assert (code, output, told) == (5, "", [f"torus-connect: The raw reply could not be saved: {why}."])

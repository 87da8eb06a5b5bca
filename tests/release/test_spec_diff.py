"""What breaks users of the specification fails `tools/spec_diff.py`, unless its version says so; the rest passes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from release.spec_changes import BREAKING, HARMLESS, Change
from support.operations import session_calls

import spec_diff

pytestmark = pytest.mark.toolchain

TOOL = (sys.executable, spec_diff.__file__)


class Release:
    """A specification that was released, and one that may be next."""

    def __init__(self, folder: Path) -> None:
        self.released = folder / "released.yaml"
        self.spec = folder / "spec.yaml"
        self.document = session_calls()  # to read all of it takes seconds, each time
        self.document["info"]["version"] = "1.2.3"
        self.released.write_text(json.dumps(self.document), encoding="utf-8")

    def becomes(self, change: Change, version: str = "1.2.3") -> None:
        change(self.document)
        self.document["info"]["version"] = version
        self.spec.write_text(json.dumps(self.document), encoding="utf-8")

    def run(self, *arguments: str) -> int:
        """Run the tool in this process: most of the time of one of its own would go into imports."""
        places = ("--released", str(self.released), "--spec", str(self.spec))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sys, "argv", ["spec_diff.py", *places, *arguments])
            return spec_diff.main()


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path)


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_fails_until_the_version_announces_it(
    name: str, release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = BREAKING[name]
    release.becomes(change)
    assert release.run() == 1
    out, err = capsys.readouterr()
    assert any(line.startswith("breaking: ") and said in line for line in out.splitlines()), out
    assert err == "This breaks users of version 1.2.3, which 1.2.3 does not announce.\n"
    release.becomes(lambda document: document, version="2.0.0")
    assert release.run() == 0


@pytest.mark.parametrize("name", HARMLESS)
def test_the_rest_passes(name: str, release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    release.becomes(HARMLESS[name])
    assert release.run() == 0
    out, err = capsys.readouterr()
    assert "breaking: " not in out
    assert err == ""


def test_what_is_harmless_is_reported(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    release.becomes(HARMLESS["a new operation"])
    assert release.run() == 0
    assert capsys.readouterr().out == (
        "harmless: GET /other: endpoint added [endpoint-added]\n"
        "spec: 0 breaking changes and 1 others between 1.2.3 and 1.2.3\n"
    )


@pytest.mark.parametrize(("version", "code"), [("1.2.4", 1), ("1.3.0", 1), ("1.10.0", 1), ("2.0.0", 0), ("10.0.0", 0)])
def test_only_the_first_number_announces_a_break(release: Release, version: str, code: int) -> None:
    release.becomes(BREAKING["another path"][0], version=version)
    assert release.run() == code


def test_a_release_keeps_the_document(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    release.becomes(HARMLESS["an extension"])
    assert release.run("--release") == 1
    assert "is not that of version 1.2.3: give it another version." in capsys.readouterr().err
    release.becomes(HARMLESS["nothing"], version="1.2.4")
    assert release.run("--release") == 0
    assert release.released.read_bytes() == release.spec.read_bytes()


def test_a_release_may_not_break_either(release: Release) -> None:
    before = release.released.read_bytes()
    release.becomes(BREAKING["another path"][0], version="1.3.0")
    assert release.run("--release") == 1
    assert release.released.read_bytes() == before


def test_the_first_release_has_nothing_to_be_compared_with(release: Release) -> None:
    release.becomes(HARMLESS["nothing"])
    release.released.unlink()
    with pytest.raises(SystemExit, match=r"released.yaml is missing"):
        release.run()
    assert release.run("--release") == 0
    assert release.run() == 0


def test_a_document_that_is_none_is_an_error(release: Release) -> None:
    release.becomes(lambda document: document.update(paths="none"))
    with pytest.raises(SystemExit, match="oasdiff could not compare"):
        release.run()


def test_without_go_it_says_so_in_one_line(release: Release, tmp_path: Path) -> None:
    release.becomes(HARMLESS["nothing"])
    command = [*TOOL, "--released", str(release.released), "--spec", str(release.spec)]
    environment = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr == "comparing the specification needs Go 1.26 or later, and `go` is not on PATH\n"

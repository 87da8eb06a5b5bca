"""The spec pack: what is in it, that it is the same every time, and that nothing is left of one that failed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from torus_connect import ConfigurationError, spec_text
from torus_connect._spec import documents
from torus_connect._spec.pack import CHECKSUMS, PackNotWritten, pack_files, write_pack
from torus_connect.cli import main

ROOT = Path(__file__).parents[2]
FORMS = {f"torus{form}.{suffix}" for form in ("", "-3.1", ".bundled", ".dereferenced") for suffix in ("yaml", "json")}
OTHERS = {"LICENSE", "README.md", "CHANGELOG.md", "sandbox.yaml", "torus.arazzo.yaml", "torus.http"}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_pack(tmp_path / "pack")
    return tmp_path / "pack"


def test_what_is_in_it(written: Path) -> None:
    vectors = {f"conformance/{path.name}" for path in (ROOT / "openapi" / "conformance").iterdir()}
    assert "conformance/README.md" in vectors
    samples = {f"samples/{path.name}" for path in (ROOT / "generated" / "samples").iterdir()}
    assert {"samples/holdings.py", "samples/holdings.sh"} <= samples
    bruno = {f"bruno/{path.name}" for path in (ROOT / "generated" / "bruno").iterdir()}
    assert {"bruno/bruno.json", "bruno/holdings.bru"} <= bruno
    assert set(tree(written)) == FORMS | OTHERS | vectors | samples | bruno | {CHECKSUMS}
    assert (written / "torus.yaml").read_bytes() == (ROOT / "openapi" / "torus.yaml").read_bytes()
    assert (written / "torus.json").read_bytes() == (ROOT / "generated" / "torus.json").read_bytes()


def test_its_readme_names_all_of_it_and_its_changelog_the_version(written: Path) -> None:
    table = re.findall(r"^\| (`.*?) \|", (written / "README.md").read_text(), re.MULTILINE)
    named = set()
    for first, *others in (re.findall(r"`([^`]+?)/?`", cell) for cell in table):
        named |= {first, *(first.removesuffix(".yaml") + suffix for suffix in others)}
    assert {name.split("/")[0] for name in tree(written)} <= named | {"README.md"}
    version = json.loads((written / "torus.json").read_text())["info"]["version"]
    assert f"\n## {version}\n" in (written / "CHANGELOG.md").read_text()


def test_its_readme_says_of_fields_and_calls_what_the_document_has(written: Path) -> None:
    text = (written / "README.md").read_text()
    document = json.loads((written / "torus.json").read_text())
    fields = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    calls = {each["operationId"]: each["tags"] for item in document["paths"].values() for each in item.values()}
    of_two_types = text.partition("seen as another type\n")[2].partition("\n## ")[0]
    rows = [re.split(r" *\| *", line)[1:-1] for line in of_two_types.splitlines() if line.startswith("| ")][2:]
    named = {name for first, _, _ in rows for name in re.findall("`(.+?)`", first)}
    assert {"order_no", "trade_no", "lot_size"} <= named <= fields
    assert {call for *_, last in rows for call in re.findall(r"`([a-z]+[A-Z]\w+)`", last)} <= set(calls)
    tags = re.findall(r"^\| `(\w+)` \|", text.partition("## The calls\n")[2].partition("\n## ")[0], re.MULTILINE)
    assert set(tags) == {tag for each in calls.values() for tag in each}


def test_the_checksums_are_those_of_sha256sum(written: Path) -> None:
    check = ("sha256sum", "--check", "--strict", "--quiet", CHECKSUMS)
    listed = [line.split("  ", 1)[1] for line in (written / CHECKSUMS).read_text().splitlines()]
    assert listed == sorted(set(tree(written)) - {CHECKSUMS})
    assert subprocess.run(check, cwd=written, check=True, capture_output=True, text=True).stdout == ""
    (written / "torus.json").write_text("{}")
    done = subprocess.run(check, cwd=written, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "torus.json: FAILED\n")


def test_it_is_the_same_every_time(written: Path, tmp_path: Path) -> None:
    assert main(["spec", "--pack", str(tmp_path / "again")]) == 0
    assert tree(tmp_path / "again") == tree(written)
    assert list(tree(written)) == list(tree(tmp_path / "again"))


def test_a_relative_path_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_pack(Path("pack"))
    assert (tmp_path / "pack" / CHECKSUMS).is_file()


@pytest.mark.parametrize("kind", ["full", "empty", "file", "broken link"])
def test_what_is_there_stays(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "canary"
    if kind == "file":
        place.write_text("mine")
    elif kind == "broken link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.mkdir()
        if kind == "full":
            (place / "mine").touch()
    before = sorted(tmp_path.rglob("*"))
    assert main(["spec", "--pack", str(place)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "torus-connect: the folder for the pack is there already: name a new one\nNothing was written.\n",
    )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("place", "why"),
    [("nowhere/canary", "No such file or directory"), ("c" * 300, "File name too long")],
)
def test_a_place_that_cannot_be(place: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "--pack", f"{tmp_path}/{place}"]) == 2
    assert (
        capsys.readouterr().err
        == f"torus-connect: the folder for the pack cannot be made: {why}\nNothing was written.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(PackNotWritten, match="cannot be made: it is no path"):
        write_pack(tmp_path / "canary\0")


def test_half_of_it_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in the place of a file, which cannot be read, stands for a disk that is full."""
    shutil.copytree(ROOT / "openapi", tmp_path / "checkout" / "openapi")
    monkeypatch.setattr(documents, "_CHECKOUT", tmp_path / "checkout")
    (tmp_path / "checkout" / "openapi" / "pack" / "README.md").unlink()
    (tmp_path / "checkout" / "openapi" / "pack" / "README.md").mkdir()
    (tmp_path / "place").mkdir()
    with pytest.raises(PackNotWritten, match="Is a directory"):
        write_pack(tmp_path / "place" / "pack")
    assert list((tmp_path / "place").iterdir()) == []


def test_a_form_or_the_pack(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["spec", "--format", "json", "--pack", str(tmp_path / "canary")])
    said = capsys.readouterr()
    assert said.err.endswith("error: argument --pack: not allowed with argument --format\n")
    assert list(tmp_path.iterdir()) == []


def test_the_files_are_sorted() -> None:
    assert list(pack_files()) == sorted(pack_files())


@pytest.mark.parametrize("arguments", ["spec", "spec --pack pack", "sandbox --conformance -- true"])
def test_without_the_documents_there_is_no_success(
    arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a program that was packed up without them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(documents, "_CHECKOUT", tmp_path)
    assert main(arguments.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("torus-connect: The documents of torus-connect are missing\n")
    assert "--collect-data torus_connect" in said.err
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigurationError, match="documents of torus-connect are missing"):
        spec_text()

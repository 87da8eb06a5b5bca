"""The output is what the spec gives: the same bytes each time, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from generation.conftest import Workshop

TEMPLATE = '"""Changed alone."""\n'
PINNED = ("openapi-python-client==", "ruamel.yaml==", "ruff==", "jinja2==", "markdown-it-py==", "pygments==")
DERIVED_BY = ("derive.py", "edition31.py", "facts.py", "generator.py", "printed.py", "tag_pages.py")
ADVICE = "generated/ is not what the spec gives: run `make sdk` and commit the result"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def read_provenance(workshop: Workshop) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((workshop.output / "PROVENANCE.json").read_bytes())
    return record


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.soak  # `make check-sdk` asks the same of this tree
def test_committed_output_is_what_the_spec_gives(committed: Workshop) -> None:
    before = committed.tree()

    check = committed.run("--check")

    assert (check.returncode, check.stderr) == (0, ""), check.stdout + check.stderr
    assert check.stdout == "generated/ is what the spec gives\n"
    assert committed.tree() == before


def change_spec(workshop: Workshop) -> str:
    change(workshop.spec, "summary: Generate a session\n", "summary: Generate one session\n")
    return '+        "summary": "Generate one session",\n'


def change_config(workshop: Workshop) -> str:
    change(workshop.config, "--line-length 120", "--line-length 79")
    return "changed: generated/torus_connect_api/client.py\n"


def change_template(workshop: Workshop) -> str:
    (workshop.templates / "package_init.py.jinja").write_text(TEMPLATE, encoding="utf-8")
    return f"+{TEMPLATE}"


def change_page(workshop: Workshop) -> str:
    change(workshop.page / "templates" / "page.html", "Skip to the reference", "Skip to all of it")
    return '+<a class="skip" href="#content">Skip to all of it</a>\n'


def change_output(workshop: Workshop) -> str:
    change(workshop.output / "torus_connect_api" / "models" / "error.py", "class Error(", "class Oops(")
    return "-class Oops(ReplyModel):\n+class Error(ReplyModel):\n"


def change_record(workshop: Workshop) -> str:
    change_template(workshop)
    return f'+    "package_init.py.jinja": "{sha256(workshop.templates / "package_init.py.jinja")}",\n'


def lose_a_file(workshop: Workshop) -> str:
    (workshop.output / "torus_connect_api" / "py.typed").unlink()
    return "missing: generated/torus_connect_api/py.typed\n"


def add_a_file(workshop: Workshop) -> str:
    (workshop.output / "torus_connect_api" / "stale.py").touch()
    return "extra: generated/torus_connect_api/stale.py\n"


CHANGES = (
    change_spec,
    change_config,
    change_template,
    change_record,
    change_page,
    change_output,
    lose_a_file,
    add_a_file,
)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(CHANGES, id="all at once"),
        *(pytest.param([change_one], id=change_one.__name__, marks=pytest.mark.soak) for change_one in CHANGES),
    ],
)
def test_check_fails_with_the_difference(workshop: Workshop, changes: Sequence[Callable[[Workshop], str]]) -> None:
    expected = [change_one(workshop) for change_one in changes]
    compiled(workshop)
    before = workshop.tree()

    check = workshop.run("--check")

    assert (check.returncode, check.stderr) == (1, "")
    assert [difference for difference in expected if difference not in check.stdout] == []
    for what in ("missing: ", "extra: "):
        named = [line for line in check.stdout.splitlines(keepends=True) if line.startswith(what)]
        assert named == [line for line in expected if line.startswith(what)]
    assert ("\n--- generated/" in check.stdout) == ("changed: " in check.stdout)
    assert check.stdout.endswith(f"\n{ADVICE}\n")
    assert workshop.tree() == before


def compiled(workshop: Workshop) -> None:
    """Leave what Python leaves where a module is imported."""
    (workshop.output / "torus_connect_api" / "__pycache__").mkdir()
    (workshop.output / "torus_connect_api" / "__pycache__" / "client.cpython-311.pyc").touch()


@pytest.mark.soak
def test_check_names_nothing_but_missing_and_extra_files(workshop: Workshop) -> None:
    (workshop.output / "torus.json").unlink()
    add_a_file(workshop)
    compiled(workshop)

    check = workshop.run("--check")

    assert check.returncode == 1
    assert check.stdout == (f"missing: generated/torus.json\nextra: generated/torus_connect_api/stale.py\n{ADVICE}\n")


def test_the_same_input_gives_the_same_bytes_whatever_was_edited_added_or_lost(
    pristine: Workshop, workshop: Workshop
) -> None:
    for damage in (change_output, add_a_file, lose_a_file):
        damage(workshop)

    assert workshop.run(PYTHONHASHSEED="7", LC_ALL="C").stdout == "generated/ is written\n"

    assert workshop.tree() == pristine.tree()
    assert workshop.staging() == []
    assert not list(workshop.output.rglob("__pycache__"))


def written(workshop: Workshop) -> dict[Path, tuple[int, int]]:
    """Tell one writing of the output from another, be they the same bytes."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in workshop.output.rglob("*")}


def test_up_to_date_run_does_not_run_the_generator(workshop: Workshop, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "openapi_python_client.py").write_text("raise ImportError('the generator was run')\n")
    compiled(workshop)
    before = written(workshop)

    run = workshop.run(PYTHONPATH=str(trap))
    assert (run.returncode, run.stdout, run.stderr) == (0, "generated/ is up to date\n", "")

    forced = workshop.run("--force", PYTHONPATH=str(trap))
    assert forced.returncode == 1
    assert forced.stderr.endswith("\nImportError: the generator was run\n")
    assert "Traceback" not in forced.stderr
    assert written(workshop) == before


def test_document_is_the_spec_as_json(pristine: Workshop) -> None:
    from ruamel.yaml import YAML

    text = (pristine.output / "torus.json").read_text(encoding="utf-8")
    document = YAML(typ="safe", pure=True).load(pristine.spec)

    assert json.loads(text) == document
    assert text == json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    assert (pristine.output / "torus_connect_api" / "py.typed").read_bytes() == b""


def test_provenance_tells_the_inputs_the_versions_and_the_output(pristine: Workshop) -> None:
    workshop = pristine
    tree = {name: content for name, content in workshop.tree().items() if name != "PROVENANCE.json"}
    listing = "".join(f"{hashlib.sha256(tree[name]).hexdigest()}  {name}\n" for name in sorted(tree))

    record = read_provenance(workshop)

    assert record == {
        "config_sha256": sha256(workshop.config),
        "derivation_sha256": {name: sha256(workshop.root / "tools" / name) for name in DERIVED_BY},
        "output_sha256": hashlib.sha256(listing.encode()).hexdigest(),
        "page_sha256": {
            path.relative_to(workshop.page).as_posix(): sha256(path)
            for path in workshop.page.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        },
        "samples_sha256": {
            path.relative_to(workshop.samples).as_posix(): sha256(path)
            for path in workshop.samples.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        },
        "spec_sha256": sha256(workshop.spec),
        "templates_sha256": {
            path.relative_to(workshop.templates).as_posix(): sha256(path)
            for path in workshop.templates.rglob("*")
            if path.is_file()
        },
        "versions": dict(
            line.split("==")
            for line in (workshop.root / "requirements" / "dev.in").read_text().splitlines()
            if line.startswith(PINNED)
        ),
    }


def test_provenance_holds_no_path_and_nothing_of_the_machine(pristine: Workshop) -> None:
    workshop = pristine
    text = (workshop.output / "PROVENANCE.json").read_text()

    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    assert set(read_provenance(workshop)) == {
        "config_sha256",
        "derivation_sha256",
        "output_sha256",
        "page_sha256",
        "samples_sha256",
        "spec_sha256",
        "templates_sha256",
        "versions",
    }
    # Relative names of what the page and the samples are made from, and no other path.
    record = read_provenance(workshop)
    assert set(re.findall(r'"[^"]*/[^"]*"', text)) == {
        f'"{name}"' for name in [*record["page_sha256"], *record["samples_sha256"]] if "/" in name
    }
    assert "python3" not in text
    assert sys.version.split()[0] not in text

"""The picture of the architecture is that of the code, and the layers that it shows are checked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import architecture

ROOT = Path(__file__).parents[2]


def test_the_picture_is_drawn_from_the_code() -> None:
    assert (ROOT / "docs" / "images" / "architecture.svg").read_text() == architecture.drawing(), "run make docs"


def test_every_part_is_in_the_picture_and_every_arrow_leads_down() -> None:
    rows = architecture.layers()
    row_of = {part: number for number, row in enumerate(rows) for part in row}
    for part, below in architecture.imports(list(row_of)).items():
        assert all(row_of[part] < row_of[other] for other in below), part


def test_the_table_of_the_parts_has_them_all() -> None:
    table = (
        (ROOT / "docs" / "contributing.md")
        .read_text()
        .partition("| module or folder in")[2]
        .partition("in `tests/`")[0]
    )
    parts = [each for each in (ROOT / "overrides" / "torus_connect").iterdir() if each.suffix in ("", ".py")]
    names = {f"{each.name}/" if each.is_dir() else each.name for each in parts}
    left_out = {"__init__.py", "__main__.py", "_version.py", "__pycache__/"}
    assert {name for name in names - left_out if f"`{name}`" not in table} == set()


def test_no_file_is_long() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in (ROOT / "overrides" / "torus_connect").rglob("*.py")}
    assert {path: number for path, number in lines.items() if number > 300} == {}


def test_an_import_upwards_fails(tmp_path: Path) -> None:
    package = tmp_path / "torus_connect"
    shutil.copytree(ROOT / "overrides" / "torus_connect", package)
    command = str(Path(sys.executable).with_name("lint-imports"))
    lint = [command, "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    environment = {"PYTHONPATH": f"{tmp_path}:{ROOT / 'generated'}", "PATH": "/usr/bin:/bin"}
    assert subprocess.run(lint, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
    with (package / "_calls" / "retry.py").open("a") as file:
        file.write("\nfrom torus_connect import client\n")
    broken = subprocess.run(lint, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "torus_connect._calls is not allowed to import torus_connect.client" in broken.stdout

"""The SBOM lists what a clean install brings, and nothing of the machine that wrote it."""

from __future__ import annotations

import json
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from distribution.conftest import BIN, ROOT, Install, call, pip
from support.once import once

from torus_connect import __version__

NAME = f"torus_connect-{__version__}.cdx.json"
pytestmark = pytest.mark.soak

TOOL_PYTHON = BIN.parent / "sbom" / "bin" / "python"
VALIDATE = """
import json, pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
validator = JsonStrictValidator(SchemaVersion.V1_6)
print(json.dumps([validator.validate_str(pathlib.Path(name).read_text()) is None for name in sys.argv[1:]]))
"""
SCOPES = ("required", "optional")
LIST = "import json, importlib.metadata as m; print(json.dumps([[d.name, d.version] for d in m.distributions()]))"


@pytest.fixture(scope="session")
def sboms(dist: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two SBOMs of the wheel, each written in a place of its own."""

    def make(folder: Path) -> None:
        def write(place: str) -> None:
            (folder / place / "temporary").mkdir(parents=True)
            local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "TMPDIR": str(folder / place / "temporary")}
            tool = (TOOL_PYTHON, ROOT / "tools" / "sbom.py", *dist.glob("*.whl"))
            assert NAME in call(*tool, "--output", folder / place, cwd=folder / place, env=local)

        with ThreadPoolExecutor() as pool:
            list(pool.map(write, ("one", "other")))

    return once(tmp_path_factory, "sboms", make)


@pytest.fixture
def text(sboms: Path) -> str:
    return (sboms / "one" / NAME).read_text(encoding="utf-8")


@pytest.fixture
def sbom(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def listed(components: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(component["name"], component["version"]) for component in components}


def installed(programs: Path) -> set[tuple[str, str]]:
    found = {(name, version) for name, version in json.loads(call(programs / "python", "-I", "-c", LIST))}
    return found - {("torus-connect", __version__)}


def test_two_runs_give_the_same_bytes(sboms: Path) -> None:
    assert (sboms / "one" / NAME).read_bytes() == (sboms / "other" / NAME).read_bytes()


def test_it_is_cyclonedx_and_the_check_can_fail(sboms: Path, sbom: dict[str, Any], tmp_path: Path) -> None:
    faults: list[dict[str, Any]] = [{"unheard-of": True}, {"serialNumber": "1"}, {"components": [{"name": "httpx"}]}]
    for number, fault in enumerate(faults):
        (tmp_path / str(number)).write_text(json.dumps(sbom | fault))
    files = (sboms / "one" / NAME, *(tmp_path / str(number) for number in range(len(faults))))
    assert json.loads(call(TOOL_PYTHON, "-c", VALIDATE, *files)) == [True, False, False, False]


def test_it_names_what_it_is_of(sbom: dict[str, Any]) -> None:
    subject = sbom["metadata"]["component"]
    assert (subject["name"], subject["version"], subject["type"]) == ("torus-connect", __version__, "library")
    assert [entry["license"]["id"] for entry in subject["licenses"]] == ["MIT"]
    assert subject["purl"] == f"pkg:pypi/torus-connect@{__version__}"


def test_its_components_are_those_of_a_clean_install(
    sbom: dict[str, Any], dist: Path, wheels: Path, install: Install
) -> None:
    scopes = {scope: [part for part in sbom["components"] if part["scope"] == scope] for scope in SCOPES}
    pinned = ("--no-index", "--find-links", wheels, "--constraint", ROOT / "requirements" / "dev.txt")
    wheel = next(dist.glob("*.whl"))
    programs = install(*pinned, wheel)
    assert listed(scopes["required"]) == installed(programs)
    assert {"httpx", "attrs", "python-dateutil"} < {name for name, _ in listed(scopes["required"])}
    pip(programs / "python", *pinned, f"torus-connect[sandbox] @ {wheel.as_uri()}")
    assert listed(sbom["components"]) == installed(programs)
    assert {"openapi-core", "starlette", "uvicorn"} < {name for name, _ in listed(scopes["optional"])}
    extra = [{"name": "torus-connect:extra", "value": "sandbox"}]
    assert all(part["properties"] == extra for part in scopes["optional"])


def test_everything_has_a_licence_a_purl_and_a_pinned_version(sbom: dict[str, Any]) -> None:
    pinned = dict(
        line.split(" ")[0].split("==") for line in (ROOT / "requirements" / "dev.txt").read_text().splitlines()
    )
    for component in sbom["components"]:
        name = re.sub(r"[-_.]+", "-", component["name"]).lower()
        assert component["version"] == pinned[name]
        assert component["purl"] == f"pkg:pypi/{name}@{component['version']}"
        assert component["licenses"]


def test_what_is_required_needs_nothing_optional(sbom: dict[str, Any]) -> None:
    scopes = {component["bom-ref"]: component["scope"] for component in sbom["components"]}
    subject = sbom["metadata"]["component"]["bom-ref"]
    needs = {node["ref"]: set(node.get("dependsOn", [])) for node in sbom["dependencies"]}
    assert set(needs) == {subject, *scopes}
    assert all(scopes[need] == "required" for ref in scopes if scopes[ref] == "required" for need in needs[ref])
    reached, seen = {subject}, set[str]()
    while reached:
        seen |= reached
        reached = {need for ref in reached for need in needs[ref]} - seen
    assert seen == set(needs)


def test_nothing_of_the_machine_or_its_registry_is_in_it(text: str, sboms: Path) -> None:
    # The addresses are that of the schema, and those that the package itself names.
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    assert {*re.findall(r"\w+://[^\"\s]*", text)} == {json.loads(text)["$schema"], *named.values()}
    for folder in (ROOT, sboms, BIN, Path.home()):
        assert f"{folder}/" not in text
    assert "timestamp" not in text

"""Write the SBOM (CycloneDX, JSON) of a wheel beside it: `make dist` does, with the Python of requirements/sbom.txt.

It lists what a clean install brings, at the versions of requirements/dev.txt, on the Python that runs this. What only
the extra `sandbox` brings is in it too, with the scope `optional`. The same wheel gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import uuid
import venv
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "torus-connect"
EXTRA = "sandbox"


def run(*command: str | Path) -> str:
    """Run a command and return what it printed; what it complained of is shown where it failed."""
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def install(environment: Path, requirement: str) -> set[str]:
    """Install into the environment; return the names of all that is in it then."""
    pip = (sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "--disable-pip-version-check")
    pins = ("--constraint", ROOT / "requirements" / "dev.txt")
    run(*pip, "install", "--quiet", "--no-compile", *pins, requirement)
    folders = [str(folder) for folder in environment.glob("lib/*/site-packages")]
    return {found.metadata["Name"] for found in distributions(path=folders)}


def describe(wheel: Path) -> dict[str, Any]:
    """Return what cyclonedx-py says of an environment with the wheel and its extra, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder)
        venv.create(environment, symlinks=True)
        required = install(environment, f"{PACKAGE} @ {wheel.as_uri()}")
        install(environment, f"{PACKAGE}[{EXTRA}] @ {wheel.as_uri()}")
        # Validated below, once it is whole.
        options = ("--output-reproducible", "--no-validate", "--mc-type", "library", "--spec-version", "1.6")
        of_us = ("--pyproject", ROOT / "pyproject.toml", environment / "bin" / "python")
        bom: dict[str, Any] = json.loads(run(sys.executable, "-m", "cyclonedx_py", "environment", *options, *of_us))
    optional = set()
    for component in bom["components"]:
        component["scope"] = "required" if component["name"] in required else "optional"
        if component["scope"] == "optional":
            component["properties"] = [{"name": f"{PACKAGE}:extra", "value": EXTRA}]
            optional.add(component["bom-ref"])
    # The tool takes the extras of others (the `click` of httpx) for dependencies where they happen to be installed.
    for node in bom["dependencies"]:
        if node["ref"] not in optional | {bom["metadata"]["component"]["bom-ref"]}:
            node["dependsOn"] = [name for name in node.get("dependsOn", []) if name not in optional]
    return bom


def complete(bom: dict[str, Any], version: str) -> str:
    """Return the document with what the tool leaves open: our version, and a serial number made from the content."""
    # The version in pyproject.toml is dynamic, so the tool does not know it.
    bom["metadata"]["component"] |= {"version": version, "purl": f"pkg:pypi/{PACKAGE}@{version}"}
    where = f"Python {sys.version_info.major}.{sys.version_info.minor}, {sys.platform}"
    bom["metadata"]["properties"].append({"name": f"{PACKAGE}:resolved-for", "value": where})
    # Links of the authors' choosing, to donations and package indexes among others: the purl leads to all of them.
    for described in (*bom["components"], *bom["metadata"]["tools"]["components"]):
        described.pop("externalReferences", None)
    content = json.dumps(bom, sort_keys=True)
    return json.dumps(bom | {"serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, content).urn}, indent=2, sort_keys=True)


def main() -> int:
    """Write the SBOM and print where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--output", type=Path, help="the folder to write to; else that of the wheel")
    arguments = parser.parse_args()
    wheel: Path = arguments.wheel.resolve()
    name, version = wheel.name.split("-")[:2]
    document = complete(describe(wheel), version)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    if fault is not None:
        print(f"this is no CycloneDX: {fault}", file=sys.stderr)
        return 1
    target = (arguments.output or wheel.parent) / f"{name}-{version}.cdx.json"
    target.write_text(document + "\n", encoding="utf-8")
    print(f"wrote {target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

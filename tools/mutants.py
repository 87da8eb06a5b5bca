"""`make mutants`: change the modules that decide, one small change at a time, and see that a test notices each.

mutmut makes and runs the mutants, in a working folder of its own under build/. What survives must be in
tests/mutants/survivors.toml with a reason, known by the function and the line, not by mutmut's running number.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
LOG = WORK / "mutmut.log"
REASONS = ROOT / "tests" / "mutants" / "survivors.toml"
MUTMUT = str(Path(sys.executable).with_name("mutmut"))

MODULES = (
    "_calls/call",
    "_config/checks",
    "_credentials/credentials",
    "_dates",
    "_transport/attempt",
    "errors",
    "_transport/network",
    "_transport/tls_context",
    "reply",
    "_calls/request",
    "_calls/response",
    "_calls/retry",
    "_calls/session_calls",
    "_config/settings",
    "_config/urls",
)
MIN_SCORE = 95.0
"""In per cent. What survives for a reason counts as survived all the same."""

# These start processes or test other modules; none of those above is decided by them.
LEFT_OUT = (
    "test_editors.py",
    "test_import.py",
    "test_many_accounts.py",
    "test_pack.py",
    "test_reprs.py",
    "test_sandbox_state.py",
    "test_testing_plugin.py",
    "test_unasync.py",
)

# A mutant that dies in a test of plain logic need not wait for the sockets.
PLUGIN = """
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "/unit/" not in item.nodeid)
"""

PYPROJECT = f"""
[tool.mutmut]
source_paths = ["src/torus_connect"]
only_mutate = {json.dumps([f"src/torus_connect/{module}.py" for module in MODULES])}
also_copy = ["src/torus_connect_api", "unit_first.py"]
pytest_add_cli_args = ["-p", "unit_first"]
pytest_add_cli_args_test_selection = ["tests/unit", "tests/wire", "tests/faults", "tests/account"]
# Seconds that a mutant may take: 4 * (what its tests take + 15).
timeout_multiplier = 4.0
timeout_constant = 15.0
use_git_change_detection = false

[tool.pytest.ini_options]
pythonpath = ["tests", "src"]
addopts = [
    "--import-mode=importlib", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider", "-x",
    "-m", "not instants and not soak",
]
"""

KILLED = {"killed", "timeout", "segfault", "caught by type check"}
SURVIVED = {"survived", "no tests", "suspicious"}
NAME = re.compile(r"torus_connect\.(?P<module>.+)\.x(?:ǁ(?P<cls>[^ǁ]+)ǁ|_)(?P<function>.+)__mutmut_\d+")


class MutantsError(Exception):
    """Why there is no score; its text is all that the maintainer sees."""


class Change(NamedTuple):
    """What a mutant changes, in words that outlive an edit elsewhere in the file."""

    function: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"  {self.function}\n    - {self.was}\n    + {self.now}"


def prepare() -> None:
    """Lay out the working folder as mutmut expects a project."""
    sources = ROOT / "overrides" / "torus_connect"
    gone = [module for module in MODULES if not (sources / f"{module}.py").is_file()]
    if gone:
        raise MutantsError(f"no such module, so there is nothing to change in it: {', '.join(gone)}")
    shutil.rmtree(WORK, ignore_errors=True)
    without = shutil.ignore_patterns("__pycache__", *LEFT_OUT)
    for package in (sources, ROOT / "generated" / "torus_connect_api"):
        shutil.copytree(package, WORK / "src" / package.name, ignore=without)
    (WORK / "src" / "torus_connect" / "openapi").mkdir()
    for document in ("openapi/torus.yaml", "generated/torus.json", "generated/reference.html"):
        shutil.copy2(ROOT / document, WORK / "src" / "torus_connect" / "openapi")
    for folder in ("support", "unit", "wire", "faults", "account"):
        shutil.copytree(ROOT / "tests" / folder, WORK / "tests" / folder, ignore=without)
    shutil.copy2(ROOT / "tests" / "conftest.py", WORK / "tests")
    (WORK / "unit_first.py").write_text(PLUGIN, encoding="utf-8")
    (WORK / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")


def mutmut(*arguments: str) -> str:
    """Run mutmut in the working folder and return what it prints."""
    result = subprocess.run(
        [MUTMUT, *arguments], cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode:
        raise MutantsError(f"mutmut {arguments[0]} failed\n\n{result.stdout[-4000:]}")
    return result.stdout


def run(max_children: int) -> None:
    """Make and run all mutants."""
    # Into a file: its progress bar is megabytes long.
    with LOG.open("wb") as log:
        command = [MUTMUT, "run", "--max-children", str(max_children)]
        code = subprocess.run(command, cwd=WORK, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        last = LOG.read_text(encoding="utf-8", errors="replace").replace("\r", "\n")[-4000:]
        raise MutantsError(f"mutmut run failed; the end of {LOG.relative_to(ROOT)}:\n\n{last}")


def statuses() -> dict[str, str]:
    """Return what became of each mutant, by mutmut's name for it."""
    found = dict(re.findall(r"^ +(\S+): (.+)$", mutmut("results", "--all", "true"), re.MULTILINE))
    unknown = sorted(name for name, status in found.items() if status not in KILLED | SURVIVED)
    if unknown or not found:
        raise MutantsError(f"the run is not complete: {len(unknown)} of {len(found)} mutants were not tried")
    return found


def change(name: str) -> Change:
    """Return what a mutant changes."""
    parts = NAME.fullmatch(name)
    if not parts:
        raise MutantsError(f"{name}: no such name is known")
    module = parts["module"].replace(".", "/")
    function = f"{parts['cls']}.{parts['function']}" if parts["cls"] else parts["function"]
    lines: dict[str, list[str]] = {"-": [], "+": []}
    for line in mutmut("show", name).splitlines():
        if line[:1] in lines and not line.startswith(("---", "+++")):
            lines[line[0]].append(line[1:].strip())
    return Change(f"{module}.py {function}", "\n".join(lines["-"]), "\n".join(lines["+"]))


def reasons() -> dict[Change, str]:
    """Return the survivors that are accepted, with the reason for each."""
    with REASONS.open("rb") as file:
        entries = tomllib.load(file)["survivor"]
    accepted = {Change(entry["function"], entry["was"], entry["now"]): entry["why"].strip() for entry in entries}
    if len(accepted) != len(entries) or not all(accepted.values()):
        raise MutantsError(f"{REASONS.relative_to(ROOT)}: an entry stands there twice, or has no reason")
    return accepted


def report() -> bool:
    """Print the score and the survivors; return whether the gate is passed."""
    found, accepted = statuses(), reasons()
    survivors = Counter(change(name) for name, status in found.items() if status in SURVIVED)
    killed = len(found) - survivors.total()
    score = 100 * killed / len(found)

    known = {survivor: why for survivor, why in accepted.items() if survivor in survivors}
    unknown = survivors.keys() - accepted.keys()
    gone = accepted.keys() - survivors.keys()
    for title, listed in (
        ("Survived, for a reason", [f"{survivor}\n    {why}" for survivor, why in known.items()]),
        (f"Not in {REASONS.relative_to(ROOT)}: survived", sorted(map(str, unknown))),
        (f"In {REASONS.relative_to(ROOT)}, but does not survive any more", sorted(map(str, gone))),
        ("Killed by its time limit", [f"  {name}" for name, status in found.items() if status == "timeout"]),
    ):
        if listed:
            print(f"{title} ({len(listed)}):", *listed, "", sep="\n")
    print(
        f"{killed} of {len(found)} mutants killed: {score:.1f} % (at least {MIN_SCORE:.0f} % wanted); "
        f"{survivors.total()} survived, {sum(survivors[survivor] for survivor in unknown)} of them without a reason"
    )
    return score >= MIN_SCORE and not unknown and not gone


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description="Mutation testing of the modules that decide.")
    parser.add_argument("--max-children", type=int, default=os.cpu_count() or 1, help="how many mutants at a time")
    parser.add_argument("--report", action="store_true", help="run nothing; report on the last run")
    arguments = parser.parse_args()
    try:
        if not arguments.report:
            prepare()
            run(arguments.max_children)
        return 0 if report() else 1
    except (MutantsError, OSError) as error:
        print(f"{Path(__file__).name}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

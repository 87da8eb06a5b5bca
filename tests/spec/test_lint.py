"""The linters are content with the specification, see what is planted in it, and every exception is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spec_lint

pytestmark = pytest.mark.toolchain

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "openapi" / "torus.yaml"
EDITION = ROOT / "generated" / "torus-3.1.yaml"  # some rules are for one of the two
SWITCHED_OFF = re.compile(r"^  (\S+): off # \S.*\n", re.MULTILINE)

FAULTS = {
    "no server is declared internal or not": ("owasp", "owasp:api9:2023-inventory-access", r" +x-internal: .*\n", ""),
    "a server without TLS": (
        "owasp",
        "owasp:api8:2023-no-server-http",
        r"(?<=  - url: )https://",
        "http://",
    ),
    "anybody may call": ("owasp", "owasp:api2:2023-write-restricted", r"      security:\n.*\n", "      security: []\n"),
    "an example that does not fit": (
        "spectral",
        "oas3-valid-media-example",
        r"                    AccessToken: demo-access-token-not-real",
        "                    AccessToken: 1",
    ),
    "a tag without a description": ("spectral", "tag-description", r"    description: From a request .*\n", ""),
    "an operation without an operationId": ("spectral", "operation-operationId", r" +operationId: .*\n", ""),
    "an operation without a summary": ("redocly", "operation-summary", r" +summary: Generate a session\n", ""),
    "a scheme that nobody defined": ("redocly", "security-defined", r"^    RequestToken:$", "    Another:"),
    "a licence without an address": ("redocly", "info-license-strict", r"    url: .*license/mit\n", ""),
}


@pytest.mark.parametrize("linter", spec_lint.LINTERS)
def test_a_rule_that_is_switched_off_would_find_something(linter: str, tmp_path: Path) -> None:
    rules = (spec_lint.RULES / f"{linter}.yaml").read_text(encoding="utf-8")
    off = SWITCHED_OFF.findall(rules)
    assert len(off) == rules.count(": off"), "a rule is switched off without a reason"
    for rule in off:
        lines = [line for line in rules.splitlines(keepends=True) if not line.startswith(f"  {rule}: ")]
        # Redocly takes an empty mapping for a fault of its own; the place of the OWASP rules is relative.
        text = "".join(lines).removesuffix("rules:\n").replace("../node", str(ROOT / "tools" / "node"))
        (tmp_path / f"{linter}.yaml").write_text(text, encoding="utf-8")
        assert any(rule in spec_lint.complaint(linter, document, tmp_path) for document in (SPEC, EDITION)), rule


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_planted_is_found(fault: str, tmp_path: Path) -> None:
    linter, rule, old, new = FAULTS[fault]
    text, count = re.subn(old, new, SPEC.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1, f"the specification has no {old}: name another"
    document = tmp_path / SPEC.name
    document.write_text(text, encoding="utf-8")
    assert rule in spec_lint.complaint(linter, document)


def test_the_tool_lints_each_document_with_each_linter(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    shutil.copy(SPEC, faulty)
    faulty.write_text(faulty.read_text(encoding="utf-8").replace("x-internal: false", "x-other: false"))
    command = [sys.executable, str(ROOT / "tools" / "spec_lint.py"), str(faulty), str(SPEC)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    verdicts = [line for line in done.stdout.splitlines() if line.endswith("clean")]
    assert (done.returncode, verdicts) == (
        1,
        [
            "spectral: faulty.yaml is clean",
            "owasp: faulty.yaml is not clean",
            "redocly: faulty.yaml is clean",
            *(f"{linter}: torus.yaml is clean" for linter in spec_lint.LINTERS),
        ],
    )


@pytest.mark.parametrize("linter", spec_lint.LINTERS)
def test_a_document_that_is_not_there_is_not_clean(linter: str, tmp_path: Path) -> None:
    assert spec_lint.complaint(linter, tmp_path / "missing.yaml")

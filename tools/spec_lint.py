"""The specification under the strictest rules that other people wrote: `python tools/spec_lint.py DOCUMENT...`.

Spectral with all its rules for OpenAPI, Spectral with the OWASP API security rules, and Redocly with its strict set. A
warning is a failure. What is switched off, and why, is in tools/lint/. `make spec-lint` installs the linters.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tools" / "node" / "node_modules" / ".bin"
RULES = ROOT / "tools" / "lint"
SPECTRAL = ("spectral", "lint", "--fail-severity", "hint", "--fail-on-unmatched-globs", "--ruleset")
# By the name of the file with their rules.
LINTERS = {"spectral": SPECTRAL, "owasp": SPECTRAL, "redocly": ("redocly", "lint", "--config")}
# None tells its maker about this run, nor asks for a newer version of itself.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false"}


def complaint(linter: str, document: Path, rules: Path = RULES) -> str:
    """Return what the linter says against the document; nothing where it is content."""
    program, *options = LINTERS[linter]
    command = [str(PROGRAMS / program), *options, str(rules / f"{linter}.yaml"), str(document)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | QUIET)
    # Redocly lists what is wrong on its standard output, and how it went on the other.
    return (done.stdout.strip() or done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""


def main() -> int:
    """Lint each document with each linter and return the exit code."""
    documents = [Path(name).resolve() for name in sys.argv[1:]]
    if not documents:
        raise SystemExit("usage: spec_lint.py DOCUMENT...")
    if not PROGRAMS.is_dir():
        raise SystemExit("the linters are not installed: make spec-lint")
    clean = True
    for document in documents:
        for linter in LINTERS:
            said = complaint(linter, document)
            print(f"{linter}: {document.name} is {'not clean' if said else 'clean'}")
            if said:
                print(said)
            clean = clean and not said
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())

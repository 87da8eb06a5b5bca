"""The specification against that of the last release: `python tools/spec_diff.py`; `--release` keeps it as released.

oasdiff compares; `SOURCE_BREAKS` and `tools/spec_breaks.py` add what it passes over and users would trip over. What
breaks them passes only where `info.version` says so, as in tools/api.py; the rest is reported. It needs Go.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from packaging.version import Version

from api import may_break
from derive import as_json, load
from spec_breaks import overlooked

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "openapi" / "torus.yaml"
RELEASED = ROOT / "api" / "torus.yaml"
OASDIFF = ("go", "-C", str(ROOT / "tools" / "go"), "tool", "oasdiff", "changelog", "--format", "json")
QUIET = {"OASDIFF_NO_TELEMETRY": "1"}
WARNING = 2  # oasdiff's levels: 3 breaks, 2 may break, 1 does not
# What oasdiff lets pass because the wire stays as it was, and breaks whoever generates his client anew.
SOURCE_BREAKS = {
    "api-operation-id-removed": "it names the function",
    "api-schema-removed": "it names the class",
    "api-security-anonymous-access-added": "the client would not send the token",
    "api-security-component-removed": "the client would not send the token",
    "api-tag-removed": "it names the module",
    "response-non-success-status-removed": "its reply would be of no known shape",
    "response-optional-property-removed": "whoever read it finds it gone",
    "response-property-became-enum": "it is of another type",
    "response-property-type-specialized": "it is of another type",
}


def changes(old: Path, new: Path) -> tuple[list[str], list[str]]:
    """Return what breaks users of the old document, and what else has changed for them."""
    command = [*OASDIFF, str(old.resolve()), str(new.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | QUIET)
    except FileNotFoundError:
        raise SystemExit("comparing the specification needs Go 1.26 or later, and `go` is not on PATH") from None
    if done.returncode:
        raise SystemExit(f"oasdiff could not compare {old.name} with {new.name}\n{done.stderr.strip()}")
    breaking: list[str] = []
    other: list[str] = []
    for change in json.loads(done.stdout or "[]"):
        breaks = change["level"] >= WARNING or change["id"] in SOURCE_BREAKS
        where = " ".join(filter(None, (change.get("operation"), change.get("path"))))
        (breaking if breaks else other).append(f"{where or 'document'}: {change['text']} [{change['id']}]")
    breaking += overlooked(read(old), read(new))
    return sorted(set(breaking)), sorted({line for line in other if "[api-version-not-bumped]" not in line})


def read(document: Path) -> dict[str, Any]:
    """Return what is in the document."""
    content: dict[str, Any] = json.loads(as_json(load(document)))  # all keys are strings then, statuses too
    return content


def main() -> int:
    """Compare, and keep the document where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", type=Path, default=SPEC)
    parser.add_argument("--released", type=Path, default=RELEASED)
    parser.add_argument("--release", action="store_true", help="keep the document as that of the last release")
    arguments = parser.parse_args()
    spec, released = arguments.spec, arguments.released
    if released.exists():  # the first release has nothing to be compared with
        then, now = (Version(str(read(document)["info"]["version"])) for document in (released, spec))
        breaking, other = changes(released, spec)
        for verdict, lines in (("breaking", breaking), ("harmless", other)):
            for line in lines:
                print(f"{verdict}: {line}")
        if breaking and not may_break(then, now):
            print(f"This breaks users of version {then}, which {now} does not announce.", file=sys.stderr)
            return 1
        if arguments.release and then == now and read(released) != read(spec):
            print(f"The document is not that of version {then}: give it another version.", file=sys.stderr)
            return 1
        print(f"spec: {len(breaking)} breaking changes and {len(other)} others between {then} and {now}")
    elif not arguments.release:
        raise SystemExit(f"{released.name} is missing: without it nothing can be compared")
    if arguments.release:
        shutil.copyfile(spec, released)
        print(f"kept {spec.name} as that of the last release")
    return 0


if __name__ == "__main__":
    sys.exit(main())

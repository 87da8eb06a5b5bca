"""Writes the code for threads from the code for asyncio: `python tools/unasync.py`, with `--check` to compare only.

The async module is the source. What differs beyond words is in modules of its own, such as `async_io.py` and
`sync_io.py`, which are written by hand.
"""

from __future__ import annotations

import argparse
import difflib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "overrides" / "torus_connect"
TWINS = {
    "async_account.py": "account.py",
    "async_client.py": "client.py",
    "_calls/async_authorized.py": "_calls/sync_authorized.py",
    "_transport/async_connection.py": "_transport/sync_connection.py",
    "_transport/async_pool.py": "_transport/sync_pool.py",
    "_transport/async_stream.py": "_transport/sync_stream.py",
    "_transport/async_watched.py": "_transport/sync_watched.py",
    "stores/_async_get_or_create.py": "stores/_sync_get_or_create.py",
    "_orders/async_find.py": "_orders/sync_find.py",
    "_orders/async_orders.py": "_orders/sync_orders.py",
    "stores/_redis/async_commands.py": "stores/_redis/sync_commands.py",
    "stores/_redis/async_store.py": "stores/_redis/sync_store.py",
}
"""The source and what is made from it, in the package."""

REPLACEMENTS = (
    (r"\n[^\n]*  # asyncio only", ""),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"(?m)\bawait shielded\((.*)\)(:?)$", r"\1\2"),
    (r"\bawait ", ""),
    (r"\bAwaitable\[(\w+)\]", r"\1"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\bhandle_async_request\b", "handle_request"),
    (r"\basync_(?=(account|client)\b)", ""),
    (r"\b(_?)async_(?=[a-z])", r"\1sync_"),
    (r"\b(good|refuse|renewed|wait)_async\b", r"\1"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\bredis\.asyncio\b", "redis"),
    (r"\baclose\b", "close"),
    (r"\basyncio\.sleep\b", "time.sleep"),
    (r"\bimport asyncio\b", "import time"),
    (r"\bin_thread\(([\w.]+)(?:, )?", r"\1("),
    (r", ASYNC1\d\d\b|  # noqa: ASYNC1\d\d.*", ""),
    (r" It may\s+be `async`; one that is not is called in a thread of its own\.", ""),
    (r"\bA call that is cancelled\b", "A call that is interrupted"),
    (r"The client for asyncio\..*`tools/unasync.py`\.", "The client for threads."),
    (r"\btasks of one event loop\b", "threads"),
    (r"\btasks\b", "threads"),
)


def sync_code(source: str, name: str) -> str:
    """Return the code for threads.

    Args:
        source: the code for asyncio.
        name: its file, for the header.
    """
    for pattern, replacement in REPLACEMENTS:
        source = re.sub(pattern, replacement, source)
    return formatted(f"# Made from {name} by tools/unasync.py: do not edit.\n{source}")


def formatted(code: str) -> str:
    """Return code as ruff formats it, with the imports that it needs in order."""
    ruff = (str(Path(sys.executable).with_name("ruff")),)
    name = ("--stdin-filename", str(ROOT / "overrides" / "sync.py"), "-")
    for command in (("check", "--quiet", "--select", "I,F401", "--fix"), ("format", "--quiet")):
        code = subprocess.run([*ruff, *command, *name], input=code, text=True, capture_output=True, check=True).stdout
    return code


def main(arguments: list[str] | None = None) -> int:
    """Write the twins, or say how they differ from what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail with the diff instead of writing")
    check = parser.parse_args(arguments).check
    is_same = True
    for source, target in TWINS.items():
        code = sync_code((PACKAGE / source).read_text(encoding="utf-8"), source.rpartition("/")[2])
        path = PACKAGE / target
        if not check:
            path.write_text(code, encoding="utf-8")
            continue
        found = path.read_text(encoding="utf-8") if path.exists() else ""
        if found != code:
            is_same = False
            print(*difflib.unified_diff(found.split("\n"), code.split("\n"), target, source, lineterm=""), sep="\n")
    if not is_same:
        print("run make unasync, or change the async source instead of the twin", file=sys.stderr)
    return not is_same


if __name__ == "__main__":
    sys.exit(main())

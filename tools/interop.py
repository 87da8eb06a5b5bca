"""Build a client in each language from the spec pack, use it, and play the vectors at it; behind `make interop`.

What a run finds are the two tables in interop/README.md; a run that finds something else fails, and `--update` writes
them anew. A client is built and played again only where something that it depends on has changed.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from interop_clients import CLIENTS, ROOT, Client
from interop_run import WORK, InteropError, build, play, readings, trade
from interop_table import TABLES, Row, between, rows_of, with_rows

README = ROOT / "interop" / "README.md"
PACK = ROOT / "dist" / "spec"
PLAYER = (
    "overrides/torus_connect/sandbox",
    "openapi/conformance",
    "tools/interop_account.py",
    "tools/interop_clients.py",
    "tools/interop_run.py",
)


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description="Build the clients in other languages, and play the vectors at them.")
    parser.add_argument("--only", choices=[client.name for client in CLIENTS], help="this client alone")
    parser.add_argument("--update", action="store_true", help="write the tables of interop/README.md")
    arguments = parser.parse_args()
    chosen = [client for client in CLIENTS if arguments.only in (None, client.name)]
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        check_tools(chosen)
        built: set[str] = set()
        rows = [row_of(client, built) for client in chosen]
        return settle(rows, update=arguments.update)
    except (InteropError, LookupError, OSError) as error:
        print(f"{Path(__file__).name}: {error}", file=sys.stderr)
        return 1


def check_tools(chosen: list[Client]) -> None:
    """Name in one line every tool that is missing, with the clients that need it."""
    missing = {
        tool: [client.name for client in chosen if tool in client.tools]
        for client in chosen
        for tool in client.tools
        if shutil.which(tool) is None
    }
    if missing:
        raise InteropError("; ".join(f"{tool} is missing, for {', '.join(names)}" for tool, names in missing.items()))
    if not (PACK / "torus.yaml").is_file():
        raise InteropError("there is no spec pack in dist/spec: make spec")


def row_of(client: Client, built: set[str]) -> Row:
    """Build, trade, read and play, or recall what came of it the last time; `built` has the folders that are built."""
    found, digest = WORK / f"{client.name}.json", digest_for(client)
    if found.is_file():
        record = json.loads(found.read_text(encoding="utf-8"))
        if record.pop("digest") == digest:
            say(client, "nothing has changed since it was played")
            return Row(**record)
    if client.folder not in built:
        say(client, "build")
        build(client)
        built.add(client.folder)
    say(client, "trade, and read the account")
    trade(client)
    say(client, "read fields of the other JSON type")
    mistyped = readings(client)
    say(client, "play the vectors")
    faults, count = play(client)
    row = Row(client.name, client.generator, trades=True, passed=count - len(faults), faults=faults, mistyped=mistyped)
    found.write_text(json.dumps(asdict(row) | {"digest": digest}), encoding="utf-8")
    return row


def digest_for(client: Client) -> str:
    """Return the digest of all that a row depends on: the pack, the client, the player, and the tools' versions."""
    files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    ours = [f"interop/{name}" for name in (client.folder, *client.shares)]
    listed = subprocess.run([*files, *ours, *PLAYER], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.decode()
    digest = hashlib.sha256()
    for path in [*sorted(ROOT / name for name in listed.split("\0") if name), PACK / "torus.yaml"]:
        if path.is_file() and path.suffix != ".md":
            digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for tool in client.tools:
        asked = [tool, "version" if tool == "go" else "--version"]
        digest.update(subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout)
    return digest.hexdigest()


def settle(rows: list[Row], *, update: bool) -> int:
    """Write the tables, or compare them with what the run found; return the exit code."""
    page = README.read_text(encoding="utf-8")
    fresh = with_rows(page, rows, [client.name for client in CLIENTS])
    if update:
        README.write_text(fresh, encoding="utf-8")
    elif fresh != page:
        for table in TABLES:
            before, after = (list(rows_of(between(text, table)[1]).values()) for text in (page, fresh))
            sys.stdout.writelines(difflib.unified_diff(before, after, "interop/README.md", "this run", n=0))
        print(
            "the tables of interop/README.md are not what this run found: look at it, then make interop UPDATE=1",
            file=sys.stderr,
        )
        return 1
    for row in rows:
        count = row.passed + len(row.faults)
        print(f"{row.client}: trades, reads the account, and passes {row.passed} of {count} vectors")
    return 0


def say(client: Client, what: str) -> None:
    """Print what is being done."""
    print(f"{client.name}: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""What is done with one client: it is built, trades and reads in the sandbox, and has the vectors played at it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from demo import COMMAND, issue_request_token
from interop_account import FIELDS, Field, mistyped
from interop_clients import ROOT, Client
from torus_connect.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = ROOT / "build" / "interop"
STEP_LIMIT, RUN_LIMIT, PLAY_LIMIT = 900, 15, 900  # seconds
NOT_READ = 6  # the exit code of a client that cannot read the account
LATE = "had not ended"
LAST = 60  # lines of a log that are shown


class InteropError(Exception):
    """Why there is no row for a client; its text is all that the maintainer sees."""


def build(client: Client) -> None:
    """Run its steps; the log of the one that fails is shown."""
    log = WORK / f"{client.name}.log"
    with log.open("wb") as output:
        for step in client.steps:
            print(f"  {' '.join(step)}", flush=True)
            try:
                code: object = subprocess.run(
                    step,
                    cwd=client.path,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    timeout=STEP_LIMIT,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                code = f"nothing after {STEP_LIMIT} s"
            if code:
                end = "".join(log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)[-LAST:])
                raise InteropError(f"{client.name}: `{' '.join(step)}` ended with {code}\n\n{end}")


def trade(client: Client) -> None:
    """Let it trade a request token in the sandbox, and read the account with the access token."""
    with sandbox() as place:
        ended = run(client, place)
        if ended.returncode or not re.fullmatch(r"sandbox-access-token-\w+\n?", ended.stdout):
            raise InteropError(f"{client.name} cannot trade: exit code {ended.returncode}\n\n{ended.stderr}")
        found = fields_of(client, run(client, place, "account"))
    if found != as_documented():
        raise InteropError(f"{client.name} reads {found}, where the document has {as_documented()}")


def readings(client: Client) -> dict[str, str]:
    """Say by kind what it makes of a field whose JSON type is not the documented one; `error` where nothing is read."""
    return {field.kind: reading_of(client, field) for field in FIELDS}


def reading_of(client: Client, field: Field) -> str:
    """Return, as JSON, what it reads in this field, which is mistyped; the other fields are as they were."""
    document = WORK / "mistyped.json"
    document.write_text(json.dumps(mistyped(field)), encoding="utf-8")
    with Sandbox(document=document) as other:
        place = {"base_url": other.base_url, "api_key": other.api_key, "api_secret": other.api_secret}
        ended = run(client, place, "account")
    if ended.returncode == NOT_READ:
        return "error"
    found = fields_of(client, ended)
    if found | {field.kind: ""} != as_documented() | {field.kind: ""}:
        raise InteropError(f"{client.name} reads {found}, where only the {field.kind} is not as documented")
    return f"`{found[field.kind]}`"


def as_documented() -> dict[str, str]:
    """Return by kind, as JSON, what the example of the document has."""
    return {field.kind: json.dumps(field.shown) for field in FIELDS}


def fields_of(client: Client, ended: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return by kind, as JSON, what it printed of the account."""
    try:
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        if not ended.returncode and [(line["kind"], line["field"]) for line in lines] == [
            (field.kind, field.name) for field in FIELDS
        ]:
            return {line["kind"]: json.dumps(line["value"]) for line in lines}
    except (ValueError, LookupError, TypeError):
        pass
    raise InteropError(
        f"{client.name} does not read the account: exit code {ended.returncode}\n\n{ended.stdout}{ended.stderr}"
    )


def run(client: Client, place: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start it with a new request token of a sandbox."""
    environment = {
        **os.environ,
        "TORUS_BASE_URL": place["base_url"],
        "TORUS_API_KEY": place["api_key"],
        "TORUS_API_SECRET": place["api_secret"],
        "TORUS_REQUEST_TOKEN": issue_request_token(place),
    }
    try:
        return subprocess.run(
            [*client.command, *arguments],
            cwd=client.path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InteropError(f"{client.name}: it had not ended after {RUN_LIMIT} s") from None


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """Run a sandbox as a program of its own, and yield what it says of itself."""
    command = [COMMAND, "sandbox", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def play(client: Client) -> tuple[dict[str, str], int]:
    """Return what is wrong, by the name of the vector, and how many there are: of a session, an order and a read.

    What only was too slow, on a machine with other work, is played again, alone.
    """
    wrong: dict[str, str] = {}
    played = 0
    for operation in ("generateSession", "orderEntry", "holdings"):
        faults, count = verdicts(client, operation)
        slow = [name for name, why in faults.items() if why.startswith(LATE)]
        if slow:
            again, _ = verdicts(client, operation, "--jobs", "1", *(part for name in slow for part in ("--only", name)))
            faults = {name: why for name, why in faults.items() if name not in slow} | again
        wrong |= faults
        played += count
    return wrong, played


def verdicts(client: Client, operation: str, *options: str) -> tuple[dict[str, str], int]:
    """Return what is wrong, by the name of the vector, and how many were played, with the operation as its argument."""
    command = [COMMAND, "sandbox", "--conformance", "--json", "--operation", operation, *options]
    command += ["--", *client.command, operation]
    ended = subprocess.run(
        command,
        cwd=client.path,
        capture_output=True,
        text=True,
        timeout=PLAY_LIMIT,
        check=False,
    )
    if ended.returncode not in {0, 1} or not ended.stdout:
        raise InteropError(f"{client.name}: the vectors could not be played\n\n{ended.stderr}")
    played = json.loads(ended.stdout)["vectors"]
    return {vector["name"]: vector["why"] for vector in played if vector["verdict"] != "pass"}, len(played)

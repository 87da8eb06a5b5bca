"""What is done with one client: it is built, trades in the sandbox, and has the vectors played at it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from demo import COMMAND, issue_request_token
from interop_clients import ROOT, Client
from interop_table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = ROOT / "build" / "interop"
STEP_LIMIT, TRADE_LIMIT, PLAY_LIMIT = 900, 15, 900  # seconds
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
    """Let it trade a request token in the sandbox, and see that the sandbox knows the access token."""
    with sandbox() as place:
        environment = {
            **os.environ,
            "TORUS_BASE_URL": place["base_url"],
            "TORUS_API_KEY": place["api_key"],
            "TORUS_API_SECRET": place["api_secret"],
            "TORUS_REQUEST_TOKEN": issue_request_token(place),
        }
        try:
            ended = subprocess.run(
                client.command,
                cwd=client.path,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TRADE_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise InteropError(f"{client.name} cannot trade: it had not ended after {TRADE_LIMIT} s") from None
    if ended.returncode or not re.fullmatch(r"sandbox-access-token-\w+\n?", ended.stdout):
        raise InteropError(f"{client.name} cannot trade: exit code {ended.returncode}\n\n{ended.stderr}")


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


def play(client: Client) -> Row:
    """Play all vectors; what only was too slow, on a machine with other work, is played again, alone."""
    faults, count = verdicts(client)
    slow = [name for name, why in faults.items() if why.startswith(LATE)]
    if slow:
        again, _ = verdicts(client, "--jobs", "1", *(part for name in slow for part in ("--only", name)))
        faults = {name: why for name, why in faults.items() if name not in slow} | again
    return Row(client.name, client.generator, trades=True, passed=count - len(faults), faults=faults)


def verdicts(client: Client, *options: str) -> tuple[dict[str, str], int]:
    """Return what is wrong, by the name of the vector, and how many were played."""
    command = [COMMAND, "sandbox", "--conformance", "--json", *options, "--", *client.command]
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

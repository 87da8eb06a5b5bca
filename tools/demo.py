"""`make demo`: a local Torus, a request token exchanged for an access token, and what that opens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from torus_connect import APIStatusError, TorusConnect

COMMAND = str(Path(sys.executable).with_name("torus-connect"))


def main() -> int:
    """Start the sandbox as a program of its own and use it as a stranger would."""
    sandbox = subprocess.Popen([COMMAND, "sandbox", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert sandbox.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        show_all(json.loads(sandbox.stdout.readline()))
    finally:
        sandbox.terminate()
        code = sandbox.wait()
    step(f"The sandbox was told to end, and ended with exit code {code}.")
    return code


def show_all(place: dict[str, str]) -> None:
    """Exchange one request token in Python and one by the command line; try one twice."""
    step(f"A local Torus is up at {place['base_url']}; nothing in it is real.")

    request_token = issue_request_token(place)
    step(f"A user logged in, and the redirect brought a request token: {request_token}")
    with TorusConnect(api_key=place["api_key"], api_secret=place["api_secret"], base_url=place["base_url"]) as torus:
        session = torus.generate_session(request_token)
        step(f"TorusConnect exchanged it for an access token: {session.access_token}")
        step(f"Printed by accident, it shows nothing: {session.access_token!r} in {session!r}")

        step("With it, the holdings of the user:")
        columns = "{!s:<14}{!s:>10}{!s:>12}{!s:>12}"
        print("   ", columns.format("symbol", "quantity", "cost price", "last price"))
        for row in torus.account(session).holdings():
            print("   ", columns.format(row.nse_symbol, row.quantity, row.cost_price, row.last_traded_price))

        try:
            torus.generate_session(request_token)
        except APIStatusError as error:
            step(f"The same request token again is {error.outcome.name}: {type(error).__name__}: {error}")
            step(f"The service's own words: {error.service_message}")
        else:
            raise SystemExit("the same request token was exchanged twice")

    result = subprocess.run(
        [COMMAND, "session", "generate"],
        env={
            **os.environ,
            "TORUS_API_KEY": place["api_key"],
            "TORUS_API_SECRET": place["api_secret"],
            "TORUS_BASE_URL": place["base_url"],
            "TORUS_REQUEST_TOKEN": issue_request_token(place),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    access_token = result.stdout.strip()
    if not access_token or access_token == session.access_token:
        raise SystemExit("the command line did not print an access token of its own")
    step(f"`torus-connect session generate` did the same: {access_token}")


def issue_request_token(place: dict[str, str]) -> str:
    """Let the sandbox log a user in."""
    connection = HTTPConnection(urlsplit(place["base_url"]).netloc)
    connection.request("POST", "/_sandbox/request-tokens")
    reply: Any = json.load(connection.getresponse())
    connection.close()
    return str(reply["request_token"])


def step(text: str) -> None:
    """Print one step."""
    print("*", text.replace("\n", "\n  "), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

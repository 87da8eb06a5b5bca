"""Run in an environment where torus-connect is installed: exchange a request token in every way there is."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from torus_connect import AsyncTorusConnect, TorusConnect, spec_text
from torus_connect.sandbox import Sandbox
from torus_connect_api import StandaloneClient
from torus_connect_api.api.session import generate_session
from torus_connect_api.models import GenerateSessionRequest


async def login(sandbox: Sandbox, request_token: str) -> str:
    async with AsyncTorusConnect(**sandbox.credentials) as torus:
        return (await torus.generate_session(request_token)).access_token


def main() -> None:
    with Sandbox() as sandbox:
        tokens = [sandbox.issue_request_token() for _ in range(4)]
        with TorusConnect(**sandbox.credentials) as torus:
            traded = [str(torus.generate_session(tokens[0]).access_token)]
        traded.append(asyncio.run(login(sandbox, tokens[1])))
        with StandaloneClient({"RequestToken": tokens[2]}, server=sandbox.base_url) as client:
            body = GenerateSessionRequest(api_key=sandbox.api_key, api_secret=sandbox.api_secret)
            traded.append(str(generate_session.sync(client=client, body=body).access_token))
        command = subprocess.run(
            [Path(sys.executable).with_name("torus-connect"), "session", "generate"],
            env={
                **os.environ,
                "TORUS_API_KEY": sandbox.api_key,
                "TORUS_API_SECRET": sandbox.api_secret,
                "TORUS_BASE_URL": sandbox.base_url,
                "TORUS_REQUEST_TOKEN": tokens[3],
            },
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        traded.append(command.stdout.strip())
        assert traded == [sandbox.access_token_for(token) for token in tokens]
    assert json.loads(spec_text("json"))["openapi"] == "3.0.3"
    assert spec_text("yaml").endswith("\n")
    sys.stdout.write(f"traded {len(traded)}\n")


if __name__ == "__main__":
    main()

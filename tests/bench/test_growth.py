"""The documents by which growth is measured are what they are taken for, and so is what is said of the results."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.openapi import check_openapi

import sdk
from bench.growth import document, text
from torus_connect import spec_text

# A whole call with httpx, by the class of a tag, and into a model; the transport alone is not a network.
CALL = """
import httpx, sys
from torus_connect_api import Api, StandaloneClient
client = StandaloneClient({"RequestToken": "demo"})
client._http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"AccessToken": "demo"})))
Api(client).session.generate_session(api_key="demo", api_secret="demo").access_token
"""
MOST = 1.03


@pytest.mark.parametrize("size", [1, 7])
def test_a_document_has_so_many_operations(size: int) -> None:
    made = document(json.loads(spec_text("json")), size)
    check_openapi(made)
    calls = [path["post"] for path in made["paths"].values()]
    assert len({call["operationId"] for call in calls}) == size
    bodies = {re.search(r"schemas/\w+", json.dumps(call["requestBody"]))[0] for call in calls}  # type: ignore[index]
    assert len(bodies) == size


def test_the_page_has_ratios_to_one_operation_and_memory_in_flight() -> None:
    def columns(seconds: float, modules: int) -> dict[str, Any]:
        times = {kind: [seconds] * 3 for kind in ("import", "cold", "rss", "generation")}
        return {**times, "modules": {"import": 1, "cold": modules}}

    peaks = {"1": 0, "1000": 999 * 2048}
    found = {
        "operations": {"1": columns(2, 205), "10": columns(3, 206)},
        "logins": {"done": {"10": [1 << 20, 5]}, "in flight": peaks},
    }
    said = text(found).splitlines()
    assert "| 10 | 1.50 | 1.50 | 1.50 | 206 | 3.0 |" in said
    assert "| 2.0 | 1.0, 5 |" in said


def instructions(output: Path, tmp_path: Path) -> int:
    """Return the instructions of a program that calls one operation; its bytecode is written before."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(output), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", CALL]
    subprocess.run(command, env=environment, check=True, timeout=60)
    profile = tmp_path / "callgrind"
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
    run = subprocess.run(
        [*tool, *command], env=environment, check=True, timeout=600, capture_output=True, text=True, errors="replace"
    )
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found is not None
    return int(found[1])


@pytest.mark.toolchain
def test_a_program_that_uses_one_operation_costs_the_same_with_500(repository: Path, tmp_path: Path) -> None:
    spec, found = json.loads((repository / "generated" / "torus.json").read_text()), {}
    for size in (2, 25, 500):
        folder = tmp_path / str(size)
        (folder / "output").mkdir(parents=True)
        (folder / "torus.yaml").write_text(json.dumps(document(spec, size)))
        inputs = sdk.Inputs(
            folder / "torus.yaml", repository / "generator-config.yml", repository / "overrides" / "templates"
        )
        sdk.run_generator(inputs, folder / "output")
        found[size] = instructions(folder / "output", tmp_path)
    assert found[25] <= MOST * found[2], found
    assert found[500] <= MOST * found[2], found

"""The image and the services, as far as that goes without a builder: their steps are run in a plain shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
STEPS = [(word, rest) for word, _, rest in (line.partition(" ") for line in LINES) if word.isupper()]


def steps(kind: str) -> list[str]:
    return [rest for word, rest in STEPS if word == kind]


def command(text: str) -> list[str]:
    """Return the command that a step has as JSON."""
    words: list[str] = json.loads(text[text.index("[") :])
    return words


@pytest.mark.toolchain
def test_the_image_and_the_services_hold_no_secret_and_no_rights() -> None:
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+( AS build)?", image) for image in steps("FROM"))
    assert steps("USER") == ["10001"]
    assert not re.search(r"(?i)ARG|_(KEY|SECRET|TOKEN|PASSWORD)\b", " ".join(f"{word} {rest}" for word, rest in STEPS))
    for name, service in COMPOSE["services"].items():
        assert "build" in service or re.search(r":\d+\.\d+\.\d+|:local$", service["image"]), name
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service.get("user") != "root"
    environment = COMPOSE["services"]["worker"]["environment"]
    assert [name for name, value in environment.items() if value is None] == ["TORUS_API_KEY", "TORUS_API_SECRET"]
    for secret in COMPOSE["secrets"].values():  # of whoever starts it, in their copy of the repository
        assert secret["file"].removeprefix(".") in (ROOT / ".gitignore").read_text().splitlines()
    assert {"bind", "127.0.0.1"} <= {word.lstrip("-") for word in COMPOSE["services"]["redis"]["command"]}


@pytest.mark.toolchain
def test_what_the_build_is_given_is_all_that_it_copies() -> None:
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    copied = {name for step in steps("COPY") if "--from" not in step for name in step.split()[:-1]}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.toolchain
def test_the_steps_in_a_plain_shell(tmp_path: Path) -> None:
    source, installed = tmp_path / "src", tmp_path / "torus"
    for step in steps("COPY"):
        *names, target = step.split()
        for name in names if "--from" not in step else ():
            to = source / target / (Path(name).name if target.endswith("./") or name.endswith(".txt") else "")
            to.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, to)
    build = next(step for step in steps("RUN") if "pip install" in step).replace("/opt/torus", str(installed))
    path = f"{installed}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(["/bin/sh", "-c", build], cwd=source, env=os.environ | {"PATH": path}, check=False)
    assert done.returncode == 0

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    env = {"PATH": path, "HOME": str(tmp_path)}
    start, health = (
        [word.replace("8787", port) for word in command(steps(kind)[-1])] for kind in ("CMD", "HEALTHCHECK")
    )
    with subprocess.Popen(start, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL) as sandbox:
        try:
            end = time.monotonic() + 60
            while subprocess.run(health, env=env, stderr=subprocess.DEVNULL, check=False).returncode:
                assert sandbox.poll() is None
                assert time.monotonic() < end
        finally:
            sandbox.terminate()
    assert subprocess.run(health, env=env, stderr=subprocess.DEVNULL, check=False).returncode == 1

    # The worker of compose.yaml, at the end of its queue at once.
    key = tmp_path / "store.key"
    key.touch(0o600)
    key.write_text(f"{'A' * 43}=\n")
    given = COMPOSE["services"]["worker"]["environment"]
    worker = {name: value or "demo-not-real" for name, value in given.items()} | {"TORUS_STORE_KEY_FILE": str(key)}
    program, script = COMPOSE["services"]["worker"]["command"]
    assert script == "/opt/torus/fleet_worker.py"
    ended = subprocess.run(
        [program, ROOT / "examples" / "fleet_worker.py"], env=env | worker, stdin=subprocess.DEVNULL, check=False
    )
    assert ended.returncode == 0

"""A run that fails, is interrupted or killed leaves the old output whole, and the next run works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from generation.conftest import Workshop

WAIT = 30.0  # seconds: far more than is needed


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def break_yaml(workshop: Workshop) -> str:
    append(workshop.spec, "\nx-broken: [\n")
    return "torus.yaml: while parsing a flow node"


def unknown_content_type(workshop: Workshop) -> str:
    replace_once(workshop.spec, "          application/json:\n", "          application/x-unknown:\n")
    return "Unsupported content type application/x-unknown"


def no_spec(workshop: Workshop) -> str:
    workshop.spec.unlink()
    return "No such file or directory"


def date_in_spec(workshop: Workshop) -> str:
    append(workshop.spec, "\nx-date: 2024-06-11\n")
    return "2024-06-11 is a date, which JSON does not have: put it in quotes"


def no_config(workshop: Workshop) -> str:
    workshop.config.unlink()
    return "No such file or directory"


def other_version(workshop: Workshop) -> str:
    pins = workshop.root / "requirements" / "dev.in"
    pins.write_text("openapi-python-client==0.0.1  # why\nruff==0.0.1\n")
    return "is installed, 0.0.1 is pinned: pip install -r requirements/dev.in"


def no_pin(workshop: Workshop) -> str:
    (workshop.root / "requirements" / "dev.in").write_text("ruff>=0.0.1\n")
    return "requirements/dev.in does not pin openapi-python-client with `==`"


def broken_template(workshop: Workshop) -> str:
    workshop.templates.mkdir(parents=True, exist_ok=True)
    (workshop.templates / "package_init.py.jinja").write_text("{% if %}")
    return "TemplateSyntaxError"


BREAKAGES = [
    break_yaml,
    unknown_content_type,
    no_spec,
    date_in_spec,
    no_config,
    other_version,
    no_pin,
    broken_template,
]


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_failure_leaves_the_old_output(
    pristine: Workshop, workshop: Workshop, breakage: Callable[[Workshop], str]
) -> None:
    expected = breakage(workshop)

    run = workshop.run()

    assert (run.returncode, run.stdout) == (1, "")
    assert expected in run.stderr
    assert "Traceback" not in run.stderr
    assert workshop.tree() == pristine.tree()
    assert workshop.staging() == []


def test_ruff_must_be_beside_the_python_that_runs(workshop: Workshop, tmp_path: Path) -> None:
    bare = tmp_path / "bin" / "python"
    bare.parent.mkdir()
    bare.symlink_to(Path(sys.executable).resolve())
    command = [str(bare), *workshop.command("--force")[1:]]

    run = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")},
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )

    assert run.returncode == 1
    assert run.stderr.startswith("sdk.py: there is no ruff beside ")
    assert run.stderr.count("\n") == 1


def test_folder_of_something_else_is_not_replaced(workshop: Workshop) -> None:
    other = workshop.root / "other"
    other.mkdir()
    (other / "precious").touch()

    run = workshop.run("--output", other)

    assert run.returncode == 1
    assert run.stderr.endswith("/other was not written by this tool, and will not be replaced\n")
    assert [path.name for path in other.iterdir()] == ["precious"]


CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([signal.SIGINT, signal.SIGKILL], id="SIGINT, SIGKILL"),
        *(pytest.param([number], id=number.name, marks=pytest.mark.soak) for number in CODES),
    ],
)
def test_interrupt_leaves_the_old_output_and_the_next_run_works(
    pristine: Workshop, workshop: Workshop, numbers: list[signal.Signals]
) -> None:
    replace_once(workshop.spec, "summary: Generate a session\n", "summary: Generate one session\n")
    for number in numbers:
        assert workshop.staging() == []
        with workshop.running() as process:
            deadline = time.monotonic() + WAIT
            while not list(workshop.root.glob(".sdk-*/new")):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.005)
            process.send_signal(number)
            _, said = process.communicate(timeout=WAIT)

        assert (process.returncode, said) == (CODES[number], "")
        assert workshop.tree() == pristine.tree()
        assert bool(workshop.staging()) == (number == signal.SIGKILL)

    assert workshop.run().stdout == "generated/ is written\n"
    assert workshop.staging() == []
    assert b"Generate one session" in workshop.tree()["torus_connect_api/api/session/generate_session.py"]


def test_run_killed_between_the_renames_is_undone(pristine: Workshop, workshop: Workshop) -> None:
    staging = workshop.root / ".sdk-generated-abcd_123"
    staging.mkdir()
    workshop.output.rename(staging / "old")
    (staging / "new").mkdir()
    (staging / "new" / "torus.json").touch()

    assert workshop.run().stdout == "generated/ is up to date\n"

    assert workshop.tree() == pristine.tree()
    assert workshop.staging() == []


# What a test of the two renames runs in a process of its own: there are no signals to spare in this one.
SWAP = """
import os, signal, sys
from pathlib import Path

import replace


class Interrupted(type(Path())):
    def rename(self, target):
        os.kill(os.getpid(), signal.SIGTERM)
        return super().rename(target)


def interrupted(number, frame):
    raise SystemExit("interrupted")


signal.signal(signal.SIGTERM, interrupted)
folder = Interrupted(sys.argv[1])
replace.swap(folder / "new", folder / "output", aside=folder / "old")
"""


def swap(workshop: Workshop, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SWAP, str(folder)],
        env=os.environ | {"PYTHONPATH": str(workshop.root / "tools")},
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )


def test_interrupt_waits_until_both_renames_are_done(workshop: Workshop, tmp_path: Path) -> None:
    for name in ("output", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()

    run = swap(workshop, tmp_path)

    assert (run.returncode, run.stderr) == (1, "interrupted\n")
    assert (tmp_path / "output" / "new").exists()
    assert (tmp_path / "old" / "output").exists()


def test_old_output_is_put_back_if_the_new_one_cannot_be_renamed(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "output").touch()

    run = swap(workshop, tmp_path)

    assert run.returncode == 1
    assert (tmp_path / "output" / "output").exists()
    assert not (tmp_path / "old").exists()

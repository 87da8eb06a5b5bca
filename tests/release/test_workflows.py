"""The workflows are clean under zizmor, which sees what is planted in them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from torus_connect import __version__

ROOT = Path(__file__).resolve().parents[2]
ZIZMOR = (Path(sys.executable).with_name("zizmor"), "--offline", "--pedantic", "--strict-collection")

FILES = ("dependabot.yml", "workflows/ci.yml", "workflows/release.yml")
FAULTS = {
    "unpinned-uses": ("workflows/ci.yml", r"checkout@[0-9a-f]{40} # v[\d.]+", "checkout@v4"),
    "artipacked": ("workflows/ci.yml", r"        with:\n          persist-credentials: false\n", ""),
    "excessive-permissions": ("workflows/release.yml", r"permissions: \{\}", "permissions: write-all"),
    "template-injection": ("workflows/release.yml", r'test "\$TAG"', 'test "${{ github.event.head_commit.message }}"'),
    "dangerous-triggers": ("workflows/ci.yml", r"pull_request:", "pull_request_target:"),
    "concurrency-limits": ("workflows/ci.yml", r"concurrency:\n(  .*\n)+", ""),
    "dependabot-cooldown": ("dependabot.yml", r"    cooldown:\n      default-days: 7\n", ""),
}


def audit(folder: Path) -> tuple[int, str]:
    done = subprocess.run([*ZIZMOR, folder], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_they_are_clean() -> None:
    code, said = audit(ROOT / ".github")
    assert code == 0, said
    assert [name for name in FILES if f"completed {ROOT / '.github' / name}" in said] == list(FILES)


@pytest.mark.parametrize("audited", FAULTS)
def test_what_is_planted_is_found(tmp_path: Path, audited: str) -> None:
    file, old, new = FAULTS[audited]
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    path = tmp_path / ".github" / file
    text, count = re.subn(old, new, path.read_text(), count=1)
    assert count == 1, f"{file} has no {old}: name another"
    path.write_text(text)
    code, said = audit(tmp_path / ".github")
    assert code != 0
    assert f"[{audited}]" in said


def test_an_action_has_one_version_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in (ROOT / ".github" / "workflows").iterdir():
        for action, pin in re.findall(r"uses: (\S+?)@(.*)", path.read_text()):
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), f"{path.name}: {action}"
            pins.setdefault(action, set()).add(pin)
    assert {action: len(used) for action, used in pins.items()} == dict.fromkeys(pins, 1)


def test_what_may_sign_or_write_runs_nothing_of_the_repository_and_no_secret_is_kept() -> None:
    jobs: dict[str, str] = {}
    for file in FILES[1:]:
        text = (ROOT / ".github" / file).read_text()
        assert "secrets." not in text
        assert "\npermissions: {}\n" in text
        names = re.split(r"^  (\w+):\n", text.partition("\njobs:\n")[2], flags=re.MULTILINE)
        jobs |= dict(zip(names[1::2], names[2::2], strict=True))
    assert all(re.search(r"^    permissions:\n      \S", job, re.MULTILINE) for job in jobs.values())
    mighty = {name: job for name, job in jobs.items() if re.search(r"^      [\w-]+: write", job, re.MULTILINE)}
    assert set(mighty) == {"attest", "publish", "announce"}
    assert not [name for name, job in mighty.items() if "actions/checkout" in job]
    assert [name for name, job in mighty.items() if "run:" in job] == ["announce"]
    assert "environment: pypi" in mighty["publish"]


def run(step: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a step of `release.yml`, as a runner does."""
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text()
    found = re.search(rf" - name: {re.escape(step)}\n(?: {{8,10}}\S.*\n)*? {{8}}run: \|\n((?: {{10}}.*\n)+)", workflow)
    assert found is not None
    command = ["bash", "-e", "-o", "pipefail", "-c", found[1]]
    env |= {"PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("tag", "code"), [(f"v{__version__}", 0), (__version__, 1), (f"v{__version__}0", 1), ("v", 1)])
def test_a_tag_that_is_not_the_version_ends_a_release(tag: str, code: int) -> None:
    assert run("The tag is the version", ROOT, TAG=tag).returncode == code


@pytest.mark.parametrize("missing", [None, "Source", "Changelog", "Issues"])
def test_a_package_that_does_not_say_where_it_is_ends_a_release(tmp_path: Path, missing: str | None) -> None:
    there = [f'{name} = "https://host.example"\n' for name in ("Source", "Changelog", "Issues") if name != missing]
    text = re.sub(r"(?m)^(Source|Changelog|Issues) = .*\n", "", (ROOT / "pyproject.toml").read_text())
    head, table, rest = text.partition("[project.urls]\n")
    (tmp_path / "pyproject.toml").write_text("".join((head, table, *there, rest)))
    done = run("The package says where it is", tmp_path)
    assert done.stderr == ("" if missing is None else f"[project.urls] in pyproject.toml lacks {missing}\n")
    assert done.returncode == int(missing is not None)

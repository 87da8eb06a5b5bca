"""The cron job, and the lines of a crontab: those that are printed are run as cron runs them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docs.reader import ROOT, blocks_of
from examples.conftest import EXAMPLES, Start, outcome

from torus_connect.sandbox import Sandbox

REDIRECT = "https://merchant.example/torus?REQUEST_TOKEN="


def test_the_cron_job_works_on_the_session_of_the_morning(sandbox: Sandbox, start: Start) -> None:
    code, printed = outcome(start("cron_job.py"))
    assert (code, sandbox.exchanges) == (75, 0)
    assert "torus-connect login" in printed

    code, printed = outcome(start("cron_job.py", TORUS_REQUEST_TOKEN=REDIRECT + sandbox.issue_request_token()))
    assert (code, sandbox.exchanges) == (0, 1), printed

    code, printed = outcome(start("cron_job.py"))
    assert (code, sandbox.exchanges) == (0, 1), printed
    assert printed.startswith("working until 20")


def test_the_cron_job_tells_of_a_refusal(sandbox: Sandbox, start: Start) -> None:
    code, printed = outcome(start("cron_job.py", TORUS_REQUEST_TOKEN="demo-request-token-not-real"))
    assert (code, sandbox.exchanges) == (1, 0)
    assert "401" in printed
    assert "demo-request-token" not in printed


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home folder with the virtual environment of these tests."""
    (tmp_path / ".config").mkdir()
    (tmp_path / "venv").symlink_to(sys.prefix)
    return tmp_path


def settings(home: Path, **values: str) -> None:
    """Write the file that a line of a crontab reads."""
    file = home / ".config" / "torus.env"
    file.write_text("".join(f"export {name}='{value}'\n" for name, value in values.items()))
    file.chmod(0o600)


def by_cron(crontab: str, home: Path) -> tuple[int, str]:
    """Do what the one line does; return the exit code, and what cron would mail."""
    minute, hour, day, month, weekdays, command = crontab.splitlines()[-1].split(maxsplit=5)
    assert (minute, hour, day, month, weekdays) == ("20", "9", "*", "*", "1-5")
    assert "%" not in command, "it ends the line"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=home,
        env={"HOME": str(home), "LOGNAME": "a-user", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout


def test_the_crontab_starts_the_job(sandbox: Sandbox, home: Path) -> None:
    shutil.copy(EXAMPLES / "cron_job.py", home)
    settings(home, TORUS_API_KEY=sandbox.api_key, TORUS_BASE_URL=sandbox.base_url)
    code, mailed = by_cron((EXAMPLES / "crontab").read_text(), home)
    assert (code, "torus-connect login" in mailed) == (75, True), mailed


def test_the_lines_of_the_guide_log_in_and_start_a_program(sandbox: Sandbox, home: Path) -> None:
    texts = [block.code for block in blocks_of(ROOT / "docs" / "guides" / "cron.md") if block.language == "text"]
    (crontab,) = (text for text in texts if text.startswith("CRON_TZ"))
    (exported,) = (text for text in texts if text.startswith("export "))
    real = {"TORUS_API_KEY": sandbox.api_key, "TORUS_TOTP_SECRET": sandbox.totp_secret}
    assert re.findall(r"^export (\w+)=", exported, re.MULTILINE) == list(real)
    settings(home, **real, TORUS_BASE_URL=sandbox.base_url)
    program = home / "my-job"
    program.write_text('#!/bin/sh\necho "with ${TORUS_ACCESS_TOKEN:+a token}${TORUS_TOTP_SECRET:+ and a secret}"\n')
    program.chmod(0o700)
    for _ in range(2):  # on one day, it logs in once
        code, mailed = by_cron(crontab, home)
        assert (code, mailed.splitlines()[-1], sandbox.exchanges) == (0, "with a token", 1), mailed


def test_an_unattended_order_is_found_and_cancelled_and_is_one_on_one_day(
    sandbox: Sandbox, start: Start, tmp_path: Path
) -> None:
    sandbox.set_price("14366", "14.65")
    sandbox.set_funds("1000")
    sandbox.lose_replies("reset_after", times=1)
    environment = {
        "TORUS_TOTP_SECRET": sandbox.totp_secret,
        "TRADING_IP": "192.0.2.1",
        "TRADING_UU_ID": "demo-installation",
        "TRADING_APP_ID": "demo-app",
        "XDG_STATE_HOME": str(tmp_path),
    }
    for _ in range(2):
        code, printed = outcome(start("unattended.py", "14366", "14.50", "0", **environment))
        assert code == 0, printed
        ((status, reference),) = ((row["status"], row["remarks"]) for row in sandbox.orders())
        assert (status, sandbox.exchanges) == ("Cancelled", 1)
        assert printed.startswith(f"{reference}: Cancelled, 0 traded, order ")

    code, printed = outcome(start("unattended.py", "14366", "0", "0", **environment))
    assert (code, len(sandbox.orders())) == (1, 1)
    assert "price" in printed

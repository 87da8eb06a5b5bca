"""A job that cron starts every trading day, on the session of this morning's login.

python cron_job.py           at a terminal, once in the morning: asks for the address that the login ended at
20 9 * * 1-5 ...             from cron, see `crontab`: asks nobody; without a good session it ends with 75
"""

from __future__ import annotations

import os
import sys
from getpass import getpass

from torus_connect import LoginNeeded, Session, TorusConnect, TorusError

NOT_NOW = 75  # EX_TEMPFAIL: log in, then start it again


def work(session: Session) -> None:
    """Do the day's work: `httpx.Client(auth=session.auth())` makes the account calls."""
    print(f"working until {session.expires_at:%Y-%m-%d %H:%M} UTC")


def main() -> int:
    """Return the exit code; cron mails what is on standard error."""

    def login() -> str:
        given = os.environ.get("TORUS_REQUEST_TOKEN")
        return given or getpass(f"Log in at {torus.login_url}\nand paste the address that you end at: ")

    with TorusConnect() as torus:  # keeps sessions in files of mode 0600, unless TORUS_SESSION_STORE says otherwise
        somebody_is_there = sys.stdin.isatty() or "TORUS_REQUEST_TOKEN" in os.environ
        try:
            session = torus.session(login=login if somebody_is_there else None)
        except LoginNeeded:
            print("nobody has logged in today: run `torus-connect login`", file=sys.stderr)
            return NOT_NOW
        except TorusError as error:
            print(error, file=sys.stderr)
            return 1
    work(session)
    return 0


if __name__ == "__main__":
    sys.exit(main())

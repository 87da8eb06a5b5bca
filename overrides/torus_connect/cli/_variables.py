"""The environment variables that begin with `TORUS_`: which are read, and what is said of one that nothing reads."""

from __future__ import annotations

import os

from torus_connect._config.checks import did_you_mean

# Why each of them is: docs/reference/command-line.md. What begins like one, too: an old key may have a longer name.
WITHHELD = (
    "TORUS_API_SECRET",
    "TORUS_REQUEST_TOKEN",
    "TORUS_SESSION_STORE",
    "TORUS_STORE_KEY",
    "TORUS_STORE_KEY_FILE",
    "TORUS_TOTP_KEYRING",
    "TORUS_TOTP_SECRET",
    "TORUS_TOTP_SECRET_FILE",
)
"""Those that a program of `torus-connect run` is not given."""
HANDED_ON = ("TORUS_ACCESS_TOKEN", "TORUS_ORDER", "TORUS_TOTP")
"""Those that other programs read: the ones of `torus-connect run`, clients in conformance tests, and the samples."""
KNOWN = (
    *WITHHELD,
    *HANDED_ON,
    "TORUS_ACCOUNT_BASE_URL",
    "TORUS_API_KEY",
    "TORUS_BASE_URL",
    "TORUS_CA_FILE",
    "TORUS_DAY_ENDS",
    "TORUS_LOG",
    "TORUS_TOTP_BASE_URL",
    "TORUS_TRUST",
)


def unread() -> list[str]:
    """Return the variables that are set and that nothing reads, each with a question where a known name is near.

    One that is misspelled would have no effect, and the API would be the one in production.
    """
    names = sorted(name for name in os.environ if name.startswith("TORUS_") and name not in KNOWN)
    return [f"{name} is not read{did_you_mean(name, KNOWN)}" for name in names]

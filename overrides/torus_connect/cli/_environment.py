"""What of the environment a program of `torus-connect run` is given: here it is decided, for each of our variables.

The program needs the access token. Whatever else of ours is a secret, may hold one or says where one is would only be
there to leak: into its log, its crash report, and every program that it starts.

It keeps what account calls may need and nobody need hide: `TORUS_API_KEY` (part of every login's URL),
`TORUS_BASE_URL`, `TORUS_TOTP_BASE_URL`, `TORUS_ACCOUNT_BASE_URL`, `TORUS_CA_FILE` (certificates, and no key); a clock
time, `TORUS_DAY_ENDS`, and the name of a level, `TORUS_LOG`.
"""

from __future__ import annotations

import os
import sys

WITHHELD = {
    "TORUS_API_SECRET": "account calls do without it",
    "TORUS_REQUEST_TOKEN": "it is spent, or good for another session",
    "TORUS_SESSION_STORE": "the URL of a Redis may hold its password",
    "TORUS_STORE_KEY": "it decrypts the sessions of all users",
    "TORUS_STORE_KEY_FILE": "says where these keys are",
    "TORUS_TOTP_KEYRING": "says where the authenticator's secret is",
    "TORUS_TOTP_SECRET": "whoever has it makes sessions at will",
    "TORUS_TOTP_SECRET_FILE": "says where it is",
}
# What begins like one of them, too: an old key is kept beside the new one, under a longer name.
_PREFIXES = tuple(WITHHELD)


def environment_with(access_token: str) -> dict[str, str]:
    """Return the environment of a program: that of this process without what is withheld, and with the access token."""
    kept = {name: value for name, value in _outside().items() if not name.startswith(_PREFIXES)}
    return {**kept, "TORUS_ACCESS_TOKEN": access_token}


def environment_without_ours() -> dict[str, str]:
    """Return the environment of a program that needs nothing of ours, as a browser."""
    return {name: value for name, value in _outside().items() if not name.startswith("TORUS_")}


def _outside() -> dict[str, str]:
    """Return the environment as it was before this program, if it is a bundle, was started with its own libraries."""
    kept = dict(os.environ)
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH"):
            before = kept.pop(f"{name}_ORIG", None)  # where PyInstaller keeps what it has changed
            kept.pop(name, None)
            if before is not None:
                kept[name] = before
        kept = {name: value for name, value in kept.items() if not name.startswith("_PYI_")}
    return kept

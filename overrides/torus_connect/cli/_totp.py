"""`torus-connect session generate --totp`: where the code comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.errors import ConfigurationError

from ._inputs import has_terminal, piped, typed

if TYPE_CHECKING:
    import argparse

OPTIONS = ("totp_secret_file", "totp_keyring", "totp_digits", "totp_period", "totp_digest")


def totp_of(options: argparse.Namespace) -> str:
    """Return the code to send: from standard input, made of the authenticator's secret, or typed.

    Raises:
        ConfigurationError: there is none, or none can be made.
    """
    if options.totp == "-":
        return piped("totp")
    from torus_connect.cli._totp_secret import totp_secret  # noqa: PLC0415
    from torus_connect.totp import fresh_totp_code  # noqa: PLC0415 - a login with a request token needs none of it

    secret = totp_secret(file=options.totp_secret_file, keyring_entry=options.totp_keyring)
    if secret is not None:
        kind = {name: getattr(options, f"totp_{name}") for name in ("digits", "period", "digest")}
        return fresh_totp_code(secret, **{name: value for name, value in kind.items() if value is not None})
    if not has_terminal():
        instead = "pipe it to `--totp -`, or set TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE or TORUS_TOTP_KEYRING"
        raise ConfigurationError(f"totp is missing: {instead}")
    return typed("totp", "Code of the authenticator app", "it is 6 to 8 digits")


def check_options(options: argparse.Namespace) -> None:
    """See to it that what is for `--totp` comes with it.

    Raises:
        ConfigurationError: it does not.
    """
    alone = [name for name in OPTIONS if getattr(options, name) is not None]
    if alone and options.totp is None:
        raise ConfigurationError(f"--{alone[0].replace('_', '-')} is for --totp only")

"""`--totp`: where the code comes from, or the authenticator's secret that makes it."""

from __future__ import annotations

import argparse
from functools import partial

from torus_connect._config.checks import checked_value, from_environment
from torus_connect._console import piped, typed
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal
from torus_connect.stores._open_file import secret_of_file
from torus_connect.totp import TotpLogin, totp

_INSTEAD = "pipe it to `--totp -`, or set TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE or TORUS_TOTP_KEYRING"


def totp_login(options: argparse.Namespace) -> TotpLogin:
    """Return a login with a code: from standard input, made of the authenticator's secret, or typed.

    Raises:
        ConfigurationError: none can be made.
    """
    if options.totp == "-":
        return TotpLogin(partial(piped, "totp"))
    secret = totp_secret(file=options.totp_secret_file, keyring_entry=options.totp_keyring)
    if secret is None:
        return TotpLogin(partial(typed, "totp", "Code of the authenticator app", _INSTEAD))
    return totp(secret, digits=options.totp_digits, period=options.totp_period, digest=options.totp_digest)


def totp_secret(*, file: str | None = None, keyring_entry: str | None = None) -> Secret | None:
    """Return the secret of the authenticator, as it is stored; `None` where none is stored anywhere.

    Args:
        file: the path of a file that nobody but the user of this process may use.
        keyring_entry: the name of an entry of the system's keyring, under the service `torus-connect`.

    Where neither is given, it is taken from the environment: `TORUS_TOTP_SECRET` itself, or what
    `TORUS_TOTP_SECRET_FILE` or `TORUS_TOTP_KEYRING` names, whichever is set first in this order.

    Raises:
        ConfigurationError: the file is missing or not safe, or the keyring has no such entry.
    """
    if file is not None:
        return _of_file("--totp-secret-file", file)
    if keyring_entry is not None:
        return _of_keyring("--totp-keyring", keyring_entry)
    if secret := from_environment("TORUS_TOTP_SECRET"):
        return secret
    if path := from_environment("TORUS_TOTP_SECRET_FILE"):
        return _of_file("TORUS_TOTP_SECRET_FILE", path)
    entry = from_environment("TORUS_TOTP_KEYRING")
    return _of_keyring("TORUS_TOTP_KEYRING", entry) if entry else None


def _of_file(name: str, path: str) -> Secret:
    return checked_value(f"The secret in the file of {name}", secret_of_file(name, path))


def _of_keyring(name: str, entry: str) -> Secret:
    try:
        import keyring  # noqa: PLC0415 - the extra

        from torus_connect.stores._keyring import SERVICE, refusal  # noqa: PLC0415 - it imports the extra
    except ModuleNotFoundError:
        raise ConfigurationError(f"{name} needs the extra: pip install 'torus-connect[keyring]'") from None
    fault = refusal(keyring.get_keyring())
    if not fault:
        try:
            stored = conceal(keyring.get_password(SERVICE, str(entry)))
        except Exception as exc:  # noqa: BLE001 - a back end may raise whatever its system does
            fault = f"the keyring cannot be used: {type(exc).__name__}"
        else:
            if isinstance(stored, Secret):
                return checked_value(f"The secret in the entry of {name}", stored)
            fault = f"the keyring has no such entry under the service {SERVICE}"
    raise ConfigurationError(f"{name} is not used: {fault}")

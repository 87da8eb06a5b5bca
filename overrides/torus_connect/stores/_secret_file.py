"""A secret in a file of one's own, which a person or a deployment put there."""

from __future__ import annotations

import os

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

from ._open_file import OPEN_FLAGS, fault_of

_MAX_BYTES = 64 * 1024


def secret_of_file(name: str, path: str) -> Secret:
    """Return what is in a file that nobody but the user of this process may use.

    Args:
        name: what named the file, for the message.
        path: where it is; a link is followed, as a deployment may have put one there.

    Raises:
        ConfigurationError: it is missing or not safe; the message names neither the path nor anything of the file.
    """
    try:
        number = os.open(path, os.O_RDONLY | OPEN_FLAGS)
    except (OSError, ValueError) as exc:
        fault = getattr(exc, "strerror", None) or "it is no path"
    else:
        try:
            fault = fault_of(os.fstat(number), "file") or ""
            if not fault:
                return Secret(os.read(number, _MAX_BYTES).decode("utf-8", "replace"))
        finally:
            os.close(number)
    raise ConfigurationError(f"{name} is not used: {fault}")

"""The log of the command line: to standard error, where `TORUS_LOG` asks for it."""

from __future__ import annotations

from torus_connect._config.checks import from_environment
from torus_connect.errors import ConfigurationError

_LEVELS = ("debug", "info", "warning", "error")


def log_to_stderr() -> None:
    """Log each attempt to standard error, from the level of `TORUS_LOG` on.

    Raises:
        ConfigurationError: there is no such level.
    """
    level = from_environment("TORUS_LOG")
    if not level:
        return
    if level not in _LEVELS:
        raise ConfigurationError(f"TORUS_LOG must be one of {', '.join(_LEVELS)}")
    import logging  # noqa: PLC0415 - it takes as long as a third of a call, all in all

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("torus_connect", "httpcore"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(level.upper())

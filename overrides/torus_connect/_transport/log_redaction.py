"""httpcore's debug log, for the calls of this SDK: which step was taken, and nothing of what it carried.

The log of httpcore quotes what arrives: headers as they are, and a reply that is no HTTP byte by byte. Either may hold
an access token. Calls that others make with httpcore in the same process are logged as ever.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar

active: ContextVar[bool] = ContextVar("torus_connect_log_redaction", default=False)
"""Set while a call of ours is in httpcore."""

_LOGGERS = ("httpcore.connection", "httpcore.http11", "httpcore.proxy")


class _StepsOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if active.get():
            record.msg, record.args = str(record.msg).split(" ", 1)[0], None
        return True


_FILTER = _StepsOnly()


def install() -> None:
    """Keep what our calls carry out of the log of httpcore; once is enough, more do no harm."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)

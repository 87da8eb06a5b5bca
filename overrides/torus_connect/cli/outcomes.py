"""What an outcome means on the command line."""

from __future__ import annotations

from torus_connect.errors import Outcome

DONE, FAILED, USAGE, INTERRUPTED, OUTPUT_CLOSED = 0, 1, 2, 130, 141
CANNOT_RUN, NOT_FOUND = 126, 127  # as a shell does
EXIT_CODES = {Outcome.NOT_SENT: 3, Outcome.REFUSED: 4, Outcome.UNKNOWN: 5}
MAY_BE_SPENT = "If the request was on its way, its request token or code may be spent."

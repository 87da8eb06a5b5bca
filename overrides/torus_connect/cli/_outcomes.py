"""What an outcome means on the command line."""

from __future__ import annotations

from torus_connect.errors import Outcome

DONE, FAILED, USAGE, INTERRUPTED, OUTPUT_CLOSED = 0, 1, 2, 130, 141
CANNOT_RUN, NOT_FOUND = 126, 127  # as a shell does
EXIT_CODES = {Outcome.NOT_SENT: 3, Outcome.REFUSED: 4, Outcome.UNKNOWN: 5}
MAY_BE_SPENT = "If the request was on its way, its request token or code may be spent."
EPILOG = """\
exit codes:
  0    done
  1    standard output cannot be written, or what was asked for failed
  2    wrong usage or configuration; nothing was sent
  3    not sent: the same call, or request token, may be tried again
  4    refused: the service answered, and said no
  5    unknown: it may have been served, and a request token may be spent
  130  interrupted (Ctrl-C)
  141  whoever read the output stopped reading
"""

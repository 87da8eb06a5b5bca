"""`torus-connect login --sandbox`: a local Torus in this process, and a login there, for a first try."""

from __future__ import annotations

import argparse
import os

from torus_connect._console import write
from torus_connect.sandbox import Sandbox, SandboxMissing
from torus_connect.sandbox.server import print_otp, unbound, until_signalled

from ._login import log_in
from ._messages import DONE, Ended

_NEXT = """\
You are logged in at a local Torus; nothing in it is real. In another terminal:

  export TORUS_BASE_URL={base_url}
  export TORUS_API_KEY={api_key}
  torus-connect holdings

Ctrl-C ends it.
"""


def first_try(options: argparse.Namespace) -> int:
    """Log in at a local Torus, and let it run until SIGINT or SIGTERM; return the exit code.

    Raises:
        TorusError: as for `torus-connect login`.
    """
    end = f"http://127.0.0.1:{options.port}{options.path}"
    try:
        sandbox = Sandbox(port=options.sandbox, redirect_url=end, send=print_otp).start()
    except (SandboxMissing, ValueError) as error:
        raise Ended(str(error)) from None
    except (OSError, OverflowError) as error:
        fault = unbound(options.sandbox, error).partition(";")[0]
        raise Ended(f"{fault}; choose another with --sandbox PORT") from None
    with sandbox:
        os.environ.update(TORUS_API_KEY=sandbox.api_key, TORUS_API_SECRET=sandbox.api_secret)
        options.base_url, options.force = sandbox.base_url, True  # a session of an earlier one is good no more
        code = log_in(options)
        if code == DONE:
            with until_signalled() as wait:
                write(_NEXT.format(**sandbox.credentials))
                wait()
    return code

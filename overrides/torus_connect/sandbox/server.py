"""`torus-connect sandbox`: a sandbox in the foreground."""

from __future__ import annotations

import errno
import json
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from torus_connect._console import check_output, say, write

from .handle import Sandbox
from .listener import HOST
from .state import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENDINGS = (signal.SIGINT, signal.SIGTERM)

_TEXT = """\
A local Torus, for development and tests. Nothing in it is real.

  base URL    {sandbox.base_url}
  API key     {sandbox.api_key}
  API secret  {sandbox.api_secret}
  TOTP secret {sandbox.totp_secret}
  login       {sandbox.login_url}
  account     {sandbox.origin}/_sandbox/account
  reference   {sandbox.origin}/
  document    {sandbox.origin}/openapi.json

A request token, good for one use within {lifetime:.0f} seconds:

  curl -X POST {sandbox.origin}/_sandbox/request-tokens

A code of the authenticator app, which the TOTP secret makes, too:

  curl -X POST {sandbox.origin}/_sandbox/totp-codes

For the SDK and the command line:

  export TORUS_BASE_URL={sandbox.base_url}
  export TORUS_API_KEY={sandbox.api_key}
  export TORUS_API_SECRET={sandbox.api_secret}
  torus-connect login

A login leads to {end}; --redirect-url URL leads it to your own program.

Ctrl-C ends it.
"""


def serve(
    *,
    port: int = 8787,
    json_output: bool = False,
    redirect_url: str | None = None,
    document: str | None = None,
    scenario: str | None = None,
) -> int:
    """Run a sandbox on 127.0.0.1 until SIGINT or SIGTERM. Call it in the main thread.

    Once it serves, it prints where it is and its credentials on standard output. Each one-time password of a login is
    printed on standard error.

    Args:
        port: the port to listen on; 0 lets the system pick a free one.
        json_output: print one line of JSON (`base_url`, `api_key`, `api_secret`, `totp_secret`, `login_url`) instead of
            text.
        redirect_url: the end URL of a login, on a loopback host; a page of the sandbox by default.
        document: the file of an OpenAPI document to serve, instead of the one that ships.
        scenario: the YAML file of what is set as it starts, as `Sandbox.set_scenario` takes it.

    Returns:
        The exit code: 0 after either signal, 2 when the port cannot be bound, `redirect_url` is no such URL, the
        document cannot be served or the scenario is wrong (said in one line on standard error).

    Raises:
        SandboxMissing: the extra `sandbox` is not installed.
        OutputClosed, BrokenPipeError: standard output cannot be written.
    """
    check_output()
    try:
        sandbox = Sandbox(port=port, redirect_url=redirect_url, send=print_otp, document=document, scenario=scenario)
    except ValueError as error:
        say(str(error))
        return 2
    with until_signalled() as wait:
        try:
            sandbox.start()
        except (OSError, OverflowError) as error:
            say(unbound(port, error))
            return 2
        except ValueError as error:
            say(str(error))
            return 2
        with sandbox:
            end = redirect_url or "a page of the sandbox"
            write(_json_line(sandbox) if json_output else _TEXT.format(sandbox=sandbox, lifetime=LIFETIME, end=end))
            wait()
    return 0


@contextmanager
def until_signalled() -> Iterator[Callable[[], None]]:
    """Yield what waits for SIGINT or SIGTERM, from the start of the block on; further ones do nothing."""
    # The system may hand a signal to the thread of the server. The wake-up socket is written to whichever thread it
    # is; a lock or a queue that the main thread waits for would then go on waiting, with the handler never run.
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)  # noqa: FBT003 - its only argument

        def wait() -> None:
            while reader.recv(1)[0] not in _ENDINGS:
                pass

        wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        handlers = [(number, signal.signal(number, lambda *_: None)) for number in _ENDINGS]
        try:
            yield wait
        finally:
            for number, handler in handlers:
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup)


def print_otp(user: str, one_time_password: str) -> None:
    """Print a one-time password on standard error."""
    say(f"the one-time password of {user} is {one_time_password}")


def _json_line(sandbox: Sandbox) -> str:
    keys = ("base_url", "api_key", "api_secret", "totp_secret", "login_url")
    return json.dumps({key: getattr(sandbox, key) for key in keys}) + "\n"


def unbound(port: int, error: OSError | OverflowError) -> str:
    """Return why a port cannot be bound."""
    if isinstance(error, OverflowError):
        fault = "is not a port: it must be 0 to 65535"
    elif error.errno == errno.EADDRINUSE:
        fault = f"of {HOST} is taken"
    else:
        fault = f"of {HOST} cannot be bound ({error.strerror})"
    return f"port {port} {fault}; choose another with --port, or --port 0 to let the system pick one"

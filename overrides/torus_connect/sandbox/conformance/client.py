"""The client under test: a command, run once per vector."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from torus_connect.errors import ConfigurationError
from torus_connect.secret import half_built_too

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .vector import Given

TIME_LIMIT = 15.0
"""Seconds in which a client must have given up."""

_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; `repr` shows nothing of its output.

    Attributes:
        exit_code: below 0 where a signal ended it; `None` where it was stopped after `TIME_LIMIT`.
        output: the first MiB of what it wrote to standard output.
        errors: the first MiB of what it wrote to standard error.
    """

    exit_code: int | None
    output: str
    errors: str

    @half_built_too
    def __repr__(self) -> str:
        return f"<Ended {self.exit_code}>"


async def run_client(command: Sequence[str], given: Given, base_url: str) -> Ended:
    """Run the command, and whatever it starts, to its end.

    Its standard input is empty. Its environment is made for it, so that neither proxies nor settings of this machine
    have a say.

    Raises:
        ConfigurationError: it cannot be started.
    """
    # Files, not pipes: what it leaves running may hold a pipe open for ever.
    with TemporaryFile() as output, TemporaryFile() as errors:
        # A task of its own: where this one is cancelled meanwhile, the command may run already.
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=_environment(given, base_url),
                start_new_session=True,
            )
        )
        exit_code: int | None = None
        try:
            async with asyncio.timeout(TIME_LIMIT):
                exit_code = await (await asyncio.shield(starting)).wait()
        except TimeoutError:
            pass
        except OSError as exc:
            raise ConfigurationError(f"the command of the client cannot be started: {exc.strerror}") from None
        finally:
            with suppress(OSError):  # it was not started, or has ended
                process = await starting
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read(_LARGEST).decode("utf-8", "replace"))
    return Ended(exit_code, *texts)


def _environment(given: Given, base_url: str) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ours = {
        "TORUS_API_KEY": given.api_key,
        "TORUS_API_SECRET": given.api_secret,
        "TORUS_REQUEST_TOKEN": given.request_token,
        "TORUS_ACCESS_TOKEN": given.access_token,
        "TORUS_ORDER": given.order and json.dumps(given.order),
    }
    return {
        **kept,
        "LANG": "C.UTF-8",  # without it, some languages cannot read what is not ASCII
        "TORUS_BASE_URL": base_url,
        **{name: value for name, value in ours.items() if value},
    }

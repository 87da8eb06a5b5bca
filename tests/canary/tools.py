"""What the tools that people report errors with show of one: their own text, as users get it."""

from __future__ import annotations

import io
import json
import pdb  # noqa: T100 - it is what is tested
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from types import TracebackType
from unittest import mock

from torus_connect import AsyncTorusConnect, TorusConnect

Error = tuple[type[BaseException], BaseException, TracebackType]

_LAYOUT = re.compile(r"\x1b\[[0-9;]*m|[\s│╎]")
"""Colours, boxes and the ends of lines, which would cut a secret."""
_WITHOUT_COLOURS = {".py": "text"}
"""How rich takes source code: to find colours in whole modules takes longer than the rest, and they are taken away."""


def _with_structlog(error: Error) -> str:
    import structlog
    from rich.traceback import Traceback
    from structlog.processors import dict_tracebacks

    with redirect_stdout(io.StringIO()) as out, mock.patch.dict(Traceback.LEXERS, _WITHOUT_COLOURS):
        structlog.get_logger().error("failed", exc_info=error)
    return out.getvalue() + repr(dict_tracebacks(None, "error", {"exc_info": error}))


def _with_rich(error: Error) -> str:
    from rich.console import Console
    from rich.traceback import Traceback

    out = io.StringIO()
    with mock.patch.dict(Traceback.LEXERS, _WITHOUT_COLOURS):
        Console(file=out, width=200).print(Traceback.from_exception(*error, show_locals=True))
    return out.getvalue()


def _with_sentry(error: Error) -> str:
    from sentry_sdk.utils import event_from_exception

    event, _ = event_from_exception(error)  # with local variables, as by default
    return json.dumps(event, default=repr)


def _with_pdb(error: Error) -> str:
    frames = len(list(_frames(error[2])))
    commands = "args\np locals()\npp locals()\nup\n" * frames
    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO(f"{commands}q\n"), stdout=out, nosigint=True, readrc=False)
    tracing = sys.gettrace()
    debugger.reset()
    debugger.interaction(None, error[2])
    sys.settrace(tracing)  # to leave the debugger ends what measures the coverage, too
    return out.getvalue()


TOOLS: dict[str, Callable[[Error], str]] = {
    "structlog": _with_structlog,
    "rich": _with_rich,
    "sentry": _with_sentry,
    "pdb": _with_pdb,
}


def shown(error: Error) -> Iterator[tuple[str, str]]:
    """Yield the names of the tools, each with all that it shows of an error, its layout taken away."""
    for name, show in TOOLS.items():
        yield name, _LAYOUT.sub("", show(error))


def in_new_frames_of(folder: str, error: BaseException, shown_before: set[object]) -> Error | None:
    """Return an error with those frames only whose code is in a folder, and whose kind was not shown before.

    The others belong to the test, which holds the secrets that it planted, or to a library that an interrupt found at
    work. Their kinds are added to those that were shown; `None` where there is none.
    """
    made: TracebackType | None = None
    for each in reversed(list(_frames(error.__traceback__))):
        if each.tb_frame.f_code.co_filename.startswith(folder) and _kind(each) not in shown_before:
            shown_before.add(_kind(each))
            made = TracebackType(made, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return made and (type(error), error.with_traceback(made), made)


def _kind(each: TracebackType) -> object:
    """Return what decides what is shown of a frame: its code, and the types of those variables that may tell."""
    local = each.tb_frame.f_locals
    return (each.tb_frame.f_code, *((name, type(value)) for name, value in local.items() if _tells(value)))


def _tells(value: object) -> bool:
    return not isinstance(value, TorusConnect | AsyncTorusConnect | BaseException | int | float | type | None)


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback:
        yield traceback
        traceback = traceback.tb_next

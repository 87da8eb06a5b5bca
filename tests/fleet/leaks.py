"""What an error shows: its words, and the frames of ours that it came through."""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def shown_by(error: BaseException) -> Iterator[str]:
    """Yield all that a log with local variables would hold of an error and of what it came of."""
    while True:
        yield repr(error)
        yield str(error)
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "torus_connect" in frame.f_code.co_filename:
                for value in frame.f_locals.values():
                    yield repr(value)
        behind = error.__cause__ or error.__context__
        if behind is None:
            return
        error = behind

"""The extra `sandbox`: one clear error when it is not installed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class SandboxMissing(ImportError):
    """The libraries behind the sandbox are not installed."""

    def __init__(self) -> None:
        super().__init__("the sandbox needs the extra: pip install 'torus-connect[sandbox]'")


@contextmanager
def needs_extra() -> Iterator[None]:
    """Turn the import of a library that is not there into the clear error.

    Raises:
        SandboxMissing: a module that is not ours cannot be found.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "torus_connect":
            raise
        raise SandboxMissing from error

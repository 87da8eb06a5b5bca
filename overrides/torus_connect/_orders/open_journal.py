"""The journal of a `Trading`, opened when it is first needed. Only the back end that it names is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret
from torus_connect.stores._folder import state_folder
from torus_connect.stores._open import folder_of, redis_commands, url_parts

from .journal import FileJournal, MemoryJournal
from .redis_journal import RedisJournal

if TYPE_CHECKING:
    from typing import TypeAlias

    from torus_connect._trading import Trading
    from torus_connect.secret import Unusable

    Journal: TypeAlias = MemoryJournal | FileJournal | RedisJournal


def journal_of(trading: Trading | None) -> Journal:
    """Return the journal of those who have opted in, opened when it is first needed.

    Raises:
        ConfigurationError: there is no such journal.
    """
    if trading is None:
        return MemoryJournal()  # nothing will be sent
    opened: list[Journal] = trading.opened
    if not opened:
        opened.append(_opened(trading.journal))
    return opened[0]  # also where two threads opened one


def _opened(url: Secret | Unusable | None) -> Journal:
    scheme, rest = url_parts(url, "journal") if url is not None else ("memory", Secret())
    if scheme == "memory":
        return MemoryJournal()
    if scheme == "file":
        return FileJournal(folder_of(rest) or state_folder())
    if scheme == "keyring":
        raise ConfigurationError("journal must be file:[PATH], redis://HOST or rediss://HOST")
    return RedisJournal(redis_commands(scheme, rest))

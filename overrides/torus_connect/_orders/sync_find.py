# Made from async_find.py by tools/unasync.py: do not edit.
"""What became of orders, as the order book shows it; `sync_find.py` is made from this module."""

from __future__ import annotations

import time
from time import monotonic
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_number
from torus_connect_api.api.account import Account as Operations
from torus_connect_api.api.account import order_book

# What orders need is loaded by who looks for one: most read holdings, and do without.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from torus_connect._trading import Trading

    from .book import OrderBook
    from .journal import Journal, JournalEntry
    from .results import Ambiguous, Found, NotSeen, OrderStatus

DEFAULT_SETTLE = 10.0
"""Seconds for which an order that is not seen is looked for: a guess, as nothing is known of how the book lags."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_MOST_SECONDS = 24 * 60 * 60


class FindOrders(Operations):
    """Finds out what became of orders, and waits for it."""

    __slots__ = ("_trading",)

    _trading: Trading | None

    def find_order(self, reference: str | None, *, settle: float = DEFAULT_SETTLE) -> Found | NotSeen | Ambiguous:
        """Look for an order by its reference, such as that of an error: see `find_orders`. `None` is refused."""
        wanted = reference or ""
        return (self.find_orders([wanted], settle=settle))[wanted]

    def find_orders(
        self, references: str | Iterable[str] | None = None, *, settle: float = DEFAULT_SETTLE
    ) -> dict[str, Found | NotSeen | Ambiguous]:
        """Look for orders of the day by their references, all of them in each read of the order book.

        An order is found by the number that the journal has of it, or by its reference in `remarks`, `remarks1` or
        `remarks2`. Only where no order in the book shows any remarks, it is found by its terms and its time, which the
        journal must have, and called `probable`. What is found goes into the journal. What the journal holds and cannot
        be read is a warning in the log, which names it: its order may exist, and is looked for by its remarks.

        Args:
            references: as `place_order` took them, or as an error has them. By default, all that the journal has of
                today and yesterday and of which it is not known whether there is an order: after a restart, for one.
            settle: for how many seconds the book is read again while one of them is not seen, the last time at their
                end; 0 reads it once. At most a day.

        Returns:
            For each reference `Found`, `NotSeen` or `Ambiguous`. **Not seen is no proof** that there is no order: the
            book may lag by longer, it may not return the remarks, and it is cleared after the session. An order that
            was not seen may still come, and to send it again is your decision.

        Raises:
            ConfigurationError: a reference is malformed, or `settle` is no such number; nothing was sent.
            StoreError: the journal cannot be read.
            TorusError: the book could not be read.
        """
        from .book import OrderBook  # noqa: PLC0415
        from .journal import ACKNOWLEDGED, journal_of  # noqa: PLC0415
        from .results import Found, NotSeen, number_of  # noqa: PLC0415
        from .terms import checked_reference  # noqa: PLC0415

        pauses = _pauses(checked_number("settle", settle, most=_MOST_SECONDS, may_be_zero=True))
        journal = journal_of(self._trading)
        references = [references] if isinstance(references, str) else references
        wanted = None if references is None else list(map(checked_reference, references))
        entries = {} if wanted == [] else journal.entries(wanted)
        if wanted is None:
            wanted = [reference for reference, entry in entries.items() if not entry.is_settled]
        found: dict[str, Found | NotSeen | Ambiguous] = {}
        while wanted:
            pause = next(pauses, None)  # before the book is read: what a slow read shows may be older than its end
            book = self._book(entries)
            if book.rows and not book.has_remarks:
                entries = journal.entries(None)  # to tell the orders that are known from others
                book = OrderBook(book.rows, entries)
            found = {reference: book.find(reference) for reference in wanted}
            if pause is None or not any(isinstance(each, NotSeen) for each in found.values()):
                break
            time.sleep(pause)
        for reference, each in found.items():
            entry = book.entry_of(reference)
            if isinstance(each, Found) and not each.probable and entry and entry.outcome != ACKNOWLEDGED:
                settle_entry(journal, entry, ACKNOWLEDGED, number_of(each.order.order_no))
        return found

    def wait_for_order(
        self,
        order_no: str,
        *,
        timeout: float = 60.0,
        on_change: Callable[[OrderStatus], object] | None = None,
    ) -> OrderStatus:
        """Read the order book until nothing more happens to an order: it is traded, rejected or cancelled.

        Args:
            order_no: the number of the order.
            timeout: seconds, at most a day; 0 reads it once. The reads are half a second apart at first, and five at
                the most.
            on_change: a plain function, called with each state that differs from the last one, such as a partial fill.

        Returns:
            The last state that was seen. It need not be final, so see `is_final`. An unknown word is not.

        Raises:
            ConfigurationError: `timeout` is no such number; nothing was sent.
            TorusError: the book could not be read.
        """
        from .results import OrderStatus  # noqa: PLC0415

        pauses = _pauses(checked_number("timeout", timeout, most=_MOST_SECONDS, may_be_zero=True))
        seen: OrderStatus | None = None
        while True:
            status = OrderStatus(order_no=order_no, order=(self._book())[order_no])
            if on_change and status != seen:
                on_change(status)
            seen = status
            pause = None if status.is_final else next(pauses, None)
            if pause is None:
                return status
            time.sleep(pause)

    def _book(self, entries: Mapping[str, JournalEntry] | None = None) -> OrderBook:
        from .book import OrderBook, readable  # noqa: PLC0415

        request = order_book.request(body=order_book.json_body())
        return OrderBook(self._client.send(request.map(readable)), entries or {})


def settle_entry(journal: Journal, entry: JournalEntry, outcome: str, order_no: str | None) -> None:
    """Record what became of an order. Where that fails, it stands in the journal as one that may exist."""
    try:
        journal.settle(entry.settled(outcome, order_no))
    except Exception:  # noqa: BLE001 - whatever it is, the acknowledgement or the error of the order counts
        import logging  # noqa: PLC0415

        log = logging.getLogger("torus_connect")
        log.warning("the journal could not record that the order %s is %s", entry.reference, outcome)


def _pauses(seconds: float) -> Iterator[float]:
    """Yield how long to wait before each further read, until the seconds are over."""
    end, pause = monotonic() + seconds, _FIRST_PAUSE
    while (left := end - monotonic()) > 0:
        yield min(pause, left)
        pause = min(2 * pause, _LONGEST_PAUSE)

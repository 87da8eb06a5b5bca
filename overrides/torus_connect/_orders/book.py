"""The order book: which order is that of a reference, and the whole of one, to be stated again in a change of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from torus_connect.errors import Outcome, TorusError

from .journal import ACKNOWLEDGED
from .results import Ambiguous, Found, NotSeen, is_final, number_of
from .terms import PRICES, Validity, in_rupees

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import ClassVar

    from torus_connect_api.models.order import Order
    from torus_connect_api.reading import Rows

    from .journal import JournalEntry

CLOCK_SKEW = timedelta(minutes=2)
"""How far the service's clock may be behind that of this machine."""
_SENT_WITHIN = timedelta(hours=20)
"""How long before its time in the book an order may have been sent: the evening before, but not a whole day."""
_REMARKS = ("remarks", "remarks1", "remarks2")
_NO_REMARKS = ("", "nr", "na", "0")
_STATED_AGAIN = (
    "txn_type", "exchange", "segment", "product", "security_id", "quantity", "validity", "order_type", "mkt_type",
    "order_no", "serial_no", "group_id",
)  # fmt: skip
_AFTER_MARKET = {"0": "false", "false": "false", "1": "true", "true": "true"}


class OrderNotChanged(TorusError):
    """An order was not modified or cancelled: it is final, was changed, or the order book does not say all of it."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: see what order_book() has of it."


def remarks_of(order: Order) -> list[str]:
    """Return what remarks a row of the book has, whatever they are called."""
    found = [str(order.raw.get(name) or "").strip() for name in _REMARKS]
    return [each for each in found if each.casefold() not in _NO_REMARKS]


def readable(rows: Rows[Order]) -> Rows[Order]:
    """Return the rows of the book.

    Raises:
        ValueError: none of them is an order: that may be an error of an unknown kind.
    """
    if rows and not any(order.order_no or remarks_of(order) for order in rows):
        raise ValueError("it is no order book")
    return rows


class OrderBook:
    """The rows of one read of the book, by number and by remarks.

    Args:
        rows: of `order_book`.
        entries: of the journal, by reference: what was sent with it, and which orders are known.
    """

    def __init__(self, rows: Iterable[Order], entries: Mapping[str, JournalEntry]) -> None:
        self.rows = list(rows)
        self._by_number: dict[str, Order] = {}
        self._by_remarks: dict[str, dict[str, Order]] = {}
        for row, order in enumerate(self.rows):
            number = number_of(order.order_no) or f"row {row}"
            other = self._by_number.get(number)
            # One order may have several rows, of its legs: the last one counts, and is final where all of them are.
            if other is None or other.leg_no == order.leg_no or not is_final(order):
                self._by_number[number] = order
            for remarks in remarks_of(order):
                self._by_remarks.setdefault(remarks.casefold(), {})[number] = order
        self.has_remarks = bool(self._by_remarks)
        self._entries = {entry.key: entry for entry in entries.values()}
        self._known = {entry.order_no for entry in entries.values() if entry.order_no}

    def __getitem__(self, order_no: str) -> Order | None:
        return self._by_number.get(number_of(str(order_no)) or "")

    def entry_of(self, reference: str) -> JournalEntry | None:
        """Return what the journal has of a reference, in whatever case it is given."""
        return self._entries.get(reference.casefold())

    def find(self, reference: str) -> Found | NotSeen | Ambiguous:
        """Return what the book says of a reference."""
        entry = self.entry_of(reference)
        probable = entry is not None and _is_open(entry) and not self.has_remarks
        orders, is_ambiguous = self._of_terms(entry) if entry and probable else self._of_name(reference, entry)
        if not orders:
            return NotSeen(reference=reference)
        if is_ambiguous:
            return Ambiguous(reference=reference, orders=tuple(orders), probable=probable)
        return Found(reference=reference, order=orders[0], probable=probable)

    def _of_name(self, reference: str, entry: JournalEntry | None) -> tuple[list[Order], bool]:
        """Return the orders of a number or of remarks, and whether it is not said which one is meant."""
        ours = {number: self._by_number[number] for number in self._by_remarks.get(reference.casefold(), ())}
        number = (entry and entry.order_no) or ""
        numbered, is_acknowledged = self._by_number.get(number), entry is not None and entry.outcome == ACKNOWLEDGED
        # A refusal, or a late copy of a reply, may have the number of another order: that has remarks of its own.
        if numbered is None or (ours and remarks_of(numbered) and not (is_acknowledged and number in ours)):
            return list(ours.values()), len(ours) > 1
        return [numbered], bool(remarks_of(numbered)) and not is_acknowledged

    def _of_terms(self, entry: JournalEntry) -> tuple[list[Order], bool]:
        """Return the orders that may be that of an entry, and whether it is not said which one is, or whose it is."""
        orders = [order for order in self._by_number.values() if self._fits(order, entry)]
        # An entry that cannot be read is a rival to itself: any order may be its own.
        rivals = [each for each in self._entries.values() if _is_open(each) and (each is not entry or each.fault)]
        return orders, len(orders) > 1 or any(self._fits(order, rival) for order in orders for rival in rivals)

    def restated(self, order_no: str, serial_no: str | int | None) -> dict[str, str]:
        """Return what an order consists of, as `orderModify` and `orderCancel` send it.

        Args:
            order_no: the number of the order.
            serial_no: what the caller has seen; `None` for whatever it is.

        Raises:
            OrderNotChanged: the book does not show it, nothing more happens to it, it was changed since the caller
                looked, or its row lacks what must be stated again.
        """
        order = self[order_no]
        if order is None:
            raise OrderNotChanged("The order book does not show this order")
        if is_final(order):
            raise OrderNotChanged(f"Nothing more happens to this order: the order book says {order.status}")
        if serial_no is not None and str(serial_no) != order.serial_no:
            raise OrderNotChanged(f"This order was changed: its serial_no is {order.serial_no} now")
        stated = {name: getattr(order, name) for name in _STATED_AGAIN}
        stated["off_mkt_flag"] = _AFTER_MARKET.get(str(order.raw.get("off_mkt_flag")).casefold())
        for name, kinds in PRICES.items():
            price = getattr(order, name) or (None if order.order_type in kinds else Decimal())
            stated[name] = price if price is None else in_rupees(price)
        missing = [name for name, value in stated.items() if value in (None, "")]
        if missing:
            raise OrderNotChanged(f"The order book does not say what must be stated again: {', '.join(missing)}")
        stated["disc_quantity"] = order.disc_quantity
        stated["remarks"] = next(iter(remarks_of(order)), None)
        stated["good_till_days_date"] = order.good_till_days_date if order.validity == Validity.GTD else None
        return {name: str(value) for name, value in stated.items() if value is not None}

    def _fits(self, order: Order, entry: JournalEntry) -> bool:
        names = ("security_id", "txn_type", "order_type", "product", "exchange")
        fields, when = entry.fields, order.order_date_time
        return number_of(order.order_no) not in self._known and (
            entry.fault is not None
            or (
                all(getattr(order, name) == fields[name] for name in names)
                and order.quantity == int(fields["quantity"])
                and (order.price or 0) == Decimal(fields["price"])
                and when is not None
                and -CLOCK_SKEW <= when - entry.sent_at <= _SENT_WITHIN
            )
        )


def _is_open(entry: JournalEntry) -> bool:
    """Return whether any order of its terms may be that of an entry: nothing is known of it, and no number."""
    return not entry.is_settled and entry.order_no is None

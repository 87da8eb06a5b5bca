"""What is known of an order: the service's acknowledgement, its state, and what the order book says of a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from torus_connect_api.models.order_answer_row import OrderAnswerRow
from torus_connect_api.reading import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torus_connect.reply import Reply
    from torus_connect_api.models.order import Order
    from torus_connect_api.models.order_answer import OrderAnswer

# No list is documented: these words are those of other brokers whose systems have the same fields.
_OPEN = ("transit", "pending", "modified", "part-traded", "o-pending", "o-modified")
_FINAL = ("traded", "rejected", "cancelled", "expired")
# Of the 60 fields of a row, those that a person looks for.
_SHOWN = (
    "order_no", "remarks", "status", "reason_description", "txn_type", "exchange", "symbol", "security_id", "quantity",
    "traded_qty", "price",
)  # fmt: skip


def _brief(order: Order | None) -> str:
    fields = [f"{name}={value!r}" for name in _SHOWN if (value := getattr(order, name, None)) is not None]
    return f"Order({', '.join([*fields, '...'])})" if order else "None"


def is_final(order: Order | None) -> bool:
    """Return whether nothing more happens to an order: see `OrderStatus.is_final`."""
    return _word(order) in _FINAL


def number_of(order_no: str | None) -> str | None:
    """Return the number of an order as it is compared; `None` for what stands for none: 0, or blanks."""
    number = (order_no or "").strip()
    return number if number.strip("0") else None


def _word(order: Order | None) -> str:
    return ((order and order.status) or "").strip().casefold().replace("_", "-").replace(" ", "-")


@attrs.frozen(kw_only=True)
class OrderAck:
    """The service took an order in, or a change of one. It is no fill, and may still be rejected.

    Attributes:
        order_no: the number of the order.
        reference: what it is found by in the order book (`remarks`); `None` where the order has none.
        message: what the service says.
        raw: its whole reply, as it was decoded.
    """

    order_no: str
    reference: str | None
    message: str | None
    raw: Mapping[str, object] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class OrderStatus:
    """What the order book says of one order. Which words `status` may have is inferred from other brokers.

    Attributes:
        order_no: the number of the order.
        order: its row in the book; `None` where the book does not show it.
    """

    order_no: str
    order: Order | None = attrs.field(repr=_brief)

    @property
    def status(self) -> str | None:
        """The service's word, such as `Pending` or `Part-Traded`."""
        return self.order.status if self.order else None

    @property
    def is_open(self) -> bool:
        """Whether the word is one that is known for an order that may still trade."""
        return _word(self.order) in _OPEN

    @property
    def is_final(self) -> bool:
        """Whether the word is one that is known for an order that nothing more happens to. An unknown one is not."""
        return is_final(self.order)

    @property
    def traded(self) -> int | None:
        """How many were traded so far: also of an order that was cancelled after a part of it traded."""
        return self.order.traded_qty if self.order else None


@attrs.frozen(kw_only=True)
class Found:
    """The order book has one order of a reference.

    Attributes:
        reference: what was looked for.
        order: the row of the book.
        probable: whether it is taken for the order by its terms and its time only, as no order in the book shows
            the remarks that it was sent with.
    """

    reference: str
    order: Order = attrs.field(repr=_brief)
    probable: bool = False


@attrs.frozen(kw_only=True)
class NotSeen:
    """The order book has no order of a reference. That is no proof: it may lag, or not return the remarks.

    Attributes:
        reference: what was looked for.
    """

    reference: str


@attrs.frozen(kw_only=True)
class Ambiguous:
    """The order book has several orders that could be meant, or, with `probable`, one that could be another's, too.

    Attributes:
        reference: what was looked for.
        orders: the rows of the book.
        probable: as for `Found`.
    """

    reference: str
    orders: tuple[Order, ...] = attrs.field(repr=lambda orders: f"({', '.join(map(_brief, orders))})")
    probable: bool = False


def acknowledged(answer: OrderAnswer, reference: str | None, order_no: str | None = None) -> OrderAck:
    """Return what the service says of an order that it took in.

    Args:
        answer: its reply, a success.
        reference: of the order.
        order_no: where it is known already.

    Raises:
        ValueError: it has no number.
    """
    number = _number(answer.raw) or order_no
    if number is None:
        raise ValueError("the reply has no order_no")
    return OrderAck(order_no=number, reference=reference, message=answer.message, raw=answer.raw)


def number_in(reply: Reply | None) -> str | None:
    """Return the number of an order that the reply of an error has."""
    return _number((reply and reply.json_object()) or {})


def _number(said: Mapping[str, object]) -> str | None:
    numbers = (number_of(row.order_no) for row in rows(said, OrderAnswerRow, unwrap="data"))
    return next(filter(None, numbers), None)

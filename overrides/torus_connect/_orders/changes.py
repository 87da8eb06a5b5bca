"""The whole of an order, as its row in the book has it, to be stated again where it is modified or cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.errors import Outcome, TorusError

from .lookup import remarks_of
from .results import OrderStatus
from .terms import LIMIT, STOP, Validity, rupees

if TYPE_CHECKING:
    from typing import ClassVar

    from torus_connect_api.models.order import Order

_NAMES = (
    "txn_type", "exchange", "segment", "product", "security_id", "quantity", "validity", "order_type", "mkt_type",
    "order_no", "serial_no", "group_id",
)  # fmt: skip
_AFTER_MARKET = {"0": "false", "false": "false", "1": "true", "true": "true"}


class OrderNotChanged(TorusError):
    """An order was not modified or cancelled: it is final, was changed, or the order book does not say all of it."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: see what order_book() has of it."


def restated(order: Order | None, serial_no: str | int | None) -> dict[str, str]:
    """Return what an order consists of, as `orderModify` and `orderCancel` send it.

    Args:
        order: its row in the book; `None` where there is none.
        serial_no: what the caller has seen; `None` for whatever it is.

    Raises:
        OrderNotChanged: the book does not show it, nothing more happens to it, it was changed since the caller looked,
            or its row lacks what must be stated again.
    """
    if order is None:
        raise OrderNotChanged("The order book does not show this order")
    if OrderStatus(order_no=order.order_no or "", order=order).is_final:
        raise OrderNotChanged(f"Nothing more happens to this order: the order book says {order.status}")
    if serial_no is not None and str(serial_no) != order.serial_no:
        raise OrderNotChanged(f"This order was changed: its serial_no is {order.serial_no} now")
    stated = {name: getattr(order, name) for name in _NAMES}
    stated["off_mkt_flag"] = _AFTER_MARKET.get(str(order.raw.get("off_mkt_flag")).casefold())
    stated["price"] = order.price or (None if order.order_type in LIMIT else 0)
    stated["trigger_price"] = order.trigger_price or (None if order.order_type in STOP else 0)
    missing = [name for name, value in stated.items() if value in (None, "")]
    if missing:
        raise OrderNotChanged(f"The order book does not say what must be stated again: {', '.join(missing)}")
    fields = {name: str(value) for name, value in stated.items()}
    fields |= {name: rupees(name, stated[name]) for name in ("price", "trigger_price")}
    optional = {
        "disc_quantity": order.disc_quantity,
        "remarks": next(iter(remarks_of(order)), None),
        "good_till_days_date": order.good_till_days_date if order.validity == Validity.GTD else None,
    }
    return fields | {name: str(value) for name, value in optional.items() if value is not None}

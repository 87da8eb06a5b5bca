"""What a client reads of an account: one field of each kind that the document calls lenient (`x-lenient`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from torus_connect import spec_text

Node = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A field of the first row of a reply, in the example of the document.

    Attributes:
        kind: what the document says of it in `x-lenient`.
        path: the operation, a POST.
        row: the schema of the rows.
        name: its name.
    """

    kind: str
    path: str
    row: str
    name: str

    @property
    def shown(self) -> object:
        """Its value in the example."""
        return self.row_in(document())[self.name]

    @property
    def other(self) -> object:
        """The same as the other JSON type: the digits of a string as a number, or a number in a string."""
        shown = self.shown
        return int("".join(filter(str.isdigit, shown))) if isinstance(shown, str) else json.dumps(shown)

    def schema_in(self, spec: Node) -> Node:
        """Return its schema."""
        found: Node = spec["components"]["schemas"][self.row]["properties"][self.name]
        return found

    def row_in(self, spec: Node) -> Node:
        """Return the row of the example."""
        content = spec["paths"][self.path]["post"]["responses"]["200"]["content"]["application/json"]
        found: Node = content["examples"]["demo"]["value"]["data"][0]
        return found


FIELDS = (
    Field("id", "/holdings/", "Holding", "nse_security_id"),
    Field("decimal", "/holdings/", "Holding", "cost_price"),
    Field("integer", "/holdings/", "Holding", "nse_tick_size"),
    Field("india-datetime", "/order/book", "Order", "order_date_time"),
    Field("india-date", "/order/book", "Order", "good_till_days_date"),
)
"""What the client of each language prints when it is started with the argument `account`, in this order."""


def mistyped(*fields: Field) -> Node:
    """Return the document of a service that replies with the other type in these fields."""
    spec = document()
    for field in fields:
        field.row_in(spec)[field.name] = field.other
        schema = field.schema_in(spec)
        schema.pop("format", None)
        schema["type"] = "string" if isinstance(field.other, str) else "integer"
    return spec


def document() -> Node:
    """Return the document."""
    spec: Node = json.loads(spec_text("json"))
    return spec

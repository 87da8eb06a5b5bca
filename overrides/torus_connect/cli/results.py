"""What a call returned, as a table, JSON or CSV. A table leaves out what identifies a person; JSON and CSV have it."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from torus_connect.console import printable, say
from torus_connect.secret import Secret
from torus_connect.spec import spec_text
from torus_connect_api.reading import Rows
from torus_connect_api.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "  "
_MOST_DIGITS = 30


def formatted(result: Reply | Rows[Reply], output: str, operation: str) -> str:
    """Return a result as text that ends in a line end; what is no part of it is said on standard error.

    Args:
        result: what the method of an operation returned.
        output: `table`, `json` or `csv`.
        operation: its `operationId`, for the columns of a table (`x-columns`).
    """
    rows = result if isinstance(result, Rows) else [result]
    if isinstance(result, Rows) and result.unreadable:
        say(f"{result.unreadable} rows cannot be read, and are left out.")
    if output == "json":
        plain = [row.to_dict() for row in rows]
        return json.dumps(plain if isinstance(result, Rows) else plain[0], default=_as_json, indent=2) + "\n"
    if output == "csv":
        return _as_csv([row.to_dict() for row in rows])
    if not rows:
        say("There are none.")
        return ""
    return _as_table(rows, operation) if isinstance(result, Rows) else _as_list(rows[0])


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        number = float(value)
        # Programs read the numbers of JSON as floats: one that would lose digits by that is a string.
        if Decimal(repr(number)) != value:
            return _as_text(value)
        return int(number) if number.is_integer() else number
    return value.to_dict() if isinstance(value, Reply) else _as_text(value)


def _as_csv(rows: Sequence[dict[str, object]]) -> str:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, lineterminator="\n")
    if names:
        writer.writeheader()
    writer.writerows({name: _as_text(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _as_list(row: Reply) -> str:
    names = _shown(row)
    width = max(map(len, names), default=0)
    return "".join(f"{name:<{width}}{_GAP}{_cell(getattr(row, name))}\n" for name in names)


def _as_table(rows: Sequence[Reply], operation: str) -> str:
    wire_names = rows[0].WIRE_NAMES
    by_wire = {wire_names[name]: name for name in _shown(rows[0])}
    chosen = [by_wire[wire] for wire in _columns(operation) or by_wire if wire in by_wire]
    values = {name: [getattr(row, name) for row in rows] for name in chosen}
    columns = [_column(name, cells) for name, cells in values.items() if any(cell is not None for cell in cells)]
    if len(columns) < len(wire_names) and sys.stdout.isatty():
        say(f"These are {len(columns)} of {len(wire_names)} columns: --output json or csv has all.")
    lines = (_GAP.join(cells).rstrip() for cells in zip(*columns, strict=True))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return "".join(f"{line[:width]}\n" for line in lines)


def _column(name: str, values: list[object]) -> list[str]:
    """Return the cells of a column, with its name on top; numbers have their decimal points below each other."""
    cells = [_cell(value) for value in values]
    if all(value is None or isinstance(value, int | Decimal) for value in values):
        places = max(len(cell.partition(".")[2]) for cell in cells)
        gap = places + (places > 0)
        cells = [cell + " " * (gap - len("".join(cell.partition(".")[1:]))) for cell in cells]
        width = max(map(len, [name, *cells]))
        return [f"{cell:>{width}}" for cell in [name, *cells]]
    width = max(map(len, [name, *cells]))
    return [f"{cell:<{width}}" for cell in [name, *cells]]


def _shown(row: Reply) -> list[str]:
    return [each.name for each in attrs.fields(type(row)) if each.repr and each.name in row.WIRE_NAMES]


def _columns(operation: str) -> Iterable[str]:
    paths = json.loads(spec_text("json"))["paths"]
    calls = (each for item in paths.values() for each in item.values() if isinstance(each, dict))
    return next((each.get("x-columns", ()) for each in calls if each.get("operationId") == operation), ())


def _cell(value: object) -> str:
    return " ".join(printable(str(_as_text(value))).split())


def _as_text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < _MOST_DIGITS else str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Secret):
        return str.__str__(value)
    if isinstance(value, Reply | list | dict):
        return json.dumps(value, default=_as_json)
    return value

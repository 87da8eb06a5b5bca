"""What a call returned, as a table, JSON or CSV. A table leaves out what identifies a person; JSON and CSV have it."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import accumulate

import attrs

from torus_connect._console import printable, say
from torus_connect._spec.documents import spec_text
from torus_connect_api.reading import Rows
from torus_connect_api.reply_model import ReplyModel

_GAP = "  "
_LONGEST_CELL = 100
_MOST_DIGITS = 30
_EXACT = 2**53
"""Beyond it, programs that read the numbers of JSON as floats lose digits."""


def formatted(result: ReplyModel | Rows[ReplyModel], output: str, operation: str) -> str:
    """Return a result as text that ends in a line end; what is no part of it is said on standard error.

    Args:
        result: what the method of an operation returned.
        output: `table`, `json` or `csv`.
        operation: its `operationId`, for the columns of a table (`x-columns`).
    """
    rows = result if isinstance(result, Rows) else [result]
    if isinstance(result, Rows) and result.unreadable:
        say(f"Left out: {_rows(result.unreadable)} that cannot be read.")
    elif isinstance(result, Rows) and not rows:
        say(f"There are none. The service says: {result.message}" if result.message else "There are none.")
    if output == "json":
        return json.dumps(_plain(result), indent=2, allow_nan=False) + "\n"
    if output == "csv":
        return _as_csv([row.to_dict() for row in rows])
    if not rows:
        return ""
    return _as_table(rows, operation) if isinstance(result, Rows) else _as_list(rows[0])


def _as_csv(rows: Sequence[dict[str, object]]) -> str:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(out, lineterminator="\n")
    lines = [names] * bool(names) + [[_as_text(row.get(name)) for name in names] for row in rows]
    shown = printable if sys.stdout.isatty() else str
    # A carriage return alone would not be quoted.
    writer.writerows([shown(cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in line] for line in lines)
    return out.getvalue()


def _as_list(row: ReplyModel) -> str:
    shown = _impersonal(row)
    width = max(map(len, shown), default=0)
    return "".join(f"{name:<{width}}{_GAP}{_cell(value)}\n" for name, value in shown.items())


def _as_table(rows: Sequence[ReplyModel], operation: str) -> str:
    wire_names = rows[0].WIRE_NAMES
    by_wire = {wire_names[name]: name for name in _impersonal(rows[0])}
    chosen = [by_wire[wire] for wire in _columns(operation) or by_wire if wire in by_wire]
    values = {name: [getattr(row, name) for row in rows] for name in chosen}
    columns = [_column(name, cells) for name, cells in values.items() if any(cell is not None for cell in cells)]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if width is not None:
        ends = accumulate(len(column[0] + _GAP) for column in columns)
        columns = columns[: sum(end <= width + len(_GAP) for end in ends) or 1]  # none is cut but the first
    if not columns or (len(columns) < len(wire_names) and width is not None):
        say(f"{_rows(len(rows))}, {len(columns)} of {len(wire_names)} columns: --output json or csv has all.")
    lines = (_GAP.join(cells).rstrip() for cells in zip(*columns, strict=True))
    return "".join(f"{line[:width]}\n" for line in lines)


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count != 1)}"


def _column(name: str, values: list[object]) -> list[str]:
    """Return the cells of a column, with its name on top; numbers have their decimal points below each other."""
    cells = [_cell(value) for value in values]
    side = "<"
    if all(value is None or isinstance(value, int | Decimal) for value in values):
        places = max(len(cell.partition(".")[2]) for cell in cells)
        gap = places + (places > 0)
        cells = [cell + " " * (gap - len("".join(cell.partition(".")[1:]))) for cell in cells]
        side = ">"
    width = max(map(len, [name, *cells]))
    return [f"{cell:{side}{width}}" for cell in [name, *cells]]


def _impersonal(row: ReplyModel) -> dict[str, object]:
    """Return what a table may show of an object: its fields, but for what identifies a person."""
    shown = (each.name for each in attrs.fields(type(row)) if each.repr and each.name in row.WIRE_NAMES)
    return {name: getattr(row, name) for name in shown}


def _columns(operation: str) -> Iterable[str]:
    paths = json.loads(spec_text("json"))["paths"]
    calls = (each for item in paths.values() for each in item.values() if isinstance(each, dict))
    return next((each.get("x-columns", ()) for each in calls if each.get("operationId") == operation), ())


def _cell(value: object) -> str:
    text = " ".join(printable(_as_text(value)).split())
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}\u2026"


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, ReplyModel | list | dict):
        return json.dumps(_plain(value, _impersonal), allow_nan=False)
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < _MOST_DIGITS else str(value)
    return str.__str__(value) if isinstance(value, str) else str(value)


def _plain(value: object, parts: Callable[[ReplyModel], object] = ReplyModel.to_dict) -> object:
    """Return a value as JSON has it; a number that programs would read as another one is a string.

    Args:
        value: any of a reply.
        parts: returns what to show of an object in it.
    """
    if isinstance(value, ReplyModel):
        return _plain(parts(value), parts)
    if isinstance(value, dict):
        return {name: _plain(each, parts) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, parts) for each in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _number(value)
    return value if value is None or isinstance(value, bool) else _as_text(value)


def _number(value: float | Decimal) -> object:
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else str(value)
    number = float(value)
    if not math.isfinite(number) or Decimal(repr(number)) != Decimal(str(value)) or abs(number) > _EXACT:
        return _as_text(value)
    return int(number) if number.is_integer() else number

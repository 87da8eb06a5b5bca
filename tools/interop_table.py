"""The tables of the clients in interop/README.md: rows as a run found them, written and read back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interop_account import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True)
class Row:
    """What a run found out about one client.

    Attributes:
        client: its name.
        generator: who wrote it.
        trades: whether it trades a request token, and reads the account with the access token.
        passed: how many vectors.
        faults: what is wrong, by the name of each other vector.
        mistyped: what it makes of a field of the other JSON type, by kind.
    """

    client: str
    generator: str
    trades: bool
    passed: int
    faults: Mapping[str, str]
    mistyped: Mapping[str, str]

    def of_vectors(self) -> str:
        """Return the row of the first table; vectors with the same fault stand together."""
        reasons: dict[str, list[str]] = {}
        for vector, fault in sorted(self.faults.items()):
            reasons.setdefault(fault, []).append(f"`{vector}`")
        said = "<br>".join(f"{', '.join(vectors)}: {_in_short(fault)}" for fault, vectors in reasons.items())
        count = f"{self.passed} of {self.passed + len(self.faults)}"
        return f"| {self.client} | {self.generator} | {'yes' if self.trades else 'no'} | {count} | {said} |\n"

    def of_types(self) -> str:
        """Return the row of the second table."""
        return f"| {self.client} | {' | '.join(self.mistyped[field.kind] for field in FIELDS)} |\n"


@dataclass(frozen=True)
class Table:
    """One of the tables.

    Attributes:
        name: what its markers in the page are called.
        columns: the heads of its columns, `client` first.
        row: makes a row of what was found.
    """

    name: str
    columns: tuple[str, ...]
    row: Callable[[Row], str]

    @property
    def head(self) -> str:
        """Its first two lines."""
        return f"| {' | '.join(self.columns)} |\n|{' --- |' * len(self.columns)}\n"


VECTORS = Table(
    "interop",
    ("client", "written by", "trades, and reads", "vectors passed", "which not, and what it does"),
    Row.of_vectors,
)
TYPES = Table(
    "interop-types",
    ("client", *(f"`{field.kind}`: `{json.dumps(field.other)}` for `{json.dumps(field.shown)}`" for field in FIELDS)),
    Row.of_types,
)
TABLES = (VECTORS, TYPES)


def _in_short(fault: str) -> str:
    """Return what the player says is wrong, fit for a cell."""
    short = re.sub(r"^ended with exit code \d+ \((\w+)\); expected (.+)", r"says `\1`, and it is \2", fault)
    return short.replace("|", "/")


def between(page: str, table: Table) -> tuple[str, str, str]:
    """Split a page into what is before, between and after the markers; `LookupError` where they are not there."""
    begin, end = f"<!-- {table.name}:begin -->\n", f"<!-- {table.name}:end -->\n"
    before, begun, rest = page.partition(begin)
    rows, ended, after = rest.partition(end)
    if not begun or not ended:
        raise LookupError(f"there is no place for the table {table.name}: the markers are missing")
    return before + begin, rows, end + after


def rows_of(rows: str) -> dict[str, str]:
    """Return the rows of a table by the name of the client."""
    lines = [f"{line}\n" for line in rows.splitlines() if line.startswith("| ")]
    return {line.split("|")[1].strip(): line for line in lines[2:]}


def with_rows(page: str, rows: Iterable[Row], order: Iterable[str]) -> str:
    """Return the page with these rows; rows of other clients stay, those of clients that are no more go."""
    rows, order = list(rows), list(order)
    for table in TABLES:
        before, old, after = between(page, table)
        known = rows_of(old) | {row.client: table.row(row) for row in rows}
        page = f"{before}\n{table.head}{''.join(known[name] for name in order if name in known)}\n{after}"
    return page

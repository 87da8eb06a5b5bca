"""The table of the clients in the README: rows as a run found them, written and read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEGIN, END = "<!-- interop:begin -->\n", "<!-- interop:end -->\n"
_HEAD = (
    "| client | written by | trades | vectors passed | which not, and what it does |\n| --- | --- | --- | --- | --- |\n"
)


@dataclass(frozen=True)
class Row:
    """What a run found out about one client; `faults` says of each failed vector what is wrong."""

    client: str
    generator: str
    trades: bool
    passed: int
    faults: Mapping[str, str]

    def __str__(self) -> str:
        """Return the row as Markdown; vectors with the same fault stand together."""
        reasons: dict[str, list[str]] = {}
        for vector, fault in sorted(self.faults.items()):
            reasons.setdefault(fault, []).append(f"`{vector}`")
        said = "<br>".join(f"{', '.join(vectors)}: {_in_short(fault)}" for fault, vectors in reasons.items())
        count = f"{self.passed} of {self.passed + len(self.faults)}"
        return f"| {self.client} | {self.generator} | {'yes' if self.trades else 'no'} | {count} | {said} |\n"


def _in_short(fault: str) -> str:
    """Return what the player says is wrong, fit for a cell."""
    short = re.sub(r"^ended with exit code \d+ \((\w+)\); expected (.+)", r"says `\1`, and it is \2", fault)
    return short.replace("|", "/")


def between(page: str) -> tuple[str, str, str]:
    """Split a page into what is before, between and after the markers; `LookupError` where they are not there."""
    before, begin, rest = page.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not begin or not end:
        raise LookupError("there is no place for the table: the markers are missing")
    return before + BEGIN, table, END + after


def rows_of(table: str) -> dict[str, str]:
    """Return the rows of a table by the name of the client."""
    lines = [f"{line}\n" for line in table.splitlines() if line.startswith("| ")]
    return {line.split("|")[1].strip(): line for line in lines[2:]}


def with_rows(page: str, rows: Iterable[Row], order: Iterable[str]) -> str:
    """Return the page with these rows; rows of other clients stay, those of clients that are no more go."""
    before, table, after = between(page)
    known = rows_of(table) | {row.client: str(row) for row in rows}
    return f"{before}\n{_HEAD}{''.join(known[name] for name in order if name in known)}\n{after}"

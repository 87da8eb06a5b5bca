"""The tables of the clients: what a run found, as it is written and read back."""

from __future__ import annotations

import pytest

from interop_account import FIELDS
from interop_clients import CLIENTS, ROOT
from interop_table import TABLES, TYPES, VECTORS, Row, between, rows_of, with_rows

PAGE = (
    "before\n<!-- interop:begin -->\n<!-- interop:end -->\n"
    "between\n<!-- interop-types:begin -->\n<!-- interop-types:end -->\nafter\n"
)
README = (ROOT / "interop" / "README.md").read_text(encoding="utf-8")
LATE = "ended with exit code 0 (ok); expected unknown"


def row(client: str, **faults: str) -> Row:
    mistyped = {field.kind: f"`{number}`" for number, field in enumerate(FIELDS)}
    return Row(client, "generator 1.0", trades=True, passed=3, faults=faults, mistyped=mistyped)


def test_a_row_says_which_vectors_failed_and_why() -> None:
    written = row("go", c="sent | twice", b=LATE, a=LATE).of_vectors()
    assert written == (
        "| go | generator 1.0 | yes | 3 of 6 | `a`, `b`: says `ok`, and it is unknown<br>`c`: sent / twice |\n"
    )


def test_a_row_says_what_each_kind_is_read_as() -> None:
    assert row("go").of_types() == "| go | `0` | `1` | `2` | `3` | `4` |\n"


def test_the_tables_stand_between_their_markers_and_only_there() -> None:
    page = with_rows(PAGE, [row("go"), row("curl")], ["curl", "go"])
    assert page.startswith("before\n<!-- interop:begin -->\n")
    assert "<!-- interop:end -->\nbetween\n<!-- interop-types:begin -->\n" in page
    assert page.endswith("<!-- interop-types:end -->\nafter\n")
    assert [list(rows_of(between(page, table)[1])) for table in TABLES] == [["curl", "go"]] * 2
    assert with_rows(page, [row("go"), row("curl")], ["curl", "go"]) == page


def test_a_run_of_one_client_leaves_the_others_and_drops_those_that_are_no_more() -> None:
    page = with_rows(PAGE, [row("curl"), row("go"), row("old")], ["curl", "go", "old"])
    page = with_rows(page, [row("go", x="sent 2 requests")], ["curl", "go"])
    for table in TABLES:
        rows = rows_of(between(page, table)[1])
        assert rows == {"curl": table.row(row("curl")), "go": table.row(row("go", x="sent 2 requests"))}


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(LookupError, match="markers"):
        with_rows("no markers\n", [], [])
    with pytest.raises(LookupError, match="interop-types"):
        with_rows(PAGE.partition("between")[0], [], [])


def test_the_table_has_a_row_for_every_client_with_the_version_that_is_pinned() -> None:
    rows = rows_of(between(README, VECTORS)[1])
    assert {name: line.split(" | ")[1:3] for name, line in rows.items()} == {
        client.name: [client.generator, "yes"] for client in CLIENTS
    }
    assert list(rows_of(between(README, TYPES)[1])) == [client.name for client in CLIENTS]


def test_the_heads_are_those_of_the_document() -> None:
    for table in TABLES:
        assert between(README, table)[1].startswith(f"\n{table.head}")


def test_every_client_has_its_folder_with_the_three_commands() -> None:
    for client in CLIENTS:
        page = (client.path / "README.md").read_text(encoding="utf-8")
        assert page.count("\n$ ") == 3, client.name

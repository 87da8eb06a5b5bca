"""The table of the clients: what a run found, as it is written and read back."""

from __future__ import annotations

import pytest

from interop_clients import CLIENTS, ROOT
from interop_table import Row, between, rows_of, with_rows

PAGE = "before\n<!-- interop:begin -->\n<!-- interop:end -->\nafter\n"
LATE = "ended with exit code 0 (ok); expected unknown"


def row(client: str, **faults: str) -> Row:
    return Row(client, "generator 1.0", trades=True, passed=3, faults=faults)


def test_a_row_says_which_vectors_failed_and_why() -> None:
    written = str(row("go", c="sent | twice", b=LATE, a=LATE))
    assert written == (
        "| go | generator 1.0 | yes | 3 of 6 | `a`, `b`: says `ok`, and it is unknown<br>`c`: sent / twice |\n"
    )


def test_the_table_stands_between_the_markers_and_only_there() -> None:
    page = with_rows(PAGE, [row("go"), row("curl")], ["curl", "go"])
    assert page.startswith("before\n<!-- interop:begin -->\n")
    assert page.endswith("<!-- interop:end -->\nafter\n")
    assert list(rows_of(between(page)[1])) == ["curl", "go"]
    assert with_rows(page, [row("go"), row("curl")], ["curl", "go"]) == page


def test_a_run_of_one_client_leaves_the_others_and_drops_those_that_are_no_more() -> None:
    page = with_rows(PAGE, [row("curl"), row("go"), row("old")], ["curl", "go", "old"])
    page = with_rows(page, [row("go", x="sent 2 requests")], ["curl", "go"])
    rows = rows_of(between(page)[1])
    assert rows == {"curl": str(row("curl")), "go": str(row("go", x="sent 2 requests"))}


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(LookupError, match="markers"):
        with_rows("no markers\n", [], [])


def test_the_readme_has_a_row_for_every_client_with_the_version_that_is_pinned() -> None:
    rows = rows_of(between((ROOT / "README.md").read_text(encoding="utf-8"))[1])
    assert {name: line.split(" | ")[1:3] for name, line in rows.items()} == {
        client.name: [client.generator, "yes"] for client in CLIENTS
    }


def test_every_client_has_its_folder_with_the_three_commands() -> None:
    for client in CLIENTS:
        page = (client.path / "README.md").read_text(encoding="utf-8")
        assert page.count("\n$ ") == 3, client.name

"""`torus-connect call`, and `holdings`, `positions`, `funds`, `orders` and `trades`: against a sandbox."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import command
from support.kinds import an_order
from support.raw_server import RawServer, answer, reply

from torus_connect import Session, TorusConnect, spec_text
from torus_connect.cli._arguments import SHORT
from torus_connect.cli._call import commands
from torus_connect.cli._results import formatted
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, open_store
from torus_connect_api.models.statement_line import StatementLine
from torus_connect_api.models.trade import Trade
from torus_connect_api.reading import Rows

PERSONAL = ("DEMO01", "AAAAA0000A")
OPTED_IN = ["--ip=192.0.2.1", "--uu-id=demo", "--app-id=demo"]
ARGUMENTS: dict[str, list[str]] = {
    "order": ["order_no=1", "segment=E"],
    "order_trades": ["order_no=1", "segment=E"],
    "margin": [
        *("exchange=NSE", "segment=E", "security_id=1", "txn_type=B", "quantity=1", "price=0", "product=C"),
        "trigger_price=0",
    ],
    "holding_details": ["isin=INE669E01016"],
    **{
        name: [*(f"{key}={value}" for key, value in an_order(name).items()), *OPTED_IN]
        for name in ("order_entry", "order_modify", "order_cancel", "convert_position")
    },
    "search_stocks": ["query=TCS", "page=1"],
    "company": ["company-slug=tcs"],
    "returns": ["exchange=NSE", "cocode=5400", "report_type=S"],
    "shareholding": ["cocode=5400"],
    "balance_sheet": ["cocode=5400", "report_type=S"],
    "cash_flow": ["cocode=5400", "report_type=S"],
    "profit_and_loss": ["cocode=5400", "report_type=S"],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def session(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The kept session of the user `default`, and the environment that leads to it."""
    for name, value in sandbox.credentials.items():
        monkeypatch.setenv(f"TORUS_{name.upper()}", str(value))
    monkeypatch.delenv("TORUS_TOTP_BASE_URL", raising=False)
    monkeypatch.setenv("TORUS_SESSION_STORE", f"file:{tmp_path / 'sessions'}")
    with TorusConnect() as torus:
        return torus.session(login=lambda *_: sandbox.issue_request_token())


def examples() -> dict[str, Any]:
    """Return the reply of each operation as the spec shows it, by `operationId`."""
    found = {}
    for item in json.loads(spec_text("json"))["paths"].values():
        for operation in item.values():
            (media,) = operation["responses"]["200"]["content"].values()
            found[operation["operationId"]] = next(iter(media["examples"].values()))["value"]
    return found


@pytest.mark.parametrize("name", commands())
def test_every_operation_in_every_form(name: str) -> None:
    example = examples()[commands()[name].operation.id]
    experimental = commands()[name].operation.experimental  # then what stands beside the rows counts, too
    rows = example["data"] if isinstance(example, dict) and "data" in example and not experimental else example
    rows = rows if isinstance(rows, list) else [rows]

    table, as_json, as_csv = (
        command("call", name, *ARGUMENTS.get(name, []), "--output", form) for form in ("table", "json", "csv")
    )

    assert [done.stderr for done in (table, as_json, as_csv)] == [""] * 3
    assert [done.returncode for done in (table, as_json, as_csv)] == [0] * 3
    assert not [word for word in PERSONAL if word in table.stdout]
    read = json.loads(as_json.stdout)
    read = read if isinstance(read, list) else [read]
    table_rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert len(read) == len(table_rows) == len(rows)
    for got, line, sent in zip(read, table_rows, rows, strict=True):
        assert got.keys() == line.keys() >= sent.keys()
        for wire, value in sent.items():
            if isinstance(value, int | float) and not isinstance(got[wire], str):
                assert got[wire] == value
                assert Decimal(line[wire]) == Decimal(str(value))


@pytest.mark.parametrize(("short", "operation"), SHORT.items())
def test_short_forms(short: str, operation: str) -> None:
    done = command(short)
    assert done.stdout == command("call", operation).stdout
    assert done.stdout.count("\n") >= 2
    assert done.returncode == 0


def test_personal_fields_are_in_json_and_csv() -> None:
    for form in ("json", "csv"):
        shown = command("trades", "--output", form).stdout
        assert all(word in shown for word in PERSONAL)


def test_an_operation_has_the_name_of_the_spec_too() -> None:
    done = command("call", "searchStocks", "query=TCS", "limit=3", "--output", "json")
    assert json.loads(done.stdout)[0]["nsesymbol"] == "TCS"


def test_a_public_call_needs_no_session_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TORUS_API_SECRET", "TORUS_SESSION_STORE"):
        monkeypatch.delenv(name)
    done = command("call", "indices")
    assert done.returncode == 0, done.stderr
    assert "Nifty50" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["returns", "exchange=NSE", "cocode=canary", "report_type=S"], "cocode must be a whole number"),
        (["returns", "exchange=NSE", "cocode=1.5", "report_type=S"], "cocode must be a whole number"),
        (["returns", "exchange=NSE", "cocode=true", "report_type=S"], "cocode must be a whole number"),
        (["order", "order_no=1"], "order needs segment=..."),
        (["order"], "order needs order_no=... and segment=..."),
        (["order", "ordr_no=canary"], "order has no such argument: did you mean order_no?"),
        (["order", "canary"], "arguments are NAME=VALUE; order takes order_no, segment, source\n"),
        (["holdings", "canary"], "arguments are NAME=VALUE; holdings takes source\n"),
        (["company", "company_slug="], "company_slug is no part of a path: it is empty, or made of dots"),
        (["company", "company_slug=\udcff"], "company_slug must be text"),
        (["search_stocks", "query=a", "limit=" + "[" * 50_000], "limit must be a whole number"),
        (["order", "canary=1"], "order has no such argument: it takes order_no, segment, source\n"),
        (["indices", "canary=1"], "indices has no such argument: it takes none\n"),
        (["order", "order_no=1", "order_no=canary"], "order_no is given twice"),
        (["holdings", "--user", "nobody"], "No session of this user is stored"),
        (
            ["order_cancel", *ARGUMENTS["order_cancel"][:-3]],
            "orderCancel is experimental: its reply is known from a Java client only",
        ),
        (["order_entry", *ARGUMENTS["order_entry"][:-3], "--ip=192.0.2.1", "--uu-id=canary"], "app_id is missing"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_sent(arguments: list[str], said: str) -> None:
    done = command("call", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "canary" not in done.stderr


def test_no_such_operation() -> None:
    done = command("call", "canary")
    assert (done.returncode, done.by_argparse) == (2, True)
    assert "choose from 'holdings', 'positions'" in done.stderr
    assert "canary" not in done.stderr


def test_help_is_that_of_the_spec() -> None:
    shown = command("call", "margin", "--help").stdout
    assert "Calculates what an order would need; nothing is placed." in shown
    assert "security_id: The token of the exchange for the security, not its ISIN." in shown


@pytest.mark.parametrize("name", ["order_entry", "margin"])
def test_the_help_of_an_order_says_that_there_is_no_journal(name: str) -> None:
    shown = command("call", name, "--help").stdout
    assert ("The command line keeps no journal of orders" in shown) is (name == "order_entry")


def test_an_order_whose_reply_is_lost_is_in_the_table_of_orders(sandbox: Sandbox) -> None:
    sandbox.set_price("IDEA", "14.65")
    sandbox.lose_replies("reset_after", times=1)
    try:
        lost = command("call", "order_entry", *ARGUMENTS["order_entry"], "remarks=my-own-7")
        shown = command("orders").stdout
    finally:
        sandbox.reset()
    assert (lost.returncode, lost.stdout) == (5, "")
    assert lost.stderr.endswith("It may have been served. Before anything else, see `torus-connect orders`.\n")
    assert shown.count("my-own-7") == 1


def keep(base_url: str) -> None:
    store = open_store()
    store.save(SessionKey(base_url, os.environ["TORUS_API_KEY"], "default"), Session("demo-token", base_url=base_url))


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [
        (reply(status="401 Unauthorized", body=b'{"error": "canary"}'), 4, "Log in again, with `torus-connect login`."),
        (reply(status="404 Not Found", body=b'{"error": "canary"}'), 4, "URL: in the spec, its path is /api/v1."),
        (reply(body=b"canary"), 5, "To make it once more changes nothing, so it can be made again."),
        (reply(body=b'{"status": "error", "message": "canary"}'), 4, "Its reply says why."),
    ],
)
def test_what_the_service_refuses(
    sent: bytes, code: int, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with RawServer(answer(sent)) as server:
        monkeypatch.setenv("TORUS_BASE_URL", server.base_url)
        keep(server.base_url)
        done = command("holdings", "--save-reply", str(tmp_path / "reply"))
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "canary" not in done.stderr
    assert b"canary" in (tmp_path / "reply").read_bytes()
    assert len(server.requests) == 1
    # One that the service refused is gone, or the login that is called for would have nothing to do.
    assert command("session", "show").returncode == (2 if "401" in str(sent) else 0)


def trades(*rows: dict[str, Any]) -> Rows[Any]:
    return Rows([Trade.from_dict(row) for row in rows])


def test_numbers_stand_below_each_other() -> None:
    rows = trades(
        {"symbol": "A", "quantity": 2, "traded_price": Decimal("14.65")},
        {"symbol": "LONG NAME", "quantity": 12345, "traded_price": Decimal(1500)},
        {"symbol": "\u0930\x1b[31m\n", "traded_price": Decimal("-0.5")},
    )
    assert formatted(rows, "table", "trades").splitlines() == [
        "symbol     quantity  traded_price",
        "A                 2         14.65",
        "LONG NAME     12345       1500",
        "\u0930\\x1b[31m                   -0.5",
    ]


def test_a_number_is_exact_in_json() -> None:
    row = {"traded_price": Decimal("14.65"), "quantity": Decimal("2.0"), "trade_value": Decimal("1234567890123456.789")}
    further: dict[str, Any] = {
        "large": Decimal("1e25"),
        "whole": 2**53 + 1,
        "float": float("inf"),
        "bomb": Decimal("1e3000000"),
        "small": Decimal("1e-3000000"),
        "odd": Decimal("NaN"),
    }
    (read,) = json.loads(formatted(trades(row | further), "json", "trades"))
    assert {name: read[name] for name in row | further} == {
        "traded_price": 14.65,
        "quantity": 2,
        "trade_value": "1234567890123456.789",
        "large": "10000000000000000000000000",
        "whole": "9007199254740993",
        "float": "inf",
        "bomb": "1E+3000000",
        "small": "1E-3000000",
        "odd": "NaN",
    }
    assert "1E+3000000" in formatted(trades(row | further), "csv", "trades")


def test_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert [formatted(Rows([]), form, "trades") for form in ("table", "json", "csv")] == ["", "[]\n", ""]
    assert formatted(Rows([], message="demo\x1b[2J"), "table", "trades") == ""
    said = ["There are none."] * 3 + ["There are none. The service says: demo\\x1b[2J"]
    assert capsys.readouterr().err.splitlines() == [f"torus-connect: {line}" for line in said]


def test_a_cell_has_an_end_and_shows_no_parts_that_identify_a_person() -> None:
    assert len(formatted(trades({"symbol": "a" * 500_000}, {"symbol": "b"}), "table", "trades")) < 400
    quote = Trade.from_dict({"pan_no": "AAAAA0000A", "symbol": "demo", "further": "AAAAA0000A"})
    row = StatementLine.from_dict({"COLUMNNAME": "demo"})
    row.year_data = {"Y202403": quote}  # type: ignore[dict-item]
    shown = formatted(Rows([row]), "table", "cashFlow")
    assert "AAAAA0000A" not in shown
    assert "AAAAA0000A" in formatted(Rows([row]), "json", "cashFlow")


def test_what_no_table_shows_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert formatted(trades({"further": "demo"}), "table", "trades") == ""
    assert "1 row, 0 of 40 columns" in capsys.readouterr().err


def test_a_carriage_return_is_no_end_of_a_row() -> None:
    written = formatted(trades({"symbol": "a\rb"}), "csv", "trades")
    assert len(list(csv.reader(io.StringIO(written)))) == 2


def test_arguments_may_stand_behind_options() -> None:
    done = command("call", "search_stocks", "query=TCS", "--output", "json", "limit=1")
    assert (done.returncode, done.stderr) == (0, "")
    assert command("call", "search_stocks", "query=TCS", "--canary", "limit=1").returncode == 2


def test_rows_that_cannot_be_read_end_in_a_failure(sandbox: Sandbox) -> None:
    sandbox.set_reply("holdings", [{"quantity": 2}, "no object"], validate=False)
    try:
        done = command("holdings", "--output", "json")
    finally:
        sandbox.reset()
    assert done.returncode == 1
    assert [row["quantity"] for row in json.loads(done.stdout)] == [2]
    assert done.stderr == "torus-connect: Left out: 1 row that cannot be read.\n"


def test_what_is_no_account_is_no_empty_one(sandbox: Sandbox) -> None:
    sandbox.set_reply("holdings", {"status": "failure", "data": None}, validate=False)
    try:
        done = command("holdings")
    finally:
        sandbox.reset()
    assert (done.returncode, done.stdout) == (5, "")
    assert "with a body that cannot be read" in done.stderr


def test_a_call_whose_result_cannot_be_printed_was_served() -> None:
    with Path("/dev/full").open("w") as full:
        argv = [sys.executable, "-m", "torus_connect", "call", "holding_details", "isin=INE669E01016"]
        run = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1
    assert "cannot be written: No space left on device. The call was served." in run.stderr


def test_a_result_that_is_nested_deeply(sandbox: Sandbox) -> None:
    deep: Any = "demo"
    for _ in range(900):
        deep = [deep]
    sandbox.set_reply("indices", [{"name": "demo", "further": deep}], validate=False)
    try:
        done = command("call", "indices", "--output", "csv")
    finally:
        sandbox.reset()
    assert (done.returncode, done.stdout) in {(0, done.stdout), (1, "")}
    assert done.returncode == 0 or "nested too deeply" in done.stderr


def test_rows_that_cannot_be_read_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    formatted(Rows([], unreadable=2), "json", "trades")
    assert capsys.readouterr().err == "torus-connect: Left out: 2 rows that cannot be read.\n"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (5, ["nse_s"]),
        (34, ["nse_symbol", "isin_code", "quantity"]),
        (33, ["nse_symbol", "isin_code"]),
        (80, ["nse_symbol", "isin_code", "quantity", "remaining_quantity", "cost_price"]),
    ],
)
def test_on_a_terminal_a_table_has_the_columns_that_fit(width: int, shown: list[str]) -> None:
    primary, secondary = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "torus_connect", "holdings"],
        stdout=secondary,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": str(width)},
    ) as process:
        os.close(secondary)
        printed = b""
        while chunk := _read(primary):
            printed += chunk
        assert process.stderr is not None
        said = process.stderr.read().decode()
    os.close(primary)
    assert said == f"torus-connect: 1 row, {len(shown)} of 32 columns: --output json or csv has all.\n"
    names, values = printed.decode().replace("\r", "").splitlines()
    assert names.split() == shown
    assert len(values.split()) == len(shown)
    assert len(names) <= width


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # as Linux says that the other end is closed
        return b""

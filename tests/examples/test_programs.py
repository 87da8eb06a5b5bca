"""The examples that run and end: a cold function, a notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from examples.conftest import EXAMPLES, Start, outcome

from torus_connect import TorusConnect, Trading
from torus_connect.sandbox import Sandbox

TRADING = Trading(ip="192.0.2.1", uu_id="demo-installation", app_id="demo-app")
REDIRECT = "https://merchant.example/torus?REQUEST_TOKEN="


CALLS = """
import json, sys
from cold_function import handler
for line in sys.stdin:
    print(json.dumps(handler(json.loads(line), None)))
"""


def test_the_cold_function_logs_in_once_for_all_instances(sandbox: Sandbox, start: Start) -> None:
    asks = json.dumps({"user": "a-user"})
    comes = json.dumps({"user": "a-user", "redirected_to": REDIRECT + sandbox.issue_request_token()})
    refused = json.dumps({"user": "another-user", "redirected_to": REDIRECT + "demo-not-real"})
    code, printed = outcome(start("-c", CALLS), "\n".join([asks, comes, comes, asks, refused]))
    assert code == 0, printed
    first, second, third, fourth, fifth = map(json.loads, printed.splitlines())
    assert first == {"login_at": sandbox.login_url}
    assert second == third == fourth
    assert set(second) == {"good_until"}
    assert fifth == {"error": "AuthenticationFailed", "request_token": "REFUSED"}

    code, printed = outcome(start("-c", CALLS), asks)
    assert (code, json.loads(printed)) == (0, second)
    assert sandbox.exchanges == 1


@pytest.mark.site
def test_the_notebook_runs_from_top_to_bottom(sandbox: Sandbox, start: Start, tmp_path: Path) -> None:
    cells = [
        cell for cell in json.loads((EXAMPLES / "notebook.ipynb").read_text())["cells"] if cell["cell_type"] == "code"
    ]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in cells), "it is kept without outputs"
    sandbox.set_price("14366", "15.00")
    sandbox.set_price("13756", "40.00")
    with TorusConnect(**sandbox.credentials) as torus:
        me = torus.account(torus.generate_session(sandbox.issue_request_token()), trading=TRADING)
        terms: dict[str, Any] = {"exchange": "NSE", "product": "MIS", "order_type": "MARKET"}
        for side, security_id, quantity in (("BUY", "14366", 10), ("BUY", "13756", 5), ("SELL", "13756", 4)):
            sandbox.set_price("13756", "40.00" if side == "BUY" else "38.00")
            me.place_order(side=side, security_id=security_id, quantity=quantity, **terms)
    sandbox.set_price("14366", "16.50")
    sandbox.set_fault("positions", lost="after", times=1)  # a lost reply: it is read again

    script, drawn = tmp_path / "cells.py", tmp_path / "drawn.png"
    bars = f"figure.savefig({str(drawn)!r})\nprint([float(bar.get_width()) for bar in axes.patches])"
    script.write_text("\n".join(["".join(cell["source"]) for cell in cells] + [bars]))
    token = sandbox.issue_request_token()
    code, printed = outcome(start(str(script), TORUS_REQUEST_TOKEN=token, MPLBACKEND="agg"))
    assert (code, sandbox.exchanges) == (0, 2), printed
    *_, hours, drawn_bars = printed.splitlines()
    assert hours.startswith("2 positions, good for ")
    # IDEA, then SHIVAMAUTO, of which four lost two rupees each: closed, and open.
    assert drawn_bars == "[0.0, -8.0, 15.0, -2.0]"
    assert drawn.read_bytes().startswith(b"\x89PNG")
    assert token not in printed
    assert sandbox.access_token_for(token) not in printed

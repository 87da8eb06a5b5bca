"""What a caller writes has its types: mypy in its strict mode and pyright read it as it is meant, and find mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from mypy import api as mypy

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.toolchain  # `make typecheck`

CALLER = """
import datetime as dt
from decimal import Decimal
from typing import assert_type

from enlarged_api import Api, AsyncApi, AsyncStandaloneClient, Request, Secret, StandaloneClient
from enlarged_api.api.probe import holdings, place_order
from enlarged_api.api.session import generate_session
from enlarged_api.client import AsyncClient, Client
from enlarged_api.models import Holding, Leg, OrderReply, OrderRequest, OrderRequestData, Quote
from enlarged_api.reading import Rows


def read(client: Client) -> None:
    rows = Api(client).probe.holdings()
    assert_type(rows, Rows[Holding])
    assert_type(rows.message, str | None)
    for row in rows:
        assert_type(row.cost_price, Decimal | None)
        assert_type(row.quantity, int | None)
        assert_type(row.updated, dt.datetime | None)
        assert_type(row.date, dt.date | None)
        assert_type(row.download_key, Secret | None)
        assert_type(row.prices, dict[str, Quote | None] | None)
        assert_type(row.quotes, Rows[Quote] | None)
        assert_type(row.to_dict(decimals=float), dict[str, object])
    assert_type(Api(client).more_probes.names(), dict[str, list[str] | None])
    Api(client).probe.drop_keys()


def order(client: Client) -> OrderReply:
    body = OrderRequest(data=OrderRequestData(security_id="1", quantity="1", side="B", legs=[Leg(quantity=1)]))
    place_order.sync(client=client, body=body)
    place_order.sync(client=client, body={"source": "M", "data": {}})
    return Api(client).probe.place_order(security_id="1", quantity="1", side="S", good_till=dt.date(2026, 1, 1))


async def read_async(client: AsyncClient) -> None:
    assert_type(await AsyncApi(client).probe.holdings(source="N"), Rows[Holding])
    assert_type(await holdings.asyncio(client=client, body={}), Rows[Holding])


def session() -> Request[Secret]:
    body = generate_session.json_body(api_key="demo-key", api_secret="demo-secret")
    return generate_session.request(body=body).read_by(generate_session.read_access_token)


read(StandaloneClient())
tokens = {"AccessToken": "demo-access-token"}
coroutine = read_async(AsyncStandaloneClient(tokens))
length: int = StandaloneClient(tokens).send(session().map(len))
"""
# Each line is a mistake.
MISTAKES = """
from enlarged_api import Api, AsyncStandaloneClient, StandaloneClient

probe = Api(StandaloneClient()).probe
Api(AsyncStandaloneClient())
probe.place_order(security_id="1", quantity=1, side="B")
probe.place_order(security_id="1", quantity="1", side="X")
probe.place_order(security_id="1", side="B")
probe.get_returns("NSE", 7)
probe.holdings()[0].cost_price + 1
probe.holdings()[0].no_such_field
"""
LINES = range(5, 12)


@pytest.fixture
def caller(enlarged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "caller.py").write_text(CALLER)
    (tmp_path / "mistakes.py").write_text(MISTAKES)
    monkeypatch.setenv("MYPYPATH", str(enlarged))
    return tmp_path


def test_mypy(caller: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(caller)
    options = ["--strict", "--config-file=", "--no-error-summary", "--hide-error-context"]
    assert mypy.run([*options, "-p", "enlarged_api", "-m", "caller"]) == ("", "", 0)
    said, _, code = mypy.run([*options, "mistakes.py"])
    assert {int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line} == set(LINES)
    assert code == 1


def test_pyright(caller: Path, enlarged: Path) -> None:
    settings = {"typeCheckingMode": "standard", "extraPaths": [str(enlarged)], "pythonVersion": "3.11"}
    (caller / "pyrightconfig.json").write_text(json.dumps(settings | {"include": [str(caller), str(enlarged)]}))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(caller)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=dict(os.environ))
    found = json.loads(run.stdout)["generalDiagnostics"]
    mistakes = [each for each in found if each["file"].endswith("/mistakes.py")]
    assert [each for each in found if each not in mistakes and each["severity"] != "information"] == []
    assert {each["range"]["start"]["line"] + 1 for each in mistakes} == set(LINES)

"""Calls operations that were written into a copy of the spec; nothing else was changed for them.

Run by a test, with the package that `make sdk` wrote from that copy before the usual one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from torus_connect import AsyncTorusConnect, ConfigurationError, Session, TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect_api import Api, AsyncApi

if TYPE_CHECKING:
    from torus_connect import AsyncAuthorizedClient, AuthorizedClient


def read(me: AuthorizedClient, partner: AuthorizedClient, torus: TorusConnect) -> list[object]:
    """Call each of them; return what came back."""
    api, company = Api(me), Api(torus).company
    rows = api.portfolio.holdings(segment="E", limit=2, isins=["demo"]).data
    assert rows is not None
    return [
        [(row.isin_code, row.quantity, row.ltp) for row in rows],
        [row.value for row in api.portfolio.report(company_code="a b", year=2024, page=1, full=True)],
        company.stock(code="TCS").name,
        [row.name for row in company.stocks(q="TCS")],
        api.orders.place_order(security_id="14366", quantity="1").order_no,
        Api(partner).company.partner_status().status,
    ]


async def read_async(
    me: AsyncAuthorizedClient, partner: AsyncAuthorizedClient, torus: AsyncTorusConnect
) -> list[object]:
    """Do as `read` does."""
    api, company = AsyncApi(me), AsyncApi(torus).company
    rows = (await api.portfolio.holdings(segment="E", limit=2, isins=["demo"])).data
    assert rows is not None
    return [
        [(row.isin_code, row.quantity, row.ltp) for row in rows],
        [row.value for row in await api.portfolio.report(company_code="a b", year=2024, page=1, full=True)],
        (await company.stock(code="TCS")).name,
        [row.name for row in await company.stocks(q="TCS")],
        (await api.orders.place_order(security_id="14366", quantity="1")).order_no,
        (await AsyncApi(partner).company.partner_status()).status,
    ]


def sync(sandbox: Sandbox) -> list[object]:
    """Log in and call."""
    with TorusConnect(**sandbox.credentials) as torus:
        refused = ""
        session: Session = torus.generate_session(sandbox.issue_request_token())
        try:
            Api(torus).orders.place_order(security_id="14366", quantity="1")
        except ConfigurationError as error:
            refused = str(error).split("\n")[0]
        partner = torus.with_credentials(PartnerKey="demo-partner-key")
        return [refused, *read(torus.with_credentials(AccessToken=session), partner, torus)]


async def asynchronous(sandbox: Sandbox) -> list[object]:
    """Do as `sync` does."""
    async with AsyncTorusConnect(**sandbox.credentials) as torus:
        refused = ""
        session = await torus.generate_session(sandbox.issue_request_token())
        try:
            await AsyncApi(torus).orders.place_order(security_id="14366", quantity="1")
        except ConfigurationError as error:
            refused = str(error).split("\n")[0]
        partner = torus.with_credentials(PartnerKey="demo-partner-key")
        return [refused, *await read_async(torus.with_credentials(AccessToken=session), partner, torus)]


def main() -> None:
    """Print what came back, sync and async, and once more after a reply was set."""
    with Sandbox(document=sys.argv[1]) as sandbox:
        answers = [sync(sandbox), asyncio.run(asynchronous(sandbox))]
        sandbox.set_reply("report", [{"value": 2.5}, {"value": 3.5}], user="sandbox-user")
        json.dump([*answers, sync(sandbox)], sys.stdout, default=str)


if __name__ == "__main__":
    main()

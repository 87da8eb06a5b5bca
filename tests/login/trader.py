"""A sandbox, and a program that trades in it by the SDK, driven line by line: `["set_price", ["14366", "14.65"], {}]`.

The name is that of a method of the sandbox, or `order`, which places one for a user. Each line is answered with one.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from torus_connect import TorusConnect, Trading
from torus_connect.sandbox import Sandbox

FIELDS = {"exchange": "NSE", "segment": "E", "product": "I", "security_id": "14366", "price": "0.00", "mkt_type": "NL"}
FIELDS |= {"txn_type": "B", "quantity": "10", "order_type": "MKT", "validity": "DAY"}


def answer(line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    accounts: dict[str, Any] = {}
    with Sandbox() as sandbox, TorusConnect(**sandbox.credentials, max_retries=0) as torus:

        def order(user: str = "sandbox-user", **fields: str) -> None:
            if user not in accounts:
                session = torus.generate_session(sandbox.issue_request_token(user=user))
                trading = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")
                accounts[user] = torus.account(session, trading=trading)
            accounts[user].order_entry(**FIELDS | fields)

        answer({"origin": sandbox.origin})
        for line in sys.stdin:
            name, args, kwargs = json.loads(line)
            (order if name == "order" else getattr(sandbox, name))(*args, **kwargs)
            answer("done")


main()

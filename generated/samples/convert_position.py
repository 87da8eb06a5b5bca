# python convert_position.py    needs torus-connect
# Experimental: it acts on the user's money, nobody is known to have tried it, and one sample of its reply is all that is known.
import os
import sys

from torus_connect import Session, TorusConnect, TorusError, Trading

BASE_URL = os.environ.get("TORUS_BASE_URL", "https://connects.torusdigital.com/api/v1")
TRADING = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")

try:
    # The API key comes from TORUS_API_KEY.
    with TorusConnect(base_url=BASE_URL, timeout=10) as torus:
        session = Session(os.environ.get("TORUS_ACCESS_TOKEN", ""), base_url=BASE_URL)
        reply = torus.account(session, trading=TRADING).convert_position(exchange="NSE", segment="E", security_id="14366", quantity=1, txn_type="B", mkt_type="NL", product_from="I", product_to="C", user_type="C")
except TorusError as error:
    sys.exit(f"convertPosition: {error}")
print(reply)

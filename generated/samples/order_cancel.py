# python order_cancel.py    needs torus-connect
# Experimental: its reply is known from a Java client only, nobody is known to have tried it, and what `ip`, `uu_id`, `app_id`, `settlor` and `source` should be for an API user is not known.
import os
import sys

from torus_connect import Session, TorusConnect, TorusError, Trading

BASE_URL = os.environ.get("TORUS_BASE_URL", "https://connects.torusdigital.com/api/v1")
TRADING = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")

try:
    # The API key comes from TORUS_API_KEY.
    with TorusConnect(base_url=BASE_URL, timeout=10) as torus:
        session = Session(os.environ.get("TORUS_ACCESS_TOKEN", ""), base_url=BASE_URL)
        reply = torus.account(session, trading=TRADING).order_cancel(txn_type="B", exchange="NSE", segment="E", product="I", security_id="14366", quantity="2", price="0.00", validity="DAY", order_type="MKT", disc_quantity="0", trigger_price="0.00", off_mkt_flag="false", remarks="502929", mkt_type="NL", good_till_days_date="2019-03-29", order_no="1234567890", serial_no="1", group_id="1", settlor="X")
except TorusError as error:
    sys.exit(f"orderCancel: {error}")
print(reply)

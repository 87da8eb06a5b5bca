# python profit_and_loss.py    needs torus-connect
import os
import sys

from torus_connect import TorusConnect, TorusError

try:
    # The API key comes from TORUS_API_KEY, the address from TORUS_BASE_URL.
    with TorusConnect(timeout=10) as torus:
        reply = torus.market.profit_and_loss(cocode=5400, report_type="S")
except TorusError as error:
    sys.exit(f"profitAndLoss: {error}")
print(*reply, sep="\n")

# python search_stocks.py    needs torus-connect
import os
import sys

from torus_connect import TorusConnect, TorusError

try:
    # The API key comes from TORUS_API_KEY, the address from TORUS_BASE_URL.
    with TorusConnect(timeout=10) as torus:
        reply = torus.market.search_stocks(query="TCS")
except TorusError as error:
    sys.exit(f"searchStocks: {error}")
print(*reply, sep="\n")

# python holdings.py    needs torus-connect
import os
import sys

from torus_connect import Session, TorusConnect, TorusError

BASE_URL = os.environ.get("TORUS_BASE_URL", "https://connects.torusdigital.com/api/v1")

try:
    # The API key comes from TORUS_API_KEY.
    with TorusConnect(base_url=BASE_URL, timeout=10) as torus:
        session = Session(os.environ.get("TORUS_ACCESS_TOKEN", ""), base_url=BASE_URL)
        reply = torus.account(session).holdings()
except TorusError as error:
    sys.exit(f"holdings: {error}")
print(*reply, sep="\n")

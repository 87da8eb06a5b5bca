# python generate_session.py    needs torus-connect
import os
import sys

from torus_connect import TorusConnect, TorusError

try:
    # The API key comes from TORUS_API_KEY, the secret from TORUS_API_SECRET, the address from TORUS_BASE_URL.
    with TorusConnect(timeout=10) as torus:
        session = torus.generate_session(os.environ.get("TORUS_REQUEST_TOKEN", ""))
except TorusError as error:
    sys.exit(f"generateSession: {error}")
print(session.access_token)

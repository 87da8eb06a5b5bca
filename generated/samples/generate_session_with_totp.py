# python generate_session_with_totp.py    needs torus-connect
import os
import sys

from torus_connect import TorusConnect, TorusError

try:
    # The API key comes from TORUS_API_KEY, the address from TORUS_TOTP_BASE_URL.
    with TorusConnect(timeout=10) as torus:
        session = torus.generate_session_with_totp(os.environ.get("TORUS_TOTP", ""))
except TorusError as error:
    sys.exit(f"generateSessionWithTotp: {error}")
print(session.access_token)

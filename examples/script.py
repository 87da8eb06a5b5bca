"""A script of a user: `torus-connect run -- python script.py`. It is given a session, and no other secret."""

import os

from torus_connect import Session, TorusConnect

session = Session(os.environ["TORUS_ACCESS_TOKEN"], base_url=os.environ["TORUS_BASE_URL"])
me = TorusConnect().account(session)

for row in me.holdings():
    print(row.nse_symbol, row.quantity)

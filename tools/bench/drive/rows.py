"""Read 1,000 holdings once, each field of them, to be counted from outside: `python rows.py none|dicts|rows FILE`."""

from __future__ import annotations

import json
import sys
from operator import attrgetter, itemgetter
from pathlib import Path

from torus_connect.reply import parsed
from torus_connect_api.api.account import holdings

sys.path.insert(0, str(Path(__file__).parents[1] / "peers"))

from data import HOLDING_FIELDS

kind, file = sys.argv[1:]
raw, of_row, of_dict = Path(file).read_bytes(), attrgetter(*HOLDING_FIELDS), itemgetter(*HOLDING_FIELDS)
parse = holdings.request(body={"source": "N"}).parse
few = b'{"status":"success","data":[' + json.dumps(json.loads(raw)["data"][0]).encode() + b"]}"
parse(parsed(few))  # what is loaded or made once does not count
if kind == "dicts":
    read = [of_dict(row) for row in json.loads(raw)["data"]]
elif kind == "rows":
    read = [of_row(row) for row in parse(parsed(raw))]

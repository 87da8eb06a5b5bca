"""Print how long 1,000 holdings take to become typed rows, against `json.loads` of the same bytes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect.reply import parsed
from torus_connect_api.api.account import holdings

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, ROUNDS = 1_000, 15


def best(function: Callable[[], object]) -> float:
    """Return the seconds of processor time of the quickest of a few calls."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        function()
        taken.append(time.process_time() - begun)
    return min(taken)


document = json.loads((Path(__file__).parents[3] / "generated" / "torus.json").read_text(encoding="utf-8"))
media = document["paths"]["/holdings/"]["post"]["responses"]["200"]["content"]["application/json"]
reply = next(iter(media["examples"].values()))["value"]
raw = json.dumps(reply | {"data": reply["data"][:1] * ROWS}).encode()
parse = holdings.request(body={"source": "N"}).parse
if len(parse(parsed(raw))) != ROWS:
    raise SystemExit("some rows were not read")
print(best(lambda: parse(parsed(raw))) / best(lambda: json.loads(raw)))

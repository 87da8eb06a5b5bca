"""Operations of every kind, written into a copy of the spec: nothing refuses them, and each output has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.openapi import check_openapi
from support.operations import PATHS, document

import derive

if TYPE_CHECKING:
    from generation.conftest import Workshop


def test_every_output_has_them(workshop: Workshop) -> None:
    spec = document()
    spec["paths"]["/funds/"]["get"]["responses"]["200"]["content"]["application/json"]["example"] = {"amount": 1}
    workshop.spec.write_text(derive.as_yaml(spec), encoding="utf-8")
    run = workshop.run()
    assert (run.returncode, run.stderr) == (0, "")

    written = {name: content.decode() for name, content in workshop.tree().items()}
    assert json.loads(written["torus.json"]) == spec
    check_openapi(json.loads(written["torus.dereferenced.json"]))
    edition = json.loads(written["torus-3.1.json"])
    check_openapi(edition)
    assert edition["paths"].keys() == spec["paths"].keys()
    assert edition["components"]["schemas"]["Holding"]["properties"]["ltp"] == {"type": ["number", "null"]}
    for operation in (operation for item in PATHS.values() for operation in item.values()):
        assert f'data-key="call {operation["operationId"]}"' in written["reference.html"]

"""The documents by which growth is measured are what they are taken for, and so is what is said of the results."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from bench.growth import document, text
from torus_connect import spec_text


@pytest.mark.parametrize("size", [1, 7])
def test_a_document_has_so_many_operations(size: int) -> None:
    made = document(json.loads(spec_text("json")), size)
    OpenAPIV30SpecValidator(made).validate()
    calls = [path["post"] for path in made["paths"].values()]
    assert len({call["operationId"] for call in calls}) == size
    bodies = {re.search(r"schemas/\w+", json.dumps(call["requestBody"]))[0] for call in calls}  # type: ignore[index]
    assert len(bodies) == size


def test_the_page_has_ratios_to_one_operation_and_memory_in_flight() -> None:
    def columns(seconds: float, modules: int) -> dict[str, Any]:
        times = {kind: [seconds] * 3 for kind in ("import", "cold", "rss", "generation")}
        return {**times, "modules": {"import": 1, "cold": modules}}

    peaks = {"1": 0, "1000": 999 * 2048}
    found = {
        "operations": {"1": columns(2, 205), "10": columns(3, 206)},
        "logins": {"done": {"10": [1 << 20, 5]}, "in flight": peaks},
    }
    said = text(found).splitlines()
    assert "| 10 | 1.50 | 1.50 | 1.50 | 206 | 3.0 |" in said
    assert "| 2.0 | 1.0, 5 |" in said

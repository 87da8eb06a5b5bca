"""Write a document with operations of every kind, and its page, into a folder: for the tests in a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path += [str(HERE.parents[1]), str(HERE.parents[2] / "tools")]

from support.operations import document  # noqa: E402 - found where the line above says

from reference_page import reference_page  # noqa: E402

folder = Path(sys.argv[1])
(folder / "torus.json").write_text(json.dumps(document()), encoding="utf-8")
(folder / "reference.html").write_text(reference_page(document()), encoding="utf-8")

"""From the document to the bytes of the page, and the policy that keeps the page to itself."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .model import Reference
from .text import highlight, markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent
TEMPLATES, STYLES, SCRIPTS = FOLDER / "templates", FOLDER / "style", FOLDER / "script"


def reference_page(document: dict[str, Any]) -> str:
    """Return the page of an OpenAPI 3.0 document; the same document gives the same text.

    The page loads nothing. Its policy lets it run the scripts and styles that are in it, known by their hashes, and
    send requests to the origin that it came from, which is the sandbox; a browser stops anything else.

    Raises:
        ValueError: the console cannot send one of the calls.
    """
    styles, scripts = _texts(STYLES, "*.css"), _texts(SCRIPTS, "*.js")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    levels = frozenset(document.get("info", {}).get("x-evidence-levels", {}))
    environment.filters["markdown"] = lambda text, below=1: markdown(text, below=below, levels=levels)
    environment.filters["highlight"] = highlight
    page = environment.get_template("page.html")
    return page.render(reference=Reference(document), policy=_policy(styles, scripts), styles=styles, scripts=scripts)


def _texts(folder: Path, pattern: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob(pattern))]


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return the Content-Security-Policy. What it does not name is forbidden."""
    return "; ".join([
        "default-src 'none'",
        f"script-src {_hashes(scripts)}",
        f"style-src {_hashes(styles)}",
        "connect-src 'self'",
        "img-src data:",  # the icon
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ])  # fmt: skip


def _hashes(texts: Iterable[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)

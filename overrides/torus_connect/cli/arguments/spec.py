"""The arguments of `torus-connect spec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .parsing import Parser


def fill(spec: Parser) -> None:
    """Add them."""
    form = spec.add_mutually_exclusive_group()
    form.add_argument("--format", choices=("yaml", "json"), default="yaml", help="(yaml)")
    form.add_argument(
        "--pack",
        metavar="DIR",
        help="write the spec pack to this new folder: every form of it, conformance vectors, checksums",
    )

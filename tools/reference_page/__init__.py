"""The reference page: one HTML file made from the spec, with its style and its scripts inside; part of `make sdk`."""

from __future__ import annotations

from .page import reference_page

__all__ = ["reference_page"]

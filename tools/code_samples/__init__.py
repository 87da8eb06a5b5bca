"""Programs, and collections for HTTP clients, that make the calls of the spec: written from it alone, for tools/sdk.py.

Arguments are the examples of the spec. API key, secret, tokens and codes come from the environment.
"""

from __future__ import annotations

from .calls import Call, calls
from .programs import Program, collections, programs, with_samples

__all__ = ["Call", "Program", "calls", "collections", "programs", "with_samples"]

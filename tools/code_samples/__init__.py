"""Programs that make the calls of the spec, one a call and a language, written from the spec alone; for tools/sdk.py.

Arguments are the examples of the spec. API key, secret, tokens and codes come from the environment.
"""

from __future__ import annotations

from .calls import Call, calls
from .programs import Program, programs, with_samples

__all__ = ["Call", "Program", "calls", "programs", "with_samples"]

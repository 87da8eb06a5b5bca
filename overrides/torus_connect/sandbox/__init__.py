"""A local Torus to develop and test against: nothing in it is real. Needs the extra `sandbox`.

    from torus_connect.sandbox import Sandbox

    with Sandbox() as sandbox, TorusConnect(**sandbox.credentials) as torus:
        session = torus.generate_session(sandbox.issue_request_token())

It answers `generateSession` and `generateSessionWithTotp` as the specification describes them, wherever they are in it,
and any other operation with the first example of its reply, or with what `set_reply` and `set_fault` have set. Once
`set_price` or one of its kind is used, orders are filled and an account is answered from that. What the specification
leaves open (the lifetime of a token, that a request token or a code is good for one use, every refusal, how orders are
filled) is assumed: see `refusals.py`, `state.py`, `codes.py` and `exchange.py`.

Importing this package needs nothing but the standard library; starting a sandbox needs the extra.
"""

from .extra import SandboxMissing
from .handle import Sandbox

__all__ = ["Sandbox", "SandboxMissing"]

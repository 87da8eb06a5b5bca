"""What a test of another process sets of the exchange of a sandbox, and asks of it, over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from starlette.routing import Route

from .body import arguments_of, read_body
from .refusals import Refusal, Refused
from .scenario import ScenarioError, play
from .sending import encode, reply

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from .contract import Contract
    from .state import SandboxState


class ControlAPI:
    """The calls over one state: they take and give what `Controls` does."""

    def __init__(self, state: SandboxState, contract: Contract) -> None:
        self._state, self._contract = state, contract
        self.routes: list[Route] = [
            Route("/_sandbox/orders", self.orders),
            Route("/_sandbox/scenario", self.play, methods=["PUT"]),
        ]

    async def orders(self, request: Request) -> Response:
        """Give each order that was taken in."""
        return reply(200, encode({"orders": self._state.trading.orders(request.query_params.get("user"))}))

    async def play(self, request: Request) -> Response:
        """Set what a scenario has."""
        scenario = arguments_of(request, await read_body(request), parse_float=Decimal)
        try:
            play(self._state, self._contract, scenario)
        except ScenarioError as error:
            raise Refused(Refusal.BODY_MALFORMED, f"{error.section}: {error.why}".removeprefix(": ")) from None
        return reply(204, b"", media_type=None)

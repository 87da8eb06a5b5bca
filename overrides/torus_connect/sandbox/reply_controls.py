"""What a test sets of the replies of a sandbox: what they are, that they fail, and that they get lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .accounts import need
from .losses import Kept, losses_of
from .replies import fault_of, find, reply_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .contract import Contract
    from .losses import Fault
    from .state import SandboxState


class ReplyControls:
    """The part of `Sandbox` that concerns replies."""

    _state: SandboxState

    def _served(self) -> Contract:
        raise NotImplementedError

    def set_reply(
        self,
        operation_id: str,
        reply: object,
        *,
        user: str | None = None,
        times: int | None = None,
        validate: bool = True,
    ) -> None:
        """Set what an operation answers, in the place of the example of the document.

        It replaces what was set before for the same operation and user. The sandbox refuses malformed requests and
        wrong credentials as before; a session call spends its token or code, and then answers this.

        Args:
            operation_id: the `operationId` in the document, as `holdings` or `orderBook`.
            reply: the whole body as the service sends it, of what JSON has: dicts, lists, strings, numbers. For an
                operation with `x-unwrap`, a list is the rows, which go into the envelope of the example.
            user: whose reply it is; without it, that of all users who have none of their own, and of public calls.
            times: for how many well-formed requests it is there; without it, for all until `reset()`.
            validate: whether it must fit the schema of the document. `False` sends what the service should not.

        Raises:
            ValueError: there is no such operation (the message has the nearest), the reply is no JSON or does not fit
                (the message has the field), or `user` or `times` is wrong.
            RuntimeError: it is not running.
        """
        contract = self._served()
        operation = find(contract, operation_id)
        answer = reply_of(contract, operation, reply, validate=validate)
        self._state.replies.keep(operation, Kept((answer,), times), user)

    def set_fault(  # noqa: PLR0913 - keyword-only
        self,
        operation_id: str,
        *,
        status: int | None = None,
        headers: Mapping[str, object] | None = None,
        body: object = None,
        lost: Literal["before", "after"] | None = None,
        user: str | None = None,
        times: int | None = None,
    ) -> None:
        """Let an operation fail: with a status, or with a connection that is closed in the place of a reply.

        A fault comes before any reply that was set, and replaces the fault before for the same operation and user.
        The sandbox refuses malformed requests and wrong access tokens as before. What a session call carries is not
        looked at, but where the reply alone is lost (`lost="after"`): a fault may be of a gateway before the service.

        Args:
            operation_id: as in `set_reply`.
            status: of HTTP, 200 to 599; 503 unless given. The request is not served: its token is still good.
            headers: such as `{"Retry-After": 1}`, in seconds, or `{"Location": ...}`.
            body: text or bytes, sent as they are, or what JSON has; without it, an error that says it was set.
            lost: `"before"` closes the connection without serving the request, `"after"` once it was served, so that a
                session call has spent its token or code.
            user: whose calls fail; without it, all of them.
            times: for how many well-formed requests it is there; without it, for all until `reset()`.

        Raises:
            ValueError: there is no such operation (the message has the nearest), an argument is wrong, or `lost` is
                given beside `status`, `headers` or `body`.
            RuntimeError: it is not running.
        """
        operation = find(self._served(), operation_id)
        answer = fault_of(operation, status, headers, body, lost)
        self._state.replies.keep(operation, Kept((answer,), times), user)

    def lose_replies(  # noqa: PLR0913 - keyword-only
        self,
        *faults: Fault,
        operation_id: str = "orderEntry",
        user: str | None = None,
        times: int | None = None,
        chance: float = 1,
        seed: int = 0,
        delay: float = 5,
    ) -> None:
        """Lose the replies of an operation: each in one of these ways, drawn from a seed.

        - `reset_before`: the request is not served, and the connection is reset.
        - `reset_after`: it is served, and the connection is reset in the place of the reply.
        - `half_reply`: it is served; half of the reply is sent, and the connection closed.
        - `empty_body`: it is served, and answered without a body.
        - `late_reply`: it is served, and the reply is sent `delay` seconds later.
        - `error_with_order_no`: as on a closed market, and answered with a 200: an error that carries an order number.
        - `bad_request_with_order_no`: the same, with a 400.
        - `server_error_before`: it is not served, and answered with a 503.
        - `server_error_after`: it is served, and answered with a 503.
        - `too_many_requests`: it is not served, and answered with a 429.

        As on a closed market: a new order is in the book, rejected; one that is to be changed or cancelled stays as it
        is. An order that is malformed, or cannot be placed or changed so, is refused as ever. It replaces the fault
        that was set before for the same operation and user, and is undone by `reset()`.

        Args:
            faults: the ways; without any, all that the operation has. Those with an order number are of `orderEntry`,
                `orderModify` and `orderCancel`.
            operation_id: as in `set_reply`.
            user: whose replies are lost; without it, those of all.
            times: how many replies are lost; without it, there is no end until `reset()`.
            chance: of each reply to be lost, 0 to 1.
            seed: makes the draws: the n-th call of a user always meets the same fault.
            delay: seconds of a late reply, 0 to 3600.

        Raises:
            ValueError: there is no such fault or operation (the message has the nearest), the operation has no such
                fault, or another argument is wrong.
            RuntimeError: it is not running.
        """
        operation = find(self._served(), operation_id)
        need(isinstance(seed, int), "seed must be a whole number")
        kept = Kept(losses_of(operation, faults, delay), times, chance, seed)
        self._state.replies.keep(operation, kept, user)

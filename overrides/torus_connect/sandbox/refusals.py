"""What the sandbox answers when it says no."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """Every refusal of the sandbox: its status, its code (the name in lower case) and its sentence.

    ALL OF THIS IS ASSUMED. The service documents no error for its calls: no status, no body. The statuses are the
    usual ones of HTTP, each used once by the session calls so that a test can tell them apart; the body takes the shape
    `error`, `details` of the specification's `Error`. Do not build on a status here being that of the real service.

    A sentence is fixed text, and what is added to it is of the specification: a refusal never repeats anything of the
    request.
    """

    TOKEN_MISSING = 400, "Send exactly one Token header, with a request token in it."
    TOKEN_UNKNOWN = 401, "No such request token was issued here, or it was forgotten long after it expired."
    CREDENTIALS_WRONG = 403, "The credentials are not those of this sandbox. The request token, or code, is still good."
    NOT_FOUND = 404, "There is nothing here: no operation of the specification has this path."
    METHOD_NOT_ALLOWED = 405, "This path does not take this method; the Allow header names those that it takes."
    TOKEN_USED = 409, "This request token has been exchanged before. Each is good for one use: issue another."
    TOKEN_EXPIRED = 410, "This request token has expired. Issue another."
    TOTP_WRONG = 412, "The authenticator of this sandbox does not show this code now."
    BODY_TOO_LARGE = 413, "The body is larger than 64 KiB, or that of a reply to set than 16 MiB."
    CONTENT_TYPE_WRONG = 415, "Send the body as Content-Type: application/json."
    BODY_MALFORMED = 422, "The body is not JSON, or not the JSON that this call is specified to take."
    TOTP_USED = 425, "This code has been used before. Each is good for one use: wait for the next."
    # Of the operations that are no session calls.
    ACCESS_TOKEN_UNKNOWN = 401, "No session of this access token was generated here, or it has ended."
    CREDENTIAL_MISSING = 401, "This operation asks for a credential that was not sent."
    PARAMETER_WRONG = 400, "A parameter is not as the specification has it."
    EXAMPLE_MISSING = 501, "The specification has no example of this reply, and no reply was set to answer with."
    ORDER_REFUSED = 400, "No order was placed or changed by this."
    SANDBOX_FAULT = 500, "The sandbox made a reply that does not fit the specification: a bug of torus-connect."

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence


class Refused(Exception):
    """A request is refused; carries the `Refusal`, and what is said besides its sentence."""

    def __init__(self, refusal: Refusal, more: str = "") -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self._more = more

    @property
    def body(self) -> dict[str, str]:
        """The JSON body of the refusal."""
        details = f"{self.refusal.sentence} {self._more}".rstrip()
        return {"error": self.refusal.name.lower(), "details": details}

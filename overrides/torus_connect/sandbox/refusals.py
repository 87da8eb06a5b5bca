"""What the sandbox answers when it says no."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """Every refusal of the sandbox: its status, its code (the name in lower case) and its sentence.

    ALL OF THIS IS ASSUMED. The service documents no error for its calls: no status, no body. The statuses are the
    usual ones of HTTP, each used once so that a test can tell them apart; the body takes the shape `error`, `details`
    of the specification's `Error`. Do not build on a status here being the status of the real service.

    A sentence is fixed text: a refusal never repeats anything of the request.
    """

    TOKEN_MISSING = 400, "Send exactly one Token header, with a request token in it."
    TOKEN_UNKNOWN = 401, "No such request token was issued here, or it was forgotten long after it expired."
    CREDENTIALS_WRONG = 403, "The credentials are not those of this sandbox. The request token, or code, is still good."
    NOT_FOUND = 404, "There is nothing here. Sessions are generated at POST /api/v1/session/generate."
    METHOD_NOT_ALLOWED = 405, "This path does not take this method; the Allow header names those that it takes."
    TOKEN_USED = 409, "This request token has been traded before. Each is good for one use: issue another."
    TOKEN_EXPIRED = 410, "This request token has expired. Issue another."
    TOTP_WRONG = 412, "The authenticator of this sandbox does not show this code now."
    BODY_TOO_LARGE = 413, "The body is larger than 64 KiB."
    CONTENT_TYPE_WRONG = 415, "Send the body as Content-Type: application/json."
    BODY_MALFORMED = 422, "The body is not JSON, or not the JSON that this call is specified to take."
    TOTP_USED = 425, "This code has been used before. Each is good for one use: wait for the next."

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence

    @property
    def body(self) -> dict[str, str]:
        """The JSON body of the refusal."""
        return {"error": self.name.lower(), "details": self.sentence}


class Refused(Exception):
    """A request is refused; carries the `Refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal

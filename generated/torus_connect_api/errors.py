"""What the standalone client raises."""

from __future__ import annotations


class UnexpectedStatus(Exception):
    """The service answered with a status other than 2xx.

    Attributes:
        status_code: the status of HTTP.
        content: the body, which may repeat what was sent; it is not in the message.
    """

    def __init__(self, status_code: int, content: bytes) -> None:
        super().__init__(f"the service answered {status_code}")
        self.status_code = status_code
        self.content = content

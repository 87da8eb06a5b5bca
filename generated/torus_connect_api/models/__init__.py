"""Contains all the data models used in inputs/outputs"""

from .error import Error
from .generate_session_request import GenerateSessionRequest
from .generate_session_response import GenerateSessionResponse
from .generate_session_with_totp_request import GenerateSessionWithTotpRequest

__all__ = (
    "Error",
    "GenerateSessionRequest",
    "GenerateSessionResponse",
    "GenerateSessionWithTotpRequest",
)

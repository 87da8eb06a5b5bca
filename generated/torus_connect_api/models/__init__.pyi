from .error import Error as Error
from .generate_session_request import GenerateSessionRequest as GenerateSessionRequest
from .generate_session_response import (
    GenerateSessionResponse as GenerateSessionResponse,
)
from .generate_session_with_totp_request import (
    GenerateSessionWithTotpRequest as GenerateSessionWithTotpRequest,
)

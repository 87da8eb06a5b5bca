"""The SDK does without the generated models, and yet what it sends and reads is theirs."""

from __future__ import annotations

import json
from types import ModuleType

import attrs
import pytest

from torus_connect import Headers, Reply
from torus_connect.exchange import session_from, session_request, totp_request
from torus_connect.secret import Secret
from torus_connect.settings import Settings
from torus_connect_api.api.session import generate_session, generate_session_with_totp
from torus_connect_api.models import (
    GenerateSessionRequest,
    GenerateSessionResponse,
    GenerateSessionWithTotpRequest,
)

SETTINGS = Settings(api_key=Secret("the-key"), api_secret=Secret('the-"secret"\\'))
SECRET = Secret("the-token")


def required(model: type) -> list[str]:
    return [field.name for field in attrs.fields(model) if field.init and field.default is attrs.NOTHING]


def test_the_bytes_are_those_of_the_model() -> None:
    model = GenerateSessionRequest(api_key=SETTINGS.api_key, api_secret=SETTINGS.needed_secret())
    assert session_request(SETTINGS, SECRET).content == json.dumps(model.to_dict())


def test_the_bytes_with_a_code_are_those_of_the_model() -> None:
    model = GenerateSessionWithTotpRequest(api_key=SETTINGS.api_key, totp="123456")
    assert totp_request(SETTINGS, Secret("123456")).content == json.dumps(model.to_dict())


def test_the_access_token_is_read_where_the_model_has_it() -> None:
    content = json.dumps(GenerateSessionResponse(access_token="the-access-token").to_dict()).encode()
    assert session_from(Reply(200, Headers(), content), "https://host").access_token == "the-access-token"


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (generate_session, GenerateSessionRequest),
        (generate_session_with_totp, GenerateSessionWithTotpRequest),
    ],
)
def test_the_names_are_those_of_the_models(operation: ModuleType, body: type) -> None:
    assert list(operation.BODY_FIELDS) == required(body)
    assert list(operation.RESPONSE_200_FIELDS) == required(GenerateSessionResponse)

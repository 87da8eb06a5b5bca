"""The session calls do without the generated models, and yet what they send and read is theirs."""

from __future__ import annotations

import json

from torus_connect import Headers, Reply, Secret
from torus_connect._calls.request import http_request
from torus_connect._calls.response import result_of
from torus_connect._calls.session_calls import session_request, totp_request
from torus_connect._config.settings import Settings
from torus_connect_api.models import GenerateSessionRequest, GenerateSessionResponse, GenerateSessionWithTotpRequest

SETTINGS = Settings(api_key=Secret("the-key"), api_secret=Secret('the-"secret"\\'))


def test_the_bytes_are_those_of_the_model() -> None:
    model = GenerateSessionRequest(api_key=SETTINGS.api_key, api_secret=SETTINGS.needed_secret())
    built = http_request(session_request(SETTINGS), "https://host", share_connections=False)
    assert built.content == json.dumps(model.to_dict())


def test_the_bytes_with_a_code_are_those_of_the_model() -> None:
    model = GenerateSessionWithTotpRequest(api_key=SETTINGS.api_key, totp="123456")
    built = http_request(totp_request(SETTINGS, Secret("123456")), "https://host", share_connections=False)
    assert built.content == json.dumps(model.to_dict())


def test_the_access_token_is_read_where_the_model_has_it() -> None:
    data = {"AccessToken": "the-access-token"}
    model = GenerateSessionResponse.parse(data)
    assert model.access_token == "the-access-token"
    session = result_of(session_request(SETTINGS), Reply(200, Headers(), json.dumps(data).encode()))
    assert session.access_token == model.access_token

"""Nothing shows a secret when input is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.inputs import GOOD, INPUTS, BadInput
from faults.kinds import alternately
from faults.planted import API_SECRET, REQUEST_TOKEN

from torus_connect import AsyncTorusConnect, ConfigurationError, TorusConnect


def call(face: str, options: dict[str, Any], request_token: Any) -> None:
    async def in_loop() -> None:
        async with AsyncTorusConnect(**options) as torus:
            await torus.generate_session(request_token)

    if face == "async":
        asyncio.run(in_loop())
    else:
        with TorusConnect(**options) as torus:
            torus.generate_session(request_token)


@pytest.mark.parametrize(
    ("bad", "face"),
    [
        pytest.param(bad, face, id=f"{bad.name}-{face}", marks=marks)
        for number, bad in enumerate(INPUTS)
        for face, marks in alternately(number)
    ],
)
def test_input(
    bad: BadInput,
    face: str,
    detector: Detector,
    watching: Watching,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in bad.environment.items():
        monkeypatch.setenv(name, value)
    made = bad.files(tmp_path_factory.mktemp("pem")) if bad.files else {}
    options = {**GOOD, **bad.options, **made}
    with watching(), pytest.raises(ConfigurationError) as caught:
        call(face, options, bad.request_token)
    detector.error(caught.value)
    detector.assert_nothing_found()


@pytest.mark.parametrize("wrong", [{"api_sekret": REQUEST_TOKEN}, {"token": REQUEST_TOKEN}])
def test_arguments_that_do_not_exist(wrong: dict[str, str], detector: Detector, watching: Watching) -> None:
    with watching(), pytest.raises(TypeError) as caught:
        TorusConnect(**{**GOOD, **wrong})
    detector.error(caught.value)
    detector.assert_nothing_found()


def test_credentials_by_position(detector: Detector, watching: Watching) -> None:
    with watching(), pytest.raises(TypeError) as caught:
        TorusConnect(REQUEST_TOKEN, REQUEST_TOKEN)  # type: ignore[call-arg]
    detector.error(caught.value)
    detector.assert_nothing_found()


@pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
@pytest.mark.parametrize("options", [{}, {"api_secrets": API_SECRET}, {"proxy": API_SECRET}])
@pytest.mark.parametrize("values", [(API_SECRET,), (API_SECRET, REQUEST_TOKEN), ()])
def test_arguments_that_there_are_not(
    face: Any, values: tuple[str, ...], options: dict[str, str], detector: Detector, watching: Watching
) -> None:
    with watching(), pytest.raises((TypeError, ConfigurationError)) as caught:
        face(*values, **options)
    detector.error(caught.value)
    detector.assert_nothing_found()

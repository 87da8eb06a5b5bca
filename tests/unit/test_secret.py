from __future__ import annotations

import copy
import json
import pickle

import pytest

from torus_connect import Secret, Session
from torus_connect.secret import Unusable, conceal


def test_it_is_the_text_and_shows_nothing() -> None:
    secret = Secret("the-value")
    assert secret == "the-value"
    assert str(secret) == f"{secret}" == "the-value"
    assert json.dumps(secret) == '"the-value"'
    assert "the-value" not in repr(secret)
    assert "the-value" not in repr([secret])
    assert "the-value" not in f"{secret!r}"


def test_a_copy_is_the_same_object() -> None:
    secret = Secret("the-value")
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"key": secret})["key"] is secret


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret("the-value"), protocol)
    with pytest.raises(TypeError):
        pickle.dumps(Session("the-value"), protocol)


def test_conceal() -> None:
    assert conceal(None) is None
    text = conceal("the-value")
    assert isinstance(text, Secret)
    assert text == "the-value"
    other = conceal(b"the-value")
    assert isinstance(other, Unusable)
    assert other.type_name == "bytes"
    assert "the-value" not in repr(other)

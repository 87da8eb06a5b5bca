from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from typing import Any

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


TEXT = "Tok.En:%s {a}"
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "__add__": ("more",),
    "__format__": (">40",),
    "__getitem__": (slice(3),),
    "__mod__": ("more",),
    "__mul__": (2,),
    "__rmod__": ("more",),
    "__rmul__": (2,),
    "center": (40,),
    "format_map": ({"a": "more"},),
    "join": (["a", "b"],),
    "ljust": (40,),
    "partition": (".",),
    "removeprefix": ("Tok",),
    "removesuffix": ("}",),
    "replace": ("o", "0"),
    "rjust": (40,),
    "rpartition": (".",),
    "translate": ({},),
    "zfill": (40,),
}
"""For methods that need any; those that then fail take other text, and give none of their own."""
TEXT_ON_PURPOSE = {"__repr__", "__str__", "encode"}


def called(method: str, text: str) -> object:
    try:
        given = getattr(text, method)(*ARGUMENTS.get(method, ()), **({"a": "more"} if method == "format" else {}))
    except (TypeError, AttributeError):
        return None
    return list(given) if isinstance(given, Iterator) else given


@pytest.mark.parametrize("method", sorted({*dir(str), "__radd__"} - {*dir(object), "maketrans"} - TEXT_ON_PURPOSE))
def test_what_a_method_gives_is_as_hidden(method: str) -> None:
    given, expected = called(method, Secret(TEXT)), called(method, TEXT)
    assert given == expected
    for each in given if isinstance(given, list | tuple) else [given]:
        assert not isinstance(each, str) or type(each) is Secret


def test_most_methods_are_called() -> None:
    assert sum(isinstance(called(name, TEXT), str | list | tuple) for name in dir(str)) > 30


def test_its_parts_are_as_hidden() -> None:
    secret = Secret("the-value")
    parts = [secret[:3], secret[0], *secret, *reversed(secret), "Bearer " + secret, secret + "\n", f"{secret:>40}"]
    assert {type(part) for part in parts} == {Secret}
    assert "".join(secret) == "the-value"
    assert repr(secret.partition("-")) == repr((secret, secret, secret))
    assert secret[:3] == "the"
    assert f"{secret:>12}" == "   the-value"


@pytest.mark.parametrize("other", [1, b"", ["a"], None])
def test_what_is_no_text_does_not_go_with_it(other: Any) -> None:
    with pytest.raises(TypeError):
        Secret("the-value") + other
    with pytest.raises(TypeError):
        other + Secret("the-value")


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

"""What a generated call is, and what it asks a client to send, by its tag's class and by its module."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import inspect
from typing import Any

import pytest


class Recorder:
    """A client that notes requests, and replies what it was given."""

    def __init__(self, reply: object = None) -> None:
        self.reply = reply
        self.requests: list[Any] = []

    def send(self, request: Any) -> Any:
        self.requests.append(request)
        return request.parse(self.reply)


class AsyncRecorder(Recorder):
    async def send(self, request: Any) -> Any:
        return super().send(request)


def called(api: Any, style: str, reply: object, tag: str, method: str, **arguments: Any) -> tuple[Any, Any]:
    """Return the request that a call makes, and its result."""
    if style == "sync":
        client = Recorder(reply)
        return getattr(getattr(api.Api(client), tag), method)(**arguments), client.requests[0]
    client = AsyncRecorder(reply)
    result = asyncio.run(getattr(getattr(api.AsyncApi(client), tag), method)(**arguments))
    return result, client.requests[0]


STYLES = pytest.mark.parametrize("style", ["sync", "async"])


def operation(api: Any, name: str) -> Any:
    return importlib.import_module(f"{api.__name__}.api.probe.{name}")


def test_facts_of_operations(api: Any) -> None:
    holdings, order = operation(api, "holdings").OPERATION, operation(api, "place_order").OPERATION
    assert (holdings.id, holdings.method, holdings.path) == ("holdings", "POST", "/probe/holdings/")
    assert (holdings.idempotent, holdings.security) == (True, (("AccessToken",),))
    assert holdings.servers == ("https://connects.torusdigital.com/api/v1",)
    assert holdings.max_reply_bytes == 4 * 1024 * 1024
    assert (holdings.status_field, holdings.error_words) == ("status", ("error",))
    assert holdings.success_words == ("success", "S")
    assert (holdings.spends, holdings.renew, holdings.unknown_if_present) == (None, None, ())
    assert (order.idempotent, order.servers) == (False, ("https://orders.example/v2",))
    assert order.security == (("AccessToken",), ("ClientKey", "RequestToken"))
    assert order.unknown_if_present == ("order_no",)
    assert order.max_reply_bytes == 1024 * 1024
    assert operation(api, "list_indices").OPERATION.security == ()
    assert operation(api, "get_returns").OPERATION.idempotent is True
    assert operation(api, "drop_keys").OPERATION.idempotent is False
    session = importlib.import_module(f"{api.__name__}.api.session.generate_session").OPERATION
    assert (session.spends, session.security) == ("request token", (("RequestToken",),))
    assert "log in again" in session.renew


def test_facts_of_security(api: Any) -> None:
    schemes = importlib.import_module(f"{api.__name__}.client").SECURITY_SCHEMES
    assert {name: (each.name, each.type, each.parameter, each.prefix) for name, each in schemes.items()} == {
        "RequestToken": ("RequestToken", "apiKey", "Token", ""),
        "AccessToken": ("AccessToken", "http", "Authorization", "Bearer "),
        "ClientKey": ("ClientKey", "apiKey", "X-Client-Key", ""),
    }


def test_an_operation_cannot_be_changed(api: Any) -> None:
    made = operation(api, "holdings").OPERATION
    with pytest.raises(AttributeError, match="idempotent of Operation cannot be set"):
        made.idempotent = False
    assert not hasattr(made, "__dict__")
    assert repr(made) == "<Operation holdings>"


@STYLES
def test_a_body_has_the_default_of_the_spec(api: Any, style: str) -> None:
    rows, request = called(api, style, {"data": []}, "probe", "holdings")
    assert (request.path, request.params, request.headers) == ("/probe/holdings/", [], {})
    assert request.json == {"source": "N"}
    assert rows == []
    assert called(api, style, {"data": []}, "probe", "holdings", source="M")[1].json == {"source": "M"}


@STYLES
def test_path_query_and_header_parameters(api: Any, style: str) -> None:
    arguments = {"since": dt.date(2026, 1, 2), "detailed": True, "kind": ["S", "C"], "x_trace": "é"}
    reply = {"1monthReturns": -0.44, "asOf": "13 Sep 2024"}
    found, request = called(api, style, reply, "probe", "get_returns", exchange="N/S E", co_code=7, **arguments)
    assert request.path == "/probe/N%2FS%20E/7/returns"
    assert request.params == [
        ("page", "1"),
        ("since", "2026-01-02"),
        ("detailed", "true"),
        ("kind", "S"),
        ("kind", "C"),
    ]
    assert request.headers == {"X-Trace": "é"}
    assert request.json is api.UNSET
    assert found.as_of == dt.date(2024, 9, 13)
    assert str(found.one_month_returns) == "-0.44"
    bare = called(api, style, reply, "probe", "get_returns", exchange="NSE", co_code=7)[1]
    assert (bare.params, bare.headers) == ([("page", "1")], {})


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_parameter_never_makes_another_path(api: Any, value: str) -> None:
    with pytest.raises(ValueError, match=r"^exchange is no part of a path"):
        operation(api, "get_returns").request(exchange=value, co_code=1)


@STYLES
def test_an_envelope_is_flattened_and_what_is_unset_is_not_sent(api: Any, style: str) -> None:
    leg = importlib.import_module(f"{api.__name__}.models").Leg(quantity=2, remark=None)
    needed = {"security_id": "14366", "quantity": "1", "side": "B"}
    result, request = called(api, style, {"data": [{"order_no": 7}]}, "probe", "place_order", **needed)
    assert request.json == {"source": "M", "data": {**needed, "price": "0.00"}}
    assert result.data[0].order_no == "7"
    more = {"good_till": dt.date(2026, 3, 29), "legs": [leg], "source": "N", "price": "1.5"}
    request = called(api, style, {}, "probe", "place_order", **needed, **more)[1]
    legs = [{"quantity": 2, "remark": None}]
    assert request.json == {
        "source": "N",
        "data": {**needed, "price": "1.5", "good_till": "2026-03-29", "legs": legs},
    }


def test_a_body_may_be_the_model_or_a_mapping(api: Any) -> None:
    models, module = importlib.import_module(f"{api.__name__}.models"), operation(api, "place_order")
    data = models.OrderRequestData(security_id="14366", quantity="1", side="B")
    model = models.OrderRequest(data=data)
    assert module.request(body=model).json == model.to_dict()
    assert module.request(body=model.to_dict()).json == model.to_dict()
    flat = module.json_body(security_id="14366", quantity="1", side="B")
    assert module.request(body=flat).json == model.to_dict()
    with pytest.raises(TypeError, match="quantity"):
        models.OrderRequestData(security_id="14366", side="B")


@STYLES
def test_a_reply_without_content(api: Any, style: str) -> None:
    result, request = called(api, style, None, "probe", "drop_keys")
    assert result is None
    assert (request.operation.method, request.json) == ("DELETE", api.UNSET)


def test_the_functions_of_a_module(api: Any) -> None:
    module = operation(api, "list_indices")
    client, waiting = Recorder([{"name": "Nifty50"}]), AsyncRecorder([{"name": "Nifty50"}])
    assert module.sync(client=client) == asyncio.run(module.asyncio(client=waiting))
    assert client.requests[0].operation is waiting.requests[0].operation is module.OPERATION


def test_the_result_of_a_request_is_mapped(api: Any) -> None:
    request = operation(api, "list_indices").request()
    assert request.map(len).map(str).parse([{"name": "Nifty50"}]) == "1"
    assert request.read_by(lambda data: data).parse("bare") == "bare"
    assert (request.map(len).operation, request.map(len).path) == (request.operation, "/probe/indices")
    assert repr(request) == "<Request of listIndices>"


def test_the_access_token_is_read_without_its_model(api: Any) -> None:
    module = importlib.import_module(f"{api.__name__}.api.session.generate_session")
    token = module.read_access_token({"AccessToken": "demo"})
    assert (token, repr(token)) == ("demo", "Secret('**********')")
    assert module.request(body={}).parse({"AccessToken": "demo"}).access_token == token
    unreadable: list[object] = [{}, {"AccessToken": ""}, {"AccessToken": None}, {"AccessToken": 7}, [], None, "demo"]
    for reply in unreadable:
        with pytest.raises(ValueError, match="AccessToken"):
            module.read_access_token(reply)
        with pytest.raises(ValueError, match=r"AccessToken|the reply is no object"):
            module.request(body={}).parse(reply)


def test_several_tags_may_be_one_class(api: Any) -> None:
    tags = importlib.import_module(f"{api.__name__}.api")
    both = type("Both", (tags.probe.Probe, tags.more_probes.MoreProbes), {})(Recorder({"a": ["b", 1]}))
    assert both.names() == {"a": ["b"]}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        tags.nothing  # noqa: B018


def test_the_documentation_says_what_the_spec_says(api: Any) -> None:
    tag = importlib.import_module(f"{api.__name__}.api.probe")
    assert inspect.getdoc(tag.Probe) == "Operations that exist in tests only."
    for each in (tag.Probe, tag.AsyncProbe):
        assert inspect.getdoc(each.holdings) == (
            "List the holdings.\n\nLists what the user holds.\n\n- One row for each security.\n\n"
            "Evidence: documented.\n- Inferred: It may be repeated.\n\nArgs:\n    source: The source of the request."
        )
        assert "    exchange: NSE or BSE.\n    co_code: The company's code." in str(inspect.getdoc(each.get_returns))
    holding = importlib.import_module(f"{api.__name__}.models").Holding
    assert "    isin_code: The ISIN. (java-client)" in str(inspect.getdoc(holding))

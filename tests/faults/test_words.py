"""A reply with status 200 whose own status says that the call failed; and how long a reply may be."""

from __future__ import annotations

import json

import pytest
from faults.test_renewal import send
from support.kinds import ORDER, READ, copied
from support.raw_server import RawServer, answer, reply

from torus_connect import AccessToken, MalformedReply, Outcome, ServiceError, Session, TorusError
from torus_connect_api.client import Operation

FAILED, DONE, LOST = Outcome.REFUSED, None, Outcome.UNKNOWN


def worded(operation: Operation) -> Operation:
    return copied(operation, status_field="status", error_words=("error",), success_words=("success", "S"))


@pytest.mark.parametrize(
    ("status", "read", "order"),
    [
        ("success", DONE, DONE),
        ("SUCCESS", DONE, DONE),
        ("S", DONE, DONE),
        ("error", FAILED, LOST),
        ("Error", FAILED, LOST),
        ("pending", DONE, LOST),
        (None, DONE, LOST),
        (400, DONE, LOST),
        (["error"], DONE, LOST),
    ],
)
def test_the_word_decides(face: str, status: object, read: Outcome | None, order: Outcome | None) -> None:
    content = {"status": status, "message": "demo message", "data": []}
    for operation, outcome in ((worded(READ), read), (worded(ORDER), order)):
        with RawServer(answer(reply(json.dumps(content).encode()))) as server:
            asked: list[Session] = []
            token = AccessToken(Session("demo-token", base_url=server.base_url), asked.append)
            if outcome is None:
                assert send(face, token, operation, server.base_url) == content
            else:
                with pytest.raises(ServiceError, match="The service answered 200, and with it that the") as caught:
                    send(face, token, operation, server.base_url)
                assert caught.value.outcome is outcome
                assert caught.value.service_message == "demo message"
                assert caught.value.reply.json_object() == content
            assert len(server.requests) == 1, "it is not sent again"
            assert not asked, "no session is renewed"


def test_without_words_in_the_document_the_reply_is_what_it_is(face: str) -> None:
    with RawServer(answer(reply(b'{"status": "error"}'))) as server:
        token = AccessToken(Session("demo-token", base_url=server.base_url))
        assert send(face, token, READ, server.base_url) == {"status": "error"}


def test_an_order_with_a_number_may_be_placed_whatever_the_word_is(face: str) -> None:
    content = b'{"status": "success", "data": "not rows", "order_no": "demo-1"}'
    with RawServer(answer(reply(content, status="400 Bad Request"))) as server:
        token = AccessToken(Session("demo-token", base_url=server.base_url))
        with pytest.raises(TorusError, match="The service answered 400") as caught:
            send(face, token, worded(ORDER), server.base_url)
    assert caught.value.outcome is LOST


@pytest.mark.parametrize("longer", [False, True])
def test_a_reply_is_as_long_as_its_operation_says(face: str, *, longer: bool) -> None:
    size = 3 * 1024 * 1024
    operation = copied(READ, max_reply_bytes=size)
    content = b'{"rows": 1}'.ljust(size + longer)
    with RawServer(answer(reply(content))) as server:
        token = AccessToken(Session("demo-token", base_url=server.base_url))
        if not longer:
            assert send(face, token, operation, server.base_url) == {"rows": 1}
            return
        with pytest.raises(MalformedReply, match=f"with more than {size} bytes") as caught:
            send(face, token, operation, server.base_url)
    assert caught.value.reply
    assert caught.value.reply.content == content[:size]

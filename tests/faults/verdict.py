"""Whether what came of a row is what it promises."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from faults.drive import Result
from faults.kinds import Kind
from faults.row import Row

from torus_connect import TorusError


def came_of_it(row: Row, kind: Kind, result: Result) -> None:
    if row.raises is None:
        assert result.error is None
        assert kind.good(result.value)
        return
    error = result.error
    assert type(error) is row.raises
    assert isinstance(error, TorusError)
    assert error.outcome is row.outcome
    assert error.operation == kind.operation
    assert _without_place(str(error), result).startswith(row.says)
    assert error.retry_after == row.retry_after
    assert (error.reply and error.reply.status_code) == row.status
    assert bool(error.reply and error.reply.truncated) is row.truncated
    if row.content is not None:
        assert error.reply is not None
        assert error.reply.content == row.content


def _without_place(said: str, result: Result) -> str:
    """Return what an error says, without where the request was to go, which an error of the connection must name."""
    if not said.startswith("The request was "):
        return said
    parts = urlsplit(result.place.base_url)
    where = f" to {parts.netloc}" if parts.port else f" to {parts.netloc}:443"
    assert where in said
    return re.sub(rf"{re.escape(where)}(, through the proxy https?://[a-z0-9.]+:[0-9]+)?", "", said, count=1)


def server_saw(row: Row, kind: Kind, result: Result) -> None:
    assert len(result.place.connects) == row.connects
    if result.place.elsewhere:
        assert result.place.elsewhere.connections == 0
    server = result.place.server
    if server is None:
        assert (row.connections, row.requests) == (0, 0)
        return
    assert server.connections == row.connections
    assert server.begun == row.requests
    assert len(server.requests) == (row.requests if row.whole is None else row.whole)
    assert server.written <= row.written
    for index in range(len(server.requests)):
        kind.saw(*server.sent(index))

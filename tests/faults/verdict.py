"""Whether what came of a row is what it promises."""

from __future__ import annotations

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
    assert str(error).startswith(row.says)
    assert error.retry_after == row.retry_after
    assert (error.reply and error.reply.status_code) == row.status
    assert bool(error.reply and error.reply.truncated) is row.truncated
    if row.content is not None:
        assert error.reply is not None
        assert error.reply.content == row.content


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

"""Sends requests: pools of connections of httpcore, the transport layer of httpx, for threads and for asyncio.

A pool sends one request and returns the whole reply, whatever its status. It refuses redirects, keeps no cookies, and
turns its library's exceptions into `ConnectionFailed`, where nothing of the request can have left this machine, or
`ReplyLost`, where some of it may have. No exception of the library goes with them: it would carry the request along.

httpx is not used, because redirects, cookies, auth from a netrc file and default headers live there, and none of them
may touch a call. To load it takes a third of the process start, and it is half of a call under load.

The modules `async_*` are the source; `tools/unasync.py` makes those named `sync_*` from them, except for `sync_io`.
"""

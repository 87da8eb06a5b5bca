"""Sends requests: pools of connections with h11, the HTTP/1.1 of httpx, for threads and for asyncio.

A pool sends one request and returns the whole reply, whatever its status. It refuses redirects, keeps no cookies, and
turns its library's exceptions into `ConnectionFailed`, where nothing of the request can have left this machine, or
`ReplyLost`, where some of it may have. No exception of the library goes with them: it would carry the request along.

httpx is not used, because redirects, cookies, auth from a netrc file and default headers live there, and none of them
may touch a call. Its httpcore is not either. A task that is cancelled while it waits in one of its pools leaves its
slot taken for good; each pool looks at every connection and every waiting request whenever one comes or goes; it knows
no users; its log and its errors quote what is sent; and to load it is a fifth of the start of a process.

The modules `async_*` are the source; `tools/unasync.py` makes those named `sync_*` from them, except for `sync_io`.
"""

"""What puts bytes on the wire, on httpcore, the transport layer of httpx: `pool_sync.Engine`, `pool_async.AsyncEngine`.

An engine sends one request over its pool and returns the whole reply, whatever its status. It refuses redirects,
keeps no cookies, and turns its library's exceptions into `ConnectionFailed`, where nothing of the request can have
left this machine, or `ReplyLost`, where some of it may have. No exception of the library goes with them: it would
carry the request along.
"""

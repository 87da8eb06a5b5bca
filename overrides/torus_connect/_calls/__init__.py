"""One call of the API, without its I/O: the request, what its reply means, and whether it is sent again."""

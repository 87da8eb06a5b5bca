"""What the document says of servers and credentials."""

SCHEMES: dict[str, tuple[str, str, str]] = {
    "RequestToken": ("apiKey", "Token", ""),
    "AccessToken": ("http", "Authorization", "Bearer "),
}
"""The kinds of credentials: by name the type, the header, and what is in front of the credential there."""

SERVERS: tuple[str, ...] = ("https://connects.torusdigital.com/api/v1",)
"""The servers, for operations without servers of their own."""

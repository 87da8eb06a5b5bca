"""What authorizes a call: the credentials by security scheme, and the access token with its renewal."""

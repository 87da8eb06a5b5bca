"""The login in the browser: its URL, the redirect at its end, and the wait for it."""

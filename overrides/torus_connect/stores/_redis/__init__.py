"""Sessions in a Redis."""

"""What a client is configured with: arguments and environment variables, all of them checked."""

"""What a login costs, beside the same login written by hand: `make bench` and `make bench-gate`."""

"""One order: what is asked for, the acknowledgement, and how it is found again after a lost reply."""

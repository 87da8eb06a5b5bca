"""The documents that ship with this package, and the spec pack that is made of them."""

"""`python -m torus_connect` is the command `torus-connect`."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())

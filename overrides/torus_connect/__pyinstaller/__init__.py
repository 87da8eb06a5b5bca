"""What PyInstaller asks of this package, by the entry point `pyinstaller40`, when it packs a program up."""

from __future__ import annotations

import os


def hook_folders() -> list[str]:
    """Return the folders with the hooks for PyInstaller."""
    return [os.path.dirname(__file__)]  # noqa: PTH120 - as PyInstaller has it

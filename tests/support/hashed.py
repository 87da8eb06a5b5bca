"""A directory of certificates that OpenSSL looks up by hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography import x509


def hash_of(pem: bytes) -> str:
    """Return what `openssl x509 -hash` does: of the subject in lower case, without what surrounds its parts."""
    parts = x509.load_pem_x509_certificate(pem).subject
    lower = (x509.NameAttribute(part.oid, str(part.value).lower()) for part in parts)
    canonical = b"".join(x509.Name([part]).public_bytes()[2:] for part in lower)
    return hashlib.sha1(canonical, usedforsecurity=False).digest()[3::-1].hex()


def add(folder: Path, *certificates: bytes) -> Path:
    """Put certificates into a directory, as `openssl rehash` does: a file for each, and a link by its hash."""
    folder.mkdir(exist_ok=True)
    for pem in certificates:
        number = len(list(folder.glob("*.pem")))
        (folder / f"{number}.pem").write_bytes(pem)
        name = hash_of(pem)
        (folder / f"{name}.{len(list(folder.glob(f'{name}.*')))}").symlink_to(f"{number}.pem")
    return folder

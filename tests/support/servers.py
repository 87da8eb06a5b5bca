"""The two servers of the service, as it documents them."""

from __future__ import annotations

PRODUCTION_URL = "https://connects.torusdigital.com/api/v1"
TOTP_URL = "https://oapi-cug.torusdigital.com/api/v1"

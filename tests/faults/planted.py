"""What the tests plant as secrets: distinct, unmistakable, and ending in what every encoding changes."""

from __future__ import annotations

API_KEY = "key-of-the-fault-matrix"

API_SECRET = "CanaryOfApiSecret8K2v\"'\\/+=<&%"
REQUEST_TOKEN = "CanaryOfRequestToken5W9x\"'\\/+=<&%"
ACCESS_TOKEN = "CanaryOfAccessToken3T7z\"'\\/+=<&%"
PROXY_PASSWORD = "CanaryOfProxyPassword6M1q\"'\\/+=<&%"

SECRETS = {
    "API secret": API_SECRET,
    "request token": REQUEST_TOKEN,
    "access token": ACCESS_TOKEN,
    "proxy password": PROXY_PASSWORD,
}

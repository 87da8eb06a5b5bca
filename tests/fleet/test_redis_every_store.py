"""What every store does, the Redis store does: the same tests, for threads and for tasks."""

from __future__ import annotations

import pytest
from stores.test_every_store import *  # noqa: F403 - all of them

pytestmark = pytest.mark.redis

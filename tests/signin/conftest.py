"""Limits on guessing are counted in the cache, which outlives a test."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_guessed_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()

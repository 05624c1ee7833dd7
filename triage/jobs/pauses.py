"""How long to wait before another try."""

from __future__ import annotations

_DOUBLINGS = 60  # a float ends at 2**1024, and the longest pause has been reached long before


def doubled(first: float, attempts: int, *, longest: float) -> float:
    """Return seconds: `first`, doubled after each of the failed attempts, at most `longest`."""
    return min(longest, first * 2.0 ** min(attempts, _DOUBLINGS))

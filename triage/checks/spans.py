"""Which places of a text are already taken, in time that does not grow with what was found."""

from __future__ import annotations


class Taken:
    """Marks half-open spans; the first to claim a place keeps it."""

    def __init__(self, size: int) -> None:
        self._marks = bytearray(size)

    def claim(self, start: int, end: int) -> bool:
        """Take a span and return True, or return False when a part of it is taken."""
        if self.touches(start, end):
            return False
        self._marks[start:end] = b"\1" * (end - start)
        return True

    def touches(self, start: int, end: int) -> bool:
        """Tell whether any place of a span is taken."""
        return self._marks.find(1, start, end) >= 0

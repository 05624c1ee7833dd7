"""How a request's number is written, and where a text names one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a request's number is written; `pattern` takes `year` and `n`."""

    pattern: str

    def find(self, text: str) -> re.Match[str] | None:
        """Return where the text first names a number of this pattern, in either case."""
        return _shape(self.pattern).search(text)


@lru_cache(maxsize=4)
def _shape(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(said) + (r"\d+" if name else "") for said, name, _, _ in Formatter().parse(pattern))
    return re.compile(rf"(?<![\w-]){''.join(parts)}(?!\w)", re.IGNORECASE)

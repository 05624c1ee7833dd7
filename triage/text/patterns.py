"""Regular expressions that wait: compiling all that the checks may need takes longer than a single report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

_METHODS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub")


class Pattern:
    """A regular expression that is compiled when it is first used; its methods are those of `re.Pattern`."""

    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    fullmatch: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    search: Callable[..., re.Match[str] | None]
    split: Callable[..., list[str]]
    sub: Callable[..., str]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)

"""What logs, configs and commands pasted into a request say by themselves."""

from __future__ import annotations

import re


def read_artefacts(text: str) -> dict[str, list[str]]:
    """Return what was read, by kind, in text order and without repeats; only kinds that occur."""
    found: dict[str, list[str]] = {}
    for kind, pattern in _PATTERNS.items():
        values = list(dict.fromkeys(m.group(1) for m in pattern.finditer(text)))
        if values:
            found[kind] = values[:20]
    return found


_PATTERNS = {
    "version": re.compile(
        r"(?:apim|gravitee|gateway|management|portal)[\w/-]{0,60}:v?(\d{1,2}(?:\.\d{1,3}){1,2})",
        re.IGNORECASE,
    ),
    "error": re.compile(r"\b((?:[a-z]\w{0,40}\.){1,10}[A-Z]\w{0,60}(?:Exception|Error))\b"),
    "http_status": re.compile(r"HTTP/\d(?:\.\d)? ([1-5]\d\d)\b"),
}

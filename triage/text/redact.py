"""Masking that keeps every offset: a hidden text is as long as the open one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from triage.report import Finding

MASK = "█"
HIDDEN = "[скрыто]"

_RUN = re.compile(f"{MASK}+(?:[\r\n]+{MASK}+)*")
_OPEN = re.compile(r"[^\r\n]")


def redact(text: str, findings: Iterable[Finding]) -> str:
    """Replace every code point of the findings' spans by MASK; line breaks stay.

    The result is exactly as long as the text, so spans found before and after agree.
    """
    pieces: list[str] = []
    done = 0
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        start, end = max(finding.start, done), min(finding.end, len(text))
        if end <= start:
            continue
        pieces += (text[done:start], _OPEN.sub(MASK, text[start:end]))
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def humanize(text: str) -> str:
    """Turn runs of MASK into the word that letters and cards show; lengths change."""
    return _RUN.sub(HIDDEN, text) if MASK in text else text

"""Short ways to write styled text, and to mark spans in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triage.dialogue.replies import Run, Style
from triage.report import Finding

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)

Words = str | Run | Iterable["Words"]


def flow(*words: Words) -> tuple[Run, ...]:
    """Flatten texts and runs, one after another, without separators."""
    return tuple(run for run in _flat(words) if run.text)


def lines(*rows: Words | None) -> tuple[Run, ...]:
    """Put rows on lines of their own; None is left out, "" is an empty line."""
    kept = [row for row in rows if row is not None]
    return flow(*(((row, "\n") if n < len(kept) - 1 else row) for n, row in enumerate(kept)))


def bold(text: str) -> Run:
    """Write in bold."""
    return Run(text, Style.BOLD)


def quote(text: str) -> Run:
    """Write as a quotation."""
    return Run(text, Style.QUOTE)


def pre(text: str) -> Run:
    """Write as text to copy."""
    return Run(text, Style.PRE)


def link(text: str, url: str) -> Run:
    """Write a link."""
    return Run(text, Style.LINK, url)


def marked(text: str, findings: Iterable[Finding]) -> tuple[Run, ...]:
    """Mark the findings' spans in the text."""
    runs: list[Run] = []
    done = 0
    for finding in sorted(findings, key=lambda f: f.start):
        start, end = max(finding.start, done), min(finding.end, len(text))
        if end > start:
            runs += (Run(text[done:start]), Run(text[start:end], Style.MARK))
            done = end
    return flow(*runs, text[done:])


def coded(markdown: str) -> tuple[Run, ...]:
    """Draw the code blocks and code spans of a Markdown text; everything else stays as it is."""
    runs: list[Words] = []
    for n, block in enumerate(_FENCE.split(markdown)):
        if n % 2:
            runs.append(pre(block.rstrip("\n")))
        else:
            runs += (Run(part, Style.CODE) if m % 2 else part for m, part in enumerate(block.split("`")))
    return flow(runs)


def _flat(words: Words) -> Iterator[Run]:
    if isinstance(words, str):
        yield Run(words)
    elif isinstance(words, Run):
        yield words
    else:
        for word in words:
            yield from _flat(word)

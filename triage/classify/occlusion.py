"""Which phrases decided where the second reader took part: what the label loses when they are left out.

A network has no exact shares like the linear layers have, so both readers read the text again without each phrase
(occlusion; Zeiler and Fergus 2014, Li et al. 2016). A phrase's gain is what the label's log-odds lose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from triage.report import Finding
from triage.text.phrases import CLAUSE_ENDS, trimmed

PHRASES = 3  # named at most, a head
_SHARE = 0.35  # of the strongest phrase's gain: what is weaker is not named
_WINDOWS = 6  # parts into which a text is cut
_STAGES = 3  # the part that weighs most is cut again while it is too long to be named
_SHORTEST, _LONGEST = 4, 12  # words of a phrase
_WORD = re.compile(r"\S+")

Span = tuple[int, int]
Leads = Mapping[str, float]  # the log-odds of the label decided, a head
Read = Callable[[Sequence[str]], Sequence[Leads]]


def decisive(text: str, labels: Mapping[str, str], suspects: Iterable[Span], read: Read) -> dict[str, list[Finding]]:
    """Return, a head, at most three findings of its label, strongest first; they do not overlap.

    `labels` are the labels decided; `suspects` spans that other reasons name; `read` returns the log-odds of these
    labels in each of some texts: the whole one, then about ten shorter ones, then a few more when the text is long.
    """
    whole = read([text])[0]
    spans = sorted({*suspects, *_windows(text, (0, len(text)))})
    gains: dict[str, dict[Span, float]] = {head: {} for head in labels}
    for _ in range(_STAGES):
        fresh = _gains(text, spans, labels, whole, read)
        for head, own in fresh.items():
            gains[head] |= own
        widest = {max(own, key=own.__getitem__) for own in fresh.values() if own}
        spans = sorted({part for span in widest if _is_long(text, span) for part in _windows(text, span)})
    return {head: _named(gains[head], label, text) for head, label in labels.items()}


def _windows(text: str, within: Span) -> list[Span]:
    """Cut a part of the text into at most about six neighbouring runs of words, rather at the ends of clauses."""
    words = _words(text, within)
    size = max(_SHORTEST, math.ceil(len(words) / _WINDOWS))
    runs: list[list[Span]] = [[]]
    for word in words:
        runs[-1].append(word)
        ends = text[word[1] - 1] in CLAUSE_ENDS and len(runs[-1]) >= size // 2 + 1
        if ends or len(runs[-1]) >= size + 2:
            runs.append([])
    return [trimmed(text, run[0][0], run[-1][1]) for run in runs if run]


def _words(text: str, within: Span) -> list[Span]:
    return [found.span() for found in _WORD.finditer(text, *within) if any(map(str.isalnum, found.group()))]


def _is_long(text: str, span: Span) -> bool:
    return len(_words(text, span)) > _LONGEST


def without(text: str, span: Span) -> str:
    """Leave a phrase out."""
    return f"{text[: span[0]]} {text[span[1] :]}"


def _gains(
    text: str, spans: Sequence[Span], labels: Mapping[str, str], whole: Leads, read: Read
) -> dict[str, dict[Span, float]]:
    rest = read([without(text, span) for span in spans]) if spans else []
    return {head: {span: whole[head] - leads[head] for span, leads in zip(spans, rest, strict=True)} for head in labels}


def _named(gains: Mapping[Span, float], label: str, text: str) -> list[Finding]:
    """Choose by gain; of two that overlap the one that says more in fewer words."""
    short = {span: gain for span, gain in gains.items() if gain > 0 and not _is_long(text, span)}
    floor = _SHARE * max(short.values(), default=0.0)
    chosen: list[Finding] = []
    for (start, end), gain in sorted(short.items(), key=lambda item: -_weight(text, *item)):
        apart = all(end <= other.start or other.end <= start for other in chosen)
        if gain >= floor and apart and len(chosen) < PHRASES:
            chosen.append(Finding(start, end, label, reason=f"{gain:.2f}"))
    return sorted(chosen, key=lambda finding: -float(finding.reason))


def _weight(text: str, span: Span, gain: float) -> float:
    """A long phrase always takes more away than a short one; the root keeps it from winning by that alone."""
    return gain / math.sqrt(max(1, len(_words(text, span))))

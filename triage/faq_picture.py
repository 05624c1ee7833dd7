"""A picture of how the FAQ's entries serve: one bar an entry, split by what became of its showings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.classify.pictures import require_matplotlib, svg
from triage.errors import WrongInput
from triage.faq.deflection import EntryCounts, Outcome

_MOST = 30  # entries that are drawn, the most shown
_TITLE = 48
_KINDS = (
    (Outcome.CONFIRMED, "помог", "#2e8b57"),
    (Outcome.SILENT, "молчание", "#a9b4be"),
    (Outcome.FALSE, "ложно", "#c0392b"),
    (Outcome.SENT, "письмо", "#e59866"),
    (Outcome.NOT_HELPED, "не помог", "#f4d03f"),
    (Outcome.PASSED, "помог другой", "#85c1e9"),
    (Outcome.OPEN, "ждёт", "#eaeded"),
)


def draw_counts(path: Path, counts: Sequence[EntryCounts], titles: Mapping[str, str], *, limit: float) -> None:
    """Write the picture as SVG; `limit` (0–1) is the false share that is marked.

    Raises WrongInput when matplotlib is not installed or the file cannot be written.
    """
    require_matplotlib()
    shown = counts[:_MOST]

    def draw(axes: Any) -> None:
        axes.set_title("Как служат ответы: что стало с показами")
        axes.set_xlabel("показы, справа от них доля ложных")
        if not shown:
            axes.text(0.5, 0.5, "показов пока нет", ha="center", transform=axes.transAxes)
            return
        _bars(axes, shown)
        axes.set_yticks(range(len(shown)), [_label(c, titles) for c in shown])
        axes.invert_yaxis()
        for row, c in enumerate(shown):
            past = c.deflected > 0 and c.false_share > limit
            share = f" {c.false_share:.0%}" if c.deflected else " —"
            axes.text(c.shown, row, share, va="center", color="#c0392b" if past else "black")
        axes.set_xlim(0, 1.15 * max(c.shown for c in shown) or 1)
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False)

    picture = svg((9.0, 1.6 + 0.32 * max(len(shown), 1)), draw)
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"{path} cannot be written", advice="name a file in a folder that exists") from error


def _bars(axes: Any, counts: Sequence[EntryCounts]) -> None:
    left = [0] * len(counts)
    for kind, name, colour in _KINDS:
        widths = [c.of(kind) for c in counts]
        if any(widths):
            axes.barh(range(len(counts)), widths, left=left, color=colour, label=name, height=0.7)
        left = [start + width for start, width in zip(left, widths, strict=True)]


def _label(counts: EntryCounts, titles: Mapping[str, str]) -> str:
    title = titles[counts.entry]
    short = title if len(title) <= _TITLE else f"{title[: _TITLE - 1].rstrip()}…"
    return f"(снят) {short}" if counts.withheld_at else short

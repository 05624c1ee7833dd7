"""Figures of a bench run and the one table that shows them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    `least` and `most` are the target, where there is one; `ours` is the number of this project that the figure of
    another library stands beside. A figure without a value says in `note` why it is missing.
    """

    group: str
    name: str
    value: float | None
    unit: str = ""
    least: float | None = None
    most: float | None = None
    ours: float | None = None
    note: str = ""

    @property
    def shown(self) -> str:
        if self.value is None:
            return "–"
        digits = 3 if abs(self.value) < 1.05 else 1 if abs(self.value) < 100 else 0
        return f"{self.value:,.{digits}f}".replace(",", " ") + (f" {self.unit}" if self.unit else "")

    @property
    def ratio(self) -> str:
        return f"× {self.value / self.ours:.2f}" if self.value is not None and self.ours else ""

    @property
    def target(self) -> str:
        if self.value is None or (self.least is None and self.most is None):
            return self.note
        kept = (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)
        wanted = f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"
        return f"{wanted} {'reached' if kept else 'missed'}"


HEADINGS = ("what", "value", "beside ours", "target")


def rich_table(figures: Iterable[Figure]) -> Table:
    """Return the table for a terminal, a section a group."""
    table = Table(*HEADINGS, title="triage bench")
    last = ""
    for figure in figures:
        if figure.group != last:
            table.add_section()
            table.add_row(f"[bold]{figure.group}")
            last = figure.group
        table.add_row(figure.name, figure.shown, figure.ratio, figure.target)
    return table


def markdown(figures: Sequence[Figure]) -> str:
    """Return the same table as Markdown."""
    lines = [f"| {' | '.join(HEADINGS)} |", "| --- | --- | --- | --- |"]
    last = ""
    for figure in figures:
        if figure.group != last:
            lines.append(f"| **{figure.group}** | | | |")
            last = figure.group
        lines.append(f"| {figure.name} | {figure.shown} | {figure.ratio} | {figure.target} |")
    return "\n".join(lines) + "\n"


def micros(run: Callable[[Any], object], values: Iterable[Any]) -> float:
    """Median CPU time of one call, in microseconds of this thread."""
    took = []
    for value in values:
        start = time.thread_time_ns()
        run(value)
        took.append(time.thread_time_ns() - start)
    return median(took) / 1000

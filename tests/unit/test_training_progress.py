"""The bar of `triage train`: it names the step and is full at the end; outside a terminal there is none."""

from __future__ import annotations

import io

from rich.console import Console

from triage.training import _bar, _told


def shown(*, terminal: bool) -> str:
    target = io.StringIO()
    with _bar(Console(file=target, force_terminal=terminal, width=100, no_color=True)) as progress:
        told = _told(progress, 3)
        for step in ("чтение", "проверка", "обучение", "готово"):
            told(step)
            progress.refresh()
        assert progress.tasks[0].percentage == 100
    return target.getvalue()


def test_names_every_step_in_a_terminal() -> None:
    assert all(step in shown(terminal=True) for step in ("чтение", "проверка", "обучение", "готово"))


def test_is_silent_elsewhere() -> None:
    assert shown(terminal=False).strip() == ""

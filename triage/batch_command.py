"""`triage batch`: files, standard streams and the progress bar around the bulk run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from triage.analyzer import Analyzer
from triage.batch import Done, run
from triage.errors import WrongInput
from triage.loading import load_chain
from triage.settings import Settings


def run_batch(settings: Settings, source: str, target: str, *, processes: int, cluster: bool) -> int:
    """Read requests, write reports in order; return 1 when a bad line was reported, else 0."""
    with ExitStack() as stack:
        lines = sys.stdin.buffer if source == "-" else stack.enter_context(_open(source, "rb"))
        chunks = _reports(settings, lines, processes=processes, cluster=cluster)
        if "-" not in (source, target) and _same(source, target):
            raise WrongInput(f"{target} is the input too", advice="name another file for the reports")
        output = sys.stdout.buffer if target == "-" else stack.enter_context(_open(target, "wb"))
        done, bad = _write(chunks, output)
    if bad:
        print(f"triage: {bad} of {done} lines are not requests; see their error", file=sys.stderr)  # noqa: T201
    return 1 if bad else 0


def start_chain() -> Analyzer:
    """Build the chain inside a worker process, from the same environment."""
    return load_chain(Settings.from_env()).analyzer


def _reports(settings: Settings, lines: BinaryIO, *, processes: int, cluster: bool) -> Iterator[Done]:
    if cluster:
        from triage.cluster import run_on_cluster

        return run_on_cluster(settings, lines)
    chain = load_chain(settings, whole=processes <= 1)  # workers load their own
    if chain.broken:
        print(f"triage: {chain.broken}", file=sys.stderr)  # noqa: T201
    return run(lines, chain.analyzer, processes=processes, start=start_chain)


def _write(chunks: Iterator[Done], output: BinaryIO) -> tuple[int, int]:
    console = Console(stderr=True)
    done = bad = 0
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} requests"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("triage", total=None)
        for chunk in chunks:
            output.write(chunk.output)
            done, bad = done + chunk.lines, bad + chunk.bad
            progress.update(task, completed=done)
    output.flush()
    return done, bad


def _same(source: str, target: str) -> bool:
    return Path(target).is_file() and Path(source).samefile(target)


def _open(name: str, mode: str) -> BinaryIO:
    try:
        return Path(name).open(mode)  # type: ignore[return-value]
    except OSError as error:
        raise WrongInput(f"{name} cannot be opened: {error.strerror}") from error

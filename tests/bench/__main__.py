"""`make bench`, or `python -m tests.bench [--long] [--markdown FILE] [--only PART]`."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from tests.bench import checks, processes, quality, retrieval, speed
from tests.bench.table import Figure, markdown, rich_table
from triage.classify.artefacts import read_manifest
from triage.classify.fit import Recipe
from triage.classify.train import train
from triage.loading import load_chain
from triage.settings import Settings
from triage.training import read_materials

PARTS = ("speed", "second", "growth", "start", "batch", "checks", "quality")


def main() -> None:
    """Measure the wanted parts and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there as well")
    parser.add_argument("--long", action="store_true", help="1,000,000 lines through triage batch")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=" ".join(PARTS))
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    console, figures = Console(), []
    with console.status("") as status:
        for name, part in _parts(args).items():
            if name in args.only:
                status.update(name)
                figures += list(part())
    console.print(rich_table(figures))
    if args.markdown:
        args.markdown.write_text(markdown(figures), encoding="utf-8")


def _parts(args: argparse.Namespace) -> dict[str, Callable[[], Iterator[Figure]]]:
    os.environ["TRIAGE_READER"] = "quick"  # processes that are started read so too; the second reader has its own row
    settings = Settings.from_env()
    materials = read_materials(settings)
    rows = materials.rows
    texts = [row.text for row in rows]
    chain = load_chain(settings)

    def comparison() -> Iterator[Figure]:
        recipe = Recipe(seed=args.seed)
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            train(materials, recipe, Path(folder), lambda step: None)
            seconds = time.perf_counter() - start
            metrics = read_manifest(Path(folder))["metrics"]
        yield Figure("triage train", f"{len(rows)} texts, wall time", seconds, "s", most=180)
        costs = {figure.name: figure.value or 0.0 for figure in speed.measure(chain, rows, args.seed)}
        own = costs["… classifying without reasons"]
        yield from quality.measure(materials, recipe.folds, quality.ours(metrics), own)
        yield from retrieval.measure(materials, recipe.folds, metrics["faq"], costs["… FAQ query"])

    return {
        "speed": lambda: speed.measure(chain, rows, args.seed),
        "second": lambda: speed.second(load_chain(replace(settings, reader="both")), rows, args.seed),
        "growth": lambda: speed.growth(chain),
        "start": processes.starts,
        "batch": lambda: processes.throughput(processes.sample(texts), long=args.long),
        "checks": lambda: checks.measure(rows, args.seed),
        "quality": comparison,
    }


if __name__ == "__main__":
    main()

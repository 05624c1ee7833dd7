"""`triage train` and `triage corpus`: from the data folder to models/ with their card."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console

from triage.classify.artefacts import read_manifest
from triage.classify.card import write_card
from triage.classify.corpus import Labelled, near_duplicates, read_corpus, without_near_duplicates
from triage.classify.fit import Recipe
from triage.classify.lexicon import load_groups
from triage.classify.train import Materials, train
from triage.errors import ModelUnavailable, WrongInput
from triage.faq.entries import load_entries
from triage.faq.search import candidate_inputs
from triage.policy.pack import load_policy
from triage.settings import Settings

_TOLERANCE = 0.002


def train_models(settings: Settings, folder: Path, *, seed: int, force: bool) -> int:
    """Train into a temporary folder, compare, and only then replace `folder`'s model."""
    console = Console(stderr=True)
    rows = without_near_duplicates(read_corpus(settings.data_dir / "tickets"))
    entries = load_entries(settings.data_dir / "faq")
    materials = Materials(
        rows,
        [(text, e.id) for e in entries.values() for text in (e.title, *e.questions, e.short, e.answer)],
        load_groups(settings.data_dir / "lexicons" / "signals.toml"),
        load_policy(settings.policy_path),
        candidate_inputs,
    )
    with tempfile.TemporaryDirectory() as temporary, console.status("обучение") as status:
        fresh = Path(temporary)
        measured = train(materials, Recipe(seed=seed), fresh, lambda step: status.update(f"обучение: {step}"))
        _refuse_worse(folder, read_manifest(fresh), force=force)
        write_card(fresh / "CARD.md", read_manifest(fresh), rows, measured)
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(fresh.iterdir(), key=lambda p: p.name == "manifest.json"):
            shutil.copyfile(path, folder / path.name)
    scope, priority = measured.metrics["scope"], measured.metrics["priority"]
    console.print(
        f"{len(rows)} texts: scope macro-F1 {scope['macro_f1']:.3f}, verdict {scope['verdict_accuracy']:.3f}, "
        f"priority macro-F1 {priority['macro_f1']:.3f}; written to {folder}"
    )
    return 0


def _refuse_worse(folder: Path, fresh: dict[str, object], *, force: bool) -> None:
    """Raise WrongInput when the model in the folder measured better on its own corpus."""
    try:
        old = read_manifest(folder)
    except ModelUnavailable:
        return
    before, after = _quality(old), _quality(fresh)
    if after < before - _TOLERANCE and not force:
        raise WrongInput(
            f"the new model measures {after:.3f}, the one in {folder} {before:.3f}",
            advice="--force replaces it",
        )


def _quality(manifest: dict[str, object]) -> float:
    """Mean of both macro-F1 by grouped cross-validation."""
    metrics = msgspec.convert(manifest["metrics"], dict[str, dict[str, object]], strict=False)
    return sum(float(str(metrics[head]["macro_f1"])) for head in ("scope", "priority")) / 2


def check_corpus(settings: Settings, *, drop: bool) -> int:
    """Print counts and near-duplicates; with `drop` rewrite the batches without them."""
    folder = settings.data_dir / "tickets"
    rows = read_corpus(folder)
    pairs = near_duplicates([row.text for row in rows])
    for earlier, later, share in pairs:
        _say(f"{share:.2f} {rows[earlier].batch} ~ {rows[later].batch}: {rows[later].text[:80]!r}")
    _say(f"{len(rows)} texts in {len({r.batch for r in rows})} batches, {len(pairs)} near-duplicates")
    for name, counts in (
        ("rule", Counter(r.scope for r in rows)),
        ("priority", Counter(r.priority for r in rows)),
    ):
        _say(f"{name}: " + ", ".join(f"{key} {count}" for key, count in counts.most_common()))
    if drop and pairs:
        _rewrite(folder, rows, {later for _, later, _ in pairs})
    return 0


def _rewrite(folder: Path, rows: list[Labelled], dropped: set[int]) -> None:
    batches: dict[str, list[bytes]] = {}
    for position, row in enumerate(rows):
        if position not in dropped:
            fields = {k: v for k, v in msgspec.to_builtins(row).items() if k != "batch"}
            batches.setdefault(row.batch, []).append(msgspec.json.encode(fields))
    for batch, lines in batches.items():
        (folder / f"{batch}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    _say(f"dropped {len(dropped)} texts on {datetime.now(UTC):%Y-%m-%d}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")

"""`triage train` and `triage corpus`: from the data folder to models/ with their card."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from triage.classify.artefacts import read_manifest
from triage.classify.card import write_card
from triage.classify.corpus import Labelled, near_duplicates, read_corpus, without_near_duplicates
from triage.classify.fit import Recipe
from triage.classify.lexicon import load_groups
from triage.classify.pictures import require_matplotlib
from triage.classify.train import Materials, steps, train
from triage.encoder.artefacts import read_manifest as read_second
from triage.errors import ModelUnavailable, WrongInput
from triage.faq.entries import load_entries
from triage.faq.search import candidate_inputs, plain
from triage.policy.pack import load_policy
from triage.settings import Settings
from triage.training_second import UNFINISHED, join_second, tune_encoder

_TOLERANCE = 0.002


def train_models(settings: Settings, folder: Path, *, seed: int, force: bool, encoder: bool = False) -> int:
    """Train into a temporary folder, compare, and only then replace `folder`'s model.

    With `encoder` the second reader is tuned anew, else the one in `folder` is joined with the new quick model.
    """
    require_matplotlib()
    console = Console(stderr=True)
    materials = read_materials(settings)
    rows = materials.rows
    recipe = Recipe(seed=seed)
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary)
        with _bar(console) as progress:
            told = _told(progress, steps(recipe))
            measured = train(materials, recipe, fresh, told)
            told("готово")
        if encoder:
            tune_encoder(materials, measured, seed, fresh, folder / UNFINISHED, console)
        both = join_second(materials, measured, fresh if encoder else folder, fresh)
        _refuse_worse(folder, read_manifest(fresh), force=force)
        second = read_second(fresh) if both is not None else None
        write_card(fresh / "CARD.md", read_manifest(fresh), rows, measured, second)
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(fresh.iterdir(), key=lambda p: p.name == "manifest.json"):
            shutil.copyfile(path, folder / path.name)
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
    readme = settings.data_dir.parent / "README.md"
    if folder == settings.models_dir and readme.is_file():
        _replace_between(readme, "quality", quality_table(read_manifest(folder), second))
    scope, priority = measured.metrics["scope"], measured.metrics["priority"]
    if both is not None:
        console.print(f"both readers: scope macro-F1 {both.metrics['scope']['macro_f1']:.3f}")
    console.print(
        f"{len(rows)} texts: scope macro-F1 {scope['macro_f1']:.3f}, verdict {scope['verdict_accuracy']:.3f}, "
        f"priority macro-F1 {priority['macro_f1']:.3f}; written to {folder}"
    )
    return 0


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description:40}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _told(progress: Progress, total: int) -> Callable[[str], None]:
    """Return what training calls at the beginning of each step: it names the step and moves the bar."""
    task = progress.add_task("обучение", total=total)
    begun = count()

    def told(step: str) -> None:
        progress.update(task, description=step, completed=next(begun))

    return told


def read_materials(settings: Settings) -> Materials:
    """Read what training needs from the data folder; near-duplicates are left out."""
    rows = without_near_duplicates(read_corpus(settings.data_dir / "tickets"))
    entries = load_entries(settings.data_dir / "faq")
    return Materials(
        rows,
        [(text, e.id) for e in entries.values() for text in (e.title, *e.questions, e.short, e.answer)],
        load_groups(settings.data_dir / "lexicons" / "signals.toml"),
        load_policy(settings.policy_path),
        candidate_inputs,
        {plain(e.title): e.id for e in entries.values()},
    )


def quality_table(manifest: dict[str, Any], second: dict[str, Any] | None = None) -> str:
    """Return the README's table of figures, from the manifests alone: the quick model's and with both readers."""
    readers = [_figures(manifest["metrics"], manifest["metrics"]["faq"])]
    if second:
        readers.append(_figures(second["metrics"]["both"], second["faq"]["metrics"]))
    lines = [
        f"Измерено перекрёстной проверкой по пачкам текстов ({manifest['folds']} частей, {manifest['texts']} текстов, "
        f"{manifest['batches']} пачек): пачка целиком либо учит, либо проверяет.",
        "",
        "| мера | быстрая модель |" + (" вместе со вторым чтением |" if second else ""),
        "| --- |" + " --- |" * len(readers),
    ]
    lines += [f"| {name} | " + " | ".join(reader[name] for reader in readers) + " |" for name in readers[0]]
    return "\n".join(lines)


def _figures(metrics: dict[str, Any], faq: dict[str, float]) -> dict[str, str]:
    scope, priority = metrics["scope"], metrics["priority"]
    precision, recall, _ = metrics["per_label"]["priority"]["high"]
    values: dict[str, tuple[float, ...]] = {
        "тема (22 правила), macro-F1": (scope["macro_f1"],),
        "категория, точность": (scope["category_accuracy"],),
        "решение (в рамках поддержки или нет), точность": (scope["verdict_accuracy"],),
        "решаемое поддержкой ошибочно названо нерешаемым": (scope["in_called_out"],),
        "приоритет, macro-F1": (priority["macro_f1"],),
        "высокий приоритет, полнота": (recall,),
        "высокий приоритет, точность": (precision,),
        "ошибка калибровки темы / приоритета": (scope["calibration_error"], priority["calibration_error"]),
        "без сотрудника при точности 95 %: тема / приоритет": (scope["alone_at_95"], priority["alone_at_95"]),
        "«Вопросы и ответы»: первая запись верна": (faq["first_right"],),
        "показано, когда ответа нет": (faq["shown_when_none"],),
    }
    return {name: " / ".join(f"{value:.3f}" for value in own) for name, own in values.items()}


def _refuse_worse(folder: Path, fresh: dict[str, Any], *, force: bool) -> None:
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


def _quality(manifest: dict[str, Any]) -> float:
    """Mean of both macro-F1 by grouped cross-validation."""
    return sum(float(manifest["metrics"][head]["macro_f1"]) for head in ("scope", "priority")) / 2


def check_corpus(settings: Settings, *, drop: bool, card: bool) -> int:
    """Print counts and near-duplicates; with `drop` rewrite the batches without them, with `card` the data card."""
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
        rows = read_corpus(folder)
    if card:
        write_counts(settings.data_dir / "README.md", rows)
    return 0


def write_counts(path: Path, rows: Sequence[Labelled]) -> None:
    """Replace the counts between the data card's markers."""
    _replace_between(path, "counts", counts(rows))


def _replace_between(path: Path, name: str, content: str) -> None:
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = path.read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    path.write_text(f"{before}{begin}\n{content}\n{end}{after}", encoding="utf-8")


def counts(rows: Sequence[Labelled]) -> str:
    """Markdown tables of the corpus: rules by priority, flags, lengths, writers."""
    by = Counter((row.scope, row.priority.value) for row in rows)
    lines = [f"{len(rows)} texts in {len({r.batch for r in rows})} batches.", ""]
    lines += ["| rule | high | medium | low | all |", "| --- | --- | --- | --- | --- |"]
    for rule, total in sorted(Counter(row.scope for row in rows).items()):
        lines.append(f"| `{rule}` | {by[rule, 'high']} | {by[rule, 'medium']} | {by[rule, 'low']} | {total} |")
    flags: dict[str, Callable[[Labelled], bool]] = {
        "site": lambda r: bool(r.site),
        "version": lambda r: bool(r.version),
        "steps": lambda r: r.steps,
        "no problem stated": lambda r: not r.problem,
        "rude": lambda r: "rude" in r.profanity,
        "obscene": lambda r: "obscene" in r.profanity,
        "insult": lambda r: "insult" in r.profanity,
        "secrets": lambda r: r.secrets,
        "several problems": lambda r: r.several_problems,
        "answered by a FAQ entry": lambda r: bool(r.entries),
        "up to 15 words": lambda r: len(r.text.split()) <= 15,
        "16 to 40 words": lambda r: 15 < len(r.text.split()) <= 40,
        "41 to 90 words": lambda r: 40 < len(r.text.split()) <= 90,
        "over 90 words": lambda r: len(r.text.split()) > 90,
    }
    lines += ["", "| texts with | count |", "| --- | --- |"]
    lines += [f"| {name} | {sum(map(holds, rows))} |" for name, holds in flags.items()]
    writers = Counter(row.batch.split("-")[0] for row in rows)
    lines += ["", "| writer | texts |", "| --- | --- |", *(f"| {name} | {n} |" for name, n in sorted(writers.items()))]
    return "\n".join(lines)


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

"""Imports go only to a lower rank (README, «Карта»); siblings of one rank do not import each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]

RANKS = {
    "triage.report": 0,
    "triage.errors": 0,
    "triage.text": 1,
    "triage.checks": 2,
    "triage.classify": 3,  # above the checks: their findings are signals of the classifier
    "triage.faq": 2,
    "triage.encoder": 2,
    "triage.policy": 2,  # below the classifier's training, which measures verdicts
    "triage.analyzer": 4,
    "triage.batch": 5,
    "triage.dialogue": 5,
    "triage.desk": 5,
    "triage.store": 6,
    "triage.jobs": 6,
    "triage.mail": 6,
    "triage.settings": 6,
    "triage.logs": 6,
    "triage.loading": 7,
    "triage.bootstrap": 8,
    "triage.web": 9,
    "triage.report_view": 9,
    "triage.terminal": 9,
    "triage.training": 9,
    "triage.training_second": 8,
    "triage.evaluation": 9,
    "triage.evaluation_page": 8,
    "triage.faq_reasons": 8,
    "triage.faq_picture": 8,
    "triage.faq_command": 9,
    "bot": 9,
    "triage.batch_command": 10,
    "triage.cluster": 9,
    "triage.serving": 10,
    "triage.cli": 11,
}

FORBIDDEN = {
    "triage": {"telegram"},
    "bot": {"sqlalchemy", "smtplib", "aiosmtplib", "sklearn", "dbos"},
}


def room_of(module: str) -> str | None:
    parts = module.split(".")
    for length in (2, 1):
        if ".".join(parts[:length]) in RANKS:
            return ".".join(parts[:length])
    return None


def sources() -> list[Path]:
    return [p for folder in ("triage", "bot") for p in sorted((TOP / folder).rglob("*.py"))]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.append((node.lineno, node.module or ""))
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(TOP)))
def test_imports_go_to_a_lower_rank(path: Path) -> None:
    module = module_of(path)
    own = room_of(module)
    if module in {"triage", "bot"} and not imports_of(path):
        return
    assert own is not None, f"{module} has no rank: give it one in RANKS"
    for line, imported in imports_of(path):
        other = room_of(imported)
        if imported.split(".")[0] in {"triage", "bot"} and other not in (None, own):
            assert RANKS[other] < RANKS[own], f"{path}:{line}: {own} imports {other}"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(TOP)))
def test_forbidden_libraries_stay_out(path: Path) -> None:
    top = module_of(path).split(".")[0]
    for line, imported in imports_of(path):
        assert imported.split(".")[0] not in FORBIDDEN[top], f"{path}:{line}: imports {imported}"

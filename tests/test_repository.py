"""What the repository says of itself is true, and nothing in it belongs to one machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from triage.classify.artefacts import read_manifest
from triage.classify.corpus import read_corpus
from triage.encoder.artefacts import read_manifest as read_second
from triage.training import counts, quality_table

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [TOP / name for name in listed.stdout.decode().split("\0") if name]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):
        return ""


class TestReadme:
    def test_shows_the_report_that_the_command_prints(self) -> None:
        command, shown = re.search(r'\$ triage check "(.+)"\n(.+?)```', README, re.DOTALL).groups()  # type: ignore[union-attr]
        done = subprocess.run(
            [sys.executable, "-m", "triage.cli", "check", command],
            cwd=TOP, capture_output=True, env={"COLUMNS": "80", "PATH": "", "PYTHONIOENCODING": "utf-8"}, check=True,
        )  # fmt: skip
        assert _steady(done.stdout.decode()) == _steady(shown)

    def test_gives_the_measured_figures(self) -> None:
        assert quality_table(read_manifest(TOP / "models"), read_second(TOP / "models")) in README

    @pytest.mark.parametrize("target", ["run", "test", "check", "train", "bench", "test-long"])
    def test_names_only_targets_that_exist(self, target: str) -> None:
        assert re.search(rf"^{target}:", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    def test_links_to_files_that_exist(self) -> None:
        for link in re.findall(r"\]\(([^)#:]+)\)", README):
            assert (TOP / link).exists(), link


def _steady(report: str) -> list[str]:
    """The report without dates and percentages, which move from day to day and model to model."""
    moving = re.compile(r"\d+%|\d\d\.\d\d\.\d{4} \d\d:\d\d")
    return [re.sub(r"\s+", " ", moving.sub("N", line)) for line in report.splitlines() if line.strip()]


class TestDataCard:
    def test_counts_the_corpus_as_it_is(self) -> None:
        assert counts(read_corpus(TOP / "data" / "tickets")) in (TOP / "data" / "README.md").read_text(encoding="utf-8")


class TestFiles:
    def test_keep_the_customers_layout(self) -> None:
        folders = {p.relative_to(TOP).parts[0] for p in tracked() if len(p.relative_to(TOP).parts) > 1}
        assert {f for f in folders if not f.startswith(".")} == {"bot", "triage", "models", "data", "tests"}

    def test_name_no_registry_and_no_path_of_one_machine(self) -> None:
        forbidden = re.compile(r"index-ur[l]|(^|[^A-Za-z0-9_.])/(?:roo[t]|home/\w+)/", re.MULTILINE)
        for path in tracked():
            if path.suffix in {".py", ".toml", ".txt", ".md", ".yaml", ".yml", ".example"} and path != Path(__file__):
                assert not forbidden.search(text_of(path)), path

    def test_pin_every_requirement(self) -> None:
        lines = (TOP / "requirements.txt").read_text(encoding="utf-8").splitlines()
        pinned = [line for line in lines if line and not line.startswith("#")]
        assert pinned
        assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.!+]+", line) for line in pinned)

    def test_every_dependency_is_among_the_pinned(self) -> None:
        project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
        pinned = (TOP / "requirements.txt").read_text(encoding="utf-8").lower().replace("_", "-")
        for requirement in wanted:
            name = re.match(r"[\w.-]+", requirement).group().lower().replace("_", "-")  # type: ignore[union-attr]
            assert f"\n{name}==" in pinned, name

    def test_every_dependency_is_bounded_by_a_version(self) -> None:
        project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert all("<" in requirement for requirement in project["dependencies"])

    def test_functions_and_modules_stay_short(self) -> None:
        import ast

        for path in tracked():
            parts = path.relative_to(TOP).parts
            if path.suffix != ".py" or parts[0] == "tests" or "migrations" in parts or not path.exists():
                continue
            source = text_of(path)
            if path.name != "texts.py":
                assert source.count("\n") <= 350, path
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    assert node.end_lineno - node.lineno < 40, f"{path}:{node.lineno} {node.name}"  # type: ignore[operator]


class TestChangelog:
    def test_is_in_keep_a_changelog_form(self) -> None:
        text = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
        assert re.search(r"^## \[Unreleased\]", text, re.MULTILINE)
        headings = set(re.findall(r"^### (\w+)", text, re.MULTILINE))
        assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

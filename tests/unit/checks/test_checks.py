"""The checks against hand-written cases, half of them traps (labelling guide, Checks)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from triage.checks.artefacts import read_artefacts
from triage.checks.language import find_language
from triage.checks.numbers import find_request_number
from triage.checks.problem import states_problem
from triage.checks.secrets import find_secrets
from triage.checks.several import has_several_problems
from triage.checks.sites import find_sites
from triage.checks.steps import find_steps
from triage.checks.versions import find_versions

_CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    lines = (_CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(json.loads(line), id=f"{name}:{number}") for number, line in enumerate(lines, 1)]


class TestSites:
    @pytest.mark.parametrize("case", cases("sites"))
    def test_finds_the_addresses_of_the_installation_and_nothing_else(self, case: dict[str, Any]) -> None:
        assert [f.value for f in find_sites(case["text"])] == case["values"]


class TestVersions:
    @pytest.mark.parametrize("case", cases("versions"))
    def test_finds_the_versions_of_the_product_and_nothing_else(self, case: dict[str, Any]) -> None:
        assert [f.value for f in find_versions(case["text"])] == case["values"]


class TestSteps:
    @pytest.mark.parametrize("case", cases("steps"))
    def test_tells_ordered_actions_from_cures_wishes_and_background(self, case: dict[str, Any]) -> None:
        assert bool(find_steps(case["text"])) is case["expected"]


class TestProblem:
    @pytest.mark.parametrize("case", cases("problem"))
    def test_wants_an_object_and_what_is_wrong_or_wanted(self, case: dict[str, Any]) -> None:
        assert states_problem(case["text"]) is case["expected"]


class TestSeveral:
    @pytest.mark.parametrize("case", cases("several"))
    def test_tells_unrelated_problems_from_symptoms_of_one(self, case: dict[str, Any]) -> None:
        assert has_several_problems(case["text"]) is case["expected"]


class TestLanguage:
    @pytest.mark.parametrize("case", cases("language"))
    def test_labels_coarse_language_through_every_disguise(self, case: dict[str, Any]) -> None:
        assert sorted({f.kind for f in find_language(case["text"])}) == sorted(case["labels"])


class TestSecrets:
    @pytest.mark.parametrize("case", cases("secrets"))
    def test_covers_the_secret_alone(self, case: dict[str, Any]) -> None:
        text = case["text"]
        assert [text[f.start : f.end] for f in find_secrets(text)] == case["secrets"]


class TestNumbers:
    @pytest.mark.parametrize("case", cases("numbers"))
    def test_reads_the_number_of_a_request_not_of_an_order(self, case: dict[str, Any]) -> None:
        assert find_request_number(case["text"]) == case["number"]


class TestArtefacts:
    @pytest.mark.parametrize("case", cases("artefacts"))
    def test_reads_what_logs_and_configs_say(self, case: dict[str, Any]) -> None:
        assert read_artefacts(case["text"]) == case["artefacts"]

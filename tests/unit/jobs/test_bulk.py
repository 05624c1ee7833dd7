"""A chunk of a bulk run: worked once, its requests erased, failures told."""

from __future__ import annotations

import json

import pytest

from tests.builders import NOON, policy
from triage.analyzer import Analyzer
from triage.batch import Masked, mask
from triage.desk.records import Worked
from triage.jobs.bulk import Bulk, packed
from triage.report import Request
from triage.store import Database

ANALYZER = Analyzer(policy(), None, None)


def sent(store: Database, *texts: str) -> None:
    """Keep a chunk of these texts as the reader does."""
    lines = [mask(n, json.dumps({"text": text}).encode()) for n, text in enumerate(texts)]
    with store.unit() as unit:
        unit.chunks.add("r", 1, packed([line for line in lines if isinstance(line, Masked)]), NOON)


def taken(store: Database) -> Worked | None:
    with store.unit() as unit:
        return unit.chunks.take("r", 1)


class TestAChunk:
    async def test_is_worked_and_read_once(self, store: Database) -> None:
        sent(store, "Шлюз не работает", "пароль: Tr0ub4dor-3x")
        assert taken(store) is None
        await Bulk(store, ANALYZER).chunk("r", 1)
        worked = taken(store)
        assert worked is not None
        reports = [json.loads(line) for line in worked.reports.splitlines()]
        assert [report["secrets"]["kinds"] for report in reports] == [[], ["password"]]
        with pytest.raises(KeyError):
            taken(store)

    async def test_that_is_worked_twice_changes_nothing(self, store: Database) -> None:
        sent(store, "Шлюз не работает")
        await Bulk(store, ANALYZER).chunk("r", 1)
        with store.unit() as unit:
            assert unit.chunks.requests("r", 1) is None
            unit.chunks.finish("r", 1, Worked(b"late"))
        await Bulk(store, ANALYZER).chunk("r", 1)
        worked = taken(store)
        assert worked is not None
        assert worked.reports != b"late"

    async def test_whose_run_is_gone_is_let_be(self, store: Database) -> None:
        await Bulk(store, ANALYZER).chunk("r", 1)

    async def test_that_fails_says_so(self, store: Database) -> None:
        sent(store, "Шлюз не работает")

        class Broken(Analyzer):
            def analyze(self, request: Request, **options: object) -> None:  # type: ignore[override]
                raise ValueError(request.text)

        await Bulk(store, Broken(policy(), None, None)).chunk("r", 1)
        assert taken(store) == Worked(b"", "ValueError")

    def test_is_erased_a_day_after_its_reader_went(self, store: Database) -> None:
        sent(store, "Шлюз не работает")
        with store.unit() as unit:
            unit.housekeep(NOON)
        assert taken(store) is None
        with store.unit() as unit:
            unit.housekeep(NOON.replace(day=NOON.day + 2))
        with pytest.raises(KeyError):
            taken(store)

"""Lines of a bulk run: a masked one gives the same report, a chunk is bounded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from triage.batch import Masked, chunks, mask, work
from triage.classify import model
from triage.classify.corpus import read_corpus
from triage.loading import Chain, load_chain
from triage.settings import Settings
from triage.text.paths import data_dir

SECRET = "Tr0ub4dor-3x"
LINES = (
    {"text": f"Портал не открывается, пароль: {SECRET}"},
    {"text": "Портал не открывается", "subject": f"пароль: {SECRET}"},
    {
        "text": f"логин admin пароль {SECRET}",
        "subject": f"password={SECRET}",
        "id": "a",
        "attachments": [{"name": "a.png"}],
    },
    {"text": "Портал не открывается", "attachments": [{"name": f"password={SECRET}.txt", "size": 1}]},
    {"text": ""},
)


class TestAMaskedLine:
    @pytest.mark.parametrize("line", LINES)
    def test_gives_the_same_report_and_holds_no_secret(self, line: dict[str, object]) -> None:
        analyzer = load_chain(Settings.from_env({})).analyzer
        raw = json.dumps(line).encode()
        masked = mask(1, raw)
        assert isinstance(masked, Masked)
        assert SECRET not in repr(masked)
        assert work([(1, masked)], analyzer) == work([(1, raw)], analyzer)

    @pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b'{"id": "x"}'])
    def test_that_is_bad_is_reported_at_once(self, raw: bytes) -> None:
        analyzer = load_chain(Settings.from_env({})).analyzer
        assert mask(3, raw) == work([(3, raw)], analyzer).output


@pytest.fixture(scope="module")
def quick() -> Chain:
    return load_chain(Settings.from_env({"TRIAGE_READER": "quick"}))


class TestTogether:
    def test_lines_get_the_report_they_get_alone(self, quick: Chain) -> None:
        texts = [row.text for row in read_corpus(data_dir({}) / "tickets")[::90]] + ["", "?", "zzz", "шлюз " * 2000]
        lines = [(number, json.dumps({"text": text}).encode()) for number, text in enumerate(texts)]
        lines.insert(3, (99, b"{"))
        together = work(lines, quick.analyzer)
        alone = [work([line], quick.analyzer) for line in lines]
        assert (together.lines, together.bad) == (len(lines), 1)
        for one, two in zip(together.output.splitlines(), (done.output for done in alone), strict=True):
            assert json.loads(one) == _near(json.loads(two))

    def test_go_on_alone_when_reading_ahead_fails(self, quick: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(reader: object, texts: Sequence[str]) -> dict[str, object]:
            if texts:
                raise MemoryError
            return {}

        line = (1, json.dumps({"text": "Портал не открывается"}).encode())
        before = work([line], quick.analyzer)
        monkeypatch.setattr(model, "read_many", fail)
        assert work([line], quick.analyzer) == before


def _near(value: Any) -> Any:
    """Probabilities are the same but for the order of additions."""
    if isinstance(value, dict):
        return {key: _near(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_near(inner) for inner in value]
    return pytest.approx(value, abs=2e-4) if isinstance(value, float) else value


class TestChunks:
    def test_are_bounded_in_lines(self) -> None:
        found = list(chunks([b"{}\n"] * 1100))
        assert [len(chunk) for chunk in found] == [512, 512, 76]
        assert found[2][-1] == (1100, b"{}\n")

    def test_are_bounded_in_bytes(self) -> None:
        assert [len(chunk) for chunk in chunks([b"x" * 600_000] * 5)] == [2, 2, 1]

    def test_leave_blank_lines_out_and_count_them(self) -> None:
        assert list(chunks([b"\n", b"a\n", b" \n", b"b"])) == [[(2, b"a\n"), (4, b"b")]]

    def test_begin_behind_the_mark_that_some_editors_write(self) -> None:
        assert list(chunks([b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb"])) == [[(1, b"a\n"), (2, b"\xef\xbb\xbfb")]]

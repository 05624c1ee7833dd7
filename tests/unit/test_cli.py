"""The commands as outside programs use them: streams, exit statuses, no tracebacks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def triage(*arguments: str, stdin: str | bytes = b"", cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TRIAGE_")}
    command = [sys.executable, "-m", "triage.cli", *arguments]
    return subprocess.run(
        command, input=raw, capture_output=True, cwd=cwd, timeout=100, env={**clean, "PYTHONPATH": str(TOP), **env}
    )


class TestCheck:
    def test_prints_the_contract_as_json(self, tmp_path: Path) -> None:
        done = triage("check", "--json", "Шлюз gw.primer.ru отвечает 502, версия 4.3.0", cwd=tmp_path)
        assert done.returncode == 0
        report = json.loads(done.stdout)
        assert report["fields"]["version"] == ["4.3.0"]

    def test_reads_standard_input(self, tmp_path: Path) -> None:
        done = triage("check", "--json", "-", stdin="как включить кэш", cwd=tmp_path)
        assert json.loads(done.stdout)["fields"]["problem"] is True

    def test_reads_broken_utf_8_as_well_as_it_can(self, tmp_path: Path) -> None:
        done = triage("check", "--json", stdin="шлюз лежит".encode() + b"\xff\xfe", cwd=tmp_path)
        assert done.returncode == 0
        assert done.stderr == b""

    def test_shows_a_readable_report_without_secrets(self, tmp_path: Path) -> None:
        done = triage("check", "Портал не открывается, пароль: Osen-4417-les", cwd=tmp_path)
        shown = done.stdout.decode()
        assert "Приоритет" in shown
        assert "п. 3.3" in shown
        assert "Osen-4417-les" not in shown

    def test_a_missing_model_is_said_and_the_report_still_comes(self, tmp_path: Path) -> None:
        done = triage("check", "--json", "шлюз лежит", cwd=tmp_path, TRIAGE_MODELS=str(tmp_path / "none"))
        assert done.returncode == 0
        assert json.loads(done.stdout)["needs_review"] is True
        assert b"manifest.json" in done.stderr

    @pytest.mark.parametrize("arguments", [(), ("chek",), ("check", "--jsn"), ("batch", "in.jsonl")])
    def test_a_wrong_call_is_one_line_and_status_2(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        done = triage(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.count(b"\n") == 1
        assert b"--help" in done.stderr

    def test_a_wrong_setting_is_one_line_and_status_2(self, tmp_path: Path) -> None:
        done = triage("check", "x", cwd=tmp_path, TRIAGE_WEB_LISTEN="here")
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1
        assert b"TRIAGE_WEB_LISTEN" in done.stderr

    def test_wrong_use_is_status_2(self, tmp_path: Path) -> None:
        assert triage("explode", cwd=tmp_path).returncode == 2


class TestBatch:
    LINES = (
        '{"id": "a", "text": "Как включить кэш?"}\n'
        "\n"
        "{not json}\n"
        '{"id": "b"}\n'
        '{"text": 5}\n'
        '{"id": "c", "text": "", "attachments": [{"name": "a.png", "size": 12}], "more": 1}\n'
    )

    @pytest.mark.parametrize("processes", ["1", "2"])
    def test_keeps_order_and_reports_bad_lines_in_place(self, tmp_path: Path, processes: str) -> None:
        (tmp_path / "in.jsonl").write_text(self.LINES, encoding="utf-8")
        done = triage("batch", "in.jsonl", "out.jsonl", "--processes", processes, cwd=tmp_path)
        assert done.returncode == 1
        rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
        assert [row.get("id", row.get("line")) for row in rows] == ["a", 3, 4, 5, "c"]
        assert all(row["error"] for row in rows if "line" in row)
        assert b"3 of 5" in done.stderr

    def test_does_not_write_over_its_input(self, tmp_path: Path) -> None:
        (tmp_path / "in.jsonl").write_text(self.LINES, encoding="utf-8")
        done = triage("batch", "in.jsonl", "./in.jsonl", cwd=tmp_path)
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
        assert (tmp_path / "in.jsonl").read_text(encoding="utf-8") == self.LINES

    def test_streams(self, tmp_path: Path) -> None:
        done = triage("batch", "-", "-", stdin='{"id": "q", "text": "привет"}\n' * 700, cwd=tmp_path)
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) == 700

    def test_a_line_of_broken_utf_8_is_an_error_in_its_place(self, tmp_path: Path) -> None:
        done = triage("batch", "-", "-", stdin=b'{"text": "\xff"}\n{"text": "ok"}\n', cwd=tmp_path)
        first, second = (json.loads(line) for line in done.stdout.splitlines())
        assert first["line"] == 1
        assert second["id"] is None
        assert done.returncode == 1

    def test_a_missing_file_is_one_clear_line(self, tmp_path: Path) -> None:
        done = triage("batch", "none.jsonl", "-", cwd=tmp_path)
        assert done.returncode == 2
        assert b"none.jsonl" in done.stderr
        assert b"Traceback" not in done.stderr

    def test_many_reports_equal_single_ones(self, tmp_path: Path) -> None:
        texts = ["Шлюз лежит, 502", "Как включить CORS?", "сколько стоит подписка"]
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        many = [json.loads(x) for x in triage("batch", "-", "-", stdin=lines, cwd=tmp_path).stdout.splitlines()]
        single = [json.loads(triage("check", "--json", text, cwd=tmp_path).stdout) for text in texts]
        assert many == single


class TestEvaluate:
    def test_prints_measures_and_confusions(self, tmp_path: Path) -> None:
        rows = [
            {"text": "Шлюз лежит, все запросы 502", "scope": "defect.failure", "priority": "high"},
            {"text": "Как включить кэш?", "scope": "setup.question", "priority": "low", "faq": "cache-policy"},
        ]
        (tmp_path / "x.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        done = triage("evaluate", "x.jsonl", cwd=tmp_path)
        assert done.returncode == 0
        assert b"scope macro-F1" in done.stdout
        assert b"read by both readers" in done.stdout

    def test_writes_one_page_with_pictures_and_without_secrets(self, tmp_path: Path) -> None:
        text = "Как включить кэш? <b>пароль:</b> пароль: Osen-4417-les"
        rows = [
            {"text": text, "scope": "other.off_topic", "priority": "high", "secrets": True},
            {"text": "Шлюз лежит, все запросы 502", "scope": "defect.failure", "priority": "high"},
        ]
        (tmp_path / "x.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        done = triage("evaluate", "x.jsonl", "--html", "out.html", cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
        page = (tmp_path / "out.html").read_text(encoding="utf-8")
        assert page.count("<svg") == 3
        assert "scope macro-F1" in page
        assert "other.off_topic" in page
        assert "Osen-4417-les" not in page + done.stdout.decode()
        assert "<b>" not in page
        assert "http" not in re.sub(
            r'xmlns(:\w+)?="[^"]+"|xlink:href="data:[^"]+"|<!DOCTYPE[^>]*>|<cc:Work>|</?rdf:[^>]*>|</?dc:[^>]*>',
            "",
            page,
        )

    def test_says_in_one_line_that_a_page_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "x.jsonl").write_text(
            '{"text": "х", "scope": "defect.failure", "priority": "low"}\n', encoding="utf-8"
        )
        done = triage("evaluate", "x.jsonl", "--html", "none/out.html", cwd=tmp_path)
        assert done.returncode == 2
        assert b"none/out.html cannot be written" in done.stderr
        assert b"Traceback" not in done.stderr

    @pytest.mark.parametrize("content", ['{"text": "x"}\n', "nonsense\n", ""])
    def test_refuses_what_is_not_labelled(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "x.jsonl").write_text(content, encoding="utf-8")
        done = triage("evaluate", "x.jsonl", cwd=tmp_path)
        assert done.returncode == 2
        assert b"x.jsonl" in done.stderr

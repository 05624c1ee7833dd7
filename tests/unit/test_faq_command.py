"""`triage faq`: what an operator sees and does, on both databases."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.applications import settings
from tests.builders import ROOT
from tests.unit.test_cli import triage
from triage import faq_command
from triage.desk.ports import ChatKey
from triage.errors import WrongInput
from triage.faq.deflection import Outcome, Showing
from triage.faq.lint import faults
from triage.settings import Settings
from triage.store import Database

NOW = datetime.now(UTC)
SHOWN = Showing("error-502", "", "defect.failure", "", NOW - timedelta(hours=1), NOW + timedelta(days=2))
DARK = ("Есть ли тёмная тема консоли?", "Нужна тёмная тема консоли", "Где тёмная тема консоли")
TITLE = "Почему шлюз отвечает 502 Bad Gateway?"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")


@pytest.fixture
def own(database_url: str, tmp_path: Path) -> Settings:
    return settings(database_url, tmp_path)


@pytest.fixture
def used(store: Database) -> Database:
    """Entries that served: one well, one that is withheld; and three questions that found nothing."""
    ends = [*[Outcome.CONFIRMED] * 3, Outcome.SILENT, Outcome.SENT, Outcome.OPEN]
    with store.unit() as unit:
        person = unit.conversations.open(ChatKey("web", "visitor"), NOW).id
        for entry, outcomes in (("cors", ends), ("error-502", [Outcome.FALSE, Outcome.FALSE, Outcome.CONFIRMED])):
            for number, outcome in enumerate(outcomes):
                unit.faq.show(person, replace(SHOWN, entry=entry, request=f"{number}", text=f"вопрос {number}"))
                if outcome is not Outcome.OPEN:
                    made = unit.faq.of([person])[-1]
                    unit.faq.end(made.id, outcome, NOW, before="confirmed" if outcome is Outcome.FALSE else "")
        unit.faq.withhold("error-502", NOW)
        for number, text in enumerate(DARK):
            asker = unit.conversations.open(ChatKey("web", f"asker {number}"), NOW).id
            unit.faq.keep_question(asker, "r", "usage.explain", text, NOW)
    return store


class TestStats:
    def test_tell_what_became_of_the_showings_of_each_entry(
        self, own: Settings, used: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert faq_command.stats(own) == 0
        shown = capsys.readouterr().out
        cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines() if "│" in line]
        rows = {row[0]: row[1:] for row in cells}
        assert rows["cors"] == ["6", "3", "1", "0", "1", "0", "0", "1", "0%", "да"]
        assert rows["error-502"] == ["3", "1", "0", "2", "0", "0", "0", "0", "67%", "снят"]
        assert "помог 2" in shown

    def test_list_a_withheld_entry_with_the_questions_it_failed(
        self, own: Settings, used: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        faq_command.stats(own)
        shown = capsys.readouterr().out
        assert f"{TITLE} (error-502) не предлагается с" in shown
        assert "• вопрос 1\n  • вопрос 0" in shown
        assert "triage faq allow error-502" in shown

    def test_group_the_questions_that_found_nothing(
        self, own: Settings, used: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        faq_command.stats(own)
        shown = capsys.readouterr().out
        assert "1. 3 вопроса от 3 человек: " in shown
        assert all(f"• {question}" in shown for question in DARK)

    def test_count_silence_up_to_now(self, own: Settings, store: Database, capsys: pytest.CaptureFixture[str]) -> None:
        with store.unit() as unit:
            person = unit.conversations.open(ChatKey("web", "visitor"), NOW).id
            unit.faq.show(person, replace(SHOWN, due=NOW - timedelta(minutes=1)))
        faq_command.stats(own)
        capsys.readouterr()
        with store.unit() as unit:
            assert unit.faq.counts()[0].outcomes == {Outcome.SILENT: 1}

    def test_of_a_fresh_database_say_that_there_is_nothing_yet(
        self, own: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert faq_command.stats(own, picture=tmp_path / "faq.svg") == 0
        assert "Показов пока нет" in capsys.readouterr().out
        assert "показов пока нет" in words(tmp_path / "faq.svg")


def words(path: Path) -> list[str]:
    nodes = ElementTree.fromstring(path.read_text(encoding="utf-8")).iter("{http://www.w3.org/2000/svg}text")
    return [(node.text or "").strip() for node in nodes]


class TestThePicture:
    def test_names_entries_outcomes_and_shares(
        self, own: Settings, used: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        faq_command.stats(own, picture=tmp_path / "faq.svg")
        shown = words(tmp_path / "faq.svg")
        assert f"(снят) {TITLE}" in shown
        assert {"помог", "молчание", "ложно", "письмо", "ждёт", "67%", "0%"} <= set(shown)
        assert "не помог" not in shown
        first = (tmp_path / "faq.svg").read_bytes()
        faq_command.stats(own, picture=tmp_path / "faq.svg")
        assert (tmp_path / "faq.svg").read_bytes() == first

    def test_without_matplotlib_is_refused_with_advice(
        self, own: Settings, used: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        with pytest.raises(WrongInput, match="matplotlib"):
            faq_command.stats(own, picture=tmp_path / "faq.svg")

    def test_that_cannot_be_written_is_one_clear_line(self, own: Settings, used: Database, tmp_path: Path) -> None:
        with pytest.raises(WrongInput, match="cannot be written"):
            faq_command.stats(own, picture=tmp_path / "none" / "faq.svg")


class TestAllowing:
    def test_offers_an_entry_again(self, own: Settings, used: Database, capsys: pytest.CaptureFixture[str]) -> None:
        assert faq_command.allow(own, "error-502") == 0
        with used.unit() as unit:
            assert unit.faq.withheld() == frozenset()

    @pytest.mark.parametrize("entry", ["cors", "no-such", ""])
    def test_refuses_what_is_not_withheld(self, own: Settings, used: Database, entry: str) -> None:
        with pytest.raises(WrongInput, match="triage faq stats"):
            faq_command.allow(own, entry)


class TestSearch:
    def test_shows_the_score_the_words_and_the_nearest_question(self, capsys: pytest.CaptureFixture[str]) -> None:
        faq_command.search(Settings.from_env({}), "шлюз отдаёт 502 на каждый второй запрос")
        first = capsys.readouterr().out.split("├")[0]
        assert "error-502" in first
        assert "502 +" in first
        assert "ближайший вопрос" in first

    def test_says_when_nothing_is_offered_and_what_came_near(self, capsys: pytest.CaptureFixture[str]) -> None:
        faq_command.search(Settings.from_env({}), "погода завтра на даче")
        shown = capsys.readouterr().out
        assert "Ничего не предлагается" in shown
        assert " < 0." in shown

    def test_knows_a_title_word_for_word(self, capsys: pytest.CaptureFixture[str]) -> None:
        faq_command.search(Settings.from_env({}), TITLE)
        assert "слово в слово" in capsys.readouterr().out

    def test_never_prints_a_secret(self, capsys: pytest.CaptureFixture[str]) -> None:
        faq_command.search(Settings.from_env({}), "не принимает пароль: Osen-4417-les при входе")
        assert "Osen" not in capsys.readouterr().out

    def test_of_nothing_is_refused(self) -> None:
        with pytest.raises(WrongInput, match="say what"):
            faq_command.search(Settings.from_env({}), " ")


class TestLint:
    def test_finds_nothing_in_the_repository(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert faq_command.lint(Settings.from_env({})) == 0
        assert "95 entries, 0 wrong" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            (lambda s: line(s, "related:", "related: [cors, nowhere]"), "6: related: there is no entry nowhere"),
            (lambda s: line(s, "related:", "related: [cors]"), "6: related: leads to itself"),
            (lambda s: line(s, "related:", "related: []"), "6: related: leads nowhere"),
            (lambda s: line(s, "related:", "related: [audit, audit]"), "6: related: names an entry twice"),
            (lambda s: line(s, "versions:", 'versions: "новые"'), "4: versions: names no version"),
            (lambda s: line(s, "versions:", 'versions: ""'), "4: versions: names no version"),
            (lambda s: line(s, "source:", 'source: " "'), "5: source: is empty"),
            (lambda s: s.replace("  - ", "  - x\n  - ", 1).replace("  - ", "  - x\n  - ", 1), "'x' stands in cors"),
            (lambda s: line(s, "versions:", ""), "1: missing versions"),
        ],
    )
    def test_names_file_line_and_fault(self, tmp_path: Path, change: Callable[[str], str], fault: str) -> None:
        folder = tmp_path / "faq"
        shutil.copytree(ROOT / "data" / "faq", folder)
        path = folder / "cors.md"
        source = ordered(path.read_text(encoding="utf-8"))
        path.write_text(change(source), encoding="utf-8")
        found = [each for each in faults(folder, {}) if each.startswith(f"{path}:")]
        assert any(fault in each for each in found), found

    def test_finds_a_question_that_another_entry_asks(self, tmp_path: Path) -> None:
        folder = tmp_path / "faq"
        shutil.copytree(ROOT / "data" / "faq", folder)
        taken = next(each for each in (folder / "audit.md").read_text().splitlines() if each.startswith("  - "))
        path = folder / "cors.md"
        path.write_text(path.read_text().replace("questions:\n", f"questions:\n{taken}\n"), encoding="utf-8")
        [fault] = faults(folder, {})
        assert "stands in audit already" in fault

    def test_finds_a_rule_of_the_pack_that_leads_nowhere(self, tmp_path: Path) -> None:
        assert "pack.toml: scope x: faq: there is no entry nowhere" in faults(
            ROOT / "data" / "faq", {"nowhere": "pack.toml: scope x: faq"}
        )


def ordered(source: str) -> str:
    """The front matter with its short keys on the lines 2 to 6."""
    head, answer = source.split("---\n", 2)[1:]
    keys = ("id", "section", "versions", "source", "related", "title", "short")
    rows = head.splitlines()
    first = [next(row for row in rows if row.startswith(f"{key}:")) for key in keys]
    return "---\n" + "\n".join([*first, *(row for row in rows if row not in first)]) + f"\n---\n{answer}"


def line(source: str, key: str, other: str) -> str:
    """Replace the line of a key."""
    old = next(row for row in source.splitlines() if row.startswith(key))
    return source.replace(f"{old}\n", f"{other}\n" if other else "", 1)


class TestTheCommandLine:
    def test_shows_the_counts_and_draws_them(self, sqlite_url: str, tmp_path: Path) -> None:
        env = {"TRIAGE_DATABASE_URL": sqlite_url}
        done = triage("faq", "stats", "--picture", "faq.svg", cwd=tmp_path, **env)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "Показов пока нет" in done.stdout.decode()
        assert (tmp_path / "faq.svg").read_text(encoding="utf-8").startswith("<svg")

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("stats",), "triage migrate"),
            (("allow", "error-502"), "triage migrate"),
            (("search",), "say what to search for"),
            (("explode",), "--help"),
            ((), "--help"),
        ],
    )
    def test_wrong_use_is_one_line_and_status_2(self, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
        done = triage("faq", *arguments, cwd=tmp_path, TRIAGE_DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1
        assert says in done.stderr.decode()

"""The policy pack: what it holds, and how it refuses a wrong file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.errors import WrongPolicy
from triage.policy.pack import Policy, load_policy
from triage.report import Verdict
from triage.text.paths import data_dir

PACK = data_dir({}) / "regulation.toml"

# The table of the labelling guide: rule, category, verdict, clause.
GUIDE = """
setup.question setup in 3.1
improvement.performance improvement in 3.2
defect.failure defect in 3.3
usage.explain usage in 3.4
usage.security usage in 3.4
usage.wish usage in 3.4
payment.how payment in 3.5
payment.problem payment in 3.5
setup.install_for_me setup out 3.1
setup.environment setup out 3.1, 4.8
setup.internet setup out 3.1
improvement.configure_for_me improvement out 3.2
defect.install_error defect out 3.3
defect.user_device defect out 3.3
defect.unofficial_version defect out 4.8
payment.issuer_side payment out 3.5
payment.pay_for_me payment out 3.5
other.not_support other redirect 1.3
other.service_info other redirect 7
other.complaint other redirect 6
other.followup other redirect 4.4, 6
other.off_topic other none 4.8
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(PACK)


class TestTheRegulation:
    @pytest.mark.parametrize("row", GUIDE.strip().splitlines())
    def test_says_of_each_rule_what_the_guide_says(self, policy: Policy, row: str) -> None:
        rule, category, verdict, clause = row.split(" ", 3)
        found = policy.scope_rule(rule)
        assert (found.category, found.verdict, found.clause) == (category, verdict, clause)

    def test_has_no_other_rules(self, policy: Policy) -> None:
        assert len(policy.scope) == len(GUIDE.strip().splitlines())

    @pytest.mark.parametrize(("label", "hours"), [("high", 24), ("medium", 48), ("low", 96)])
    def test_gives_the_hours_of_clause_5_2(self, policy: Policy, label: str, hours: int) -> None:
        assert policy.priority_rule(label).hours == hours

    def test_offers_something_instead_whenever_support_does_not_do_it(self, policy: Policy) -> None:
        assert all(rule.instead for rule in policy.scope if rule.verdict is not Verdict.IN)

    def test_names_ten_grounds_of_refusal_and_the_statuses_of_5_1(self, policy: Policy) -> None:
        assert len(policy.refusal) == 10
        assert [s.name for s in policy.status] == ["Создана", "В работе", "Уточнение", "Выполнено"]
        assert len(policy.resolution) == 5

    def test_can_name_another_mailbox(self) -> None:
        assert load_policy(PACK, mailbox="desk@example.org").addresses.mailbox == "desk@example.org"


class TestAWrongPack:
    @pytest.mark.parametrize(
        ("right", "wrong", "key"),
        [
            ('verdict = "out"', 'verdict = "outside"', "scope[8].verdict"),
            ("hours = 48", 'hours = "two days"', "priority[1].hours"),
            ("hours = 96", "hourz = 96", "priority[2].hourz"),
            ("opens = 10:00:00", "opens = 23:00:00", "calendar.closes"),
            ('timezone = "Europe/Moscow"', 'timezone = "Europe/Nowhere"', "calendar.timezone"),
            ('clause = "3.2"', 'clause = "9.9"', "scope[1].clause"),
            ('category = "usage"', 'category = "use"', "scope[3].category"),
            ('pattern = "GR-{year}-{n:05d}"', 'pattern = "GR-{month}"', "numbers.pattern"),
            ('next = ["in_progress", "done"]', 'next = ["lost"]', "status[2].next"),
            ("weekdays = [1, 2, 3, 4, 5, 6, 7]", "weekdays = [0]", "calendar.weekdays"),
            ("settle_seconds = 1.2", "", "dialogue.settle_seconds"),
            ("false_days = 5", "false_days = 0", "faq.false_days"),
            ("false_share = 0.3", "false_share = 30", "faq.false_share"),
            ("min_group = 3", "min_group = 1", "faq.min_group"),
            ("list_weekday = 1", "list_weekday = 8", "faq.list_weekday"),
            ("silent_days = 2", "silent_dayz = 2", "faq.silent_dayz"),
        ],
    )
    def test_is_refused_with_line_and_key(self, tmp_path: Path, right: str, wrong: str, key: str) -> None:
        source = PACK.read_text(encoding="utf-8")
        assert right in source
        path = tmp_path / "pack.toml"
        path.write_text(source.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(WrongPolicy) as caught:
            load_policy(path)
        line = int(re.search(r"pack\.toml:(\d+):", str(caught.value)).group(1))  # type: ignore[union-attr]
        assert key in str(caught.value)
        at = source.index(right)
        assert abs(line - (source[:at].count("\n") + 1)) <= 7  # the key's line, or its table's

    def test_of_an_older_program_counts_the_faq_by_the_usual_rules(self, tmp_path: Path) -> None:
        source = PACK.read_text(encoding="utf-8")
        path = tmp_path / "pack.toml"
        path.write_text(re.sub(r"\[faq\].*?(?=\n\[)", "", source, count=1, flags=re.DOTALL), encoding="utf-8")
        assert "[faq]" not in path.read_text(encoding="utf-8")
        assert load_policy(path).faq == load_policy(PACK).faq

    def test_is_refused_when_it_is_not_toml(self, tmp_path: Path) -> None:
        path = tmp_path / "pack.toml"
        path.write_text("[pack\n", encoding="utf-8")
        with pytest.raises(WrongPolicy, match="line 1"):
            load_policy(path)

    def test_is_refused_when_it_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(WrongPolicy, match="TRIAGE_POLICY"):
            load_policy(tmp_path / "none.toml")

"""Values for tests, with only the interesting part to be named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes import FakeAnalyzer
from triage.dialogue.context import Context, Person
from triage.faq.entries import FaqEntry
from triage.policy.pack import Policy, load_policy
from triage.report import Request, TriageReport

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@cache
def policy() -> Policy:
    """The pack of the repository."""
    return load_policy(ROOT / "data" / "regulation.toml")


def entry(id: str, title: str, section: str = "Ошибки") -> FaqEntry:
    """A FAQ entry whose short answer and answer are made of its title."""
    return FaqEntry(
        id=id,
        section=section,
        title=title,
        versions="4.x",
        source="test",
        short=f"Коротко: {title}",
        related=(),
        questions=(title.lower(),),
        answer=f"Подробно: {title} Проверьте `gravitee.yml`.",
    )


FAQ = {
    e.id: e
    for e in (
        entry("error-502", "Почему шлюз отвечает 502?"),
        entry("error-503", "Почему шлюз отвечает 503?"),
        entry("install-docker", "Как установить платформу в Docker?", "Установка"),
    )
}


def context(
    *,
    channel: str = "web",
    person: Person | None = None,
    new_id: str = "11111111-1111-4111-8111-111111111111",
    code: str = "482913",
    now: datetime = NOON,
    analyze: Callable[[Request], TriageReport] | None = None,
    **others: Any,
) -> Context:
    """The world of one step; consent is given unless a person is named."""
    return Context(
        now=now,
        policy=policy(),
        analyze=analyze or FakeAnalyzer(policy()).analyze,
        faq=others.pop("faq", FAQ),
        person=person if person is not None else Person(consent=policy().dialogue.notice_version),
        channel=channel,
        new_id=new_id,
        code=code,
        **others,
    )

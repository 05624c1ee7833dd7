"""The same walk with the real chain over requests of the corpus, as people wrote them."""

from __future__ import annotations

import json

import pytest

from tests.builders import NOON, ROOT
from tests.unit.dialogue.talk import Talk
from triage.dialogue.context import Context, Person
from triage.dialogue.incoming import Said
from triage.loading import Chain, load_chain
from triage.report import Language, Request
from triage.settings import Settings
from triage.text.redact import MASK, redact

EVERY = 45


@pytest.fixture(scope="module")
def chain() -> Chain:
    """The chain of the repository, with its models where they are trained."""
    return load_chain(Settings.from_env({}))


def corpus() -> list[str]:
    """Every 45th text of the corpus."""
    paths = sorted((ROOT / "data" / "tickets").glob("*.jsonl"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines[::EVERY]]


class ChainTalk(Talk):
    """Talks over the real chain; text arrives masked, as channels hand it over."""

    chain: Chain

    @property
    def context(self) -> Context:
        world = super().context
        return Context(
            now=NOON,
            policy=world.policy,
            analyze=self.chain.analyzer.analyze,
            faq=self.chain.entries,
            person=world.person,
            channel=world.channel,
            new_id=world.new_id,
            code=world.code,
        )

    def tell(self, text: str) -> None:
        secrets = self.chain.analyzer.analyze(Request(text)).secrets
        kinds = tuple(sorted({finding.kind for finding in secrets}))
        self.give(Said(redact(text, secrets), "m", secret_kinds=kinds))


@pytest.mark.parametrize("text", corpus())
def test_every_request_gets_its_letter(chain: Chain, text: str) -> None:
    talk = ChainTalk(person=Person())
    talk.chain = chain
    talk.tell(text)
    letter = talk.walk().letter
    report = chain.analyzer.analyze(Request(letter.body))
    assert MASK not in letter.body
    assert not report.secrets
    assert not [f for f in report.language if f.kind in (Language.OBSCENE, Language.INSULT)]
    assert "\n" not in letter.subject


def test_steps_on_lines_of_their_own_keep_their_numbers(chain: Chain) -> None:
    talk = ChainTalk()
    talk.chain = chain
    talk.tell("Шлюз https://gw.example.ru 4.2.1 отдаёт 500 на каждый второй запрос\n1. Открыл\n2. Нажал")
    talk.press("Понятно")
    assert "Шаги воспроизведения:\n1. Открыл\n2. Нажал\n" in talk.walk().letter.body

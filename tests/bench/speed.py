"""CPU time of one text: the whole report and its parts; growth with hostile length."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

from tests.bench.table import Figure, micros
from triage.checks import run_checks
from triage.checks.secrets import find_secrets
from triage.classify.corpus import Labelled
from triage.classify.signals import signals
from triage.loading import Chain
from triage.report import Request
from triage.text.redact import redact

GROUP = "one text, CPU time on one core"
HOSTILE = {
    "a.a.a.": "a.", "a@a@a@": "a@", "пароль: пароль: ": "пароль: ", "((((": "(", "????": "?", "http://http://": "http://",
    "1.1.1.1.": "1.", "long word": "я", "spaced letters": "х ", "key=key=": "key=", "lines": "\n- ", "quotes": "«»\"'",
}  # fmt: skip
_SIZES = (25_000, 50_000, 100_000)
_WARM = 1500
_TEXTS = 400


def sixty_words(rows: Sequence[Labelled], seed: int) -> tuple[list[str], list[str]]:
    """Return texts of 50 to 70 words in random order, and the texts of other lengths to warm up with."""
    fitting = [r.text for r in rows if 50 <= len(r.text.split()) <= 70]
    others = [r.text for r in rows if not 50 <= len(r.text.split()) <= 70]
    Random(seed).shuffle(fitting)
    return fitting[:_TEXTS], others[:_WARM]


def measure(chain: Chain, rows: Sequence[Labelled], seed: int) -> Iterator[Figure]:
    """The report on unseen texts (memory warmed on others), again on the same, and its parts."""
    texts, warm = sixty_words(rows, seed)
    analyze = chain.analyzer.analyze
    for text in warm:
        analyze(Request(text))
    report = _of(lambda text: analyze(Request(text)), texts)
    yield Figure(GROUP, "full report, unseen text of 60 words", report, "µs", most=600)
    yield Figure(GROUP, "full report, words seen", _of(lambda text: analyze(Request(text)), texts), "µs", most=300)
    yield from _parts(chain, texts)


def second(chain: Chain, rows: Sequence[Labelled], seed: int) -> Iterator[Figure]:
    """The second reader alone, on texts of the same length."""
    assert chain.analyzer.second is not None
    texts, warm = sixty_words(rows, seed)
    read = chain.analyzer.second.reader.read
    read(warm[0])
    yield Figure(GROUP, "second reader", _of(read, texts) / 1000, "ms", most=15)


def _parts(chain: Chain, texts: Sequence[str]) -> Iterator[Figure]:
    secrets = [find_secrets(text) for text in texts]
    masked = [redact(text, found) for text, found in zip(texts, secrets, strict=True)]
    pairs = list(zip(masked, secrets, strict=True))
    yield Figure(GROUP, "… finding secrets", _of(find_secrets, texts), "µs")
    yield Figure(GROUP, "… all other checks", _of(lambda pair: run_checks(*pair), pairs), "µs")
    classifier, faq = chain.analyzer.classifier, chain.analyzer.faq
    assert classifier is not None
    assert faq is not None
    known = [(text, run_checks(text, found), found) for text, found in pairs]
    yield Figure(GROUP, "… classifying with reasons", _of(lambda seen: classifier.classify(*seen), known), "µs")
    quick = _of(lambda seen: classifier.classify(*seen, explain=False), known)
    yield Figure(GROUP, "… classifying without reasons", quick, "µs")
    yield Figure(GROUP, "… signals of the checks", _of(lambda seen: signals(*seen), known), "µs")
    scored = [classifier.classify(*seen, explain=False) for seen in known]
    asked = [(p.columns, p.weights, p.scope_probabilities) for p in scored]
    yield Figure(GROUP, "… FAQ query", _of(lambda query: faq.search(*query), asked), "µs")


def _of(run: Callable[..., object], values: Sequence[object]) -> float:
    return micros(run, values)


def growth(chain: Chain) -> Iterator[Figure]:
    """How much longer twice as long a hostile text takes; 2 is linear."""
    worst, slowest = ("", 0.0), ("", 0.0)
    for name, seed in HOSTILE.items():
        took = [_least(chain, (seed * (size // len(seed) + 1))[:size]) for size in _SIZES]
        factor = took[-1] / took[-2]
        worst = max(worst, (name, factor), key=lambda pair: pair[1])
        slowest = max(slowest, (name, took[-1]), key=lambda pair: pair[1])
    group = "hostile texts"
    yield Figure(group, f"50 kB → 100 kB, worst of {len(HOSTILE)} kinds ({worst[0]})", worst[1], "times", most=2.6)
    yield Figure(group, f"100 kB, slowest ({slowest[0]})", slowest[1] * 1000, "ms")


def _least(chain: Chain, text: str) -> float:
    """CPU seconds of one report, the best of two."""
    took = []
    for _ in range(2):
        start = time.thread_time()
        chain.analyzer.analyze(Request(text))
        took.append(time.thread_time() - start)
    return min(took)

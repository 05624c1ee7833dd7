"""The checks of language and secrets beside libraries made for one of them, on the corpus' own labels."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from random import Random

from tests.bench.table import Figure, micros
from triage.checks.language import find_language
from triage.checks.secrets import find_secrets
from triage.classify.corpus import Labelled

Flags = Callable[[str], bool]
_CLEAN = 300
_COARSE = {"obscene", "insult", "rude"}


def glin() -> Flags:
    """glin-profanity with its Russian and English dictionaries, against disguises."""
    from glin_profanity import Filter

    judge = Filter({"languages": ["russian", "english"], "detect_leetspeak": True})
    return lambda text: bool(judge.is_profane(text))


def check_swear() -> Flags:
    """check-swear's own classifier."""
    from check_swear import SwearingCheck

    judge = SwearingCheck()
    return lambda text: bool(judge.predict([text])[0])


def detect_secrets() -> Flags:
    """detect-secrets, line by line, without its entropy rules, which call help addresses secrets."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    plugins = [c.__name__ for c in get_mapping_from_secret_type_to_class().values() if "Entropy" not in c.__name__]

    def flags(text: str) -> bool:
        with transient_settings({"plugins_used": [{"name": name} for name in plugins]}):
            return any(next(iter(scan_line(line)), None) is not None for line in text.splitlines())

    return flags


PROFANITY = {"check-swear": ("check_swear", check_swear), "glin-profanity": ("glin_profanity", glin)}
SECRETS = {"detect-secrets": ("detect_secrets", detect_secrets)}


def measure(rows: Sequence[Labelled], seed: int) -> Iterator[Figure]:
    """Precision, recall and cost on all marked texts and as many clean ones as `_CLEAN`."""
    coarse = _balanced(rows, lambda row: bool(_COARSE & set(row.profanity)), seed)
    yield from _compare("coarse language", coarse, lambda text: bool(find_language(text)), PROFANITY)
    secret = _balanced(rows, lambda row: row.secrets, seed)
    yield from _compare("secrets", secret, lambda text: bool(find_secrets(text)), SECRETS)


def _balanced(rows: Sequence[Labelled], marked: Callable[[Labelled], bool], seed: int) -> list[tuple[str, bool]]:
    shuffled = list(rows)
    Random(seed).shuffle(shuffled)
    yes = [(row.text, True) for row in shuffled if marked(row)][:_CLEAN]
    return yes + [(row.text, False) for row in shuffled if not marked(row)][:_CLEAN]


def _compare(
    group: str, cases: Sequence[tuple[str, bool]], own: Flags, peers: dict[str, tuple[str, Callable[[], Flags]]]
) -> Iterator[Figure]:
    ours = _judge(own, cases)
    for name, value in ours.items():
        yield Figure(f"{group}: this project", name, value, "µs" if name == "one text" else "")
    for peer, (module, build) in peers.items():
        title = f"{group}: {peer}"
        if importlib.util.find_spec(module) is None:
            yield Figure(
                title, "not installed", None, note="needs older numpy" if module == "check_swear" else "extra bench"
            )
            continue
        for name, value in _judge(build(), cases).items():
            yield Figure(title, name, value, "µs" if name == "one text" else "", ours=ours[name])


def _judge(flags: Flags, cases: Sequence[tuple[str, bool]]) -> dict[str, float]:
    said = [flags(text) for text, _ in cases]
    hits = sum(guess and true for guess, (_, true) in zip(said, cases, strict=True))
    return {
        "precision": hits / max(sum(said), 1),
        "recall": hits / max(sum(true for _, true in cases), 1),
        "one text": micros(flags, [text for text, _ in cases[:: max(len(cases) // 200, 1)]]),
    }
